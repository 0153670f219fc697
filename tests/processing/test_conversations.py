"""Talks with the bot, played line by line: who is answered, and who is left in peace."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.processing.desk import Desk

ANSWERED, LEFT = True, False
Step = tuple[float, str, str, bool]
"""Seconds after the line before, who writes, what, and whether that line is answered."""


@dataclass(frozen=True)
class Script:
    """A talk; viewers are known by their names, and nobody else is there."""

    about: str
    steps: tuple[Step, ...]
    orders: tuple[str, ...] = ()
    thinks_s: float = 0.0
    """How long the bot takes for an answer."""


@dataclass
class Play:
    """What came of a script."""

    desk: Desk
    thinks_s: float
    answered: list[str] = field(default_factory=list)
    _done_at: float | None = None

    def wait(self, seconds: float) -> None:
        """Time passes, in which the bot answers what it takes for its own."""
        until = self.desk.clock() + seconds
        while True:
            self.desk.settle()
            turn = self.desk.channels["alpha"].turn
            if turn is not None and self._done_at is None:
                self._done_at = self.desk.clock() + self.thinks_s
            if self._done_at is not None and self.desk.clock() >= self._done_at:
                self._done_at = None
                line = self.desk.jobs.queue[0]
                assert line.asked is not None
                self.answered.append(line.asked.text)
                self.desk.take_turn(f"answer {len(self.answered)} to {line.asked.text}")
            elif self.desk.clock() >= until:
                return
            else:
                self.desk.clock.forward(min(0.5, until - self.desk.clock()))


def play(folder: Path, script: Script) -> list[str]:
    """The texts that were answered, in order."""
    with Desk(folder, MESSAGE_THRESHOLD="500") as desk:
        for order in script.orders:
            desk.order(order)
            desk.clock.forward(3)
        stage = Play(desk, script.thinks_s)
        for after_s, who, text, _ in script.steps:
            stage.wait(after_s)
            more = {}
            if text.startswith("(to "):
                whom, _, text = text[4:].partition(") ")
                more = {"reply_to_user_id": f"id-{whom}", "reply_to_id": "m-x"}
            desk.chat(text, user_id=f"id-{who}", login=who, **more)
        stage.wait(30)
        return stage.answered


def others(count: int, after_s: float = 1.0) -> tuple[Step, ...]:
    """So many lines of others, none of which is for the bot."""
    return tuple((after_s, f"other{n}", f"something else {n}", LEFT) for n in range(count))


HI: Step = (5, "ana", "@clankbot hi there", ANSWERED)
SCRIPTS = (
    Script(
        "a viewer goes on without the name",
        (HI, (9, "ana", "and how are you", ANSWERED), (9, "ana", "me too", ANSWERED)),
    ),
    Script(
        "three in a row at most",
        (
            *(HI, (5, "bo", "hm", LEFT), (5, "ana", "one", ANSWERED), (5, "bo", "hm", LEFT)),
            *((5, "ana", "two", ANSWERED), (5, "bo", "hm", LEFT), (5, "ana", "three", ANSWERED)),
            *((5, "bo", "hm", LEFT), (5, "ana", "four", LEFT), (5, "ana", "five", LEFT)),
        ),
    ),
    Script(
        "after these the cooldown counts, and then it begins anew",
        (
            *(HI, (5, "bo", "hm", LEFT), (5, "ana", "one", ANSWERED), (5, "bo", "hm", LEFT)),
            *((5, "ana", "two", ANSWERED), (5, "bo", "hm", LEFT), (5, "ana", "three", ANSWERED)),
            *((9, "bo", "hm", LEFT), (9, "ana", "@clankbot four", LEFT)),
            *((55, "ana", "@clankbot five", ANSWERED), (9, "ana", "six", ANSWERED)),
        ),
    ),
    Script(
        "alone with one viewer it waits for another voice after three answers",
        (HI, (5, "ana", "one", ANSWERED), (5, "ana", "two", ANSWERED), (5, "ana", "three", LEFT)),
    ),
    Script(
        "the viewer turns to somebody by name",
        (HI, (9, "ana", "@bo did you see that", LEFT), (9, "ana", "it was great", LEFT)),
    ),
    Script(
        "the viewer turns to somebody who was just there, without a sign",
        (
            (1, "bo", "hello all", LEFT),
            *(HI, (9, "ana", "bo where were you", LEFT), (9, "ana", "we missed you", LEFT)),
        ),
    ),
    Script(
        "the viewer replies to somebody else",
        (HI, (9, "ana", "(to bo) yes indeed", LEFT), (9, "ana", "indeed", LEFT)),
    ),
    Script("others take over", (HI, *others(5), (2, "ana", "so what now", LEFT))),
    Script("others say a little", (HI, *others(4), (2, "ana", "so what now", ANSWERED))),
    Script("the talk is long over", (HI, (61, "ana", "so what now", LEFT))),
    Script("the talk is nearly over", (HI, (58, "ana", "so what now", ANSWERED))),
    Script(
        "several short messages in a row are answered once",
        (
            *(HI, (9, "ana", "well", LEFT), (1, "ana", "i think", LEFT)),
            *((1.5, "ana", "it was a fox", ANSWERED), (9, "ana", "or a dog", ANSWERED)),
        ),
    ),
    Script(
        "a command is none of it and ends nothing",
        (HI, (9, "ana", "!points", LEFT), (9, "ana", "back to you", ANSWERED)),
    ),
    Script(
        "two viewers at once, each with the bot",
        (
            *(HI, (3, "bo", "@clankbot hey", ANSWERED), (5, "ana", "one", ANSWERED)),
            *((5, "bo", "uno", ANSWERED), (5, "ana", "two", ANSWERED), (5, "cy", "what", LEFT)),
        ),
    ),
    Script(
        "who says the name meanwhile need not wait either",
        (HI, (9, "ana", "clankbot really?", ANSWERED), (9, "ana", "ok", ANSWERED)),
    ),
    Script(
        "only who was answered goes on",
        (HI, (5, "bo", "and me", LEFT), (5, "bo", "hello?", LEFT), (5, "ana", "yes", ANSWERED)),
    ),
    Script(
        "another bot that answers everything",
        (
            *((1, "beep", "@clankbot i am beep", ANSWERED), (3, "beep", "i agree", ANSWERED)),
            *((3, "beep", "i agree a lot", ANSWERED), (3, "beep", "more than that", LEFT)),
            *((3, "beep", "@clankbot speak", LEFT), (3, "beep", "@clankbot speak to me", LEFT)),
        ),
    ),
    Script(
        "what comes while the answer is made is part of what is answered",
        (
            (5, "ana", "@clankbot tell me about owls", ANSWERED),
            *((14, "ana", "and what do they eat", ANSWERED), (5, "ana", "at night i mean", LEFT)),
            (20, "ana", "thanks", ANSWERED),
        ),
        thinks_s=10,
    ),
    Script(
        "followup is off",
        (HI, (9, "ana", "and you", LEFT), (60, "ana", "clankbot and you", ANSWERED)),
        orders=("followup 0",),
    ),
    Script(
        "followup is short",
        (HI, (12, "ana", "and you", LEFT)),
        orders=("followup 10",),
    ),
    Script(
        "a viewer opts out in the middle",
        (HI, (9, "ana", "!clank optout", LEFT), (9, "ana", "still there?", LEFT)),
    ),
    Script(
        "in German, to a slow bot",
        (
            *((5, "uwe", "clankbot was meinst du dazu", ANSWERED), (2, "eva", "mal sehen", LEFT)),
            *((12, "uwe", "echt jetzt?", ANSWERED), (20, "uwe", "na gut", ANSWERED)),
        ),
        thinks_s=6,
    ),
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.about)
def test_in_a_talk_each_line_is_answered_or_left_as_it_should_be(
    tmp_path: Path, script: Script
) -> None:
    expected = [text for _, _, text, answered in script.steps if answered]
    assert play(tmp_path, script) == expected


def test_an_answer_that_comes_to_nothing_ends_the_talk(desk: Desk) -> None:
    """Or else one viewer could keep the model at work with words that come to nothing."""
    desk.order("spontaneous off")
    desk.chat("@clankbot hi")
    desk.take_turn()
    desk.chat("go on")
    desk.clock.forward(3)
    desk.settle()
    desk.job()
    desk.give_up("nothing usable was left of the answer", usable=False)
    desk.chat("go on then")
    desk.clock.forward(3)
    desk.settle()
    assert not desk.has_job
    desk.chat("@clankbot go on")
    assert desk.why() == "mention not answered: cooldown"
