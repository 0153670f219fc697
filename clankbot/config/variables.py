"""The table of environment variables: each is described here once and nowhere else.

Parsing, ``Settings``, ``.env.example`` and the README's table are made from it or checked against
it.  A new setting is an entry here and a field of the same name in ``Settings``.
"""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from clankbot.config.addresses import (
    HEARTBEAT_URL,
    IRC_SERVER,
    LISTENER,
    OLLAMA_URL,
    SERVICE_URL,
    without_password,
)
from clankbot.config.kinds import (
    FLAG,
    KEY,
    MODEL,
    PASSWORD,
    Kind,
    Refused,
    matching,
    one_of,
    optional,
    seconds,
    whole,
    whole_seconds,
)
from clankbot.records.accounts import Secret

# A Twitch login, lower case.
LOGIN: Final = re.compile(r"[a-z0-9_]{1,25}")

# Shared with the settings of a channel: a global default is one that a channel may have.
MESSAGES: Final = whole(1, 500, "messages")
PAUSE: Final = whole_seconds(0, 86_400)
DAYS: Final = whole(0, 3650, "days", zero="no limit")

_USER_ID = re.compile(r"[0-9]{1,20}")
# The page of a channel, with what stands behind its name, or of its chat alone.
_CHANNEL_PAGE = re.compile(
    r"(?:https?://)?(?:\w+\.)?twitch\.tv/(?:popout/|moderator/|u/|embed/)?(\w+)(?:[/?#].*)?", re.I
)
_BASE64_KEY = r"[A-Za-z0-9_/+-]{43}=?"
_GO_DURATION = r"-?([0-9]{1,9}(\.[0-9]{1,9})?(ns|us|µs|ms|s|m|h))+"
_MOST_SHOWN_CHARS = 60

_KNOWN_BOTS = (
    "blerp, botrixoficial, fossabot, kofistreambot, moobot, nightbot, pokemoncommunitygame, "
    "restreambot, sery_bot, songlistbot, soundalerts, stay_hydrated_bot, streamelements, "
    "streamlabs, tangiabot, wizebot"
)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment."""

    name: str
    # As it would be written; empty if there is none.
    default: str
    kind: Kind[object]
    help: str

    @property
    def field(self) -> str:
        """The field of ``Settings`` that holds it."""
        return self.name.lower()

    def read(self, written: str) -> object:
        """The value of what somebody wrote.  Raises Refused.

        Blanks in a secret are kept: it may be a password.
        """
        bare = without_quotes(written)
        return self.kind.read(bare if self.kind.is_secret else bare.strip())

    def problem(self, written: str, refusal: Refused) -> str:
        """What to tell about a value that was refused; a secret is never in it."""
        value = "wrong (a secret, not shown)" if self.kind.is_secret else _shown(written)
        part = f"; the trouble is {_shown(refusal.part)}" if refusal.part else ""
        return f"{self.name} is {value}; accepted: {self.kind.accepts}{part}"


def without_quotes(text: str) -> str:
    """The text without the quotes that Docker's --env-file leaves on."""
    bare = text.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] and bare[0] in "\"'":
        return bare[1:-1]
    return text


def _shown(text: str) -> str:
    """A value somebody wrote, short, on one line, and without a password."""
    text = without_password(text.strip())
    cut = text if len(text) <= _MOST_SHOWN_CHARS else f"{text[:_MOST_SHOWN_CHARS]}…"
    return repr(cut)


def _read_path(text: str) -> Path:
    """A file; ``~`` is the home folder."""
    if "\0" in text or not text:
        raise Refused
    return Path(os.path.expanduser(text))


def _read_database(text: str) -> Path:
    """The file of ``path`` or ``sqlite:///path``."""
    path = text.removeprefix("sqlite:///")
    if "://" in path or path.startswith((":", "file:", "sqlite:")):
        raise Refused
    return _read_path(path)


