"""The words of an outgoing line, made safe for the wire, and never the same twice.

Pure.  The last gate before the socket: it holds whatever the callers forgot, so that no text, of
a viewer or of a model, can end the line early, run a command, or take the sender down.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
import zlib
from collections import defaultdict, deque
from typing import Final

from clankbot.irc.message import format_line
from clankbot.records.speech import MAX_MESSAGE_UTF16

_UNSENDABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Controls and line breaks, which IRC or a reader of it may act on; lone surrogates, which UTF-8
cannot encode and a model's JSON can contain."""

_COMMAND_SIGNS: Final = "/.!"
"""What Twitch (``/``, ``.``) or another bot (``!``) would run, also behind invisible characters,
which they may drop.  https://dev.twitch.tv/docs/chat/irc/#chat-commands"""

_UNSEEN_KINDS: Final = frozenset({"Cc", "Cf", "Cn", "Mn", "Me"})
_UNSEEN_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
_PICTURES: Final = range(0x1F000, 0x20000)
"""Where new emoji come, which this Python's tables may not know yet."""

_INVISIBLE: Final = "\u034f"
"""The combining grapheme joiner: Chatterino's way round the duplicate rule since 2025
(https://github.com/Chatterino/chatterino2/pull/6417)."""

_REPEAT_SPAN_S: Final = 31.0
"""Twitch refuses a repetition for 30 s; one more for the unequal way there."""


def utf16_length(text: str) -> int:
    """The length of ``text`` as Twitch counts it; it must hold no lone surrogates."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit_utf16: int) -> str:
    """``text`` shortened to the limit, at the end of a word where it has several."""
    if utf16_length(text) <= limit_utf16:
        return text
    # A character cut in half at the end is dropped: half of it says nothing.
    kept = text.encode("utf-16-le")[: 2 * limit_utf16].decode("utf-16-le", errors="ignore")
    if text[len(kept)] != " ":
        kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip()


def safe_text(text: str) -> str:
    """``text`` as one line that fits into a chat message; may be empty."""
    return cut(_UNSENDABLE.sub(" ", text).strip(), MAX_MESSAGE_UTF16)


def why_unsayable(text: str) -> str | None:
    """Why a safe text must not be said all the same, in plain words."""
    first = _first_seen(text)
    if not first:
        return "nothing left to say"
    if first in _COMMAND_SIGNS:
        return "starts like a command"
    return None


def _first_seen(text: str) -> str:
    """The first character that people or programs are sure to see; empty where there is none."""
    return next(itertools.filterfalse(_is_unseen, text), "")


def _is_unseen(char: str) -> bool:
    if char.isspace() or char in _UNSEEN_LETTERS:
        return True
    return unicodedata.category(char) in _UNSEEN_KINDS and ord(char) not in _PICTURES


def privmsg(channel: str, text: str, nonce: str, reply_to_id: str | None) -> str:
    """The line that says a safe text; ``client-nonce`` may come back with the USERSTATE.

    https://dev.twitch.tv/docs/chat/irc/#replying-to-a-chat-message
    """
    tags = {"client-nonce": nonce}
    if reply_to_id is not None:
        tags["reply-parent-msg-id"] = reply_to_id
    return format_line("PRIVMSG", f"#{channel}", trailing=text, tags=tags)


def checksum(text: str) -> int:
    """What tells one safe text from another, and can be kept where the text may not."""
    return zlib.crc32(text.encode())


class Repeats:
    """What was said lately in each channel, to the letter."""

    def __init__(self) -> None:
        self._said: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)

    def record(self, channel: str, said: int, now: float) -> None:
        """The text of this checksum was said at ``now``."""
        self._said[channel].append((now, said))

    def includes(self, channel: str, text: str, now: float) -> bool:
        """Whether Twitch would take the text for a repetition."""
        said = self._said[channel]
        while said and said[0][0] + _REPEAT_SPAN_S <= now:
            said.popleft()
        sought = checksum(text)
        return any(sought == earlier for _, earlier in said)

    def varied(self, channel: str, text: str, now: float) -> str:
        """The text, where necessary with an invisible end that makes it new."""
        variations = (_with_invisible_end(text, count) for count in itertools.count())
        return next(new for new in variations if not self.includes(channel, new, now))


def _with_invisible_end(text: str, count: int) -> str:
    if count == 0:
        return text
    end = " " + _INVISIBLE * count
    return cut(text, MAX_MESSAGE_UTF16 - len(end)) + end
