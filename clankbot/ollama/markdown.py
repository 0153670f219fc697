"""What models put around a chat line: markdown, stage directions, quotes, links.  Pure.

Each function takes one line and gives it back with less; an ordinary line stays as it is.
"""

from __future__ import annotations

import re
from typing import Final

from clankbot.text import from_first_seen

_LIST_MARK = re.compile(r"^(?:[-*•‣▪–—>]\s+|#{1,6}\s+|\(?[12][.)]\s+)")
_FENCE = re.compile(r"^```\w*$")
_FENCED = re.compile(r"^```(?:(?:text|txt|plaintext|markdown)\s)?(.*?)(?:```)?$")
_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()\s]*\)")
_CODE = re.compile(r"`([^`]+)`")
_STRAY_CODE = re.compile(r"^`+(?=\w)|(?<=[\w.!?])`+$")
_SLANTED = re.compile(r"(?<!\S)_(?=[^\W_])([^_]+)_(?=[.,!?]?(?:\s|$))")
_STRONG = re.compile(r"(?<![\w*])\*{2,3}(?![\s*])([^*]+)(?<!\s)\*{2,3}(?![\w*])")
_UNDERLINED = re.compile(r"(?<!\w)__(?![\s_])([^_].*?)(?<![\s_])__(?![\w.])")
_STRUCK = re.compile(r"~~(?!\s)([^~]+)(?<!\s)~~")
_UNCLOSED = re.compile(r"^(?:\*\*|__)(?=\w)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?![\s*])([^*]+)(?<!\s)\*(?![\w*])")
_ACTION = r"\*(?!(?:always|his|is|its|less|plus|this|us|was|yes)\b)[a-z]+s\b[^*]*(?<!\s)\*"
"""Between asterisks a verb in the third person: ``*waves at chat*``; anything else is emphasis."""
_FIRST_ACTION = re.compile(rf"^{_ACTION}(?=\s|$)", re.IGNORECASE)
_LAST_ACTION = re.compile(rf"(?<=\s){_ACTION}[.!]?$", re.IGNORECASE)
_VERBS = "chuckles|gasps|giggles|grins|laughs|nods|pauses|shrugs|sighs|smiles|smirks|waves|winks"
_DIRECTION = re.compile(
    rf"^[(\[](?:{_VERBS})\b[^()\[\]]*[)\]]|[(\[](?:{_VERBS})[)\]]$", re.IGNORECASE
)
_ASIDE = r"[(\[](?:note|ooc|disclaimer|translation|(?:word|character) count)\b[^()\[\]]*"
_NOTE = re.compile(rf"^{_ASIDE}[)\]]|{_ASIDE}[)\]]?$", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"^\[[^\[\]]*\]$")
"""``[no more than 20 words]``: what stands in brackets alone was copied from the task."""
_QUOTES: Final = {'"': '"', "“": "”", "”": "”", "„": "“", "«": "»", "「": "」", "‘": "’", "'": "'"}
_APOSTROPHES: Final = "'’‘"

_LINK_WORD = r"(?<!\S)\S*(?:https?://|\bwww\.)\S*"
_LINK_AT_AN_END = re.compile(rf"^{_LINK_WORD}|{_LINK_WORD}$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"https?://|\bwww\."
    r"|(?<![\w@.-])(?!(?:asp|vb)\.net\b)(?:[a-z0-9-]+\.)+(?:app|biz|cc|co|com|dev|fun|gg|info|io|link"
    r"|live|me|net|online|org|pro|ru|shop|site|store|top|tv|xyz)\b"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+",
    re.IGNORECASE,
)
"""With a domain in it a word is a link in chat, whatever was meant."""
_MASS_MENTION = re.compile(r"@(?=(?:everyone|here|all|channel)\b)", re.IGNORECASE)

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


def without_links(line: str) -> str:
    """The line without web addresses, which models make up, and without calls to everybody.

    Nothing is left of a line that says something around an address: it would have a hole.
    """
    line = _MASS_MENTION.sub("", _LINK_AT_AN_END.sub("", line))
    return "" if _ADDRESS.search(line) else line


def harmless_start(line: str) -> str:
    """The line without anything in front that Twitch or another bot would take for a command."""
    return _COMMAND.sub("", _DOTS.sub("…", from_first_seen(line)))
