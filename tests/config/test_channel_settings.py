"""Every channel setting: bounds, garbage, and how it reads from chat to the settings and back."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import pytest

from clankbot.config.channel_settings import CHANNEL_SETTINGS, SWITCHES
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.commands import VERBS, parse_command
from clankbot.config.kinds import FLAG
from clankbot.config.settings import load_settings
from clankbot.database.channels import SETTING_COLUMNS, SWITCH_COLUMNS
from clankbot.records.settings import ChannelSettings, Command, SettingValue, Verb

SETTINGS = load_settings(
    {
        "MESSAGE_THRESHOLD": "11",
        "TIME_DELAY": "12",
        "CONTEXT_LIMIT": "13",
        "OLLAMA_MODEL": "tiny",
        "MESSAGE_RETENTION_DAYS": "14",
    },
    Path("/srv/clankbot"),
)
SCHEMA = SettingsSchema(SETTINGS)

COLUMNS = {
    "threshold": "message_threshold",
    "delay": "time_delay",
    "context": "context_limit",
    "model": "ollama_model",
    "cooldown": "cooldown",
    "length": "max_length",
    "temperature": "temperature",
    "top_p": "top_p",
    "prompt": "persona",
    "mentions": "mentions",
    "spontaneous": "spontaneous",
    "retention": "retention_days",
    "quiet": "quiet_hours",
    "timezone": "timezone",
    "liveonly": "live_only",
    "adaptive": "adaptive",
    "minviewers": "min_speakers",
    "drafts": "drafts",
    "stream": "stream",
    "disclose": "disclose",
    "followup": "followup",
    "share": "share",
    "tact": "tact",
    "top_k": "top_k",
    "min_p": "min_p",
    "repeat_penalty": "repeat_penalty",
    "num_predict": "num_predict",
    "seed": "seed",
}

ACCEPTED: list[tuple[str, str, SettingValue]] = [
    ("threshold", "1", 1),
    ("threshold", "500", 500),
    ("threshold", "5 messages", 5),
    ("delay", "0", 0),
    ("delay", "86400", 86_400),
    ("delay", "90s", 90),
    ("delay", "5 min", 300),
    ("delay", "1h30m", 5400),
    ("context", "1", 1),
    ("context", "500", 500),
    ("model", "llama3.2:3b", "llama3.2:3b"),
    ("model", "hf.co/User/Repo:Q4_K_M", "hf.co/User/Repo:Q4_K_M"),
    ("cooldown", "0", 0),
    ("cooldown", "1h", 3600),
    ("length", "20", 20),
    ("length", "500 chars", 500),
    ("temperature", "0", 0.0),
    ("temperature", "2", 2.0),
    ("temperature", "0,8", 0.8),
    ("temperature", ".5", 0.5),
    ("top_p", "0", 0.0),
    ("top_p", "1", 1.0),
    ("prompt", "You are a pirate: say  Arr!", "You are a pirate: say Arr!"),
    ("prompt", "=) always", "=) always"),
    ("prompt", "Be\x1b[2Jkind\x07.", "Be [2Jkind ."),
    ("prompt", "x" * 400, "x" * 400),
    ("prompt", "👩‍💻 ❤️!", "👩‍💻 ❤️!"),
    ("mentions", "off", False),
    ("mentions", "YES", True),
    ("spontaneous", "false", False),
    ("spontaneous", "1", True),
    ("retention", "0", 0),
    ("retention", "3650", 3650),
    ("retention", "30d", 30),
    ("quiet", "23:00-08:00", "23:00-08:00"),
    ("quiet", "23:00 - 8:00", "23:00-08:00"),
    ("quiet", "9–17.30", "09:00-17:30"),
    ("quiet", "22 to 24:00", "22:00-00:00"),
    ("timezone", "Europe/Berlin", "Europe/Berlin"),
    ("timezone", "europe/berlin", "Europe/Berlin"),
    ("timezone", "new york", "America/New_York"),
    ("timezone", "utc", "UTC"),
    ("liveonly", "on", True),
    ("adaptive", "true", True),
    ("minviewers", "0", 0),
    ("minviewers", "100", 100),
    ("drafts", "1", 1),
    ("drafts", "3", 3),
    ("stream", "off", False),
    ("disclose", "on", True),
    ("followup", "0", 0),
    ("followup", "10m", 600),
    ("share", "1", 1),
    ("share", "50 percent", 50),
    ("tact", "off", False),
    ("top_k", "0", 0),
    ("top_k", "1000", 1000),
    ("min_p", "0.05", 0.05),
    ("min_p", "1", 1.0),
    ("repeat_penalty", "0.5", 0.5),
    ("repeat_penalty", "2", 2.0),
    ("num_predict", "16", 16),
    ("num_predict", "1000", 1000),
    ("seed", "0", 0),
    ("seed", "2147483647", 2_147_483_647),
]

REFUSED: list[tuple[str, str, str]] = [
    *[("threshold", text, "1 to 500") for text in ("0", "501", "-1", "1.5", "five", "5 days", "٣")],
    *[("delay", text, "0 to 86400") for text in ("86401", "-1", "25h", "1.5", "soon")],
    *[("context", text, "1 to 500") for text in ("0", "501", "9" * 400)],
    *[("model", text, "model") for text in ("two words", "-rf", "a;b", "x" * 201)],
    *[("cooldown", text, "0 to 3600") for text in ("3601", "2h")],
    *[("length", text, "20 to 500") for text in ("19", "501")],
    *[("temperature", text, "0 to 2") for text in ("2.1", "-0.1", "nan", "inf", "1e0", "warm")],
    *[("top_p", text, "0 to 1") for text in ("1.1", "90%")],
    ("prompt", "x" * 401, "400"),
    *[("mentions", text, "on or off") for text in ("maybe", "2")],
    *[("spontaneous", text, "on or off") for text in ("sometimes", "10")],
    *[("retention", text, "0 to 3650") for text in ("3651", "-1", "5m")],
    *[
        ("quiet", text, "23:00-08:00")
        for text in ("25:00-08:00", "23:60-08:00", "24:01-1", "8-8", "0-24", "31d", "on", "later")
    ],
    *[
        ("timezone", text, "Europe/Berlin")
        for text in (
            "Mars/Olympus",
            "../../etc/passwd",
            "/etc/localtime",
            "Europe",
            "louisville",
            *("GMT+2", "utc -5", "UTC+05:30", "+2"),
            *("localtime", "posixrules", "Factory", "posix/Europe/Berlin", "right/UTC"),
            "x" * 300,
        )
    ],
    ("liveonly", "perhaps", "on or off"),
    ("adaptive", "very", "on or off"),
    *[("minviewers", text, "0 to 100") for text in ("101", "-1")],
    *[("drafts", text, "1 to 3") for text in ("0", "4")],
    ("stream", "maybe", "on or off"),
    ("disclose", "maybe", "on or off"),
    *[("followup", text, "0 to 600") for text in ("601", "-1", "always")],
    *[("share", text, "1 to 50") for text in ("0", "51", "half")],
    ("tact", "some", "on or off"),
    ("top_k", "1001", "0 to 1000"),
    ("min_p", "1.01", "0 to 1"),
    *[("repeat_penalty", text, "0.5 to 2") for text in ("0.4", "2.1")],
    *[("num_predict", text, "16 to 1000") for text in ("15", "1001", "-1")],
    *[("seed", text, "0 to 2147483647") for text in ("-1", "2147483648")],
]

SHOWN: list[tuple[str, SettingValue, str]] = [
    ("threshold", 5, "5 messages"),
    ("threshold", 1, "1 message"),
    ("delay", 90, "90 seconds"),
    ("delay", 300, "300 seconds (5m)"),
    ("context", 7, "7 messages"),
    ("model", "tiny:1b", "tiny:1b"),
    ("cooldown", 1, "1 second"),
    ("length", 100, "100 characters"),
    ("temperature", 0.8, "0.8"),
    ("temperature", 1.0, "1"),
    ("top_p", 0.95, "0.95"),
    ("prompt", "Be kind.", '"Be kind."'),
    ("mentions", 1, "on"),
    ("spontaneous", False, "off"),
    ("retention", 0, "0 days (no limit)"),
    ("retention", 7, "7 days"),
    ("quiet", "23:00-08:00", "23:00-08:00"),
    ("timezone", "UTC", "UTC"),
    ("liveonly", 1, "on"),
    ("adaptive", True, "on"),
    ("minviewers", 1, "1 viewer"),
    ("drafts", 1, "1 draft"),
    ("stream", False, "off"),
    ("disclose", True, "on"),
    ("followup", 90, "90 seconds"),
    ("share", 10, "10 percent"),
    ("tact", False, "off"),
    ("top_k", 40, "40 words"),
    ("min_p", 0.0001, "0.0001"),
    ("repeat_penalty", 1.1, "1.1"),
    ("num_predict", 16, "16 tokens"),
    ("seed", 42, "42"),
]

DEFAULTS = {
    "threshold": "11 messages",
    "delay": "12 seconds",
    "context": "13 messages",
    "model": "tiny",
    "cooldown": "60 seconds",
    "length": "450 characters",
    "prompt": "the built-in one",
    "mentions": "on",
    "spontaneous": "on",
    "retention": "14 days",
    "quiet": "off",
    "timezone": "UTC",
    "liveonly": "off",
    "adaptive": "off",
    "minviewers": "0 viewers",
    "drafts": "as many as the model is quick",
    "stream": "on",
    "disclose": "off",
    "followup": "60 seconds",
    "share": "10 percent",
    "tact": "on",
}
"""The others are the model's own."""


