"""The cast of a rehearsal: who sits in the chat, and what they say about the stream.

Lines are put together from each viewer's own turns of phrase and from what the stream is about, all
drawn like cards from a shuffled deck, so that nothing comes again soon.  Pure, given the dice.
"""

from __future__ import annotations

import random
import zlib
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Card = TypeVar("Card")

MODERATOR: Final = "mona"
# Advertises now and then: the shipped word list blocks it, and the moderator times it out.
PASSER_BY: Final = "cheap_fame_4u"

_NOT_AGAIN_WITHIN: Final = 200
_TO_SOMEBODY_EVERY: Final = 4
_TO_THE_BOT_EVERY: Final = 14
_ADVERTISED_EVERY: Final = 45
# Of the 256 of terminals: readable on black and on white.
_FALLBACK_COLOURS: Final = (39, 71, 99, 131, 142, 173, 175)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody says."""

    login: str
    text: str
    is_mod: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody in the chat, and how they talk."""

    login: str
    colour: int
    phrases: tuple[str, ...]
    to_somebody: tuple[str, ...]


VIEWERS: Final = (
    Viewer(
        MODERATOR,
        64,
        (
            "welcome in everybody, we are in {place} tonight",
            "reminder that the {thing} is not a spoiler, it is in the trailer",
            "be nice about the {thing} please, it is doing its best",
            "next break is in {hour}, bring {snack}",
            "I have pinned the map of {place} again",
        ),
        ("{friend} I saw that", "thank you {friend}", "{friend} no backseating about the {thing}"),
    ),
    Viewer(
        "pixelpat",
        33,
        (
            "THE {THING}!!!",
            "LET'S GOOO, {place} HERE WE COME",
            "that {thing} came out of NOWHERE",
            "did you all SEE that {thing}",
            "I am SO ready for {place}",
        ),
        ("{friend} RIGHT???", "{friend} you called it!!", "{friend} NO WAY"),
    ),
    Viewer(
        "old_oak",
        136,
        (
            "in the first game the {thing} was twice as slow",
            "i remember {place} from the old demo. we had to walk uphill both ways",
            "patience, the {thing} always comes back",
            "my knees hurt just watching that {thing}",
            "they do not make a {thing} like that any more",
        ),
        (
            "{friend} you are too young for that one",
            "well said {friend}",
            "{friend} ask me again in {hour}",
        ),
    ),
    Viewer(
        "tealeaf",
        37,
        (
            "the music in {place} is lovely",
            "i made {snack} and now i am too calm for this {thing}",
            "can we stay in {place} for a while, it is so pretty",
            "i like how the light falls on the {thing}",
            "{snack} and a stream, good evening so far",
        ),
        ("{friend} that is sweet", "hugs for {friend}", "{friend} have some {snack}"),
    ),
    Viewer(
        "frame_perfect",
        161,
        (
            "you can skip the {thing} if you jump from the left ledge",
            "{place} takes 41 seconds with the glitch",
            "that {thing} has a six frame window, easy",
            "lost about two seconds on the {thing} there",
            "record for {place} is from last {day}",
        ),
        ("{friend} technically no", "{friend} only on the old version", "source, {friend}?"),
    ),
    Viewer(
        "sockwitch",
        135,
        (
            "what if the {thing} is just lonely",
            "theory: {place} is inside the {thing}",
            "i would knit a scarf for that {thing}",
            "the {thing} knows what it did",
            "i dreamed about {place} and everyone was a teapot",
        ),
        (
            "{friend} you have been chosen",
            "{friend} blink twice",
            "do not wake the {thing}, {friend}",
        ),
    ),
    Viewer(
        "hungry_hugo",
        166,
        (
            "is that {thing} edible",
            "pausing for {snack}, do not beat the {thing} without me",
            "{place} looks like {snack} from above",
            "every {day} i say no more {snack} and here we are",
            "back with {snack}, what did the {thing} do",
        ),
        ("{friend} what are you eating", "{friend} share the {snack}", "same {friend}, same"),
    ),
    Viewer(
        "lurk_lotte",
        63,
        (
            "hi, first time here, what is the {thing} for?",
            "why does everyone hate the {thing}?",
            "how long until {place}?",
            "is it always this loud in {place}?",
            "sorry, who put a {thing} there?",
        ),
        ("oh, thanks {friend}", "{friend} how do you know that?", "{friend} is that a joke?"),
    ),
)

