"""A language model that tests hold in their hands."""

from __future__ import annotations

from collections.abc import Callable

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Assignment, Composed


class Model:
    """A language model that does ``meanwhile`` and then gives its answer."""

    def __init__(
        self,
        text: str | None = "what a calm river",
        meanwhile: Callable[[Cancel], None] = lambda cancel: None,
        *,
        is_stubborn: bool = False,
    ) -> None:
        """``is_stubborn``: it answers although it was called off."""
        self.is_stubborn = is_stubborn
        self.text = text
        self.meanwhile = meanwhile
        self.asked: list[Assignment] = []
        self.trouble: str | None = None
        self.loading: Callable[[], None] = lambda: None

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        self.asked.append(assignment)
        self.meanwhile(cancel)
        if cancel.cancelled and not self.is_stubborn:
            raise Cancelled
        reason = None if self.text else Reason(Why.NO_LINE, "nothing usable was left")
        return Composed(self.text, reason)

    def preload(self) -> None:
        self.loading()

    def obstacle(self, model: str) -> str | None:
        return None

    def outage(self, model: str) -> str | None:
        return self.trouble

    def check_choice(self, model: str) -> str | None:
        return None

    def runs_in_cloud(self, model: str) -> bool:
        return False

    @property
    def saw(self) -> list[str]:
        """The texts of the one context it was given."""
        (assignment,) = self.asked
        return [line.text for line in assignment.lines]
