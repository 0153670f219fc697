"""The marks that models are driven by (turns, thinking, images), if they turn up as text.  Pure.

A server takes such a mark for the real thing even when a viewer typed it, so it is broken on the
way in; and models print them, so on the way out they end the answer or are removed.
Sources: https://github.com/ollama/ollama/issues/15931, and the models' own chat templates.
"""

from __future__ import annotations

import re
from typing import Final

CHAT_BEGINS: Final = "[chat log begins]"
CHAT_ENDS: Final = "[chat log ends]"
QUESTION_BEGINS: Final = "[message begins]"
QUESTION_ENDS: Final = "[message ends]"
NEWEST_BEGIN: Final = "[newest lines begin]"
NEWEST_END: Final = "[newest lines end]"

# --- on the way in ---

_BRACKETED = (
    r"/?(?:inst|system_prompt|think|tool_calls|tool_results|available_tools|gmask|mask|cls|sep|pad"
    r"|unk|bos|eos)\]|img|(?:chat\ log|message|newest\ lines)\ (?:begin|end)s?\]"
)
_OPENING = re.compile(
    rf"<(?=[^\s<>]{{1,60}}>|[|｜])|◁(?=/?think▷)|\[(?={_BRACKETED})", re.IGNORECASE
)
_OURS = re.compile(r"\[(?:chat log|message|newest lines) (?:begin|end)", re.IGNORECASE)


def defused(text: str) -> str:
    """The text with a blank inside every mark, so that it is read as the text it is.

    Ours are broken, too: nobody can end the chat log by typing its last line.
    """
    return _OPENING.sub(r"\g<0> ", text)


def holds_fence(text: str) -> bool:
    """Whether the text repeats one of our own marks, whole or in part."""
    return _OURS.search(text) is not None


# --- thinking ---

# Calls of tools and their results are as little meant for chat as thoughts.
_THOUGHT = (
    r"(?:seed:|antml:)?(?:think|thinking|thoughts?|reason|reasoning|reflections?|scratch_?pad"
    r"|inner_?(?:monologue|thoughts?|voice)|analysis|plan|planning|cot|chain_of_thought|details"
    r"|tool_calls?|tool_code|tool_response|function_calls?)"
)
_THINKING = re.compile(
    rf"(?P<opens><{_THOUGHT}(?:\s[^<>]{{0,80}})?>|\[(?:think|thinking|reasoning)\]|◁think▷"
    r"|<\|(?:begin_of_thought|start_thinking|think|thinking|reasoning)\|>"
    r"|<\|channel\|?>\s*(?:analysis|commentary|thought))"
    rf"|</{_THOUGHT}>|\[/(?:think|thinking|reasoning)\]|◁/think▷"
    r"|<\|(?:end_of_thought|end_thinking|/think|/thinking|/reasoning)\|>|<channel\|>"
    r"|<\|channel\|>\s*final\s*<\|message\|>",
    re.IGNORECASE,
)
_DECORATION = r"[#*_\s>]{0,6}"
# "Thought: ... Answer: ...", "**Reasoning**\n...\n**Reply**\n...": without marks.
_TITLED_THOUGHT = re.compile(
    rf"^{_DECORATION}(?:(?:my |inner |internal )?(?:thoughts?(?: process)?|thinking(?: process)?"
    r"|reasoning|analysis|reflection|monologue|chain of thought)"
    r"|gedanken?(?:gang)?|überlegung|pensamiento|razonamiento|réflexion|raisonnement|pensamento"
    r"|raciocínio|pensiero|ragionamento|myśl|rozumowanie|мысл[иь]|рассуждени[ея]|размышлени[ея]"
    r"|思考(?:过程|プロセス)?|推理|分析|생각|사고 과정|düşünce|التفكير)"
    r"(?:\*{1,2}\s*[:：]?|\s*[:：]\*{0,2}|(?<=\w)[ \t]*\n)",
    re.IGNORECASE,
)
_TITLED_ANSWER = re.compile(
    r"(?:^|[\n.!?…。！？*\s])[#*_ \t>]{0,6}(?:(?:final|my|chat|the)[ \t])?"
    r"(?:answer|response|reply|output|message|chat line|antwort|respuesta|réponse|resposta|risposta"
    r"|odpowiedź|ответ|最终回答|回答|回复|答え|返信|最終回答|답변|대답|cevap|yanıt|الجواب|الرد)"
    r"(?:\*{1,2}[ \t]*[:：]?|[ \t]*[:：]\*{0,2}|(?<=\w)[ \t]*\n)",
    re.IGNORECASE,
)
# As command line clients show it, and the roles and channels of harmony whose marks were lost.
_SHOWN_THOUGHT = re.compile(r"\s*thinking(?:\.{3}|…)\s", re.IGNORECASE)
_SHOWN_END = re.compile(r"(?:\.{3}|…)\s*done thinking\.?", re.IGNORECASE)
_BARE_CHANNEL = re.compile(r"\s*(?:assistant)?(?:analysis|commentary)(?=[A-Z\n])")
_BARE_FINAL = re.compile(r"assistantfinal(?:message)?|assistant\sfinal(?![a-z])")


def without_thinking(text: str) -> str:
    """The text outside thoughts.

    A thought that does not end reaches to the end; if only the end of one is seen, it began with
    the text, whatever the server says of the model.
    """
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
    return _without_unmarked_thinking("".join(said))


