"""From what a model wrote to one line fit for chat, or nothing.  Pure.

The line is tidied again and again until nothing changes: what one step uncovers (a slash behind a
quotation mark, a name behind a list mark) the next round sees, and cleaning twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from clankbot.ollama.markdown import harmless_start, undressed, unquoted, without_links
from clankbot.ollama.special_tokens import holds_fence, own_turn, without_thinking
from clankbot.records.speech import MAX_MESSAGE_UTF16
from clankbot.text import fitting, utf16_length, visible

_ROUNDS: Final = 40
"""Ordinary answers need two; what still changes after so many is no chat line."""
_LINES: Final = 20
"""A model that has not come to the point by then is not going to."""
_PLENTY_CHARS: Final = 1200
"""More than twice the longest chat message: no more of this line will be used."""
_LEAK_WORDS: Final = 8
"""So many words in a row are not shared with the instructions by chance."""
_LOOP_WORDS: Final = 16
"""A line this long in which each word stands four times is a model in a loop, not a cheer."""
_ROUND_WORDS: Final = 4
"""Of such a loop one round is said, where that is more than a word or two."""
_ECHO_WORDS: Final = 4
"""Shorter lines are said by many people: "hello everyone" is no copy."""

_BLANKS = re.compile(r"\s+")
_PREFACE = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|alright|absolutely)\b[^:]{0,20}\s)?"
    r"here(?:['’]s| is| are)\b[^:]{0,60}"
    r"\b(?:chat|comment|line|message|post|remark|reply|response)s?\b[^:]{0,60}:\s*",
    re.IGNORECASE,
)
_STAMP = re.compile(r"^[\[(]\d{1,2}:\d{2}(?::\d{2})?[\])]\s*")
_ROLE = re.compile(r"^(?:assistant|chatbot|output|response)\s*:\s*", re.IGNORECASE)
_FOREIGN_SPEAKER = re.compile(
    r"^(?:(?:user|system|[a-z0-9]+_[a-z0-9_]+)\s?:|<[a-z0-9_]{3,25}>)(?=\s|$)", re.IGNORECASE
)
"""Also somebody who has not spoken, told by an underscore, which no ordinary word has, or by how
IRC clients show a name."""
_BEFORE_OWN_NAME: Final = r"^(?:chat\s*:|\d{{1,2}}:\d{{2}}(?::\d{{2}})?)\s+(?=@?{0}\s*[:：])"
_TO_SOMEBODY: Final = r"(?:\s*(?:\bto\b|->|→)\s*@?[^\s:：]{{1,40}}(?:\s[^\s:：]{{1,40}})?)?"
_OWN_NAME: Final = (
    r"^(?:@?{0}\s*(?:[\[(][^\])]*[\])])?(?:\s+(?:says|answers|replies))?"
    rf"{_TO_SOMEBODY}\s*[:：]"
    r"|@?{0}\s+[-–—](?=\s)|<@?{0}>|@{0}\b[,:]?|{0}[,.!?…]*$)\s*"
)
_SPEAKER = re.compile(
    r"^(?:<@?(?P<irc>[^<>\s]{1,40})>|(?P<log>[^\s:@][^\s:]{0,39})\s?[:：])(?=\s|$)"
)
_SPEAKS: Final = r"(?:\s+(?:says|asks|answers|replies|adds))?\s?[:：](?=\s|$)"
_LATER_SPEAKER = re.compile(r"(?<=\s)([^\s:@][^\s:]{0,39}):(?=\s)")
_LEAST_BEFORE_WORDS: Final = 3
"""So many words, or a whole sentence, stand by themselves where somebody else's line follows."""
_ACTION = re.compile(r"\x01ACTION ?([^\x01]*)\x01?")
"""As ``/me`` is written on the wire."""
_SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)]*(?=\s|$)|[。！？]+""")
_UNMASKED = re.compile(
    r"\bsystem prompt\b|\b(?:as|i am|i['’]m)(?: just| only)? an? "
    r"(?:ai|artificial intelligence|large language|language)\b[^.]{0,20}\bmodel\b|\bas an ai\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def clean_reply(
    raw: str,
    *,
    bot_name: str,
    names: Collection[str],
    limit_chars: int,
    instructions: str = "",
) -> str | None:
    """The first line the model wrote for itself, safe to post; None when there is none.

    ``names`` are the people who spoke, whose lines are not the bot's to write.  ``limit_chars``
    counts UTF-16 units.  A line that gives away ``instructions`` is no line.
    """
    bot = bot_name.casefold()
    others = frozenset(map(str.casefold, names)) - {bot}
    tidy = _Tidy(bot, others, limit_chars, _lines_of(others))
    lines = own_turn(without_thinking(raw)).strip().splitlines()[:_LINES]
    for number, line in enumerate(lines, start=1):
        text = tidy.line(line)
        is_announcement = text.endswith(":") and number < len(lines)
        if _says_something(text) and not is_announcement:
            return None if _is_unfit(text, instructions) else _out_of_loop(text)
    return None


def is_enough(raw: str, clean: Callable[[str], str | None]) -> bool:
    """Whether what has come so far holds a whole line to post, so that no more need be read."""
    if len(without_thinking(raw)) > _PLENTY_CHARS:
        return True
    text = clean(raw.rpartition("\n")[0])
    return text is not None and not text.endswith(":")


def without_torn_end(raw: str) -> str:
    """What stands of an answer that was cut off in the middle: its last line up to a full stop."""
    lines = raw.splitlines(keepends=True)
    if not lines or lines[-1].splitlines() != [lines[-1]]:
        return raw
    ends = [match.end() for match in _SENTENCE_END.finditer(lines[-1])]
    return "".join(lines[:-1]) + (lines[-1][: ends[-1]] if ends else "")


def is_echo(text: str, lines: Iterable[str]) -> bool:
    """Whether the text is, word for word, one of the lines, and not one of those everybody says."""
    words = _words(text)
    return len(words) >= _ECHO_WORDS and any(words == _words(line) for line in lines)


@dataclass(frozen=True, slots=True)
class _Tidy:
    """One line made fit: whose it is, what stands around it, how long it may be."""

    bot_name: str
    names: frozenset[str]
    limit_chars: int
    others: re.Pattern[str]
    """A line of somebody else, who may have a name of several words."""

    def line(self, line: str) -> str:
        """The line when nothing is left to tidy; empty when nothing is left of it."""
        line = line[: 2 * _PLENTY_CHARS]
        for _ in range(_ROUNDS):
            before, line = line, self._round(line)
            if line == before:
                return line
        return ""

    def _round(self, line: str) -> str:
        line = visible(_ACTION.sub(r"\1", line))
        line = own_turn(without_thinking(line)).replace("\ufffd", "")
        line = _BLANKS.sub(" ", line).strip()
        if holds_fence(line):
            return ""
        line = self._own_words(_PREFACE.sub("", _STAMP.sub("", line)))
        line = harmless_start(without_links(unquoted(undressed(line))))
        return _cut(_BLANKS.sub(" ", line).strip(), min(self.limit_chars, MAX_MESSAGE_UTF16))

    def _own_words(self, line: str) -> str:
        """The line without its speaker where that is the bot, and nothing where it is another."""
        line = _ROLE.sub("", line)
        own = re.escape(self.bot_name)
        for before in (_BEFORE_OWN_NAME, _OWN_NAME):
            line = re.sub(before.format(own), "", line, flags=re.IGNORECASE)
        speaker = _SPEAKER.match(line)
        name = (speaker["irc"] or speaker["log"] if speaker else line).casefold()
        if name in self.names or _FOREIGN_SPEAKER.match(line):
            return ""
        if (other := self.others.search(line)) is not None:
            return _if_whole(line[: other.start()])
        for later in _LATER_SPEAKER.finditer(line):
            if later[1].casefold() in self.names | {self.bot_name}:
                return _if_whole(line[: later.start()])
        return line


def _lines_of(names: frozenset[str]) -> re.Pattern[str]:
    """Matches where a line of one of these begins; with no names, nowhere."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    return re.compile(rf"(?<!\S)(?:{either}){_SPEAKS}" if either else r"(?!)", re.IGNORECASE)


