"""The words of an outgoing line, made safe for the wire, and never the same twice.

Pure.  The last check before the socket: no text, of a viewer or of a model, can end the line early,
run a command, or raise an error in the sender.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections import deque
from typing import Final

from clankbot.irc.message import format_line
from clankbot.records.speech import MAX_MESSAGE_UTF16
from clankbot.text import cut, from_first_seen, is_order

# Controls and line breaks, which IRC or a reader of it may act on; lone surrogates, which UTF-8
# cannot encode and a model's JSON can contain.
_UNSENDABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

# The combining grapheme joiner: Chatterino's way round the duplicate rule since 2025
# (https://github.com/Chatterino/chatterino2/pull/6417).
_INVISIBLE: Final = "\u034f"

# Twitch refuses a repetition for 30 s; one more, since two lines may need unequally long to get
# there.
_REPEAT_SPAN_S: Final = 31.0


def safe_text(text: str) -> str:
    """``text`` as one line that fits into a chat message; may be empty."""
    return cut(_UNSENDABLE.sub(" ", text).strip(), MAX_MESSAGE_UTF16)


def why_unsayable(text: str) -> str | None:
    """Why a text that is safe for the wire must still not be said; None if it may."""
    if not from_first_seen(text):
        return "nothing left to say"
    if is_order(text):
        return "starts like a command"
    return None


def privmsg(channel: str, text: str, nonce: str, reply_to_id: str | None) -> str:
    """The line that says a safe text; ``client-nonce`` may come back with the USERSTATE.

    https://dev.twitch.tv/docs/chat/irc/#replying-to-a-chat-message
    """
    tags = {"client-nonce": nonce}
    if reply_to_id is not None:
        tags["reply-parent-msg-id"] = reply_to_id
    return format_line("PRIVMSG", f"#{channel}", trailing=text, tags=tags)


def checksum(text: str) -> int:
    """What tells one safe text from another, and can be kept if the text may not."""
    return zlib.crc32(text.encode())


class Repeats:
    """What was said lately in one channel, to the letter."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, int]] = deque()

    def record(self, said: int, now: float) -> None:
        """The text of this checksum was said at ``now``."""
        self._said.append((now, said))

    def includes(self, text: str, now: float) -> bool:
        """Whether Twitch would take the text for a repetition."""
        while self._said and self._said[0][0] + _REPEAT_SPAN_S <= now:
            self._said.popleft()
        sought = checksum(text)
        return any(sought == earlier for _, earlier in self._said)

    def varied(self, text: str, now: float) -> str:
        """The text, if necessary with an invisible end that makes it new."""
        variations = (_with_invisible_end(text, count) for count in itertools.count())
        return next(new for new in variations if not self.includes(new, now))


def _with_invisible_end(text: str, count: int) -> str:
    if count == 0:
        return text
    end = " " + _INVISIBLE * count
    return cut(text, MAX_MESSAGE_UTF16 - len(end)) + end
