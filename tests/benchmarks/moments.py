"""How often the rules of when to be silent are wrong, by 60 made-up moments marked by hand.

    python -m tests.benchmarks.moments

A moment is the last lines of a chat, at which it would be time to speak.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from clankbot.processing.heard import heard
from clankbot.processing.speaking.tact import asks_for_silence
from tests.processing.chat import message

MOMENTS: Final = Path(__file__).resolve().parents[1] / "data" / "moments.jsonl"
BOT: Final = frozenset({"clankbot"})
STREAMER: Final = "harbour"


@dataclass(frozen=True)
class Judged:
    """What should be done at a moment, and what the rules do."""

    newest: str
    marked: str | None
    """Why it should be silent; None: it may speak."""
    found: str | None

    @property
    def is_right(self) -> bool:
        """Whether it is silent where it should be, for whatever reason."""
        return (self.marked is None) is (self.found is None)


def judged() -> Iterator[Judged]:
    """Each moment."""
    for line in MOMENTS.read_text(encoding="utf-8").splitlines():
        yield judge(json.loads(line))


def judge(moment: dict[str, Any]) -> Judged:
    """One moment."""
    now, lines = 0.0, []
    for number, line in enumerate(moment["lines"]):
        login, _, text = line.partition(": ")
        now = number * moment["every_s"]
        said = message(text, channel=STREAMER, user_id=f"id of {login}", login=login)
        lines.append(heard(said, BOT, "99", now))
    reason = asks_for_silence(lines, now)
    return Judged(moment["lines"][-1], moment["silent"], reason.code if reason else None)


def main() -> None:
    """Print both errors, and where they are made."""
    moments = list(judged())
    for should_be_silent in (True, False):
        of_a_kind = [each for each in moments if (each.marked is not None) is should_be_silent]
        wrong = [each for each in of_a_kind if not each.is_right]
        what = "speaks where it should be silent" if should_be_silent else "is silent for nothing"
        print(f"{what}: {len(wrong)} of {len(of_a_kind)}")
        for each in wrong:
            print(f"    {each.newest!r}: {each.found or each.marked}")


if __name__ == "__main__":
    main()
