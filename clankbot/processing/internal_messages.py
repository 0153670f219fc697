"""What the worker hands to the composer and to errands, and what comes back to its inbox."""

from __future__ import annotations

from dataclasses import dataclass

from clankbot.processing.ports import CancelHandle
from clankbot.records.settings import ChannelSettings
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
class ModelChecked:
    """The errand behind ``!clank model NAME`` has asked the server."""

    channel: str
    number: int
    """Of the wish it was asked for."""
    problem: str | None
    """A short answer for chat; None when the model is there."""


@dataclass(frozen=True, slots=True)
class Reload:
    """The owner asked for the word list to be read again (SIGHUP)."""
