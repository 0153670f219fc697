"""The ``.env`` file beside the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.config.settings import (
    Settings,
    env_file,
    inspect_settings,
    load_settings,
    run_requirements,
    settings_from_process,
)
from clankbot.errors import ConfigError
from clankbot.records.accounts import Secret


def load(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> Settings:
    """Settings of a folder whose ``.env`` holds the text."""
    (folder / ".env").write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(environ or {}, folder)


def test_values_come_from_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, "# a comment\nexport TIME_DELAY=5\nOLLAMA_MODEL='mistral' # fine\n")
    assert (settings.time_delay, settings.ollama_model) == (5, "mistral")
    assert settings.warnings == ()


def test_the_environment_wins_but_not_with_an_empty_value(tmp_path: Path) -> None:
    text = "TIME_DELAY=5\nMESSAGE_THRESHOLD=6\n"
    settings = load(tmp_path, text, {"TIME_DELAY": "7", "MESSAGE_THRESHOLD": " "})
    assert (settings.time_delay, settings.message_threshold) == (7, 6)


def test_paths_are_taken_from_the_folder(tmp_path: Path) -> None:
    assert load(tmp_path, "DATABASE_URL=here.db").database_url == tmp_path / "here.db"


def test_a_dollar_sign_stays_as_it_is(tmp_path: Path) -> None:
    settings = load(tmp_path, "MYSQL_PASSWORD=a${HOME}b$c", {"HOME": "/root"})
    assert settings.mysql_password == Secret("a${HOME}b$c")


@pytest.mark.parametrize("text", ["\ufeffTIME_DELAY=5\r\n", "\r\nTIME_DELAY=5\r\nDRY_RUN=\r\n"])
def test_files_from_windows_are_read(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text).time_delay == 5


def test_a_line_that_cannot_be_read_is_named_without_its_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "TIME_DELAY=5\n\n\nTWITCH_CLIENT_SECRET='hush\nLOG_LEVEL=loud\n")
    unreadable, wrong = caught.value.problems
    assert unreadable.startswith("line 4 of .env cannot be read")
    assert wrong.startswith("LOG_LEVEL")
    assert "hush" not in str(caught.value)


def test_a_file_that_is_not_text_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^\.env cannot be read; accepted: text in UTF-8$"):
        load(tmp_path, b"TIME_DELAY=\xff\n")


def test_a_folder_in_its_place_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigError, match=r"^\.env cannot be read: .+$"):
        load_settings({}, tmp_path)


def test_a_file_that_cannot_be_read_is_told_with_what_is_wrong_but_nothing_is_called_missing(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_settings({"TIME_DELAY": "soon"}, tmp_path, needs=(run_requirements,))
    unreadable, wrong = caught.value.problems
    assert unreadable.startswith(".env cannot be read")
    assert wrong.startswith("TIME_DELAY")


@pytest.mark.parametrize("name", ["TWITCH_CHANEL", "TWITCH_CHANNEL", "twitch_channels"])
def test_a_misspelt_name_is_pointed_out(tmp_path: Path, name: str) -> None:
    settings = load(tmp_path, f"{name}=alpha\n")
    assert settings.twitch_channels == ()
    assert settings.warnings == (f"{name} in .env is not a setting; did you mean TWITCH_CHANNELS?",)


def test_variables_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    assert load(tmp_path, "PATH=/bin\nCOMPOSE_FILE=x\nOLLAMA_HOST=0.0.0.0\n").warnings == ()


@pytest.mark.parametrize("value", ["#alpha, #beta", "alpha, #beta", "#alpha #beta"])
def test_a_list_that_the_file_format_cuts_off_is_pointed_out(tmp_path: Path, value: str) -> None:
    (warning,) = load(tmp_path, f"TWITCH_CHANNELS={value}\n").warnings
    assert warning.startswith("TWITCH_CHANNELS in .env ends at")


@pytest.mark.parametrize("line", ["'#alpha, #beta'", "#alpha,#beta", "alpha #comment"])
def test_a_list_that_is_whole_is_not_doubted(tmp_path: Path, line: str) -> None:
    settings = load(tmp_path, f"TWITCH_CHANNELS={line}\n")
    assert settings.twitch_channels[0] == "alpha"
    assert settings.warnings == ()


def test_a_current_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for read in (settings_from_process, inspect_settings, env_file):
        with pytest.raises(ConfigError, match=r"^the current folder is gone \(No such file"):
            read()
