"""Every variable: its default, what is accepted for it, and what is said about the rest."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from clankbot.config.addresses import IrcServer, Listener
from clankbot.config.settings import (
    Needs,
    Settings,
    load_settings,
    login_requirements,
    require,
    run_requirements,
)
from clankbot.config.variables import VARIABLES
from clankbot.errors import ConfigError
from clankbot.records.accounts import Secret

FOLDER = Path("/srv/clankbot")

DEFAULTS: dict[str, object] = {
    "DATABASE_TYPE": "sqlite",
    "DATABASE_URL": FOLDER / "chatbot.db",
    "MYSQL_HOST": "localhost",
    "MYSQL_PORT": 3306,
    "MYSQL_USER": None,
    "MYSQL_PASSWORD": None,
    "MYSQL_DATABASE": None,
    "MYSQL_SSL_CA": None,
    "OLLAMA_URL": "http://localhost:11434",
    "OLLAMA_MODEL": "llama3.1",
    "OLLAMA_TIMEOUT": 30.0,
    "OLLAMA_LOAD_TIMEOUT": 300.0,
    "OLLAMA_API_KEY": None,
    "OLLAMA_CA_FILE": None,
    "OLLAMA_KEEP_ALIVE": None,
    "OLLAMA_NUM_CTX": None,
    "OLLAMA_READ_AHEAD": "auto",
    "TWITCH_CLIENT_ID": None,
    "TWITCH_CLIENT_SECRET": None,
    "TWITCH_CHANNELS": (),
    "TWITCH_IRC_URL": IrcServer("irc.chat.twitch.tv", 6697, True),
    "TWITCH_AUTH_URL": "https://id.twitch.tv/oauth2",
    "TWITCH_API_URL": "https://api.twitch.tv/helix",
    "CONTENT_FILTER_ENABLED": True,
    "BLOCKED_WORDS_FILE": FOLDER / "blocked_words.txt",
    "MESSAGE_THRESHOLD": 30,
    "TIME_DELAY": 300,
    "CONTEXT_LIMIT": 200,
    "MESSAGE_RETENTION_DAYS": 30,
    "MESSAGE_RETENTION_COUNT": 10_000,
    "TOKEN_ENCRYPTION_KEY": None,
    "TOKEN_ENCRYPTION_KEY_FILE": None,
    "DRY_RUN": False,
    "BOT_OWNERS": frozenset(),
    "IRC_IDLE_TIMEOUT": 60.0,
    "TOKEN_VALIDATE_INTERVAL": 3600.0,
    "STATUS_LISTEN": None,
    "HEARTBEAT_URL": None,
    "BOT_CLUSTER": False,
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
}
"""The contract's, but for IGNORED_USERS, which has a test of its own."""

(IGNORED,) = (variable for variable in VARIABLES if variable.name == "IGNORED_USERS")
KNOWN_BOTS = frozenset(IGNORED.default.split(", "))
GONE = frozenset({"nightbot", "streamlabs"})

