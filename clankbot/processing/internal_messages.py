"""What the worker hands to the composer and to errands, and what comes back to its inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clankbot.processing.ports import CancelHandle
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import ChannelSettings, SettingValue
from clankbot.records.speech import ContextLine


@dataclass(frozen=True, slots=True)
class Job:
    """One generation: for ``channel``, answering ``asked`` where there is one.

    The worker opens its grounds on the live state, so a removal counts from this moment on.
    """

    channel: str
    policy: ChannelSettings
    generation_id: int
    cancel: CancelHandle
    asked: ContextLine | None = None
    answer_by: float | None = None
    """When the mention will have waited too long; other channels' jobs may come first."""
    requested: bool = False
    """A moderator said ``!clank speak``."""


@dataclass(frozen=True, slots=True)
class JobDone:
    """The composer is through with a channel's job.

    ``reason`` is in plain words; ``offered`` tells that a line is on its way to the sender;
    ``usable`` is False when the model answered and nothing of it could be said.
    """

    channel: str
    reason: str
    offered: bool = False
    usable: bool = True


@dataclass(frozen=True, slots=True)
class PendingChange:
    """What a command is to change in the settings of its channel, and the answer to give then."""

    message: ChatMessage
    # New values by column; None goes back to the default.
    values: Mapping[str, SettingValue | None]
    answer: str
    # By column, the id of the change that is taken back.
    undoes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelChecked:
    """The one-off task behind ``!clank model NAME`` has asked the server."""

    change: PendingChange
    # A short answer for chat; None if the model is there.
    problem: str | None


@dataclass(frozen=True, slots=True)
class Reload:
    """The owner asked for the word list to be read again (SIGHUP)."""
