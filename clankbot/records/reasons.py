"""Why something was not said, or not done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for programs and tests, and words for people, in which figures may stand.

    Codes are the values of an enumeration beside whoever gives the reason; two reasons are of one
    kind if their codes are equal.
    """

    code: str
    text: str

    def __str__(self) -> str:
        return self.text
