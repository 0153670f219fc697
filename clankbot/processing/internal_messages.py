"""What the worker hands to the composer and to one-off tasks, and what comes on its inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clankbot.cancel import Cancel
from clankbot.processing.recent_removals import Removal
from clankbot.records.chat import ChatMessage
from clankbot.records.reasons import Reason
from clankbot.records.settings import ChannelSettings, SettingValue
from clankbot.records.speech import ContextLine


@dataclass(frozen=True, slots=True)
class Job:
    """One generation: for ``channel``, answering ``asked`` if there is a mention.

    The worker has registered the generation, so that a removal counts from this moment on.
    """

    channel: str
    settings: ChannelSettings
    generation_id: int
    cancel: Cancel
    asked: ContextLine | None = None
    # When the mention was written, in monotonic seconds; other channels' jobs may come first.
    since: float | None = None
    requested: bool = False  # a moderator said ``!clank speak``


@dataclass(frozen=True, slots=True)
class PromptChanged:
    """The lines of a channel are others than the model has read: it may read ahead."""

    channel: str


@dataclass(frozen=True, slots=True)
class NothingOffered:
    """The composer is through with a job and has offered no line to the sender."""

    channel: str
    generation_id: int
    reason: Reason
    was_usable: bool = True  # False if the model answered and nothing of it could be said


@dataclass(frozen=True, slots=True)
class PromptRead:
    """What a server had to read of the prompt for a line, in tokens, and what it had kept."""

    read: int
    reused: int


@dataclass(frozen=True, slots=True)
class PendingChange:
    """What a command is to change in the settings of its channel, and the answer to give then."""

    message: ChatMessage
    values: Mapping[str, SettingValue | None]  # by column; None goes back to the default
    answer: str
    # By column, the id of the change that is taken back.
    undoes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModelChecked:
    """The one-off task behind ``!clank model NAME`` has asked the server."""

    change: PendingChange
    problem: str | None  # a short answer for chat; None if the model is there


@dataclass(frozen=True, slots=True)
class WaitsAsked:
    """Somebody looks at the status page: ``told`` gets, by channel, what the bot waits for."""

    told: Callable[[Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class AnswerFound:
    """The one-off task behind a command that only asks has the answer."""

    message: ChatMessage
    answer: str


# Asks a question on a thread that may wait; the answer comes to the worker's inbox.  False while
# too many questions wait.
AskLater = Callable[[Callable[[], ModelChecked | AnswerFound]], bool]


@dataclass(frozen=True, slots=True)
class RemovedMessage:
    """A chat message that was removed while it waited for the worker."""

    message: ChatMessage


@dataclass(frozen=True, slots=True)
class RemovalReached:
    """The place in chat of a removal, which has overtaken what came before it."""

    removal: Removal


@dataclass(frozen=True, slots=True)
class Reload:
    """The owner asked for the word list to be read again (SIGHUP)."""
