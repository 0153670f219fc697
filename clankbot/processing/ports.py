"""The language model, as every part of this room may ask it.  The wiring passes the real one."""

from __future__ import annotations

from typing import Protocol

from clankbot.cancel import Cancel
from clankbot.records.speech import Assignment, Composed


class LanguageModel(Protocol):
    """The models of the operator's server; every method may be called from any thread."""

    def preload(self) -> None:
        """Have the operator's model in memory; takes as long as loading takes.  Never raises."""

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean chat line, or why there is none.  Raises the OllamaError family."""

    def obstacle(self, model: str) -> str | None:
        """Why a model is not to be asked just now; None if it may be.  Never waits."""

    def outage(self, model: str) -> str | None:
        """What is wrong with a model, also while it may be tried again.  Never waits."""

    def check_choice(self, model: str) -> str | None:
        """Why moderators may not choose this model; asks the server, raises OllamaError."""

    def runs_in_cloud(self, model: str) -> bool:
        """Whether what the model is asked leaves the streamer's machines."""