ACCEPTED: list[tuple[str, str, object]] = [
    ("DATABASE_TYPE", "SQLite", "sqlite"),
    ("DATABASE_URL", "chat/history.db", FOLDER / "chat/history.db"),
    ("DATABASE_URL", "sqlite:///history.db", FOLDER / "history.db"),
    ("DATABASE_URL", "sqlite:////var/lib/history.db", Path("/var/lib/history.db")),
    ("DATABASE_URL", "~/history.db", Path.home() / "history.db"),
    ("DATABASE_URL", '"with blanks.db"', FOLDER / "with blanks.db"),
    ("MYSQL_HOST", "db.example.net", "db.example.net"),
    ("MYSQL_PORT", "1", 1),
    ("MYSQL_PORT", "65535", 65535),
    ("MYSQL_USER", "clank", "clank"),
    ("MYSQL_PASSWORD", " $pa ss'word# ", Secret(" $pa ss'word# ")),
    ("MYSQL_PASSWORD", "' $pa ss'", Secret(" $pa ss")),
    ("MYSQL_PASSWORD", "\"'quoted'\"", Secret("'quoted'")),
    ("MYSQL_PASSWORD", "'", Secret("'")),
    ("MYSQL_PASSWORD", "'ab\"", Secret("'ab\"")),
    ("MYSQL_DATABASE", "chat", "chat"),
    ("MYSQL_SSL_CA", "/etc/ssl/ca.pem", Path("/etc/ssl/ca.pem")),
    ("OLLAMA_URL", "192.168.1.5", "http://192.168.1.5:11434"),
    ("OLLAMA_MODEL", "hf.co/user/Repo-GGUF:Q4_K_M", "hf.co/user/Repo-GGUF:Q4_K_M"),
    ("OLLAMA_TIMEOUT", "2.5", 2.5),
    ("OLLAMA_TIMEOUT", "1m30s", 90.0),
    ("OLLAMA_LOAD_TIMEOUT", "7200", 7200.0),
    ("OLLAMA_API_KEY", " abc.DEF-123\n", Secret("abc.DEF-123")),
    ("OLLAMA_CA_FILE", "own.pem", FOLDER / "own.pem"),
    ("OLLAMA_KEEP_ALIVE", "-1", -1),
    ("OLLAMA_KEEP_ALIVE", "0", 0),
    ("OLLAMA_KEEP_ALIVE", "300", 300),
    ("OLLAMA_KEEP_ALIVE", "1h30m", "1h30m"),
    ("OLLAMA_KEEP_ALIVE", "-1m", "-1m"),
    ("OLLAMA_NUM_CTX", "1024", 1024),
    ("OLLAMA_READ_AHEAD", "OFF", "off"),
    ("TWITCH_CLIENT_ID", "'abc123'", "abc123"),
    ("TWITCH_CLIENT_SECRET", "s3cret", Secret("s3cret")),
    ("TWITCH_CLIENT_SECRET", '"s3cret"', Secret("s3cret")),
    ("TWITCH_CHANNELS", " #Alpha, beta ,GAMMA_3,alpha,", ("alpha", "beta", "gamma_3")),
    ("TWITCH_CHANNELS", "@alpha", ("alpha",)),
    ("TWITCH_CHANNELS", "#alpha @beta; Gamma", ("alpha", "beta", "gamma")),
    ("TWITCH_CHANNELS", "twitch.tv/alpha/videos https://m.twitch.tv/beta?a=b", ("alpha", "beta")),
    ("TWITCH_CHANNELS", "https://www.twitch.tv/popout/alpha/chat?popout=", ("alpha",)),
    ("TWITCH_CHANNELS", "a" * 25, ("a" * 25,)),
    ("TWITCH_IRC_URL", "ircs://chat.example.net", IrcServer("chat.example.net", 6697, True)),
    ("TWITCH_AUTH_URL", "http://127.0.0.1:8080/oauth2/", "http://127.0.0.1:8080/oauth2"),
    ("TWITCH_API_URL", "https://api.example.net", "https://api.example.net"),
    *[("CONTENT_FILTER_ENABLED", text, True) for text in ("TRUE", "yes", "On", "1")],
    *[("CONTENT_FILTER_ENABLED", text, False) for text in ("False", "no", "OFF", "0")],
    ("BLOCKED_WORDS_FILE", "/etc/words", Path("/etc/words")),
    ("MESSAGE_THRESHOLD", "1", 1),
    ("MESSAGE_THRESHOLD", "500", 500),
    ("TIME_DELAY", "0", 0),
    ("TIME_DELAY", "24h", 86_400),
    ("CONTEXT_LIMIT", "500", 500),
    ("MESSAGE_RETENTION_DAYS", "3650", 3650),
    ("MESSAGE_RETENTION_COUNT", "10000000", 10_000_000),
    ("IGNORED_USERS", "Nightbot, @MyOtherBot", frozenset({"nightbot", "myotherbot"})),
    ("IGNORED_USERS", "+MyOtherBot", KNOWN_BOTS | {"myotherbot"}),
    ("IGNORED_USERS", "-nightbot, + @other ,-streamlabs,", KNOWN_BOTS - GONE | {"other"}),
    ("IGNORED_USERS", "-nosuchbot", KNOWN_BOTS),
    ("IGNORED_USERS", "+nightbot,-nightbot", KNOWN_BOTS - {"nightbot"}),
    ("TOKEN_ENCRYPTION_KEY", "k" * 43 + "=", Secret("k" * 43 + "=")),
    ("TOKEN_ENCRYPTION_KEY", f'"{"k" * 43}"', Secret("k" * 43)),
    ("TOKEN_ENCRYPTION_KEY_FILE", "/run/credentials/key", Path("/run/credentials/key")),
    ("DRY_RUN", "yes", True),
    ("BOT_OWNERS", "12, 4711", frozenset({"12", "4711"})),
    ("IRC_IDLE_TIMEOUT", "0.5", 0.5),
    ("TOKEN_VALIDATE_INTERVAL", "2", 2.0),
    ("STATUS_LISTEN", "127.0.0.1:8787", Listener("127.0.0.1", 8787)),
    ("STATUS_LISTEN", "8787", Listener("127.0.0.1", 8787)),
    ("STATUS_LISTEN", "[::1]:8787", Listener("::1", 8787)),
    ("HEARTBEAT_URL", "https://hc.example/ping/x/", Secret("https://hc.example/ping/x/")),
    ("HEARTBEAT_URL", "http://localhost:3001/a?b=c&d", Secret("http://localhost:3001/a?b=c&d")),
    ("BOT_CLUSTER", "on", True),
    ("LOG_LEVEL", "debug", "DEBUG"),
    ("LOG_LEVEL", "Warn", "WARNING"),
    ("LOG_FORMAT", "JSON", "json"),
]

