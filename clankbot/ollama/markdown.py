"""What models put around a chat line: markdown, HTML, JSON, stage directions, quotes.  Pure.

Each function gives a text back with less around it; an ordinary line stays as it is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Final

from clankbot.text import from_first_seen, without_order

# --- around a whole answer ---

_FENCED_WHOLE = re.compile(r"^```[ \t]*\w*\n(.*?)\n?```$", re.DOTALL)
_BOXED = re.compile(r"\\boxed\{(?:\\text(?:bf|it)?\{)?([^{}]*)\}{1,2}")
_TEXT_KEYS: Final = (
    *("message", "content", "text", "reply", "response", "answer", "line", "chat", "output"),
    *("comment", "chat_message", "chat_line", "msg", "body", "final_answer", "say", "line_text"),
)
_SPEAKER_KEYS: Final = (
    "role",
    "speaker",
    "name",
    "user",
    "username",
    "author",
    "from",
    "sender",
    "login",
)
# As Python and JavaScript write it, or with a line break in it.
_ONE_PAIR = re.compile(r"""^\{\s*['"]?(\w{1,20})['"]?\s*:\s*(['"])([^"{}]*)\2\s*,?\s*\}$""")
_JSON_DEPTH: Final = 8


def unpacked(answer: str, is_own: Callable[[str], bool]) -> str:
    """What the one text in a JSON or boxed answer says; any other answer as it is.

    Somebody else's message stays packed: ``is_own`` tells whether a name is the bot's.
    """
    text = answer.strip()
    text = fenced[1].strip() if (fenced := _FENCED_WHOLE.match(text)) else text
    if boxed := _BOXED.search(text):
        return boxed[1]
    if text[:1] not in ("{", "[", '"'):
        return answer
    try:
        return _text_in(json.loads(text), is_own, _JSON_DEPTH) or answer
    except (ValueError, RecursionError):
        pair = _ONE_PAIR.match(text)
        return pair[3] if pair and pair[1].casefold() in _TEXT_KEYS else answer


def _text_in(value: object, is_own: Callable[[str], bool], depth: int) -> str | None:
    """The one text in a JSON value, None if there are none or several, or it is another's."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and len(value) == 1 and depth:
        return _text_in(value[0], is_own, depth - 1)
    if not isinstance(value, dict) or not depth:
        return None
    speakers = (value[key] for key in _SPEAKER_KEYS if isinstance(value.get(key), str))
    if not all(is_own(speaker) for speaker in speakers):
        return None
    found = [value[key] for key in _TEXT_KEYS if key in value]
    return _text_in(found[0], is_own, depth - 1) if len(found) == 1 else None


# --- HTML ---

_BREAK = re.compile(r"<(?:br|hr)\s*/?>|</?(?:p|div|li|ul|ol|h[1-6])(?:\s[^<>]{0,80})?>", re.I)
_TAG = re.compile(
    r"</?(?:b|i|u|s|em|strong|span|small|big|mark|code|q|blockquote|font|center|sup|sub|html|body"
    r"|response|reply|message|output|final|final_answer|line|chat|chat_line|chat_message|text"
    r"|content|assistant|bot)(?:\s[^<>]{0,80})?/?>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--[^<>]{0,400}-->")


def without_html(text: str) -> str:
    """The text with entities as the characters they are, and without tags that set or wrap it."""
    if "&" in text:
        text = html.unescape(text)
    return _TAG.sub("", _BREAK.sub("\n", _COMMENT.sub("", text))) if "<" in text else text


# --- around one line ---

_LIST_MARK = re.compile(
    r"^(?:[-*•‣▪–—>]\s+|#{1,6}\s+|\(?[12][.)]\s+|\(?[a-c3-9]\)\s+"
    r"|(?:option|version|variante?|opci[oó]n|opção|opzione|opcja|вариант|選択肢|选项|옵션|seçenek)"
    r"\s?(?:#?\d|[a-c])\s?(?:\([^()]{1,40}\)\s?)?[:：.)-]\s*)",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^```\w*$")
_FENCED = re.compile(r"^```(?:(?:text|txt|plaintext|markdown)\s)?(.*?)(?:```)?$")
_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()\s]*\)")
_CODE = re.compile(r"`([^`]+)`")
_STRAY_CODE = re.compile(r"^`+(?=\w)|(?<=[\w.!?])`+$")
_SLANTED = re.compile(r"(?<!\S)_(?=[^\W_])([^_]+)_(?=[.,!?]?(?:\s|$))")
_STRONG = re.compile(r"(?<![\w*])\*{2,3}(?![\s*])([^*]+)(?<!\s)\*{2,3}(?![\w*])")
_UNDERLINED = re.compile(r"(?<!\w)__(?![\s_])([^_].{0,400}?)(?<![\s_])__(?![\w.])")
_STRUCK = re.compile(r"~~(?!\s)([^~]+)(?<!\s)~~")
_UNCLOSED = re.compile(r"^(?:\*\*|__)(?=\w)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?![\s*])([^*]+)(?<!\s)\*(?![\w*])")

_GERUNDS = (
    "laugh|giggl|chuckl|grinn|smil|smirk|wav|wink|nodd|sigh|shrugg|gasp|clapp|cheer|danc|typ|think"
    "|paus|whisper|yawn|blush|roll|lean|look|star|sipp|tilt|rais|facepalm|bow|cry|sobb|hugg|scratch"
    "|crack|stretch|squint|adjust|glanc|snicker|beam|groan|mutter|excit|squeal|bounc"
)
_VERBS = (
    "chuckles|gasps|giggles|grins|laughs|nods|pauses|shrugs|sighs|smiles|smirks|waves|winks"
    "|ahem|chuckle|cough|facepalm|gasp|giggle|grin|gulp|laugh|nod|shrug|sigh|smile|smirk|sniff|snort"
    "|wave|whistle|wink|yawn"
    rf"|(?:softly |nervously |quietly |happily )?(?:{_GERUNDS})ing(?:ly)?"
    "|lacht|grinst|kichert|winkt|zwinkert|nickt|seufzt|lachend|grinsend|r[ií]e|se ríe|sonríe"
    "|suspira|saluda|guiña|riendo|rit|rires?|sourit|soupire|hoche|en riant|risos|sorri|acena|rindo"
    "|ride|sorride|sospira|saluta|ridendo|śmieje się|uśmiecha się|macha|wzdycha|смеётся|смеется"
    "|улыбается|машет|вздыхает|кивает|подмигивает|gülüyor|gülümsüyor"
)
# Between asterisks a verb in the third person, ``*waves at chat*``, or one of those above is a
# stage direction; anything else is emphasis.
_ACTION = (
    rf"\*(?:(?:{_VERBS})\b[^*]{{0,80}}"
    r"|(?!(?:always|his|is|its|less|plus|this|us|was|yes)\b)[a-z]+s\b[^*]{0,80})(?<!\s)\*"
)
_FIRST_ACTION = re.compile(rf"^{_ACTION}(?=\s|$)", re.IGNORECASE)
_LAST_ACTION = re.compile(rf"(?<=\s){_ACTION}[.!]?$", re.IGNORECASE)
_DIRECTION = re.compile(
    rf"^[(\[](?:{_VERBS})\b[^()\[\]]{{0,80}}[)\]]|(?<=\s)[(\[](?:{_VERBS})[)\]](?=\s|$)",
    re.IGNORECASE,
)
_ASIDE = (
    r"[(\[](?:note|ooc|disclaimer|translation|(?:word|character) count|anmerkung|hinweis|nota"
    r"|remarque|uwaga|примечание|注[：:意]|備考|참고|not:)(?!\w)[^()\[\]]*"
)
_NOTE = re.compile(rf"^{_ASIDE}[)\]]|{_ASIDE}[)\]]?$", re.IGNORECASE)
# ``[no more than 20 words]``: what stands in brackets alone was copied from the task.
_PLACEHOLDER = re.compile(r"^\[[^\[\]]*\]$")
_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "「": "」", "‘": "’", "'": "'"}
_APOSTROPHES: Final = "'’‘"

_DOTS = re.compile(r"^\.{2,}")
_COMMAND = re.compile(r"^(?:/me\b|[/!.]|\\(?=[^\w\s]))\s*", re.IGNORECASE)


def undressed(line: str) -> str:
    """The line without list marks, markdown, stage directions and notes."""
    line = _LIST_MARK.sub("", line)
    if _FENCE.match(line) or _PLACEHOLDER.match(line):
        return ""
    line = _FENCED.sub(r"\1", line)
    for dressing in (_LINK, _CODE, _STRONG, _UNDERLINED, _SLANTED, _STRUCK):
        line = dressing.sub(r"\1", line)
    line = _STRAY_CODE.sub("", _UNCLOSED.sub("", line))
    for aside in (_FIRST_ACTION, _LAST_ACTION, _DIRECTION, _NOTE):
        line = aside.sub("", line).strip() or line
    return _EMPHASIS.sub(r"\1", line)


def unquoted(line: str) -> str:
    """The line without quotation marks around the whole of it, or one that was never closed."""
    if len(line) < 2 or line[0] not in _QUOTES:
        return line
    opening, closing = line[0], _QUOTES[line[0]]
    ending = line[-1] if line[-1] in ".!?" and line[-2] == closing else ""
    inner = line[1:].removesuffix(ending)
    if inner.endswith(closing) and not (set(inner[:-1]) & {opening, closing}):
        return inner[:-1] + ending
    if opening not in _APOSTROPHES and not set(line[1:]) & {opening, closing}:
        return line[1:]
    return line


def harmless_start(line: str) -> str:
    """The line without anything in front that Twitch or another bot would take for a command."""
    return without_order(_COMMAND.sub("", _DOTS.sub("…", from_first_seen(line))))
