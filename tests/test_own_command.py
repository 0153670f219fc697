"""A command that is named can be pasted: run here as the shell would that is told it."""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.cli.command import SCRIPT

SIGN_IN = re.compile(r"To sign in, run: (.+ login)$")


@pytest.mark.parametrize(
    "start",
    [
        f"{sys.executable} -X utf8 ../{SCRIPT.name}",  # the script beside the folder, and an option
        "SYSTEMD_EXEC_PID=1 python3 ../'my bot'/clankbot.py",  # from a shell that a unit started
    ],
)
def test_what_is_named_starts_the_same_program(tmp_path: Path, start: str) -> None:
    folder = tmp_path / "its folder"
    folder.mkdir()
    (tmp_path / "my bot").symlink_to(SCRIPT.parent)
    (tmp_path / SCRIPT.name).symlink_to(SCRIPT)

    def shell(line: str) -> str:
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=folder,
            env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout + done.stderr

    named = SIGN_IN.search(shell(f"{start} login --status").strip())
    assert named
    assert "TWITCH_CLIENT_ID" in shell(named[1])


def test_under_systemd_it_is_run_as_the_service_is(tmp_path: Path) -> None:
    folder = tmp_path / "its folder"
    folder.mkdir()
    line = f"SYSTEMD_EXEC_PID=$$ exec {sys.executable} {SCRIPT} login --status"
    told = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True).stdout
    as_user, _, command = told.strip().partition(" sh -c ")
    assert as_user.endswith(f"run: sudo -Hu {getpass.getuser()}")
    shown = subprocess.run(["sh", "-c", f"sh -c {command}"], capture_output=True, text=True).stderr
    assert "TWITCH_CLIENT_ID" in shown


def test_another_python_is_told_which_one_to_use(tmp_path: Path) -> None:
    """One without the packages, beside a virtual environment that has them."""
    for name in (SCRIPT.name, "clankbot", "requirements.txt"):
        (tmp_path / name).symlink_to(SCRIPT.parent / name)
    bare = tmp_path / "bare"
    venv.create(bare, symlinks=True)

    def told() -> tuple[int, str]:
        line = [f"{bare}/bin/python", SCRIPT.name, "login", "--status"]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
        return done.returncode, done.stderr

    status, said = told()
    assert status == 78
    assert f" is missing from {bare}/bin/python; run: {bare}/bin/python -m pip install" in said
    assert said.endswith(f" -q -r {tmp_path}/requirements.txt\n")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    _, said = told()
    missing, _, command = said.strip().rpartition("; run: ")
    assert missing.endswith(": run it with the Python of its virtual environment")
    assert command == ".venv/bin/python clankbot.py login --status"
    shown = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert "TWITCH_CLIENT_ID" in shown.stderr or "Nobody is signed in" in shown.stdout
