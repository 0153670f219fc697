"""How much of a prompt is read in one step of reading ahead.  Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from clankbot.ollama.models import Model
from clankbot.ollama.prompt import Prompt, shared_beginning
from clankbot.ollama.tokens import features

# The first step, by which the speed is learned.
_FIRST_STEP_TOKENS: Final = 128.0
# Less is not worth a request: each reads the end of the template anew.
_LEAST_STEP_TOKENS: Final = 48.0


def next_step(whole: Prompt, model: Model, step_s: float) -> Prompt | None:
    """The beginning of a prompt up to where it can be read in this time; None: nothing is left.

    If it is doubtful whether the server keeps anything, it is what was read before once more; and
    all at once where the server may have read more than is known.
    """
    if model.is_doubtful:
        return _read_before(whole, model)
    if model.may_have_more:
        return whole
    per_s = model.reading.per_s
    most = max(_LEAST_STEP_TOKENS, per_s * step_s) if per_s else _FIRST_STEP_TOKENS
    shared, end, tokens = shared_beginning(whole.text, model.read), 0, 0.0
    if begun := _part_of_instructions(whole, shared, most, model):
        return begun
    for count, part in enumerate((replace(whole, log=()).text, *whole.log)):
        end += len(part)
        if end > shared:
            unread = part[max(0, len(part) - end + shared) :]
            tokens += model.estimate.expected_of_part(features(unread))
        if tokens >= most:
            return replace(whole, log=whole.log[:count])
    return whole if tokens >= _LEAST_STEP_TOKENS else None


def _part_of_instructions(whole: Prompt, shared: int, most: float, model: Model) -> Prompt | None:
    """The instructions alone, as far as they go in a step; None: to their end, or further."""
    unread = whole.system[shared:]
    tokens = model.estimate.expected_of_part(features(unread))
    if tokens <= most + _LEAST_STEP_TOKENS:
        return None
    end = shared + int(len(unread) * most / tokens)
    return replace(whole, system=whole.system[:end], log=())


def _read_before(whole: Prompt, model: Model) -> Prompt:
    """The beginning of a prompt that has been read already."""
    lengths = range(1, len(whole.log) + 1)
    was_read = (model.read.startswith(replace(whole, log=whole.log[:n]).text) for n in lengths)
    return replace(whole, log=whole.log[: sum(was_read)])
