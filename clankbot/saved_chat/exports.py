"""The JSON Lines of ``export``: a chat put together again out of training examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clankbot.saved_chat.found import Found, said

# An export does not tell who wrote the answer of its last example.
_NOBODY: Final = "somebody"


class Examples:
    """Reads one example after another, each of which repeats most of the one before.

    Within one export they grow at the beginning and never shrink.  If one does not follow from
    the other, as in a shuffled file, nothing is left out.
    """

    def __init__(self) -> None:
        self._window: list[str] = []
        self._answer: str | None = None

    def read(self, value: object, number: int) -> list[Found]:
        """The messages that this example adds; its answer comes with the next, which names it."""
        example = _example(value)
        if example is None:
            return []
        window, answer = example
        before = self._repeated(window)
        new = window[before:] if before is not None else [*self._last_line(), *window]
        self._window, self._answer = window, answer
        return _spoken(new, number)

    def rest(self) -> list[Found]:
        """The answer of the newest example, as a message of somebody unknown."""
        return _spoken(self._last_line(), 0)

    def _last_line(self) -> list[str]:
        return [] if self._answer is None else [f"{_NOBODY}: {self._answer}"]

    def _repeated(self, window: Sequence[str]) -> int | None:
        """How many lines are known already; None if the answer does not follow upon them."""
        if len(window) < len(self._window):
            return None
        for known in range(len(window) - 1, -1, -1):
            follows = window[known].partition(": ")[2] == self._answer
            if follows and window[:known] == self._window[len(self._window) - known :]:
                return known
        return None


def _spoken(lines: Sequence[str], number: int) -> list[Found]:
    """The messages of a transcript."""
    parts = (line.partition(": ") for line in lines)
    return [
        Found(said(number, name, text, message_id=f"line-{number}-{place}"))
        for place, (name, colon, text) in enumerate(parts)
        if colon
    ]


def _example(value: object) -> tuple[list[str], str] | None:
    """The transcript and the answer of one training example; None if it is none."""
    try:
        contents = {part["role"]: part["content"] for part in value["messages"]}  # type: ignore[index]
        window, answer = contents["user"], contents["assistant"]
    except (KeyError, TypeError):
        return None
    if not isinstance(window, str) or not isinstance(answer, str):
        return None
    return window.split("\n"), answer