def _if_whole(beginning: str) -> str:
    """What stands before somebody else's line, where it can be meant as a line of its own."""
    is_sentence = _SENTENCE_END.search(beginning) is not None
    return beginning if is_sentence or len(_words(beginning)) >= _LEAST_BEFORE_WORDS else ""


def _cut(text: str, limit: int) -> str:
    """The text within ``limit`` UTF-16 units: up to a sentence, else a word, else a character."""
    if utf16_length(text) <= limit:
        return text
    end = fitting(text, limit)
    sentences = [m.end() for m in _SENTENCE_END.finditer(text) if end // 2 < m.end() <= end]
    if sentences:
        return text[: sentences[-1]]
    blank = text.rfind(" ", end // 2, end + 1)
    return text[: end if blank < 0 else blank].rstrip(" ,;:–-")


def _says_something(text: str) -> bool:
    """Whether there is more in a tidy line than signs, such as a ruler that models draw."""
    return any(unicodedata.category(char)[0] in "LN" or _is_picture(char) for char in text)


def _is_unfit(text: str, instructions: str) -> bool:
    """Whether a tidy line gives the instructions away, or who reads them."""
    words = _words(text)
    told = f" {' '.join(_words(instructions))} "
    runs = (words[i : i + _LEAK_WORDS] for i in range(len(words) - _LEAK_WORDS + 1))
    return _UNMASKED.search(text) is not None or any(f" {' '.join(r)} " in told for r in runs)


def _out_of_loop(text: str) -> str:
    """The line up to where a model began to go in circles."""
    words = list(_WORD.finditer(text.casefold()))
    distinct = len({word[0] for word in words})
    if len(words) < _LOOP_WORDS or distinct * 4 > len(words):
        return text
    kept = distinct if distinct >= _ROUND_WORDS else _LOOP_WORDS // 2
    return text[: words[kept - 1].end()]


def _is_picture(char: str) -> bool:
    """Whether this is an emoji, one that is newer than this Python's tables included."""
    return unicodedata.category(char) in ("So", "Cn")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
