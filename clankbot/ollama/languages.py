"""Scripts and languages: which one a chat writes, and whether a line is in another.  Pure.

The script tells first; among languages of the Latin script their little words do.  Emotes, slang
and short lines tell nothing, and where little is told nothing is refused.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from clankbot.ollama import judge_words
from clankbot.ollama.phrases import words_of
from clankbot.ollama.verdict import Situation

# First and last code point of letters, and a sign for the script.
_BLOCKS: Final = (
    (0x41, 0x5A, "l"),
    (0x61, 0x7A, "l"),
    (0xC0, 0x24F, "l"),
    (0x1E00, 0x1EFF, "l"),
    (0x370, 0x3FF, "g"),
    (0x400, 0x52F, "c"),
    (0x5D0, 0x5EA, "i"),
    (0x620, 0x64A, "a"),
    (0x66E, 0x6D3, "a"),
    (0x904, 0x939, "d"),
    (0xE01, 0xE2E, "t"),
    (0x3041, 0x3096, "k"),
    (0x30A1, 0x30FA, "k"),
    (0x3400, 0x9FFF, "h"),
    (0xAC00, 0xD7AF, "o"),
)
_SCRIPTS: Final = {
    "l": "latin",
    "g": "greek",
    "c": "cyrillic",
    "i": "hebrew",
    "a": "arabic",
    "d": "devanagari",
    "t": "thai",
    "k": "kana",
    "h": "han",
    "o": "hangul",
}


class _SignOfScript(dict[int, str]):
    """The sign for each character's script, found when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = next((sign for first, last, sign in _BLOCKS if first <= code <= last), " ")
        self[code] = sign
        return sign


_SIGN_OF_SCRIPT: Final = _SignOfScript()
_NOT_WRITTEN = re.compile(r"@\w+|\S*[:/_\d]\S*|\b\w*[a-z][A-Z]\w*\b|\b[A-Z]{2,}\b")
_SLANG_WORDS: Final = """
lol lmao gg ggs wp ez gl hf pog poggers kekw lul lulw omg wtf xd haha hahaha w l f o n p www kappa
sadge copium monkas pepega clap ok okay nice hype rip bro op npc boss lag
"""
SLANG: Final = frozenset(_SLANG_WORDS.split())
# Of the context so many lines are looked at, so many must tell, and one in so many is no habit.
_NEWEST: Final = 40
_DECIDED_MIN: Final = 4
_RARE: Final = 20
# What a line must hold to be judged.
_LETTERS_MIN: Final = 6
_WORDS_MIN: Final = 4


def is_foreign(line: str, words: Sequence[str], situation: Situation) -> bool:
    """Whether nobody writes the line's script or, if that tells, its language."""
    script = _script(line, _LETTERS_MIN, _WORDS_MIN)
    if script is None:
        return False
    if _is_rare(script, lambda text: _as_set(_script(text, 2, 3)), situation):
        return True
    languages = _languages(words, 3) if script == "latin" else set()
    return len(languages) == 1 and _is_rare(
        languages.pop(), lambda text: _languages(words_of(text), 2), situation
    )


# Scripts with one language that is likely, or with none.
_OF_SCRIPT: Final = {
    "kana": "Japanese",
    "han": "Chinese",
    "hangul": "Korean",
    "greek": "Greek",
    "hebrew": "Hebrew",
    "thai": "Thai",
    "devanagari": "Hindi",
}
_CYRILLIC: Final = (
    (re.compile("[іїєґ]", re.I), "Ukrainian"),
    (re.compile("[ыэё]", re.I), "Russian"),
)
_PERSIAN = re.compile("[پچژگ]")
# So many of the newest lines are asked; of those that tell their language, so many must agree.
_ASKED: Final = 12
_AGREED: Final = 0.6


def spoken(lines: Sequence[str], asked: str | None, persona: str | None) -> str | None:
    """The language in which to write, by its English name; None if it is not clear.

    That of the question if it tells, else that of the newest lines, unless the persona names one.
    """
    wished = words_of(persona or "")
    if not _all_names().isdisjoint(wished):
        return None
    if asked is not None and (told := _told_language(asked)) is not None:
        return told
    told_by = [told for text in lines[-_ASKED:] if (told := _told_language(text)) is not None]
    if len(told_by) < _DECIDED_MIN - 1:
        return None
    language, count = Counter(told_by).most_common(1)[0]
    return language if count >= _AGREED * len(told_by) else None


@functools.cache
def _all_names() -> frozenset[str]:
    return frozenset(words_of(" ".join(judge_words.LANGUAGE_NAMES.values())))


def _told_language(text: str) -> str | None:
    """The language of a text, if it is told beyond doubt."""
    script = _script(text, 2, 3)
    if script == "cyrillic":
        return next((name for letters, name in _CYRILLIC if letters.search(text)), None)
    if script == "arabic":
        return None if _PERSIAN.search(text) else "Arabic"
    if script != "latin":
        return _OF_SCRIPT.get(script or "")
    languages = _languages(words_of(text), 2)
    return languages.pop() if len(languages) == 1 else None


def _as_set(script: str | None) -> set[str]:
    return set() if script is None else {script}


def _is_rare(what: str, tongues: Callable[[str], set[str]], situation: Situation) -> bool:
    """Whether a script or language is as good as unseen among enough lines that tell theirs."""
    if situation.asked is not None and what in tongues(situation.asked):
        return False
    wished = words_of(situation.persona or "")
    if not _names_of(what).isdisjoint(wished):
        return False
    own = set(situation.own_lines)
    decided = seen = 0
    for text in situation.lines[-_NEWEST:]:
        told = set() if text in own else tongues(text)
        decided += bool(told)
        seen += what in told
        if seen * _RARE >= _NEWEST:
            return False
    return decided >= _DECIDED_MIN and seen * _RARE < decided


@functools.cache
def _names_of(what: str) -> frozenset[str]:
    """What people call a script or language; the Latin script, by all languages written in it."""
    languages = judge_words.FUNCTION_WORDS if what == "latin" else (what,)
    names = (judge_words.LANGUAGE_NAMES.get(language, "") for language in languages)
    return frozenset(words_of(" ".join(names)))


def _script(text: str, letters_min: int, words_min: int) -> str | None:
    """The script a text is written in; None if it holds too little, emotes and slang aside."""
    if not text.isascii():
        signs = text.translate(_SIGN_OF_SCRIPT)
        counts = {sign: signs.count(sign) for sign in _SCRIPTS}
        latin = counts.pop("l")
        if counts["k"] >= 2:
            counts["k"] += counts.pop("h")
        most = max(counts, key=lambda sign: counts[sign])
        if counts[most] * 4 >= latin and counts[most]:
            return _SCRIPTS[most] if counts[most] >= letters_min else None
    plain = [word for word in _NOT_WRITTEN.sub(" ", text).casefold().split() if word.strip(".,!?")]
    told = [word for word in plain if word.strip(".,!?…~\"'()") not in SLANG and word[0].isalpha()]
    return "latin" if len(told) >= words_min else None


def _languages(words: Iterable[str], least: int) -> set[str]:
    """The languages whose little words stand in a text about equally often; none if too few."""
    by_word = _languages_by_word()
    counts = Counter(each for word in set(words) for each in by_word.get(word, ()))
    most = max(counts.values(), default=0)
    return {each for each, count in counts.items() if most >= least and count * 3 > most * 2}


@functools.cache
def _languages_by_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in judge_words.FUNCTION_WORDS.items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found
