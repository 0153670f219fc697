"""The marks that models are driven by (turns, thinking, images), where they turn up as text.  Pure.

A server takes such a mark for the real thing even when a viewer typed it, so it is broken on the
way in; and models print them, so on the way out they end the answer or go.
Sources: https://github.com/ollama/ollama/issues/15931, and the models' own chat templates.
"""

from __future__ import annotations

import re
from typing import Final

CHAT_BEGINS: Final = "[chat log begins]"
CHAT_ENDS: Final = "[chat log ends]"
QUESTION_BEGINS: Final = "[message begins]"
QUESTION_ENDS: Final = "[message ends]"

_BRACKETED = (
    r"/?(?:inst|system_prompt|think|tool_calls|tool_results|available_tools|gmask|mask|cls|sep|pad"
    r"|unk|bos|eos)\]|img|(?:chat\ log|message)\ (?:begins|ends)\]"
)
_OPENING = re.compile(
    rf"<(?=[^\s<>]{{1,60}}>|[|｜])|◁(?=/?think▷)|\[(?={_BRACKETED})", re.IGNORECASE
)
_OURS = re.compile(r"\[(?:chat log|message) (?:begins|ends)", re.IGNORECASE)

_THOUGHT = "(?:seed:)?think|thinking|thought|reasoning|reflection|tool_call"
_THINKING = re.compile(
    rf"(?P<opens><(?:{_THOUGHT})>|\[think\]|◁think▷|<\|begin_of_thought\|>"
    r"|<\|channel\|?>\s*(?:analysis|commentary|thought))"
    rf"|</(?:{_THOUGHT})>|\[/think\]|◁/think▷|<\|end_of_thought\|>|<channel\|>"
    r"|<\|channel\|>\s*final\s*<\|message\|>",
    re.IGNORECASE,
)
"""Of a thought, or of a call of a tool, which is as little meant for chat."""
_SILENT = re.compile(
    r"<(?:s|bos|unk|pad|mask|unused\d+|0x[0-9a-f]{2}|/?answer)>|\[gmask\]", re.IGNORECASE
)
_TURN = re.compile(
    r"<\|[^|<>\s]{1,40}\|?>|<｜[^｜<>\s]{1,40}｜>|<turn\|>|<(?:start|end)_of_turn>|</s>|<eos>"
    r"|\[/?inst\]|<</?sys>>",
    re.IGNORECASE,
)
_TORN = re.compile(r"(?:<[|｜][^<>\s]*|</?[a-z_]{1,16}|\[/?[a-z]{2,5})$", re.IGNORECASE)
_WORDED = ("<start_of_turn>", "<end_of_turn>", "<think>", "</think>", "<eos>", "</s>", "[/inst]")
_FOREIGN_MARK = re.compile(r"<[|｜](?:user|human|system|tool)[|｜]?>", re.IGNORECASE)
_ASKING_MARKS: Final = frozenset({"[inst]", "<<sys>>", "<</sys>>"})
"""What follows them, up to the next mark, was said to the model."""
_HEADER = re.compile(r"\s*(assistant|model|final|user|system|tool)[ \t]*(?:\n|\Z)", re.IGNORECASE)
_BARE_HEADER = re.compile(r"\s*(assistant|model|user|system)[ \t]*(?:\n|\Z)", re.IGNORECASE)
"""Where the mark before it is lost; with words that make no answer by themselves."""
_OWN_ROLES: Final = frozenset({"assistant", "model", "final"})


def defused(text: str) -> str:
    """The text with a blank inside every mark, so that it is read as the text it is.

    Ours are broken, too: nobody can end the chat log by typing its last line.
    """
    return _OPENING.sub(r"\g<0> ", text)


def holds_fence(text: str) -> bool:
    """Whether the text repeats one of our own marks, whole or in part."""
    return _OURS.search(text) is not None


def without_thinking(text: str) -> str:
    """The text outside thinking blocks; an unclosed one reaches to the end, and where only the
    end of one is seen, it began with the text."""
    said: list[str] = []
    at: int | None = 0
    for mark in _THINKING.finditer(text):
        if mark["opens"]:
            if at is not None:
                said.append(text[at : mark.start()])
            at = None
        else:
            if at is not None:
                said.clear()
            at = mark.end()
    if at is not None:
        said.append(text[at:])
    return "".join(said)


def own_turn(text: str) -> str:
    """What the model says for itself: the first turn that is not empty, if it is its own."""
    text = _without_torn_mark(_SILENT.sub("", text))
    marks = [mark[0].casefold() for mark in _TURN.finditer(text)]
    for mark, turn in zip(("", *marks), _TURN.split(text), strict=True):
        if mark in _ASKING_MARKS:
            continue
        header = (_HEADER if mark else _BARE_HEADER).match(turn)
        is_foreign = header is not None and header[1].casefold() not in _OWN_ROLES
        if is_foreign or _FOREIGN_MARK.fullmatch(mark):
            return ""
        said = turn[header.end() :] if header else turn
        if said.strip():
            return said
    return ""


def _without_torn_mark(text: str) -> str:
    """The text without the beginning of a mark at its very end, where the answer was cut off."""
    torn = _TORN.search(text)
    if torn is None:
        return text
    tail = torn[0].casefold()
    known = tail[1] in "|｜" or (len(tail) > 2 and any(m.startswith(tail) for m in _WORDED))
    return text[: torn.start()] if known else text
