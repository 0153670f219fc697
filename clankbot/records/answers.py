"""What the database answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clankbot.records.settings import SettingValue


@dataclass(frozen=True, slots=True)
class Pace:
    """The pace of a channel: messages since the bot last spoke, and when that was."""

    counted: int  # viewers' messages since then; counting stops at the cap that was asked for
    held: int  # messages the context could use; counting stops at the cap that was asked for
    spoke_at_ms: int | None


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """One utterance of the bot, without its words."""

    message_id: str | None
    at_ms: int
    fingerprint: str
    removed: bool
    shadow: bool
    # Lines of viewers that took it up; 0: it was ignored.  None: not known, or nobody was there.
    reactions: int | None = None


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One recorded change of a channel setting."""

    change_id: int
    channel: str
    column: str
    old_value: SettingValue | None
    new_value: SettingValue | None
    changed_by_id: str
    changed_by: str
    at_ms: int
    undone: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """One recorded decision: when, and its reason in words."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A name that a channel has, or had."""

    channel_id: str
    login: str
    is_current: bool
    first_seen_ms: int
    last_seen_ms: int


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """The figures of one channel, for ``stats``."""

    channel: str
    messages: int
    speakers: int
    own_messages: int
    first_at_ms: int | None
    last_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted of a channel in a stretch of time; "" stands for all channels together."""

    channel: str
    span_s: int
    began_ms: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StoredState:
    """How the bot was doing when it told last, in the form of the room ``status``."""

    at_ms: int
    state: str