def _without_unmarked_thinking(text: str) -> str:
    """The text after a thought that is told by words alone."""
    finals = list(_BARE_FINAL.finditer(text))
    if finals:
        return text[finals[-1].end() :]
    if _BARE_CHANNEL.match(text):
        return ""
    if _SHOWN_THOUGHT.match(text):
        ended = _SHOWN_END.search(text)
        return text[ended.end() :] if ended else ""
    title = _TITLED_THOUGHT.match(text)
    if title:
        answers = list(_TITLED_ANSWER.finditer(text, title.end()))
        return text[answers[-1].end() :] if answers else ""
    return text


# --- turns ---

_SILENT = re.compile(
    r"<(?:s|bos|unk|pad|mask|eod|unused\d+|extra_id_\d+|/?answer)>|\[gmask\]|/no_?think\b",
    re.IGNORECASE,
)
_ROLES = r"user|human|system|assistant|tool|bot|model|observation"
_TURN_NAMES = (
    rf"{_ROLES}|im_(?:end|start|sep)|eot_id|eom_id|eot|eom|eos|bos|end|start|return|call|message"
    r"|channel|turn|endoftext|end_of_text|begin_of_text|(?:start|end)_header_id|endofprompt"
    r"|(?:start|end)_of_(?:turn|role)(?:_token)?|(?:user|chatbot|system)_token|endofturn"
    r"|(?:start|end|begin)_(?:response|of_solution)|(?:begin|end)▁of▁sentence|endofassistant"
)
_TURN = re.compile(
    rf"<\|(?:{_TURN_NAMES})\|?>|<｜(?:{_TURN_NAMES})｜>|\[\|(?:{_TURN_NAMES})\|\]"
    r"|<turn\|>|<(?:start|end)_of_turn>|</s>|<eos>|\[/?inst\]|<</?sys>>"
    rf"|(?<!#)\#{{2,3}}\s?(?:instruction|input|response|{_ROLES}):",
    re.IGNORECASE,
)
_UNKNOWN_MARK = re.compile(r"<\|[^|<>\s]{1,40}\|?>|<｜[^｜<>\s]{1,40}｜>|\[\|[^|\[\]\s]{1,40}\|\]")
_TORN = re.compile(r"(?:<[|｜][^<>\s]*|</?[a-z_]{1,16}|\[/?[a-z]{2,5})$", re.IGNORECASE)
_WORDED = ("<start_of_turn>", "<end_of_turn>", "<think>", "</think>", "<eos>", "</s>", "[/inst]")
_FOREIGN_MARK = re.compile(
    r"(?:[<\[][|｜]|\#{2,3}\s?)(?:user|human|system|tool|observation|instruction|input|"
    r"(?:user|system)_token)(?:[|｜]?[>\]]|:)",
    re.IGNORECASE,
)
# What follows these, up to the next mark, was said to the model.
_ASKING_MARKS: Final = frozenset({"[inst]", "<<sys>>", "<</sys>>"})
_HEADER = re.compile(r"\s*(assistant|model|final|user|system|tool)[ \t]*(?:\n|\Z)", re.IGNORECASE)
# If the mark before it is lost; only words that make no answer by themselves.
_BARE_HEADER = re.compile(r"\s*(assistant|model|user|system)[ \t]*(?:\n|\Z)", re.IGNORECASE)
_OWN_ROLES: Final = frozenset({"assistant", "model", "final"})
# "nice one!assistant": the next turn, whose marks were lost.
_GLUED_HEADER = re.compile(
    r"(?<=[.!?…。！？)\]\"”’])(?:assistant|user|system|model)(?=\s*$|\s*\n|[A-Z])"
    r"|(?<=\w)assistant(?=\s*$|\s*\n)",
    re.MULTILINE,
)


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
        said = _UNKNOWN_MARK.sub("", _GLUED_HEADER.split(said, 1)[0])
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


# --- bytes ---

_BYTE_TOKENS = re.compile(r"(?:<0x[0-9a-f]{2}>)+", re.IGNORECASE)
# Letters that stand for bytes in vocabularies of GPT-2's kind: those that print stand for
# themselves, the others are counted up from U+0100, so that Ġ is a blank and Ċ a line feed.
# Source: https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode)
_PRINTING: Final = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_BYTES: Final = (
    {" ": 0x20, "\n": 0x0A}
    | {chr(byte): byte for byte in _PRINTING}
    | {
        chr(0x100 + index): byte
        for index, byte in enumerate(sorted(set(range(0x100)) - set(_PRINTING)))
    }
)
# Not in Maltese, which has the small letters, too.
_BYTE_LETTERS = re.compile(r"^[^ġċ]*[ĠĊ][^ġċ]*$")


def without_byte_tokens(text: str) -> str:
    """The text with pieces of a vocabulary (``<0x0A>``, ``▁``, ``Ġ``, ``Ċ``) as they are meant."""
    text = _BYTE_TOKENS.sub(_decoded, text).replace("▁", " ")
    if not _BYTE_LETTERS.search(text):
        return text
    if all(char in _BYTES for char in text):
        return bytes(_BYTES[char] for char in text).decode("utf-8", "ignore")
    return text.replace("Ġ", " ").replace("Ċ", "\n")


def _decoded(tokens: re.Match[str]) -> str:
    """The characters that a row of byte tokens stands for; bytes that make none are left out."""
    return bytes.fromhex(re.sub(r"<0x|>", "", tokens[0], flags=re.IGNORECASE)).decode(
        "utf-8", "ignore"
    )