def command(line: str) -> Command:
    """The command of a line that is one."""
    parsed = parse_command(line, is_moderator=True)
    assert parsed is not None
    return parsed


def test_the_database_has_a_column_for_each_and_knows_which_are_on_or_off() -> None:
    settings = (*CHANNEL_SETTINGS, *SWITCHES)
    assert {s.column for s in settings} == set(SETTING_COLUMNS)
    assert {s.column for s in settings if s.kind is FLAG} == SWITCH_COLUMNS


def test_every_setting_is_covered_by_these_tables() -> None:
    names = [s.name for s in CHANNEL_SETTINGS]
    assert {s.name: s.column for s in CHANNEL_SETTINGS} == COLUMNS
    assert len(names) == len(COLUMNS)
    for table in (ACCEPTED, REFUSED, SHOWN):
        assert {row[0] for row in table} == set(names)


@pytest.mark.parametrize(("name", "text", "value"), ACCEPTED)
def test_a_value_is_set(name: str, text: str, value: SettingValue) -> None:
    parsed = command(f"!clank {name} {text}")
    assert parsed == Command(Verb.SET, name, COLUMNS[name], value)
    assert type(parsed.value) is type(value)


@pytest.mark.parametrize(("name", "text", "value"), ACCEPTED)
def test_a_value_that_was_set_holds(name: str, text: str, value: SettingValue) -> None:
    stored = int(value) if isinstance(value, bool) else value  # as a database gives it back
    policy = SCHEMA.resolve({COLUMNS[name]: stored})
    setting = next(s for s in CHANNEL_SETTINGS if s.name == name)
    held = getattr(policy, setting.field) if setting.field else policy.model_options[name]
    assert held == value
    assert type(held) is type(value)


