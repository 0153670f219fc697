"""The table of channel settings: each is described here once and nowhere else.

Parsing, help, answers, the column of ``channel_config`` and the README's table are made from it or
checked against it.  A new setting is an entry here, a field in ``records.settings``, and a
migration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clankbot.config.kinds import (
    FLAG,
    HOURS,
    INSTANT,
    MODEL,
    ZONE,
    Kind,
    decimal,
    prose,
    whole,
    whole_seconds,
)
from clankbot.config.variables import DAYS, MESSAGES, PAUSE
from clankbot.records.settings import SettingValue


@dataclass(frozen=True, slots=True)
class ChannelSetting:
    """One thing a moderator can set for a channel."""

    name: str
    kind: Kind[SettingValue]
    # Of ``channel_config``; NULL there means: not set.
    column: str
    help: str
    # The field of ``ChannelSettings``, if it is not named as the column.
    field_name: str | None = None
    # Whether it is an option of the model: it has no field, and goes by its column's name.
    is_option: bool = False
    # The environment variable that holds the global default; None if ChannelSettings has it.
    variable: str | None = None
    # What is shown if the default is None.
    unset: str = "the model's own"
    aliases: tuple[str, ...] = ()
    # Columns of SWITCHES that a reset empties with its own.
    also: tuple[str, ...] = ()

    @property
    def field(self) -> str | None:
        """The field of ``ChannelSettings`` that holds it; None for an option of the model."""
        return None if self.is_option else self.field_name or self.column


def _option(
    name: str, kind: Kind[SettingValue], help_text: str, aliases: tuple[str, ...] = ()
) -> ChannelSetting:
    return ChannelSetting(name, kind, name, help_text, is_option=True, aliases=aliases)


CHANNEL_SETTINGS: Final[tuple[ChannelSetting, ...]] = (
    ChannelSetting(
        "threshold",
        MESSAGES,
        "message_threshold",
        "viewers' messages before I speak again",
        field_name="threshold",
        variable="MESSAGE_THRESHOLD",
        aliases=("messages", "count"),
    ),
    ChannelSetting(
        "delay",
        PAUSE,
        "time_delay",
        "the least time between two of my messages",
        field_name="delay_s",
        variable="TIME_DELAY",
        aliases=("time",),
    ),
    ChannelSetting(
        "context",
        MESSAGES,
        "context_limit",
        "how many of the newest messages the model sees",
        variable="CONTEXT_LIMIT",
        aliases=("history",),
    ),
    ChannelSetting(
        "model",
        MODEL,
        "ollama_model",
        "the model that writes my messages",
        field_name="model",
        variable="OLLAMA_MODEL",
        aliases=("llm",),
    ),
    ChannelSetting(
        "cooldown",
        whole_seconds(0, 3600),
        "cooldown",
        "the least time between two answers to the same viewer",
        field_name="cooldown_s",
    ),
    ChannelSetting(
        "length",
        whole(20, 500, "characters"),
        "max_length",
        "the most characters of one message",
        field_name="length_chars",
    ),
    _option("temperature", decimal(0, 2), "how freely the model chooses its words", ("temp",)),
    _option("top_p", decimal(0, 1), "the share of likely words it chooses from"),
    ChannelSetting(
        "prompt",
        prose(400),
        "persona",
        "who I am in this channel",
        unset="the built-in one",
        aliases=("personality",),
    ),
    ChannelSetting(
        "mentions",
        FLAG,
        "mentions",
        "whether I answer when somebody mentions me",
        aliases=("mention", "replies"),
    ),
    ChannelSetting("spontaneous", FLAG, "spontaneous", "whether I speak unasked"),
    ChannelSetting(
        "retention",
        DAYS,
        "retention_days",
        "how long I keep this chat; 0 is without limit",
        variable="MESSAGE_RETENTION_DAYS",
    ),
    ChannelSetting(
        "quiet",
        HOURS,
        "quiet_hours",
        "be silent for a while, or at these hours every day (see timezone)",
        unset="off",
        also=("quiet_until",),
    ),
    ChannelSetting(
        "timezone", ZONE, "timezone", "the time zone of the quiet hours", aliases=("tz", "zone")
    ),
    ChannelSetting(
        "liveonly",
        FLAG,
        "live_only",
        "whether I speak only while the channel is live",
        aliases=("live",),
    ),
    ChannelSetting(
        "adaptive", FLAG, "adaptive", "whether the threshold follows the pace of the chat"
    ),
    ChannelSetting(
        "minviewers",
        whole(0, 100, "viewers"),
        "min_speakers",
        "how many viewers must be talking before I speak unasked",
        aliases=("viewers",),
    ),
    ChannelSetting(
        "drafts",
        whole(1, 3, "drafts"),
        "drafts",
        "how many lines the model writes for me to choose from",
        unset="as many as the model is quick",
    ),
    ChannelSetting(
        "stream",
        FLAG,
        "stream",
        "whether I know what is on: title, category, raids and the like",
        aliases=("title",),
    ),
    ChannelSetting(
        "disclose",
        FLAG,
        "disclose",
        "whether my first answer to a viewer each day says that I am a bot",
    ),
    ChannelSetting(
        "followup",
        whole_seconds(0, 600),
        "followup",
        "how long after my answer a viewer need not say my name; 0 is not at all",
        field_name="followup_s",
        aliases=("followups",),
    ),
    ChannelSetting(
        "share",
        whole(1, 50, "percent"),
        "share",
        "the most that I say of the last five minutes' messages, but for answers",
        field_name="share_percent",
    ),
    ChannelSetting(
        "tact",
        FLAG,
        "tact",
        "whether I stay silent when the room asks for it",
        aliases=("manners",),
    ),
    _option("top_k", whole(0, 1000, "words"), "how many words it chooses from"),
    _option("min_p", decimal(0, 1), "how unlikely a word may be"),
    _option("repeat_penalty", decimal(0.5, 2), "how much it avoids repeating itself"),
    _option("num_predict", whole(16, 1000, "tokens"), "the most tokens it writes"),
    _option("seed", whole(0, 2_147_483_647), "the same seed, the same choices"),
)

# Columns that verbs write (``on``, ``off``, ``quiet 30m``); not to be set by name.
SWITCHES: Final[tuple[ChannelSetting, ...]] = (
    ChannelSetting("bot", FLAG, "enabled", "on or off, as a whole"),
    ChannelSetting(
        "quiet until",
        INSTANT,
        "quiet_until",
        "the end of the quiet time",
        field_name="quiet_until_ms",
        unset="off",
    ),
)
