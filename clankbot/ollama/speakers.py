"""Whose line it is: names and labels in front of it, and lines of others behind it.  Pure.

Names are compared by their letters and digits alone, and near misses count: a model that writes
for somebody spells the name as it likes.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from typing import Final

from clankbot.ollama import judge_words
from clankbot.ollama.phrases import name_key
from clankbot.ollama.verdict import Situation


class Whose(enum.Enum):
    """Who is said to speak."""

    OWN = enum.auto()
    OTHERS = enum.auto()
    UNKNOWN = enum.auto()


_STAMP = re.compile(r"^(?:[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?[\])]\s*)", re.IGNORECASE)
_BARE_STAMP = re.compile(r"^(?:\d{1,2}:\d{2}(?::\d{2})?|chat\s?:|#\d{1,3})\s+", re.IGNORECASE)
_LABEL = re.compile(
    r"(?P<bracket>[\[<({【［»«])\s*@?(?P<in>[^\[\]<>(){}【】［］»«:：]{1,40})\s*"
    r"[\])>}】］»«]\s?(?P<colon>[:：])?"
    r"|(?P<at>[@＠]?)(?P<name>\w[^:：]{0,60}?)\s*(?P<sep>[：:])"
)
_SPEAK_WORDS: Final = """
says say said would asks answers replies adds responds writes wrote types shouts whispers exclaims
jokes sagt schreibt antwortet fragt dice responde escribe dit répond diz fala risponde scrive mówi
pisze odpowiada говорит пишет отвечает der diyor
"""
_SPEAK: Final = frozenset(_SPEAK_WORDS.split())
_TO: Final = frozenset(("to", "->", "→", "an", "a", "à", "@", ">"))
_LOGIN = re.compile(
    r"^(?:[a-z][a-z0-9]*_\w*|_\w+|(?=\w{5})[a-z]{2,}\w*\d\w*|\d*[A-Z]?[a-z]+[A-Z]\w*)$",
    re.ASCII | re.IGNORECASE,
)
_CAMEL = re.compile(r"^\d*(?:[A-Z][a-z]+){2,}\d*$|^[a-z]+[A-Z]\w*$|^[A-Z]{2,}[a-z]+[A-Z]\w*$")
_TITLED = re.compile(r"^[^\W\d_]['’.-]?[^\W\d_]*[\w.'’-]*$")
# "tobi84 > ", "Viewer #2 - ": a name without a colon.
_POINTED = re.compile(r"(?P<name>[^\W\d]\w{1,24}(?:\s?#?\d{1,3})?)\s*(?:[>»|]+|\s[-–—])\s+")
# "ClankBot (bot)", "ClankBot's line"
_OF_NAME = re.compile(
    r"\s*[\[(][^\[\]()]*[\])]|['’]?s?\s(?:line|reply|response|message|answer|turn|comment)$", re.I
)
# What follows a colon without a blank, but for smileys and scripts that need none.
_GLUED = re.compile(r"[\x21-\u2e7f]")
_SMILEY = re.compile(r"[:：]['’-]?[)(\[\]/\\|3DPpOo*]")
_LATER_LABEL = re.compile(r"[:：](?=\s|$)")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)]*(?=\s|$)|[。！？]+")
_WORD = re.compile(r"\w+")
# So many words, or a whole sentence, stand by themselves if somebody else's line follows.
_LEAST_BEFORE_WORDS: Final = 3
_NAME_WORDS: Final = 4
_NAME_CHARS: Final = 120
_SHOWN = re.compile(r"\S+")
_NEAR_MIN: Final = 5
_NEAR: Final = 0.75


class Speakers:
    """The people of one situation, by whose names a line is taken apart."""

    def __init__(self, situation: Situation) -> None:
        self._own_names = sorted(filter(None, situation.bot_names), key=len, reverse=True)
        self._own = frozenset(_keys(situation.bot_names))
        self._asker = frozenset(_keys(situation.asker_names if situation.asked else ()))
        self._others = frozenset(_keys((*situation.speakers, *situation.asker_names))) - self._own

    def is_own(self, name: str) -> bool:
        """Whether a name is the bot's, or stands for its role."""
        key = name_key(name)
        return key in self._own or key in ("assistant", "bot", "model", "chatbot", "ai")

    def own_part(self, line: str) -> tuple[Whose, str]:
        """Whose the line is, and the line without its label and without others' lines behind it."""
        line = _STAMP.sub("", line)
        bare = _BARE_STAMP.match(line)
        if bare:
            whose, rest = self._unlabelled(line[bare.end() :])
            if whose is not Whose.UNKNOWN:
                return whose, rest
        whose, line = self._unlabelled(line)
        if whose is Whose.OTHERS:
            return whose, ""
        end = self._end(line)
        if end is not None:
            before = line[:end]
            is_whole = len(_WORD.findall(before)) >= _LEAST_BEFORE_WORDS
            if not (is_whole or _SENTENCE_END.search(before)):
                return Whose.OTHERS, ""
            line = before
        return whose, line

    def _unlabelled(self, line: str) -> tuple[Whose, str]:
        """The line without the label in front of it, and whose it says the line is."""
        own = self._after_own_name(line)
        if own is not None:
            return Whose.OWN, own
        pointed = _POINTED.match(line)
        if pointed and self._is_others_sign(pointed["name"]):
            return Whose.OTHERS, ""
        label = _LABEL.match(line)
        if label is not None and label["sep"] and _SMILEY.match(line, label.start("sep")):
            label = None
        if label is None:
            return (Whose.OTHERS if name_key(line) in self._others else Whose.UNKNOWN), line
        rest = line[label.end() :].lstrip()
        if label["bracket"]:
            whose = self._of_bracket(label["in"], bool(label["colon"]), label["bracket"])
        elif _GLUED.match(line, label.end()) and label["sep"] == ":":
            whose = self._of_known(label["name"])
        elif label["at"]:  # a way of calling somebody
            whose = Whose.OWN if self._of_known(label["name"]) is Whose.OWN else Whose.UNKNOWN
        elif name_key(label["name"]) in self._asker:  # a way of addressing who asked
            return Whose.UNKNOWN, rest
        else:
            whose = self._of_name(label["name"])
        return whose, rest if whose is Whose.OWN else line

    def _after_own_name(self, line: str) -> str | None:
        """What follows the bot's name, if that stands in front as a label, else None."""
        folded = line.casefold()
        at = 1 if folded[:1] == "@" else 0
        for name in self._own_names:
            if not folded.startswith(name.casefold(), at):
                continue
            rest = line[at + len(name) :]
            if not rest.strip(",.!?… "):
                return ""
            dash = re.match(r"\s*(?:[-–—|»]|>{1,2})\s+|\s*(?:::|>)\s*", rest)
            if dash:
                return rest[dash.end() :]
            if at and not re.match(r"[\w:：]|\s?[:：]", rest):
                return re.sub(r"^[,:]?\s*", "", rest)
        return None

    def _is_others_sign(self, name: str) -> bool:
        """Whether a name that is set off by a sign is somebody's who did not ask, or a role's."""
        is_numbered = name[-1].isdigit() and _is_role(name.casefold().replace(" ", "_"))
        return is_numbered or name_key(name) in self._others - self._asker

    def _of_bracket(self, name: str, has_colon: bool, bracket: str) -> Whose:
        whose = self._of_known(name)
        label = "_".join(name.casefold().split())
        if whose is not Whose.UNKNOWN:
            return whose
        if label in judge_words.OWN_LABELS and bracket in "[<【［":
            return Whose.OWN
        is_role = _is_role(label)
        is_name = bracket == "<" and re.fullmatch(r"\w{3,25}", name) is not None
        is_login = bracket in "[<【［" and bool(_LOGIN.match(name) and _looks_like_login(name))
        return Whose.OTHERS if has_colon or is_role or is_name or is_login else Whose.UNKNOWN

    def _of_name(self, name: str) -> Whose:
        """Whose a name before a colon is: known, a role, or one that looks like a login or name."""
        known = self._of_known(name)
        if known is not Whose.UNKNOWN:
            return known
        words = re.sub(r"\([^()]*\)$", "", name).strip("*_#~ ").split()
        label = "_".join(words).casefold()
        if label in judge_words.OWN_LABELS:
            return Whose.OWN
        if _is_role(label) or (len(words) == 1 and _looks_like_login(name)):
            return Whose.OTHERS
        if label.replace("_", "").strip("0123456789#") in judge_words.ORDINARY_LABELS:
            return Whose.UNKNOWN
        is_titled = 0 < len(words) <= 3 and all(
            _TITLED.match(word) and word[0].isupper() and not word.isupper() for word in words
        )
        ordinary = any(w.casefold() in judge_words.ORDINARY_LABELS for w in words)
        return Whose.OTHERS if is_titled and not ordinary else Whose.UNKNOWN

    def _of_known(self, name: str) -> Whose:
        """Whose a name is, if it belongs to the bot or to somebody who is there."""
        words = _OF_NAME.sub("", name).replace("@", " ").split()
        for count in range(len(words), 0, -1):
            rest = [word.casefold() for word in words[count:]]
            if count < len(words) and words[count - 1].endswith(","):  # "ClankBot, the bot"
                rest = []
            while rest and rest[0] in _SPEAK:
                del rest[0]
            if rest and rest[0] not in _TO:
                continue
            key = name_key(" ".join(words[:count]))
            for keys, whose in ((self._own, Whose.OWN), (self._others, Whose.OTHERS)):
                if key in keys:
                    return whose
            for keys, whose in ((self._others, Whose.OTHERS), (self._own, Whose.OWN)):
                if not rest and any(_is_near(key, other) for other in keys):
                    return whose
        return Whose.UNKNOWN

    def _end(self, line: str) -> int | None:
        """Where a known speaker's line begins in the middle of this one."""
        for colon in _LATER_LABEL.finditer(line):
            start = max(0, colon.start() - _NAME_CHARS)
            words = list(_SHOWN.finditer(line, start, colon.start()))[-_NAME_WORDS:]
            if words and words[-1][0].casefold() in _SPEAK:
                words.pop()
            for first in words:
                name = line[first.start() : words[-1].end()]
                is_inside = first.start() > 0 and name[0].isalnum()
                if is_inside and name_key(name) in self._others | self._own:
                    return first.start()
        return None


