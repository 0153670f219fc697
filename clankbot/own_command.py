"""How to start this program once more, as a line that can be pasted as it stands.

For messages that name a command: with the interpreter and the script that this process was started
with, since another Python may lack the packages, and ``clankbot.py`` may lie elsewhere.
"""

from __future__ import annotations

import os
import pwd
import shlex
import sys


def own_command(*arguments: str) -> str:
    """The command line of this program with other arguments, for the shell it was started from.

    A service of systemd's has no such shell: its line becomes the service's user and enters the
    folder.  Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
    (SYSTEMD_EXEC_PID names the process that a unit started, so none that was started by hand)
    """
    given = len(sys.argv) - 1
    started = sys.orig_argv[: len(sys.orig_argv) - given] or [sys.executable]
    line = shlex.join([*started, *arguments])
    if os.environ.get("SYSTEMD_EXEC_PID") != str(os.getpid()):
        return line
    user, folder = pwd.getpwuid(os.getuid()).pw_name, shlex.quote(os.getcwd())
    return f"sudo -Hu {shlex.quote(user)} sh -c {shlex.quote(f'cd {folder} && exec {line}')}"
