"""A language model that tests hold in their hands."""

from __future__ import annotations

from collections.abc import Callable

from clankbot.errors import Cancelled
from clankbot.processing.ports import CancelHandle
from clankbot.records.speech import Assignment, Composed


class Model:
    """A language model that does ``meanwhile`` and then gives its answer."""

    def __init__(
        self,
        text: str | None = "what a calm river",
        meanwhile: Callable[[CancelHandle], None] = lambda cancel: None,
    ) -> None:
        self.text = text
        self.meanwhile = meanwhile
        self.asked: list[Assignment] = []

    def __call__(self, assignment: Assignment, cancel: CancelHandle) -> Composed:
        self.asked.append(assignment)
        self.meanwhile(cancel)
        if cancel.cancelled:
            raise Cancelled("the generation was called off")
        return Composed(self.text, "composed" if self.text else "nothing usable was left")

    @property
    def saw(self) -> list[str]:
        """The texts of the one context it was given."""
        (assignment,) = self.asked
        return [line.text for line in assignment.lines]
