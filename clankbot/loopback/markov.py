"""What the fake Ollama says: the chat's own words, newly mixed.  Pure, given the dice."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

_CHAT = re.compile(r"\[chat log begins\]\n(.*?)\[chat log ends\]", re.DOTALL)
_QUESTION = re.compile(r"\[message begins\]\n[^:]*:(.*?)\[message ends\]", re.DOTALL)
_BOT_NAME = re.compile(r"You are (\w+)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_OPENINGS: Final = ("honestly", "ok but", "so", "wait", "imagine", "you know", "for real", "I say")
_CLOSINGS: Final = (
    "every single time",
    "and that is a fact",
    "if you ask me",
    "as always",
    "or not",
)
_NOTHING_SAID: Final = "it is so quiet in here that I can hear my own fan"
_STEPS: Final = range(4, 12)
_QUESTION_WORDS: Final = 3


def small_talk(system: str, user: str, dice: random.Random) -> str:
    """One line of plain words: never empty, and never one that was said as it is.

    Takes up the end of a question if the prompt holds one.
    """
    bot = _BOT_NAME.search(system)
    bot_name = bot[1].casefold() if bot else ""
    chat = _CHAT.search(user)
    said = [line.partition(":")[2] for line in chat[1].splitlines()] if chat else []
    lines = [words for line in said if (words := _words(line, bot_name))]
    remark = " ".join(_mixed(lines, dice)) if lines else _NOTHING_SAID
    remark = f"{dice.choice(_OPENINGS)} {remark} {dice.choice(_CLOSINGS)}"
    question = _QUESTION.search(user)
    topic = " ".join(_words(question[1], bot_name)[-_QUESTION_WORDS:]) if question else ""
    return f"{topic}? {remark}" if topic else remark


def _words(text: str, bot_name: str) -> list[str]:
    """The plain words of a line without the bot's name."""
    return [word for word in _WORD.findall(text) if word.casefold() != bot_name]


def _mixed(lines: Sequence[Sequence[str]], dice: random.Random) -> list[str]:
    """A walk from word to word as they followed each other in chat, with a leap where one ends."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    for words in lines:
        for word, following in pairwise(words):
            after[word.casefold()].append(following)
    walk = [dice.choice(lines)[0]]
    for _ in range(dice.choice(_STEPS)):
        nexts = after.get(walk[-1].casefold()) or dice.choice(lines)
        word = dice.choice(nexts)
        if walk.count(word) > 1:  # a small vocabulary would go in circles
            break
        walk.append(word)
    return walk