_TO_THE_BOT: Final = (
    "{bot} what do you think about the {thing}?",
    "hey {bot}, would you go to {place}?",
    "{bot} rate the {thing} from one to ten",
    "does {bot} eat {snack}?",
    "{bot} who wins, us or the {thing}?",
    "ok {bot}, sing us something about {place}",
)

_ADVERTISING: Final = (
    "want to be famous by {day}? cheap followers and viewers, only at best-fame dot example",
    "get {hour} of fame now, cheap followers, write to me",
)

_WORDS: Final[Mapping[str, Sequence[str]]] = {
    gap: tuple(words.split(", "))
    for gap, words in {
        "thing": "lantern knight, moth king, broken lift, second jump, grumpy ferryman, "
        "crystal door, tin dragon, talking well, rope bridge, clockwork crab, sleeping giant, "
        "shopkeeper",
        "place": "the salt cathedral, the drowned library, the upper harbour, the bell tower, "
        "mushroom valley, the night market, the frozen orchard, the old railway, the cloud stairs",
        "snack": "popcorn, cold pizza, pear cake, noodles, peppermint tea, pretzels, toast, "
        "cherry soup",
        "hour": "ten minutes, half an hour, a quarter of an hour, one hour",
        "day": "monday, tuesday, thursday, friday, sunday",
    }.items()
}


def colour_of(login: str) -> int:
    """The viewer's colour, always the same; one of a terminal's 256."""
    other = _FALLBACK_COLOURS[zlib.crc32(login.encode()) % len(_FALLBACK_COLOURS)]
    return next((viewer.colour for viewer in VIEWERS if viewer.login == login), other)


class Cast:
    """All viewers, talking.  ``bot_name`` is whom they speak to now and then; None: to nobody."""

    def __init__(self, bot_name: str | None, dice: random.Random) -> None:
        self._bot_name = bot_name
        self._dice = dice
        self._decks: dict[Sequence[Any], list[Any]] = {}
        self._recent: deque[str] = deque(maxlen=_NOT_AGAIN_WITHIN)
        self._said = 0
        self._last = ""

    def next_line(self, absent: Collection[str] = ()) -> Line | None:
        """What is said next, by somebody who is not absent; None if nobody else is left."""
        self._said += 1
        if self._said % _ADVERTISED_EVERY == 0 and PASSER_BY not in absent:
            return Line(PASSER_BY, self._filled(self._draw(_ADVERTISING)))
        present = tuple(viewer for viewer in VIEWERS if viewer.login not in absent)
        if not present:
            return None
        viewer = self._draw(present)
        if viewer.login == self._last and len(present) > 1:
            viewer = self._draw(present)
        text = self._new_text(viewer)
        self._last = viewer.login
        return Line(viewer.login, text, is_mod=viewer.login == MODERATOR)

    def heard(self, login: str) -> None:
        """Somebody else spoke, whom the next viewer may turn to."""
        self._last = login

    def _new_text(self, viewer: Viewer) -> str:
        """A text that was not said lately, as far as ten tries can find one."""
        for _ in range(10):
            text = self._filled(self._draw(self._phrases(viewer)))
            if text not in self._recent:
                break
        self._recent.append(text)
        return text

    def _phrases(self, viewer: Viewer) -> Sequence[str]:
        if self._bot_name and self._said % _TO_THE_BOT_EVERY == 0:
            return _TO_THE_BOT
        if self._last not in ("", viewer.login) and not self._dice.randrange(_TO_SOMEBODY_EVERY):
            return viewer.to_somebody
        return viewer.phrases

    def _filled(self, phrase: str) -> str:
        """The phrase with something in each of its gaps."""
        words = {name: self._draw(_WORDS[name]) for name in _WORDS if f"{{{name}}}" in phrase}
        if "{THING}" in phrase:
            words["THING"] = self._draw(_WORDS["thing"]).upper()
        return phrase.format(**words, friend=f"@{self._last}", bot=f"@{self._bot_name}")

    def _draw(self, cards: Sequence[Card]) -> Card:
        """One of them; each comes once before any comes again."""
        deck = self._decks.setdefault(cards, [])
        if not deck:
            deck += self._dice.sample(cards, len(cards))
        card: Card = deck.pop()
        return card
