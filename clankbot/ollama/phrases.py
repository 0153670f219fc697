"""Words as the judge compares them, and the phrases that models write and people do not.  Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from clankbot.ollama import (
    phrases_about,
    phrases_assistant,
    phrases_itself,
    phrases_promises,
    phrases_refusals,
)
from clankbot.ollama.verdict import Refused

# Scripts without blanks, and Korean, whose endings are many: each character is a word.
_SINGLE: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff"
)
_WORDS = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
SINGLE = re.compile(rf"[{_SINGLE}]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’‘ʼ`´](?=\w)")
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640\u3099\u309a]")


def words_of(text: str) -> list[str]:
    """The words as they are compared: small letters, no accents, no apostrophes."""
    text = _APOSTROPHES.sub("", text.casefold())
    if text.isascii():
        return _ASCII_WORDS.findall(text)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_PLAIN)
    return _WORDS.findall(unicodedata.normalize("NFC", plain).casefold())


def name_key(name: str) -> str:
    """A name by its letters and digits alone."""
    return "".join(words_of(name))


# --- phrases ---

_KINDS: Final = (
    (Refused.CANNED_REFUSAL, phrases_refusals.CANNED_REFUSAL),
    (Refused.AS_AN_AI, phrases_itself.AS_AN_AI),
    (Refused.CLAIMS_HUMAN, phrases_itself.CLAIMS_HUMAN),
    (Refused.INSTRUCTIONS, phrases_about.INSTRUCTIONS),
    (Refused.THOUGHT, phrases_about.THINKING),
    (Refused.ABOUT_THE_CHAT, phrases_about.ABOUT_THE_CHAT),
    (Refused.ASSISTANT_MANNER, phrases_assistant.ASSISTANT_MANNER),
    (Refused.PROMISE, phrases_promises.PROMISE),
    (Refused.THANKS, phrases_promises.THANKS),
)
_PART = re.compile(r"[()|]|\*+|[^\s()|*]+")
_GLUED = re.compile(r"([^\s()|]+)\(([^()]*)\)")
_GAPS: Final = {
    "*": r"(?: \S+){0,3}?",
    "**": r"(?: \S+){0,8}?",
    "***": r"(?: \S+){0,20}?",
}
_BOT: Final = "botname"


def phrase_kind(words: Sequence[str], bot_names: Iterable[str]) -> Refused | None:
    """The kind of the first phrase in a line that models write and people do not."""
    names = {name_key(name) for name in bot_names}
    text = "".join(f" {_BOT if word in names else word}" for word in words) + " "
    at = 0
    for word in text.split():
        for key in (word,) if at else (word, f"^{word}"):
            found = _beginning_with(key).match(text, at) if key in _phrases() else None
            if found is not None and found.lastgroup is not None:
                return Refused[found.lastgroup]
        at += len(word) + 1
    return None


@functools.cache
def _beginning_with(word: str) -> re.Pattern[str]:
    """Matches the phrases with this first word; made when it is first met, for there are many."""
    kinds = _phrases()[word].items()
    return re.compile("|".join(f"(?P<{name}>{'|'.join(each)})" for name, each in kinds))


@functools.cache
def _phrases() -> dict[str, dict[str, list[str]]]:
    """Every phrase as a pattern, by its first word (behind a ``^`` if only at the beginning)."""
    index: dict[str, dict[str, list[str]]] = {}
    for kind, phrases in _KINDS:
        for phrase in phrases.split(";"):
            parts = _PART.findall(_unglued(phrase))
            start = parts.pop(0) if parts[:1] == ["^"] else ""
            pattern, first_words, _ = _either(parts)
            for word in first_words:
                each = index.setdefault(start + word, {}).setdefault(kind.name, [])
                each.append(pattern + "(?= )")
    return index


def _unglued(phrase: str) -> str:
    """The phrase with ``stem(a|b)`` as ``(stema|stemb)``."""
    while (glued := _GLUED.search(phrase)) is not None:
        either = "|".join(f"{glued[1]}{each}" for each in glued[2].split("|"))
        phrase = f"{phrase[: glued.start()]}({either}){phrase[glued.end() :]}"
    return phrase


def _either(parts: list[str]) -> tuple[str, set[str], bool]:
    """Alternatives up to the bracket that closes them, taken from the front of ``parts``.

    The pattern, the words that it can begin with, and whether it may be empty.
    """
    patterns, first_words, may_be_empty = [""], set(), False
    is_at_start = True
    while parts and (part := parts.pop(0)) != ")":
        if part == "|":
            patterns.append("")
            may_be_empty |= is_at_start
            is_at_start = True
            continue
        pattern, words, is_optional = _either(parts) if part == "(" else _word(part)
        patterns[-1] += pattern
        if is_at_start:
            first_words |= words
            is_at_start = is_optional
    return f"(?:{'|'.join(patterns)})", first_words, may_be_empty or is_at_start


def _word(part: str) -> tuple[str, set[str], bool]:
    """A part without brackets as a pattern: each word with the blank before it."""
    if part == "$":
        return "(?= $)", set(), False
    if part in _GAPS:
        return _GAPS[part], set(), True
    words = words_of(part.rstrip("?~"))
    ending = r"\S*" if part.endswith("~") else "?" if part.endswith("?") else ""
    first = {words[0], words[0][:-1]} if ending == "?" and len(words) == 1 else set(words[:1])
    return "".join(f" {re.escape(word)}" for word in words) + ending, first, False