def _keys(names: Iterable[str]) -> Iterable[str]:
    return filter(None, map(name_key, names))


def _is_role(label: str) -> bool:
    """Whether a label in small letters, ``_`` for blanks, names no person: Viewer 2, chat member"""
    parts = [part for part in re.split(r"[_#\d]+", label) if part]
    if len(parts) < 2:
        return bool(parts) and parts[0] in judge_words.OTHER_ROLES
    return len(parts) < 4 and any(len(p) > 3 and p in judge_words.OTHER_ROLES for p in parts)


def _looks_like_login(name: str) -> bool:
    """Whether a single word is spelled as nothing but a login is."""
    if not _LOGIN.match(name):
        return False
    has_sign = "_" in name or any(char.isdigit() for char in name)
    return has_sign or _CAMEL.match(name) is not None


def _is_near(key: str, other: str) -> bool:
    """Whether two names differ in a few letters at one place."""
    longer, shorter = max(len(key), len(other)), min(len(key), len(other))
    if longer < _NEAR_MIN or shorter < _NEAR * longer or key[:1] != other[:1]:
        return False
    front = next((at for at in range(shorter) if key[at] != other[at]), shorter)
    rest = shorter - front
    back = next((at for at in range(rest) if key[-1 - at] != other[-1 - at]), rest)
    return front + back >= _NEAR * longer
