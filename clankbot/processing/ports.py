"""The language model, as every part of this room may ask it.  The wiring passes the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from clankbot.cancel import Cancel
from clankbot.records.speech import Assignment, Composed, ReadAhead


class LanguageModel(Protocol):
    """The models of the operator's server; every method may be called from any thread."""

    def preload(self) -> None:
        """Have the operator's model in memory; takes as long as loading takes.  Never raises."""

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean chat line, or why there is none.  Raises the OllamaError family."""

    def reads_ahead(self, model: str) -> bool:
        """Whether to have this model read ahead just now; never waits."""

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        """Have the server read the next small part of the prompt that will be asked next.

        For the thread that writes, while nothing is to be written; a cancel ends it at once.
        Raises the OllamaError family.
        """

    def recall(self, figures: Mapping[str, str]) -> None:
        """What was learned of models in earlier runs, by model, as ``learned`` gave it."""

    def learned(self) -> Mapping[str, str]:
        """What is to be kept of models since the last call; mostly nothing.  Never waits."""

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        """Of each prompt for a line since the last call: the tokens that were read, and those kept.

        For the thread that writes; never waits.
        """

    def obstacle(self, model: str) -> str | None:
        """Why a model is not to be asked just now; None if it may be.  Never waits."""

    def outage(self, model: str) -> str | None:
        """What is wrong with a model, also while it may be tried again.  Never waits."""

    def loading(self, model: str) -> str | None:
        """That a model is being loaded, and since when; None if it is not.  Never waits."""

    def condition(self, model: str, channel: str) -> str:
        """How a model is doing with a channel's prompts, in words for chat: ``ready``, or what is
        the matter.
        """

    def check_choice(self, model: str) -> str | None:
        """Why moderators may not choose this model; asks the server, raises OllamaError."""

    def choices(self) -> Sequence[str]:
        """The models that the server has; asks it, raises OllamaError."""

    def runs_in_cloud(self, model: str) -> bool:
        """Whether what the model is asked leaves the streamer's machines."""
