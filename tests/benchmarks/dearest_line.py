"""Searches for the chat line that costs the bot most, the word filter left out: prints figures.

    python -m tests.benchmarks.dearest_line [CANDIDATES]

A viewer without rights has a text of 500 characters, a name to be shown, and what Twitch makes of
both: the tags of emotes, and of the message that is answered with its author's name and text.  All
else in a line is Twitch's own.  Candidates are made of pieces that parsers have trouble with; half
of them change the dearest ones found so far.

What is counted is the way of one line from its bytes' text to the write queue: ``parse_line``,
``to_event``, the live state, the inbox, the intake and the command.  It is cut short at the
database, which stores in batches.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from clankbot.cancel import END
from clankbot.irc.events import to_event
from clankbot.irc.message import format_line, parse_line
from tests.processing.desk import Desk

MOST_CHARS: Final = 500
NAME_CHARS: Final = 25
CANDIDATES: Final = 20_000
KEPT: Final = 30
TRIES: Final = 3  # the quickest counts: others use the caches as well

COMMANDS: Final = tuple(
    f"!clank {what}"
    for what in (
        *(
            "",
            "timezone Q1",
            "tz ",
            "optout",
            "optin",
            "opt out",
            "about",
            "set ",
            "param ",
            "help ",
        ),
        *(
            "quiet 1h1h1h",
            "prompt ",
            "forget @",
            "block ",
            "reset ",
            "model ",
            "undo",
            "speak",
            "why",
        ),
    )
)
PIECES: Final = (
    *COMMANDS,
    *(
        "!",
        "!a",
        "@",
        "@clankbot",
        "@clankbo",
        "clankbot",
        "clankbot@",
        "@clankbot@",
        "://",
        ".tv/",
    ),
    *(
        " ",
        "  ",
        "\t",
        "\u00a0",
        "\u3000",
        "\u2800",
        "\u3164",
        "\u200b",
        "\u200d",
        "\u200c",
        "\ufe0f",
    ),
    *("\u00ad", "\u034f", "\U000e0001", "\u0301", "\u202e", "\ufdfa", "\u1e9e", "\u0130", "\ufb03"),
    *(
        "a",
        "A",
        "0",
        "_",
        "-",
        "=",
        ":",
        ",",
        ".",
        ";",
        "\\",
        "\\s",
        "/",
        "#",
        "*",
        "\x01",
        "\x01ACTION ",
    ),
    *(
        "a@",
        "@a",
        "@a,",
        ",a",
        "=a",
        "1h",
        "9",
        "x y",
        "\U0001f98a",
        "\U0001f468\u200d",
        "\u4e2d",
        "\u0430",
    ),
)
EMOTE: Final = "/".join(f"emotesv2_{number:032x}:{number}-{number + 4}" for number in range(90))


@dataclass(frozen=True)
class Candidate:
    """What a viewer may fill of a line."""

    text: str
    name: str = "Alice"
    body: str = ""  # of the message that is answered
    emotes: str = ""

    def line(self, number: int, user: int, sent_at_ms: int = 1790000000000) -> str:
        """The line as Twitch would send it; each has an id of its own."""
        tags = {
            "badge-info": "",
            "badges": "subscriber/12,sub-gifter/100,bits-leader/1",
            "client-nonce": "f" * 32,
            "display-name": self.name[:NAME_CHARS],
            "emotes": self.emotes,
            "id": f"00000000-0000-0000-0000-{number:012}",
            "mod": "0",
            "room-id": "1337",
            "tmi-sent-ts": str(sent_at_ms),
            "user-id": str(user),
        }
        if self.body:
            tags |= {
                "reply-parent-display-name": self.name[:NAME_CHARS],
                "reply-parent-msg-body": self.body[:MOST_CHARS],
                "reply-parent-msg-id": f"00000000-0000-0000-0001-{number:012}",
                "reply-parent-user-id": "4",
                "reply-parent-user-login": "vera",
                "reply-thread-parent-user-login": "vera",
            }
        return format_line(
            "PRIVMSG",
            "#alpha",
            trailing=self.text[:MOST_CHARS],
            prefix="alice!alice@alice.tmi.twitch.tv",
            tags=tags,
        )


def woven(dice: random.Random, length: int) -> str:
    """A text of few pieces, repeated in many ways."""
    start = dice.choice((dice.choice(COMMANDS), dice.choice(PIECES), ""))
    few = dice.choices(PIECES, k=dice.randint(1, 3))
    body = "".join(few) * length if dice.random() < 0.6 else "".join(dice.choices(few, k=length))
    return (start + body)[: length - 4] + dice.choice(("", "x", dice.choice(PIECES)))


def fresh(dice: random.Random) -> Candidate:
    """Any candidate."""
    return Candidate(
        text=woven(dice, MOST_CHARS if dice.random() < 0.8 else dice.randint(1, MOST_CHARS)),
        name=woven(dice, NAME_CHARS) if dice.random() < 0.3 else "Alice",
        body=woven(dice, MOST_CHARS) if dice.random() < 0.3 else "",
        emotes=EMOTE if dice.random() < 0.2 else "",
    )


def changed(dice: random.Random, one: Candidate) -> Candidate:
    """The candidate with a stretch of its text, or another part of it, made anew."""
    if dice.random() < 0.2:
        other = fresh(dice)
        return replace(one, name=other.name, body=other.body, emotes=other.emotes)
    start = dice.randrange(len(one.text) + 1)
    end = min(len(one.text), start + dice.choice((1, 5, 50, 250)))
    return replace(one, text=one.text[:start] + woven(dice, end - start + 4) + one.text[end:])


class Course:
    """One line after another through the real parts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers = itertools.count()

    def cost_ms(self, one: Candidate) -> float:
        """How long the line takes, at best."""
        return min(self._once_ms(one) for _ in range(TRIES))

    def _once_ms(self, one: Candidate) -> float:
        number = next(self._numbers)
        line = one.line(number, user=1000 + number % 7000)
        desk = self._desk
        began = time.thread_time()  # what other programs do in the meantime does not count
        event = to_event(parse_line(line))
        assert event is not None
        desk.live_state.handle(event)
        desk.inbox.put_event(event)
        desk.worker.take_in(0.0)
        spent_ms = (time.thread_time() - began) * 1000
        if number % 400 == 0:
            desk.settle()
            desk.offered.clear()
            desk.clock.forward(1.0)
        return spent_ms


