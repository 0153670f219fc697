"""The systemd unit: what the README promises of it, and what systemd itself says about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
UNIT: Final = ROOT / "clankbot.service"
EXPOSURE_MAX: Final = 20
"""In tenths of the exposure level that ``systemd-analyze security`` gives: 0 is best, 100 worst."""

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze") and not os.environ.get("CI"),
    reason="systemd-analyze is not installed (Debian: apt-get install systemd)",
)


def settings() -> dict[str, list[str]]:
    """Each setting of the unit with its values, in order."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def set_up_lines() -> list[str]:
    """The commands in the unit's head that put everything in its place."""
    lines = UNIT.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix("#   ") for line in lines if line.startswith("#   sudo ")]


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says."""
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy whose programs exist on this machine: verification looks for them."""
    unit = UNIT.read_text(encoding="utf-8")
    program = settings()["ExecStart"][0].split()[0]
    assert unit.count(f"={program} ") == 1
    copy = tmp_path / UNIT.name
    copy.write_text(unit.replace(f"={program} ", f"={sys.executable} "), encoding="utf-8")
    return copy


@needs_systemd
def test_systemd_finds_nothing_to_say_against_it(installed: Path) -> None:
    verdict = analyze("verify", "--man=no", installed)
    assert verdict.returncode == 0
    assert UNIT.name not in verdict.stderr, verdict.stderr  # units around it are not our business


@needs_systemd
def test_the_key_can_be_a_credential(installed: Path) -> None:
    unit = installed.read_text(encoding="utf-8")
    for line in ("LoadCredential=clankbot.key:", "Environment=TOKEN_ENCRYPTION_KEY_FILE=%d/"):
        assert unit.count(f"\n#{line}") == 1
        unit = unit.replace(f"#{line}", line)
    installed.write_text(unit, encoding="utf-8")
    verdict = analyze("verify", "--man=no", installed)
    assert verdict.returncode == 0
    assert UNIT.name not in verdict.stderr, verdict.stderr


@needs_systemd
def test_systemd_does_notice_a_wrong_line(installed: Path) -> None:
    installed.write_text(installed.read_text(encoding="utf-8").replace("=notify", "=notfy"))
    assert "notfy" in analyze("verify", "--man=no", installed).stderr


@needs_systemd
def test_little_of_the_machine_is_exposed_to_it(installed: Path) -> None:
    verdict = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", installed)
    assert verdict.returncode == 0, verdict.stdout


def test_it_is_started_again_unless_a_person_is_needed() -> None:
    unit = settings()
    assert unit["Restart"] == ["always"]
    assert unit["RestartPreventExitStatus"] == ["77 78"]
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_it_waits_for_readiness_and_signs_of_life() -> None:
    unit = settings()
    assert (unit["Type"], unit["NotifyAccess"]) == (["notify"], ["main"])
    assert "WatchdogSec" in unit


def test_it_runs_as_its_own_user_in_its_own_folder() -> None:
    unit = settings()
    (user,), (state,) = unit["User"], unit["StateDirectory"]
    assert unit["WorkingDirectory"] == [f"/var/lib/{state}"]
    assert unit["StateDirectoryMode"] == ["0700"]
    assert f"--home-dir /var/lib/{state} " in set_up_lines()[0]
    assert set_up_lines()[0].endswith(f" {user}")


def test_the_set_up_lines_put_everything_where_the_unit_looks() -> None:
    lines = set_up_lines()[:5]
    python, script, command = settings()["ExecStart"][0].split()
    assert command == "run"
    folder = Path(script).parent
    assert f"cp -r clankbot {Path(script).name} requirements.txt {folder}/" in lines[1]
    assert f"-m venv {Path(python).parents[1]} " in lines[2]
    assert f" .env blocked_words.txt chatbot.* {settings()['WorkingDirectory'][0]}/" in lines[3]
    assert f"install -m 644 {UNIT.name} /etc/systemd/system/" in lines[4]


def test_the_readme_gives_the_same_set_up_lines() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [line for line in set_up_lines() if line not in readme] == []
