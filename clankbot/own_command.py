"""How to start this program once more, as a line that can be pasted as it stands.

For messages that name a command: with the interpreter and the script that this process was started
with, since another Python may lack the packages, and ``clankbot.py`` may lie elsewhere.
"""

from __future__ import annotations

import os
import pwd
import shlex
import sys


def own_command(*arguments: str, python: str | None = None) -> str:
    """The command line of this program with other arguments, for the shell it was started from.

    ``python`` is another interpreter.  A service of systemd's has no such shell: its line becomes
    the service's user and enters the folder.  Source:
    https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html (SYSTEMD_EXEC_PID
    names the process that a unit started, so none that was started by hand)
    """
    given = len(sys.argv) - 1
    interpreter, *script = sys.orig_argv[: len(sys.orig_argv) - given] or [sys.executable]
    line = shlex.join([python or interpreter, *script, *arguments])
    if os.environ.get("SYSTEMD_EXEC_PID") != str(os.getpid()):
        return line
    user, folder = pwd.getpwuid(os.getuid()).pw_name, shlex.quote(os.getcwd())
    return f"sudo -Hu {shlex.quote(user)} sh -c {shlex.quote(f'cd {folder} && exec {line}')}"


def for_missing_module(name: str) -> str:
    """What to do if a package is missing: mostly another Python was meant."""
    missing = f"the module {name} is missing from {sys.executable}"
    beside_script = os.path.dirname(os.path.abspath(sys.argv[0]))
    for folder in ("", beside_script):
        home = os.path.join(folder, ".venv")
        python = os.path.join(home, "bin", "python")
        if os.path.exists(python) and not os.path.samefile(home, sys.prefix):
            again = own_command(*sys.argv[1:], python=python)
            return f"{missing}: run it with the Python of its virtual environment; run: {again}"
    packages = shlex.quote(os.path.join(beside_script, "requirements.txt"))
    if sys.prefix != sys.base_prefix:
        python = shlex.quote(sys.executable)
        return f"{missing}; run: {python} -m pip install -q -r {packages}"
    install = f".venv/bin/pip install -q -r {packages}"
    return f"{missing}: it needs a virtual environment; run: python3 -m venv .venv && {install}"