def search(candidates: int, seed: int = 1) -> list[tuple[float, Candidate]]:
    """The dearest candidates, the dearest first."""
    dice = random.Random(seed)
    found: list[tuple[float, Candidate]] = []
    with TemporaryDirectory() as folder, Desk(Path(folder), CONTENT_FILTER_ENABLED="false") as desk:
        course = Course(desk)
        for command in COMMANDS:
            found.append((course.cost_ms(Candidate(command)), Candidate(command)))
        for _ in range(candidates):
            anew = not found or dice.random() < 0.5
            one = fresh(dice) if anew else changed(dice, dice.choice(found)[1])
            found.append((course.cost_ms(one), one))
            if len(found) > 2 * KEPT:
                found = sorted(found, key=lambda pair: pair[0], reverse=True)[:KEPT]
        # What was dear because the machine was busy is not dear again.
        again = [(course.cost_ms(one), one) for _, one in found]
        desk.inbox.put(END)
    return sorted(again, key=lambda pair: pair[0], reverse=True)


def main() -> None:
    """Search, and show the dearest ten."""
    candidates = int(sys.argv[1]) if len(sys.argv) > 1 else CANDIDATES
    dearest = search(candidates)
    print(f"{candidates:,} candidates; the dearest:")
    for cost_ms, one in dearest[:10]:
        print(
            f"  {cost_ms:.3f} ms  {one.text[:60]!r}  name {one.name[:10]!r}  body {len(one.body)}"
        )


if __name__ == "__main__":
    main()
