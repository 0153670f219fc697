"""The program in a process of its own, without the time that its imports take.

Nine tenths of a start are imports, and the tests start the program hundreds of times.  So one
process makes them all, and is forked for each start: ``python -m tests.fork_server DESCRIPTOR``.
It has one thread and runs nothing itself, so that a fork of it differs from a new process in
nothing but what is imported already; from there ``clankbot.py`` runs as ever, with an environment,
a folder, descriptors and signals of its own.  What only an exec can show (what the interpreter and
the linker read of the environment, a signal in the midst of the imports, how much memory and time
a start takes) is tested with one.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import clankbot

SCRIPT: Final = Path(__file__).resolve().parents[1] / "clankbot.py"
_READ_BYTES: Final = 1 << 20
# Of the environment, what is read where a process begins.
_BY_THE_INTERPRETER: Final = ("PYTHON", "LD_", "LC_", "LANG", "TZ")


class Forked:
    """A started program; as much of ``subprocess.Popen`` as the tests use."""

    def __init__(self, pid: int, ended: int) -> None:
        """``ended`` is a descriptor that holds the status once the program has come to its end."""
        self.pid = pid
        self.returncode: int | None = None
        self._ended = ended

    def wait(self, timeout: float | None = None) -> int:
        """Its status, the negative number of the signal that ended it; raises TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(SCRIPT), timeout or 0.0)
            told = os.read(self._ended, 100)
            os.close(self._ended)
            self.returncode = int(told)
        return self.returncode

    def poll(self) -> int | None:
        """The status, or None while it runs."""
        try:
            return self.wait(0.0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class _Server:
    """This process's end of the server."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._channel, other_end = socket.socketpair()
        with other_end:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fork_server", str(other_end.fileno())],
                cwd=SCRIPT.parent,
                env={"PATH": os.environ["PATH"]},
                pass_fds=[other_end.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self._close)

    def fork(self, request: object, descriptors: Sequence[int]) -> int:
        with self._turn:
            socket.send_fds(self._channel, [json.dumps(request).encode() + b"\n"], descriptors)
            return int(self._channel.recv(100))

    def _close(self) -> None:
        self._channel.close()
        self._process.wait()


_server = functools.cache(_Server)


def start(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    stdout: int,
    stderr: int,
    *,
    forks: bool = True,
    through: Sequence[str] = (),
) -> subprocess.Popen[bytes] | Forked:
    """Start the program in ``folder``, with nothing to read and with this whole environment.

    By a fork, unless that is not wanted, would make a difference, or another script (with its
    arguments) is to become the program.
    """
    if through or not forks or any(name.startswith(_BY_THE_INTERPRETER) for name in environment):
        return subprocess.Popen(
            [sys.executable, *through, str(SCRIPT), *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    request = {"arguments": arguments, "folder": str(folder), "environment": environment}
    ended, tells_end = os.pipe()
    try:
        with open(os.devnull, "rb") as nothing:
            descriptors = [nothing.fileno(), stdout, stderr, tells_end]
            return Forked(_server().fork(request, descriptors), ended)
    finally:
        os.close(tells_end)


# -- the server ------------------------------------------------------------------------------------


def serve(channel: socket.socket) -> bool:
    """Fork for each request; True in a fork, which is to run the program, False at the end."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    tells_end: dict[int, int] = {}
    while True:
        ready = select.select([channel, woken], [], [])[0]
        if woken in ready:
            os.read(woken, _READ_BYTES)
            tell_ends(tells_end)
        if channel in ready:
            request, descriptors = received(channel)
            if not request:
                return False
            if not (pid := os.fork()):
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                channel.close()
                for descriptor in (woken, wake, *tells_end.values()):
                    os.close(descriptor)
                become(json.loads(request), descriptors)
                return True
            for descriptor in descriptors[:-1]:
                os.close(descriptor)
            tells_end[pid] = descriptors[-1]
            channel.sendall(str(pid).encode())


def tell_ends(tells_end: dict[int, int]) -> None:
    """Tell the status of every program that has ended."""
    while tells_end:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        descriptor = tells_end.pop(pid)
        os.write(descriptor, str(os.waitstatus_to_exitcode(status)).encode())
        os.close(descriptor)


def received(channel: socket.socket) -> tuple[bytes, list[int]]:
    """A request, and the descriptors for it; nothing at the end."""
    request, descriptors, _, _ = socket.recv_fds(channel, _READ_BYTES, 4)
    while request and not request.endswith(b"\n"):
        request += channel.recv(_READ_BYTES)
    return request, descriptors


def become(request: Mapping[str, object], descriptors: Sequence[int]) -> None:
    """Make of this process what an exec would have made of it."""
    for stream, descriptor in enumerate(descriptors[:-1]):
        os.dup2(descriptor, stream)
    for descriptor in descriptors:
        os.close(descriptor)
    # Anew, for what Python remembers of the files that they were.
    sys.stdin = sys.__stdin__ = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.__stdout__ = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.__stderr__ = os.fdopen(2, "w", 1, encoding="utf-8", closefd=False)
    os.chdir(str(request["folder"]))
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[arg-type]
    sys.argv = [str(SCRIPT), *request["arguments"]]  # type: ignore[misc]
    sys.orig_argv = [sys.executable, *sys.argv]  # type: ignore[misc]


def import_all() -> None:
    """Every module of the package, and what they need only for some of their work."""
    for module in pkgutil.walk_packages(clankbot.__path__, "clankbot."):
        importlib.import_module(module.name)
    importlib.import_module("cryptography.fernet")
    gc.freeze()


if __name__ == "__main__":
    import_all()
    if serve(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_path(str(SCRIPT), run_name="__main__")