REFUSED: list[tuple[str, str]] = [
    ("DATABASE_TYPE", "postgres"),
    ("DATABASE_URL", ":memory:"),
    ("DATABASE_URL", "mysql://u:p@host/db"),
    ("DATABASE_URL", "sqlite:///"),
    ("DATABASE_URL", "file:x.db?mode=ro"),
    ("MYSQL_HOST", "two words"),
    ("MYSQL_PORT", "0"),
    ("MYSQL_PORT", "65536"),
    ("MYSQL_PORT", "3306.0"),
    ("MYSQL_USER", "a b"),
    ("MYSQL_DATABASE", "a b"),
    ("OLLAMA_URL", "ftp://host"),
    ("OLLAMA_MODEL", "two words"),
    ("OLLAMA_MODEL", "-x"),
    ("OLLAMA_TIMEOUT", "0"),
    ("OLLAMA_TIMEOUT", "nan"),
    ("OLLAMA_TIMEOUT", "inf"),
    ("OLLAMA_TIMEOUT", "1e3"),
    ("OLLAMA_TIMEOUT", "-5"),
    ("OLLAMA_LOAD_TIMEOUT", "soon"),
    ("OLLAMA_KEEP_ALIVE", "1d"),
    ("OLLAMA_KEEP_ALIVE", "1.5"),
    ("OLLAMA_KEEP_ALIVE", "for ever"),
    ("OLLAMA_NUM_CTX", "1023"),
    ("OLLAMA_NUM_CTX", "many"),
    ("OLLAMA_READ_AHEAD", "yes"),
    ("TWITCH_CLIENT_ID", "my id"),
    ("TWITCH_CHANNELS", "alpha,b-d"),
    ("TWITCH_CHANNELS", "a" * 26),
    ("TWITCH_CHANNELS", "älpha"),
    ("TWITCH_CHANNELS", "https://example.com/alpha"),
    ("TWITCH_IRC_URL", "irc://irc.chat.twitch.tv:6667"),
    ("TWITCH_AUTH_URL", "http://id.twitch.tv/oauth2"),
    ("TWITCH_API_URL", "api.twitch.tv/helix"),
    ("CONTENT_FILTER_ENABLED", "maybe"),
    ("MESSAGE_THRESHOLD", "0"),
    ("MESSAGE_THRESHOLD", "501"),
    ("MESSAGE_THRESHOLD", "٣"),
    ("TIME_DELAY", "86401"),
    ("TIME_DELAY", "1.5"),
    ("CONTEXT_LIMIT", "501"),
    ("MESSAGE_RETENTION_DAYS", "3651"),
    ("MESSAGE_RETENTION_COUNT", "10000001"),
    ("MESSAGE_RETENTION_COUNT", "9" * 5000),
    ("IGNORED_USERS", "night bot"),
    ("IGNORED_USERS", "+one, two"),
    ("IGNORED_USERS", "\u2212nightbot"),
    ("IGNORED_USERS", "+-one"),
    ("IGNORED_USERS", "+night bot"),
    ("DRY_RUN", "2"),
    ("BOT_OWNERS", "mona"),
    ("IRC_IDLE_TIMEOUT", "0"),
    ("TOKEN_VALIDATE_INTERVAL", "3601"),
    ("STATUS_LISTEN", "nowhere"),
    ("STATUS_LISTEN", "127.0.0.1:0"),
    ("STATUS_LISTEN", ":8787"),
    ("HEARTBEAT_URL", "http://hc.example/ping"),
    ("HEARTBEAT_URL", "https://me:hush@hc.example/ping"),
    ("HEARTBEAT_URL", "https://hc.example/ping?a#b"),
    ("BOT_CLUSTER", "two"),
    ("LOG_LEVEL", "loud"),
    ("LOG_FORMAT", "xml"),
]

SECRETS_REFUSED = [
    ("OLLAMA_API_KEY", "hush hush"),
    ("OLLAMA_API_KEY", "hush\r\nX-Header: hush"),
    ("TWITCH_CLIENT_SECRET", "hush hush"),
]


