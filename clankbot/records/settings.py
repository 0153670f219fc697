"""What holds in one channel, and the commands that change it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# What a channel setting holds; ``None`` in its place means: inherit the global default.
SettingValue = int | float | str | bool


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What holds in one channel: its own settings if set, else the global defaults."""

    threshold: int = 30
    delay_s: int = 300
    context_limit: int = 200
    model: str = "llama3.1"
    cooldown_s: int = 60
    length_chars: int = 450
    mentions: bool = True
    spontaneous: bool = True
    retention_days: int = 30
    retention_count: int = 10_000  # messages kept at most; 0: any number
    persona: str | None = None
    # Ollama's own option names: temperature, top_p, top_k, min_p, repeat_penalty,
    # num_predict, seed; only those the channel sets.
    model_options: Mapping[str, int | float] = field(default_factory=lambda: MappingProxyType({}))
    enabled: bool = True
    quiet_until_ms: int | None = None
    quiet_hours: str | None = None  # ``23:00-08:00`` in ``timezone``; may wrap midnight
    timezone: str = "UTC"
    live_only: bool = False
    adaptive: bool = False
    min_speakers: int = 0
    drafts: int | None = None  # None: as many as the model is quick
    stream: bool = True
    disclose: bool = False
    followup_s: int = 60
    share_percent: int = 10
    tact: bool = True


class Verb(enum.Enum):
    """What a command asks for."""

    STATUS = "status"
    HELP = "help"
    SHOW = "show"
    SET = "set"
    RESET = "reset"
    ON = "on"
    OFF = "off"
    QUIET = "quiet"
    WHY = "why"
    CHANGED = "changed"
    UNDO = "undo"
    SPEAK = "speak"
    FORGET = "forget"
    BLOCK = "block"
    UNBLOCK = "unblock"
    TERMS = "terms"
    MODELS = "models"
    VERSION = "version"
    OPT_OUT = "optout"
    OPT_IN = "optin"
    ABOUT = "about"
    WRONG = "wrong"  # not understood or out of range; ``argument`` is the short answer to give
    # A moderator's command from somebody who is none; not read any further.
    DENIED = "denied"
    # A command to another bot: neither obeyed nor stored.
    OTHER_BOT = "other bot"


@dataclass(frozen=True, slots=True)
class Command:
    """A parsed ``!clank`` line."""

    verb: Verb
    setting: str | None = None  # the setting's canonical name (for SHOW, SET, RESET)
    column: str | None = None  # the column of ``channel_config`` that holds it
    value: SettingValue | None = None  # the checked new value (SET), or seconds (QUIET)
    # Free text: a viewer (FORGET), a term (BLOCK, UNBLOCK), the answer (WRONG), a topic
    # (HELP).
    argument: str = ""
    # Whether the argument is a term, which may be a blocked one (BLOCK, UNBLOCK).
    names_term: bool = False
