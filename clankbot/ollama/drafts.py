"""A draft out of an answer, how many to have written, and which of them is the best.  Pure.

Rules choose, not a model: the judge has refused what is no chat line, and of what is left the one
is said that is as long as lines are here, takes up what was just said, and is least like the bot's
own lines before it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from clankbot.ollama.manner import fitted
from clankbot.ollama.markdown import harmless_start
from clankbot.ollama.models import Model
from clankbot.ollama.phrases import SINGLE, words_of
from clankbot.ollama.prompt import Prompt
from clankbot.ollama.protocol import Generation
from clankbot.ollama.reply import line_of
from clankbot.ollama.situations import situation_of
from clankbot.ollama.verdict import Refusal, Refused
from clankbot.records.speech import Assignment
from clankbot.records.style import RoomStyle

MOST_DRAFTS: Final = 3
# All drafts together may take so long, by what was learned of the model; what it has read of the
# prompt for the first one is kept for the others.
_QUICK_S: Final = 1.5
# Tokens of a line, and what a request takes besides.
_LINE_TOKENS: Final = 25.0
_REQUEST_S: Final = 0.3
# Where the style of a room is not known.
_USUAL_WORDS: Final = 8
_NEWEST: Final = 3
_OWN: Final = 5
# Shorter words are in every line.
_TELLING_LETTERS: Final = 4


def drafts_wanted(chosen: int | None, model: Model) -> int:
    """How many drafts to have written: as chosen, else as many as are quick.

    A server that others ask, too, or that keeps nothing of a prompt, has other things to do.
    """
    if chosen is not None:
        return chosen
    if model.writing.per_s is None or model.has_company or model.keeps_nothing:
        return 1
    each_s = _REQUEST_S + _LINE_TOKENS / model.writing.per_s
    return max(1, min(MOST_DRAFTS, int(_QUICK_S / each_s)))


def line_from(generation: Generation, assignment: Assignment, prompt: Prompt) -> str | Refusal:
    """The line of an answer, as the room types, or why there is none."""
    if generation.only_thought:
        return Refusal(Refused.THOUGHT)
    line = line_of(generation.text, situation_of(assignment, prompt.instructions, generation))
    if isinstance(line, Refusal):
        return line
    said = [line.text for line in assignment.lines if not line.is_own]
    # Where an emote stood in front, something may stand there now that a bot would run.
    return harmless_start(fitted(line, assignment.style, said)) or Refusal(Refused.NOTHING)


def best(drafts: Sequence[str], assignment: Assignment) -> str:
    """The best of the drafts, of which there is one at least; the first of equals."""
    return max(drafts, key=lambda draft: _fitness(draft, assignment))


def _fitness(draft: str, assignment: Assignment) -> float:
    asked = assignment.asked
    newest = [line.text for line in assignment.lines[-_NEWEST:] if not line.is_own]
    newest += [] if asked is None else [asked.text]
    own = [line.text for line in assignment.lines if line.is_own][-_OWN:]
    said = _telling(draft)
    takes_up = not said.isdisjoint(_telling(" ".join(newest)))
    likeness = max((_alike(said, _telling(text)) for text in own), default=0.0)
    return takes_up - 2 * likeness - _oddity_of_length(draft, assignment.style)


def _oddity_of_length(draft: str, style: RoomStyle | None) -> float:
    """How many times longer or shorter than usual it is: 0 for as long, 1 for twice."""
    in_characters = style is not None and style.is_in_characters
    length = len(draft) if in_characters else len(draft.split())
    return abs(math.log2(max(1, length) / max(1, style.length if style else _USUAL_WORDS)))


def _telling(text: str) -> set[str]:
    """The words that say what a text is about."""
    return {w for w in words_of(text) if len(w) >= _TELLING_LETTERS or SINGLE.match(w)}


def _alike(one: set[str], other: set[str]) -> float:
    """The share of the words of the shorter text that both have."""
    return len(one & other) / (min(len(one), len(other)) or 1)
