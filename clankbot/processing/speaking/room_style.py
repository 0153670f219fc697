"""The style card of a room: how its viewers type, by counting.  Pure; no model, and no names.

Twitch's tags tell its own emotes.  Those of other services are words like any other on the wire, so
a word counts as one if three viewers use it as one: spelt as no word is (``monkaS``, ``KEKW``), or
as a whole message again and again, and never in small letters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from statistics import median
from typing import Final

from clankbot.records.speech import ContextLine
from clankbot.records.style import RoomStyle
from clankbot.text import EMOJI

# So many messages and viewers tell how a room types; so many messages are looked at.
SAMPLE: Final = 300
_LEAST_LINES: Final = 30
_LEAST_VIEWERS: Final = 5
_VIEWERS_OF_AN_EMOTE: Final = 3
_TOLD: Final = 6
_LONGEST_EMOTE: Final = 25

# Capitals inside, or capitals alone: ``PogChamp``, ``catJAM``, ``LULW``.
_ODD = re.compile(r"(?:[A-Za-z]*[a-z][A-Z][A-Za-z]*|[A-Z]{3,})[0-9]{0,3}")
_CAPITAL = re.compile(r"[A-Z][a-z]{2,}[0-9]{0,3}")
_ADDRESS_OR_NAME = re.compile(r"\S*[@/]\S*")
_FULL_STOP = re.compile(r"(?<!\.)\.$|。$")
# A script without blanks between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def style_of(lines: Sequence[ContextLine], tagged: Collection[str]) -> RoomStyle | None:
    """How the viewers of these lines type; None if there are too few of either.

    ``tagged`` are the emotes that Twitch told of.
    """
    said = [line for line in lines if not line.is_own and line.text.strip()]
    if len(said) < _LEAST_LINES or len({line.user_id for line in said}) < _LEAST_VIEWERS:
        return None
    texts = [_ADDRESS_OR_NAME.sub(" ", line.text).strip() for line in said]
    texts = [text for text in texts if text]
    emotes = _emotes(said, tagged)
    plain = [_without(text, emotes) for text in texts]
    in_characters = sum(bool(_UNSPACED.search(text)) for text in texts) * 2 > len(texts)
    lengths = [len(text) if in_characters else len(text.split()) for text in plain if text]
    first = [text[0] for text in plain if text and text[0].lower() != text[0].upper()]
    pictures = Counter(picture for text in texts for picture in EMOJI.findall(text))
    used = Counter(word for text in texts for word in set(text.split()) if word in emotes)
    return RoomStyle(
        length=round(median(lengths)) if lengths else 1,
        is_in_characters=in_characters,
        small=_share(first, str.islower),
        full_stops=_share(plain, lambda text: _FULL_STOP.search(text) is not None),
        emoji=_share(texts, lambda text: EMOJI.search(text) is not None),
        with_emote=_share(texts, lambda text: not emotes.isdisjoint(text.split())),
        emotes=tuple(word for word, _ in used.most_common(_TOLD)),
        known=emotes | frozenset(pictures),
        small_words=frozenset(word for text in plain for word in text.split() if word.islower()),
    )


def _emotes(lines: Iterable[ContextLine], tagged: Collection[str]) -> frozenset[str]:
    """The words that are emotes here."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    seen_small: set[str] = set()
    for line in lines:
        words = line.text.split()
        seen_small.update(word for word in words if word.islower())
        is_alone = len(set(words)) == 1
        for word in set(words):
            if len(word) > _LONGEST_EMOTE:
                continue
            if _ODD.fullmatch(word) or (is_alone and _CAPITAL.fullmatch(word)):
                users[word].add(line.user_id)
    return frozenset(tagged) | _of_many(users, seen_small)


def _of_many(users: Mapping[str, set[str]], seen_small: Collection[str]) -> set[str]:
    return {
        word
        for word, who in users.items()
        if len(who) >= _VIEWERS_OF_AN_EMOTE and word.lower() not in seen_small
    }


def _without(text: str, emotes: Collection[str]) -> str:
    """What is left of a text without its emotes and emoji."""
    return " ".join(word for word in EMOJI.sub(" ", text).split() if word not in emotes)


def _share(items: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, items)) / len(items) if items else 0.0