def load(environ: Mapping[str, str]) -> Settings:
    """Settings of a folder without a ``.env``."""
    return load_settings(environ, FOLDER)


def problems_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What is said about settings that are wrong."""
    with pytest.raises(ConfigError) as caught:
        load(environ)
    return caught.value.problems


def test_the_table_and_the_fields_of_settings_are_the_same() -> None:
    assert {v.field for v in VARIABLES} | {"warnings"} == {f.name for f in fields(Settings)}
    assert len({v.name for v in VARIABLES}) == len(VARIABLES)


def test_every_variable_is_covered_by_these_tables() -> None:
    names = {v.name for v in VARIABLES}
    assert set(DEFAULTS) == names - {"IGNORED_USERS"}
    assert {name for name, _, _ in ACCEPTED} == names
    takes_any_text = {
        "MYSQL_PASSWORD",
        "TOKEN_ENCRYPTION_KEY",
        "MYSQL_SSL_CA",
        "OLLAMA_CA_FILE",
        "BLOCKED_WORDS_FILE",
        "TOKEN_ENCRYPTION_KEY_FILE",
    }
    refused = {name for name, _ in REFUSED + SECRETS_REFUSED}
    assert refused == names - takes_any_text


def test_without_any_variable_the_defaults_hold() -> None:
    settings = load({})
    assert {name: getattr(settings, name.lower()) for name in DEFAULTS} == DEFAULTS
    assert settings.warnings == ()
    assert {"nightbot", "streamelements"} <= settings.ignored_users


@pytest.mark.parametrize(("name", "text", "value"), ACCEPTED)
def test_a_value_is_understood(name: str, text: str, value: object) -> None:
    assert getattr(load({name: text}), name.lower()) == value


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_a_wrong_value_is_named_with_what_is_accepted(name: str, text: str) -> None:
    (problem,) = problems_of({name: text})
    assert problem.startswith(f"{name} is ")
    assert "accepted: " in problem
    assert "\n" not in problem
    assert len(problem) < 300


@pytest.mark.parametrize(("name", "text"), SECRETS_REFUSED)
def test_a_wrong_secret_is_named_but_not_shown(name: str, text: str) -> None:
    (problem,) = problems_of({name: text})
    assert problem.startswith(f"{name} is wrong")
    assert "hush" not in problem


@pytest.mark.parametrize("name", [v.name for v in VARIABLES])
@pytest.mark.parametrize("text", ["", "   ", '""', "''"])
def test_an_empty_value_means_unset(name: str, text: str) -> None:
    assert getattr(load({name: text}), name.lower()) == getattr(load({}), name.lower())


@pytest.mark.parametrize(("name", "text"), [(v.name, v.default) for v in VARIABLES if v.default])
def test_a_default_can_be_written_out(name: str, text: str) -> None:
    assert load({name: text}) == load({})


def test_values_have_the_types_that_settings_promises() -> None:
    hints = typing.get_type_hints(Settings)
    for name, text, _ in ACCEPTED:
        hint = hints[name.lower()]
        allowed = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        plain = tuple(typing.get_origin(one) or one for one in allowed)
        for environ in ({}, {name: text}):
            assert type(getattr(load(environ), name.lower())) in _with_subclasses(plain), name


def _with_subclasses(types_: tuple[type, ...]) -> tuple[type, ...]:
    return (*types_, type(FOLDER)) if Path in types_ else types_


def test_all_wrong_settings_are_reported_at_once() -> None:
    problems = problems_of(dict(REFUSED[::-1]))
    assert {p.split()[0] for p in problems} == {name for name, _ in REFUSED}


def test_the_bad_name_in_a_list_is_pointed_out() -> None:
    (problem,) = problems_of({"TWITCH_CHANNELS": "alpha,b@d,beta c-d"})
    assert problem.endswith("the trouble is 'b@d, c-d'")


def test_a_password_in_an_address_is_not_shown() -> None:
    for text in ("ftp://me:hush@host", "http://me:hu/sh@host", "me:hush@ho st", "ftp://hush@h"):
        (problem,) = problems_of({"OLLAMA_URL": text})
        assert "hu" not in problem
    for name in ("TWITCH_AUTH_URL", "DATABASE_URL"):
        (problem,) = problems_of({name: "https://me:hush@host/x"})
        assert "'https://<secret>@host/x'" in problem


def test_no_secret_is_in_the_text_form_of_settings() -> None:
    hush = "hush" + "k" * 39
    secret = {v.name: hush for v in VARIABLES if v.kind.is_secret}
    secret["HEARTBEAT_URL"] = f"https://hc.example/{hush}"
    shown = repr(load({**secret, "OLLAMA_URL": "http://me:hush@host"}))
    assert len(secret) == 5
    assert "hush" not in shown
    assert "llama3.1" in shown


def test_mysql_needs_to_know_where_to_sign_in() -> None:
    problems = problems_of({"DATABASE_TYPE": "mysql", "MYSQL_USER": "clank"})
    assert [p.split()[0] for p in problems] == ["MYSQL_PASSWORD", "MYSQL_DATABASE"]
    given = {"MYSQL_USER": "clank", "MYSQL_PASSWORD": "x", "MYSQL_DATABASE": "chat"}
    assert load({"DATABASE_TYPE": "mysql", **given}).database_type == "mysql"


def test_two_keys_are_one_too_many() -> None:
    (problem,) = problems_of({"TOKEN_ENCRYPTION_KEY": "k" * 43, "TOKEN_ENCRYPTION_KEY_FILE": "x"})
    assert "TOKEN_ENCRYPTION_KEY and TOKEN_ENCRYPTION_KEY_FILE" in problem
    assert "hush" not in problem


@pytest.mark.parametrize(
    ("name", "text", "phrase"),
    [
        ("CONTENT_FILTER_ENABLED", "false", "blocked words are stored"),
        ("BOT_CLUSTER", "on", "comes in a later version"),
        ("STATUS_LISTEN", "0.0.0.0:8787", "no password"),
        ("STATUS_LISTEN", "[::]:8787", "no password"),
        ("TWITCH_CHANNELS", ",".join(f"c{n}" for n in range(101)), "can join 100"),
    ],
)
def test_what_is_accepted_but_doubtful_is_said_at_the_start(
    name: str, text: str, phrase: str
) -> None:
    (warning,) = load({name: text}).warnings
    assert warning.startswith(name)
    assert phrase in warning


def test_what_a_command_needs_is_asked_for_by_that_command() -> None:
    assert needs_of({}, run_requirements) == ["TWITCH_CHANNELS", "TWITCH_CLIENT_ID"]
    assert needs_of({}, login_requirements) == ["TWITCH_CLIENT_ID"]
    require(load({"TWITCH_CHANNELS": "alpha", "TWITCH_CLIENT_ID": "abc"}), run_requirements)
    require(load({"TWITCH_CLIENT_ID": "abc"}), login_requirements)
    with pytest.raises(ConfigError, match="TWITCH_CLIENT_ID is not set"):
        require(load({}), login_requirements)


def test_shadow_mode_needs_no_twitch_application() -> None:
    require(load({"TWITCH_CHANNELS": "alpha", "DRY_RUN": "true"}), run_requirements)
    assert needs_of({"DRY_RUN": "true"}, run_requirements) == ["TWITCH_CHANNELS"]


def test_what_is_missing_is_reported_with_what_is_wrong_and_nothing_twice() -> None:
    wrong = {"TIME_DELAY": "soon", "TWITCH_CHANNELS": "b@d", "DRY_RUN": "perhaps"}
    assert needs_of(wrong, run_requirements) == ["TWITCH_CHANNELS", "TIME_DELAY", "DRY_RUN"]
    assert needs_of({"TIME_DELAY": "soon"}, run_requirements) == [
        "TIME_DELAY",
        "TWITCH_CHANNELS",
        "TWITCH_CLIENT_ID",
    ]


def test_warnings_come_along_with_what_is_wrong() -> None:
    with pytest.raises(ConfigError) as caught:
        load({"TIME_DELAY": "soon", "CONTENT_FILTER_ENABLED": "false"})
    assert [w.split()[0] for w in caught.value.warnings] == ["CONTENT_FILTER_ENABLED"]


def needs_of(environ: dict[str, str], needs: Needs) -> list[str]:
    """The variables that are wrong, or missing for a command."""
    with pytest.raises(ConfigError) as caught:
        load_settings(environ, FOLDER, needs=(needs,))
    *problems, last = caught.value.problems
    if last != f"there is no .env in {FOLDER}, where it is looked for":
        problems.append(last)
        assert not any("is not set" in problem for problem in problems)
    return [problem.split()[0] for problem in problems]


def test_keeping_fewer_messages_than_it_waits_for_is_warned_about() -> None:
    (warning,) = load({"MESSAGE_RETENTION_COUNT": "20", "MESSAGE_THRESHOLD": "30"}).warnings
    assert "MESSAGE_RETENTION_COUNT keeps 20 messages" in warning
    for kept in ("30", "0"):
        assert load({"MESSAGE_RETENTION_COUNT": kept, "MESSAGE_THRESHOLD": "30"}).warnings == ()