@pytest.mark.parametrize(("name", "text", "phrase"), REFUSED)
def test_a_wrong_value_is_answered_with_the_range(name: str, text: str, phrase: str) -> None:
    parsed = command(f"!clank {name} {text}")
    assert parsed.verb is Verb.WRONG
    assert parsed.argument.startswith(f"{name} takes ")
    assert phrase in parsed.argument
    assert len(parsed.argument) < 120


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("temperature 0.12345", "at most 4 decimals"),
        ("delay 1.5", "whole seconds only"),
        ("quiet 8-8", "the two ends must differ"),
        ("timezone GMT+2", "name a city, for an offset knows no summer time"),
    ],
)
def test_a_rule_that_was_broken_is_told_behind_the_range(line: str, rule: str) -> None:
    assert command(f"!clank {line}").argument.endswith(f"; {rule}")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_name_alone_shows_and_default_resets(name: str) -> None:
    assert command(f"!clank {name}") == Command(Verb.SHOW, name, COLUMNS[name])
    for line in (f"!clank reset {name}", f"!clank {name} default", f"!clank set {name} reset"):
        assert command(line) == Command(Verb.RESET, name, COLUMNS[name])


@pytest.mark.parametrize(("name", "value", "text"), SHOWN)
def test_a_setting_is_told_in_plain_words(name: str, value: SettingValue, text: str) -> None:
    assert SCHEMA.shown(name, {COLUMNS[name]: value}) == f"{name} is {text}"
    assert SCHEMA.confirm(name, value) == f"{name} is now {text}"


