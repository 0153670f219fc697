"""The table of channel settings: each is described here once and nowhere else.

Parsing, help, answers, the column of ``channel_config`` and the README's table are made from it or
checked against it.  A new setting is an entry here, a field in ``records.settings``, and a
migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clankbot.config.kinds import FLAG, MODEL, Kind, decimal, prose, whole, whole_seconds
from clankbot.config.timetable import HOURS, INSTANT, ZONE
from clankbot.config.variables import DAYS, MESSAGES, PAUSE
from clankbot.records.settings import SettingValue


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """One thing a moderator can set for a channel."""

    name: str
    kind: Kind[SettingValue]
    column: str
    """Of ``channel_config``; NULL there means: not set."""
    help: str
    field: str | None = None
    """Of ``ChannelSettings``; None for an option of the model, which goes by its column's name."""
    variable: str | None = None
    """The environment variable that holds the global default; None where ChannelSettings has it."""
    unset: str = "the model's own"
    """What is shown where the default is None."""
    aliases: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Columns of SWITCHES that a reset empties with its own."""


CHANNEL_SETTINGS: Final[tuple[ChannelSetting, ...]] = (
    ChannelSetting(
        "threshold",
        MESSAGES,
        "message_threshold",
        "viewers' messages before I speak again",
        field="threshold",
        variable="MESSAGE_THRESHOLD",
        aliases=("messages", "count"),
    ),
    ChannelSetting(
        "delay",
        PAUSE,
        "time_delay",
        "the least time between two of my messages",
        field="delay_s",
        variable="TIME_DELAY",
        aliases=("time", "pause"),
    ),
    ChannelSetting(
        "context",
        MESSAGES,
        "context_limit",
        "how many of the newest messages the model sees",
        field="context_limit",
        variable="CONTEXT_LIMIT",
        aliases=("history",),
    ),
    ChannelSetting(
        "model",
        MODEL,
        "ollama_model",
        "the model that writes my messages",
        field="model",
        variable="OLLAMA_MODEL",
        aliases=("llm",),
    ),
    ChannelSetting(
        "cooldown",
        whole_seconds(0, 3600),
        "cooldown",
        "the least time between two answers to the same viewer",
        field="cooldown_s",
    ),
    ChannelSetting(
        "length",
        whole(20, 500, "characters"),
        "max_length",
        "the most characters of one message",
        field="length_chars",
    ),
    ChannelSetting(
        "temperature",
        decimal(0, 2),
        "temperature",
        "how freely the model chooses its words",
        aliases=("temp",),
    ),
    ChannelSetting("top_p", decimal(0, 1), "top_p", "the share of likely words it chooses from"),
    ChannelSetting(
        "prompt",
        prose(400),
        "persona",
        "who I am in this channel",
        field="persona",
        unset="the built-in one",
        aliases=("personality",),
    ),
    ChannelSetting(
        "mentions",
        FLAG,
        "mentions",
        "whether I answer when somebody mentions me",
        field="mentions",
        aliases=("mention", "replies"),
    ),
    ChannelSetting(
        "spontaneous", FLAG, "spontaneous", "whether I speak unasked", field="spontaneous"
    ),
    ChannelSetting(
        "retention",
        DAYS,
        "retention_days",
        "how long I keep this chat; 0 is without limit",
        field="retention_days",
        variable="MESSAGE_RETENTION_DAYS",
    ),
    ChannelSetting(
        "quiet",
        HOURS,
        "quiet_hours",
        "be silent for a while, or at these hours every day (see timezone)",
        field="quiet_hours",
        unset="off",
        aliases=("hush",),
        also=("quiet_until",),
    ),
    ChannelSetting(
        "timezone",
        ZONE,
        "timezone",
        "the time zone of the quiet hours",
        field="timezone",
        aliases=("tz", "zone"),
    ),
    ChannelSetting(
        "liveonly",
        FLAG,
        "live_only",
        "whether I speak only while the channel is live",
        field="live_only",
        aliases=("live",),
    ),
    ChannelSetting(
        "adaptive",
        FLAG,
        "adaptive",
        "whether the threshold follows the pace of the chat",
        field="adaptive",
    ),
    ChannelSetting(
        "minviewers",
        whole(0, 100, "viewers"),
        "min_speakers",
        "how many viewers must be talking before I speak unasked",
        field="min_speakers",
        aliases=("viewers",),
    ),
    ChannelSetting("top_k", whole(0, 1000, "words"), "top_k", "how many words it chooses from"),
    ChannelSetting("min_p", decimal(0, 1), "min_p", "how unlikely a word may be"),
    ChannelSetting(
        "repeat_penalty", decimal(0.5, 2), "repeat_penalty", "how much it avoids repeating itself"
    ),
    ChannelSetting(
        "num_predict", whole(16, 1000, "tokens"), "num_predict", "the most tokens it writes"
    ),
    ChannelSetting("seed", whole(0, 2_147_483_647), "seed", "the same seed, the same choices"),
)

SWITCHES: Final[tuple[ChannelSetting, ...]] = (
    ChannelSetting("bot", FLAG, "enabled", "on or off, as a whole", field="enabled"),
    ChannelSetting(
        "quiet until",
        INSTANT,
        "quiet_until",
        "the end of the quiet time",
        field="quiet_until_ms",
        unset="off",
    ),
)
"""Columns that verbs write (``on``, ``off``, ``quiet 30m``); not to be set by name."""
