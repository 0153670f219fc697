"""A language model that tests hold in their hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Assignment, Composed, ReadAhead

Meanwhile = Callable[[Cancel], None]


class Model:
    """A language model that does ``meanwhile`` and then gives its answer.

    Its prompt begins where the last one did, as long as that line is there; and its server keeps
    what it has read of each channel's prompt, and reads ``lines_a_step`` more in a step.
    """

    def __init__(
        self,
        text: str | None = "what a calm river",
        meanwhile: Meanwhile = lambda cancel: None,
        *,
        is_stubborn: bool = False,
    ) -> None:
        """``is_stubborn``: it answers although it was called off."""
        self.is_stubborn = is_stubborn
        self.text = text
        self.silence = Reason(Why.NO_LINE, "nothing usable was left")
        """Why it has no text."""
        self.meanwhile = meanwhile
        self.asked: list[Assignment] = []
        self.trouble: str | None = None
        self.loading: Callable[[], None] = lambda: None
        self.wants_to_read = False
        self.meanwhile_reading: Meanwhile = lambda cancel: None
        self.lines_a_step = 5
        self.has_one_place = False
        """The server throws out what it read for one channel if it reads for another."""
        self.step_takes_s = 1.0
        self.busy_s = 0.0
        self.read: list[Assignment] = []
        """What it was given to read ahead."""
        self.obstructed: str | None = None
        self.recalled: list[Mapping[str, str]] = []
        self.to_be_kept: dict[str, str] = {}
        self._has_read: dict[str, list[str]] = {}

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        self.asked.append(assignment)
        self.meanwhile(cancel)
        if cancel.cancelled and not self.is_stubborn:
            raise Cancelled
        return Composed(self.text, None if self.text else self.silence, begins_at=begin(assignment))

    def reads_ahead(self, model: str) -> bool:
        return self.wants_to_read

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        self.read.append(assignment)
        self.meanwhile_reading(cancel)
        if cancel.cancelled and not self.is_stubborn:
            raise Cancelled
        ids = [line.message_id for line in assignment.lines]
        known = self._has_read.get(assignment.channel, [])
        same = takewhile(lambda pair: pair[0] == pair[1], zip(ids, known, strict=False))
        read = ids[: len(list(same)) + self.lines_a_step]
        if self.has_one_place:
            self._has_read.clear()
        self._has_read[assignment.channel] = read
        return ReadAhead(begin(assignment), read == ids, self.step_takes_s, self.busy_s)

    def recall(self, figures: Mapping[str, str]) -> None:
        self.recalled.append(figures)

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        return ()

    def learned(self) -> Mapping[str, str]:
        kept, self.to_be_kept = self.to_be_kept, {}
        return kept

    def preload(self) -> None:
        self.loading()

    def obstacle(self, model: str) -> str | None:
        return self.obstructed

    def outage(self, model: str) -> str | None:
        return self.trouble

    def check_choice(self, model: str) -> str | None:
        return None

    def choices(self) -> Sequence[str]:
        return ()

    def runs_in_cloud(self, model: str) -> bool:
        return False

    @property
    def saw(self) -> list[str]:
        """The texts of the one context it was given."""
        (assignment,) = self.asked
        return [line.text for line in assignment.lines]


def begin(assignment: Assignment) -> int:
    """Where the prompt begins: with the same line as before if that is there, else the oldest."""
    rows = [line.row for line in assignment.lines]
    if assignment.begins_at in rows:
        return assignment.begins_at
    return rows[0] if rows else 0
