"""The room's manner: told to the model, and given to its line as far as rules can.  Pure.

A small model heeds a rule about small letters or full stops now and then, and likes emoji; so what
a program can set right, it does.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from clankbot.records.style import RoomStyle
from clankbot.text import EMOJI

# From such a share on it is how people type, and below it, how they do not.
_USUAL: Final = 0.7
_RARE: Final = 0.1
# Emotes of Twitch and of the services that its viewers use, which models have read of.
_EMOTE_WORDS: Final = """
4Head 5Head AYAYA BabyRage BatChest BibleThump BigBrother BlessRNG BrokeBack BOOBA CatJAM catJAM
CoolCat COPIUM Copium DansGame EleGiggle FailFish FeelsAmazingMan FeelsBadMan
FeelsBirthdayMan FeelsGoodMan FeelsOkayMan FeelsRainMan FeelsStrongMan FeelsWeirdMan forsenE
FrankerZ GIGACHAD gachiBASS GivePLZ HACKERMANS HandsUp HeyGuys HOPIUM HypeChest ICUMOLD
Jebaited Kappa KappaPride KappaRoss KEKL KEKLEO KEKW Keepo KKona Kreygasm LULW LUL
MercyWing1 MingLee modCheck monkaGIGA monkaHmm monkaOMEGA monkaS monkaW MrDestructoid NODDERS
NOPERS NotLikeThis OhMyDog OMEGALUL OMEGALULW PauseChamp PausersHype peepoClap peepoGiggle
peepoHappy peepoLeave peepoSad PeepoClap PeepoGlad pepeD PepeHands pepeJAM PepeLaugh pepeLaugh
Pepega PepoG PETTHE PJSalt Pog PogBones POGCRAZY POGGERS PogChamp PogU POGSLIDE PogTasty
PogO PRAYGE Prayge ResidentSleeper SadCat Sadge SeemsGood SMOrc StinkyCheese SUSSY SwiftRage
TakeNRG TehePelo TriHard TwitchUnity VoHiYo VoteNay VoteYea WAYTOODANK weirdChamp WeirdChamp
widepeepoHappy widepeepoSad WutFace xqcL
"""
_EMOTES: Final = frozenset(_EMOTE_WORDS.split())
_SHORTCODE = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{2,30}:(?![\w:])")
_WORD = re.compile(r"\S+")
_FULL_STOP = re.compile(r"(?<![.。])[.。]$")
_BLANKS = re.compile(r" {2,}")
_LEAST_WORDS_TO_TELL: Final = 3


def told(style: RoomStyle | None) -> str:
    """The style card, as it stands in a task; empty if the style is not known."""
    if style is None:
        return ""
    unit = "characters" if style.is_in_characters else "words"
    parts = [f"People here type some {max(_LEAST_WORDS_TO_TELL, style.length)} {unit} a line"]
    if style.small >= _USUAL:
        parts.append("in small letters")
    if style.full_stops <= _RARE:
        parts.append("without a full stop")
    if style.emoji <= _RARE:
        parts.append("hardly ever with an emoji")
    card = ", ".join(parts) + "."
    if style.emotes:
        card += f" Emotes they use: {' '.join(style.emotes)}. You may use one of these, or none."
    return f"{card}\n"


def fitted(line: str, style: RoomStyle | None, said: Collection[str]) -> str:
    """The line without what nobody here uses, with at most one emote or emoji, as the room types.

    ``said``: the lines of the context, which tell what is used where there is no style card.
    """
    used = {word for text in said for word in text.split()}
    used.update(picture for text in said for picture in EMOJI.findall(text))
    known = used if style is None else used | style.known
    line = _SHORTCODE.sub("", line)
    if style is not None:
        line = EMOJI.sub(lambda found: found[0] if found[0] in known else "", line)
    line = _WORD.sub(lambda found: "" if found[0] in _EMOTES - known else found[0], line)
    line = _with_one(line, _EMOTES if style is None else _EMOTES | style.known)
    line = _BLANKS.sub(" ", line).strip()
    return line if style is None else _typed_as(line, style)


def _with_one(line: str, emotes: Collection[str]) -> str:
    """The line with the first of its emotes and emoji alone."""
    seen = 0

    def keep(found: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return found[0] if seen == 1 else ""

    words = "|".join(
        map(re.escape, {w for w in line.split() if w in emotes and not EMOJI.match(w)})
    )
    either = rf"{EMOJI.pattern}|(?<!\S)(?:{words})(?!\S)" if words else EMOJI.pattern
    return re.sub(either, keep, line)


def _typed_as(line: str, style: RoomStyle) -> str:
    """The line without a full stop and with a small first letter, if that is how people type.

    Only a word that somebody typed with a small letter is given one: no name is.
    """
    if style.full_stops <= _RARE:
        line = _FULL_STOP.sub("", line)
    if style.small >= _USUAL and line:
        first = line.split()[0].lower()
        if first.strip(",.!?…") in style.small_words:
            line = line[0].lower() + line[1:]
    return line