def _listed(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Names between commas: each once, in order, lower case, without ``#`` or ``@``."""
    items = [item.strip().lstrip("#@").strip().lower() for item in text.split(",")]
    names = tuple(dict.fromkeys(item for item in items if item))
    if wrong := [name for name in names if not pattern.fullmatch(name)]:
        raise Refused(", ".join(wrong))
    return names


def _read_channels(text: str) -> tuple[str, ...]:
    """Logins, or the addresses of the channels' pages, between commas or blanks."""
    items = re.split(r"[\s,;]+", text)
    return _listed(LOGIN, ",".join(_CHANNEL_PAGE.sub(r"\1", item) for item in items))


def _read_ignored(text: str) -> frozenset[str]:
    """The names themselves, or the well-known bots with some more (``+name``) or without some."""
    items = [item.strip() for item in text.split(",")]
    signed = [item for item in items if item.startswith(("+", "-"))]
    if not signed:
        return frozenset(_listed(LOGIN, text))
    if plain := [item for item in items if item and item not in signed]:
        raise Refused(", ".join(plain))
    more, fewer = (
        _listed(LOGIN, ",".join(item[1:] for item in signed if item.startswith(sign)))
        for sign in "+-"
    )
    return frozenset({*_listed(LOGIN, _KNOWN_BOTS), *more} - {*fewer})


_FILE = Kind("the path of a file", _read_path)
_DATABASE_FILE = Kind("the path of a file, or sqlite:///path", _read_database)
_PORT = whole(1, 65535)
_WORD = matching("one word of ASCII characters", r"[!-~]{1,200}", str)
_KEYS = matching(
    "32 bytes in base64, as printed by: openssl rand -base64 32 (several: the newest first,"
    " with commas between)",
    rf"\s*{_BASE64_KEY}(?:[\s,]+{_BASE64_KEY})*\s*",
    Secret,
    is_secret=True,
)
_LOGINS_ACCEPTED = "Twitch logins between commas (1 to 25 of a-z, 0-9 and _)"
_CHANNELS = Kind(
    "Twitch logins (1 to 25 of a-z, 0-9 and _) or links to their pages, between commas or blanks",
    _read_channels,
)
_IGNORED = Kind(
    f"{_LOGINS_ACCEPTED}, or a + or - before each: added to, or taken off, the well-known bots",
    _read_ignored,
)
_USER_IDS = Kind(
    "Twitch user ids (numbers) between commas",
    lambda text: frozenset(_listed(_USER_ID, text)),
)
_KEEP_ALIVE = matching(
    "seconds, -1 for ever, or a time such as 30m",
    rf"-?[0-9]{{1,9}}|{_GO_DURATION}",
    # Ollama takes seconds as a number, anything else as text.
    lambda text: int(text) if text.removeprefix("-").isdecimal() else text,
)
_LEVEL = one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", warn="WARNING")


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable(
        "DATABASE_TYPE",
        "sqlite",
        one_of("sqlite", "mysql"),
        "The kind of database: sqlite or mysql.",
    ),
    Variable("DATABASE_URL", "./chatbot.db", _DATABASE_FILE, "The SQLite file."),
    Variable("MYSQL_HOST", "localhost", _WORD, "The MySQL or MariaDB server."),
    Variable("MYSQL_PORT", "3306", _PORT, "Its port."),
    Variable("MYSQL_USER", "", optional(_WORD), "The user; needed for mysql."),
    Variable("MYSQL_PASSWORD", "", optional(PASSWORD), "The password; needed for mysql."),
    Variable("MYSQL_DATABASE", "", optional(_WORD), "The database's name; needed for mysql."),
    Variable(
        "MYSQL_SSL_CA",
        "",
        optional(_FILE),
        "A file of CA certificates: connect with TLS. The server's own must name MYSQL_HOST.",
    ),
    Variable("OLLAMA_URL", "http://localhost:11434", OLLAMA_URL, "Where Ollama answers."),
    Variable("OLLAMA_MODEL", "llama3.1", MODEL, "The model that writes the messages."),
    Variable(
        "OLLAMA_TIMEOUT",
        "30",
        seconds(0.1, 3600),
        "Seconds for one whole generation with the model loaded.",
    ),
    Variable(
        "OLLAMA_LOAD_TIMEOUT", "300", seconds(0.1, 7200), "Seconds for loading a model into memory."
    ),
    Variable("OLLAMA_API_KEY", "", optional(KEY), "A bearer token, for a server behind a proxy."),
    Variable(
        "OLLAMA_CA_FILE",
        "",
        optional(_FILE),
        "A file of certificates to trust, in PEM form, for a server with one of its own.",
    ),
    Variable(
        "OLLAMA_KEEP_ALIVE",
        "",
        optional(_KEEP_ALIVE),
        "How long Ollama keeps the model loaded, such as 2h or -1 for ever; unset: 30m.",
    ),
    Variable(
        "OLLAMA_NUM_CTX",
        "",
        optional(whole(1024, 1_048_576)),
        "The context window in tokens, at least 1024; unset: 4096, or what the model has.",
    ),
    Variable(
        "OLLAMA_READ_AHEAD",
        "auto",
        one_of("auto", "on", "off"),
        "Whether an idle server reads the growing chat ahead of time; auto: where that is slow.",
    ),
    Variable(
        "TWITCH_CLIENT_ID",
        "",
        optional(_WORD),
        "The client id of your application at dev.twitch.tv/console.",
    ),
    Variable(
        "TWITCH_CLIENT_SECRET",
        "",
        optional(KEY),
        "Its secret, only for a confidential application.",
    ),
    Variable(
        "TWITCH_CHANNELS",
        "",
        _CHANNELS,
        "The channels to join, with commas or blanks between them; links to their pages do, too.",
    ),
    Variable("TWITCH_IRC_URL", "ircs://irc.chat.twitch.tv:6697", IRC_SERVER, "Twitch chat."),
    Variable("TWITCH_AUTH_URL", "https://id.twitch.tv/oauth2", SERVICE_URL, "Twitch's sign-in."),
    Variable("TWITCH_API_URL", "https://api.twitch.tv/helix", SERVICE_URL, "Twitch's API."),
    Variable(
        "CONTENT_FILTER_ENABLED",
        "true",
        FLAG,
        "Whether blocked words are kept out of the database and of what the bot says.",
    ),
    Variable("BLOCKED_WORDS_FILE", "./blocked_words.txt", _FILE, "The list of blocked words."),
    Variable("MESSAGE_THRESHOLD", "30", MESSAGES, "Messages of viewers between two of the bot."),
    Variable("TIME_DELAY", "300", PAUSE, "Seconds between two messages of the bot."),
    Variable("CONTEXT_LIMIT", "200", MESSAGES, "The newest messages that the model sees."),
    Variable("MESSAGE_RETENTION_DAYS", "30", DAYS, "Days that chat is kept; 0 is without limit."),
    Variable(
        "MESSAGE_RETENTION_COUNT",
        "10000",
        whole(0, 10_000_000),
        "Messages kept in each channel; 0 is without limit.",
    ),
    Variable(
        "IGNORED_USERS",
        _KNOWN_BOTS,
        _IGNORED,
        "Logins neither stored, counted nor answered; +name and -name change the well-known bots.",
    ),
    Variable(
        "TOKEN_ENCRYPTION_KEY",
        "",
        optional(_KEYS),
        "The key to the stored sign-in; unset, a key file is made beside the database.",
    ),
    Variable(
        "TOKEN_ENCRYPTION_KEY_FILE", "", optional(_FILE), "The same key, in a file of its own."
    ),
    Variable(
        "DRY_RUN", "false", FLAG, "Do everything but speak; what would have been said is logged."
    ),
    Variable("BOT_OWNERS", "", _USER_IDS, "User ids that may command in every channel."),
    Variable(
        "IRC_IDLE_TIMEOUT",
        "60",
        seconds(0.1, 3600),
        "Seconds of silence after which the chat connection is tested.",
    ),
    Variable(
        "TOKEN_VALIDATE_INTERVAL",
        "3600",
        seconds(0.1, 3600),
        "Seconds between two checks of the sign-in; Twitch asks for one an hour.",
    ),
    Variable(
        "STATUS_LISTEN",
        "",
        optional(LISTENER),
        "Where the status page is served, such as 127.0.0.1:8787; unset: nowhere.",
    ),
    Variable(
        "HEARTBEAT_URL",
        "",
        optional(HEARTBEAT_URL),
        "An address that is asked once a minute while the bot is up, for a monitor elsewhere.",
    ),
    Variable("BOT_CLUSTER", "off", FLAG, "Several processes share the channels; not yet."),
    Variable("LOG_LEVEL", "INFO", _LEVEL, "The least important messages that are logged."),
    Variable(
        "LOG_FORMAT", "console", one_of("console", "json"), "console for people, json for programs."
    ),
)