@pytest.mark.parametrize("name", COLUMNS)
def test_a_default_is_told_as_the_default(name: str) -> None:
    text = DEFAULTS.get(name, "the model's own")
    assert SCHEMA.shown(name, {}) == f"{name} is {text} (the default)"
    assert SCHEMA.shown(name, {COLUMNS[name]: None}) == f"{name} is {text} (the default)"
    assert SCHEMA.confirm(name, None) == f"{name} is back to {text} (the default)"


def test_without_overrides_the_program_s_settings_hold() -> None:
    expected = ChannelSettings(
        threshold=11, delay_s=12, context_limit=13, model="tiny", retention_days=14
    )
    assert SCHEMA.resolve({}) == expected
    assert SCHEMA.resolve(dict.fromkeys(COLUMNS.values())) == expected


def test_what_the_verbs_store_holds_too() -> None:
    policy = SCHEMA.resolve({"enabled": 0, "quiet_until": 1_790_000_000_000, "created_at": 5})
    assert policy.enabled is False
    assert policy.quiet_until_ms == 1_790_000_000_000
    assert SCHEMA.resolve({"enabled": 1}).enabled is True


def test_undoing_an_off_or_a_quiet_time_can_be_told() -> None:
    assert SCHEMA.confirm(SCHEMA.name_of("enabled"), True) == "bot is now on"
    assert SCHEMA.confirm(SCHEMA.name_of("enabled"), None) == "bot is back to on (the default)"
    until = SCHEMA.confirm(SCHEMA.name_of("quiet_until"), 1_790_000_000_000)
    assert until == "quiet until is now 21 September, 14:13 UTC"


@pytest.mark.parametrize(("name", "text", "phrase"), [r for r in REFUSED if r[0] != "quiet"])
def test_a_broken_value_in_the_database_gives_way_to_the_default(
    name: str, text: str, phrase: str, caplog: pytest.LogCaptureFixture
) -> None:
    schema = SettingsSchema(SETTINGS)
    with caplog.at_level(logging.WARNING):
        assert schema.resolve({COLUMNS[name]: text}) == SCHEMA.resolve({})
        assert schema.resolve({COLUMNS[name]: text}) == SCHEMA.resolve({})
        assert schema.shown(name, {COLUMNS[name]: text}).endswith("(the default)")
    (record,) = caplog.records
    assert record.__dict__["column"] == COLUMNS[name]
    assert len(record.__dict__["value"]) <= 80


def test_columns_and_names_lead_to_each_other() -> None:
    assert set(SCHEMA.columns()) == {*COLUMNS.values(), "quiet_until"}
    assert all(SCHEMA.columns(name)[0] == column for name, column in COLUMNS.items())
    assert {name: SCHEMA.name_of(column) for name, column in COLUMNS.items()} == {
        name: name for name in COLUMNS
    }


def test_a_reset_of_quiet_lifts_a_quiet_time_too() -> None:
    assert SCHEMA.columns("quiet") == ("quiet_hours", "quiet_until")
    assert SCHEMA.columns("threshold") == ("message_threshold",)


def test_every_field_of_channel_settings_is_set_by_the_table() -> None:
    fields = {f.name for f in dataclasses.fields(ChannelSettings)}
    of_the_program = {"retention_count"}  # no channel has a number of its own
    assert {s.field for s in (*CHANNEL_SETTINGS, *SWITCHES) if s.field} == (
        fields - {"model_options"} - of_the_program
    )


@pytest.mark.parametrize("topic", ["", "nonsense", *COLUMNS, *(verb.name for verb in VERBS)])
def test_help_is_one_chat_line(topic: str) -> None:
    text = SCHEMA.help_text(topic)
    assert 20 < len(text) <= 450
    assert "\n" not in text
    assert text[0] not in "!/."
    if topic not in ("", "nonsense"):
        assert text.startswith(f"{topic}: ")


def test_help_about_everything_names_everything() -> None:
    text = SCHEMA.help_text("")
    assert all(name in text for name in [*COLUMNS, *(verb.name for verb in VERBS)])


def test_help_about_param_names_every_option_of_the_model() -> None:
    options = [s.name for s in CHANNEL_SETTINGS if s.field is None]
    assert len(options) == 7
    assert all(name in SCHEMA.help_text("param") for name in options)
