"""A rehearsal's chat room as its audience sees it: everything that happens there, shown in order.

Belongs to one thread, which does what people and viewers want and shows what came of it.  Other
threads only put on a queue what there is to show: the bot's lines, and words about its troubles.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Final

from clankbot.loopback.room_lines import RoomMessage
from clankbot.loopback.twitch_room import TwitchRoom
from clankbot.rehearsal.console import Console
from clankbot.rehearsal.viewers import MODERATOR, PASSER_BY, Line, colour_of

# As many of somebody's messages can be deleted one after the other.
_REMEMBERED: Final = 50
_ADVERTISER_TIMEOUT_S: Final = 600
_SHOWN_CHARS: Final = 40


class Stage:
    """Does things in one channel of the room, and shows and counts what happens."""

    def __init__(
        self,
        room: TwitchRoom,
        channel: str,
        console: Console,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._channel = channel
        self._console = console
        self._clock = clock
        # Unbounded, for it is emptied many times a second; SimpleQueue suits a logging handler.
        self._news: queue.SimpleQueue[RoomMessage | str] = queue.SimpleQueue()
        self._ids: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self._timed_out: dict[str, float] = {}
        self.viewers_said = 0
        self.bot_said = 0
        # The bot said something that nobody had asked for.
        self.spoke_by_itself = False
        # The bot answered somebody who spoke to it; a command's answer is none.
        self.answered = False
        room.on_bot_message = self._news.put

    @property
    def bot_name(self) -> str:
        """The bot's login."""
        return self._room.bot_login

    def absent(self) -> frozenset[str]:
        """Who is timed out just now."""
        now = self._clock()
        return frozenset(login for login, until in self._timed_out.items() if until > now)

    def summary(self) -> str:
        """What was said so far, in one line."""
        return f"{self.viewers_said} messages of viewers, {self.bot_said} said by the bot"

    def silence(self) -> str | None:
        """How the bot failed to speak; None if it spoke.  Answers to commands do not count."""
        if self.spoke_by_itself or self.answered:
            return None
        return "only answered commands" if self.bot_said else "did not speak"

    # --- what other threads tell ---

    def tell(self, text: str) -> None:
        """Have a note shown soon; any thread may call."""
        self._news.put(text)

    def show_news(self) -> None:
        """Show what has been heard since the last time."""
        now = self._clock()
        for login in [login for login, until in self._timed_out.items() if until <= now]:
            del self._timed_out[login]
            if login == self.bot_name:
                self._room.accept_messages(self._channel)
        while not self._news.empty():
            news = self._news.get()
            if isinstance(news, str):
                self._console.event(news)
            else:
                self._show_bot(news)

    def _show_bot(self, message: RoomMessage) -> None:
        self.bot_said += 1
        self._ids[message.login].append(message.message_id)
        asked = self._room.shown.get(message.reply_to or "")
        self.spoke_by_itself |= message.reply_to is None
        self.answered |= asked is not None and not asked.text.startswith("!")
        self._console.bot(message.login, message.text, asked.login if asked else None)

    # --- what happens in the room ---

    def say(self, line: Line) -> None:
        """Somebody speaks, unless timed out.  The advertiser gets what Twitch's moderators give."""
        if line.login == self.bot_name:
            self._console.note(f"Only the bot speaks as {line.login}.")
            return
        if line.login in self.absent():
            self._console.note(f"{line.login} is timed out.")
            return
        is_mod = line.is_mod or line.login == MODERATOR
        self._console.viewer(line.login, line.text, colour_of(line.login), is_mod=is_mod)
        said = self._room.say(self._channel, line.login, line.text, is_mod=is_mod)
        self._ids[line.login].append(said)
        self.viewers_said += 1
        if line.login == PASSER_BY:
            self.time_out(PASSER_BY, _ADVERTISER_TIMEOUT_S, by=MODERATOR)

    def delete(self, login: str | None, by: str) -> None:
        """Somebody's last message is deleted; None: the bot's."""
        login = login or self.bot_name
        if not self._ids[login]:
            self._console.note(f"There is no message of {login} to delete.")
            return
        message_id = self._ids[login].pop()
        shown = self._room.shown.get(message_id)
        text = shown.text if shown else ""
        cut = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
        self._console.event(f"{by} deleted a message of {login}: {cut}")
        self._room.delete(self._channel, message_id)

    def time_out(self, login: str, seconds: int, by: str) -> None:
        """Somebody is silenced for a while, and all their messages go."""
        self._timed_out[login] = self._clock() + seconds
        self._ids.pop(login, None)
        self._console.event(f"{by} timed {login} out for {seconds} s; all their messages are gone")
        self._room.ban(self._channel, login, seconds)
        if login == self.bot_name:
            text = f"You are timed out for {seconds} more seconds."
            self._room.refuse_messages(self._channel, "msg_timedout", text)

    def clear(self, by: str) -> None:
        """The whole chat goes."""
        self._ids.clear()
        self._console.event(f"{by} cleared the chat")
        self._room.clear(self._channel)

    def set_mode(self, name: str, value: int, by: str) -> None:
        """A mode of the room changes; ``name`` and ``value`` as ROOMSTATE has them."""
        self._console.event(f"{by} changed the room: {name}={value}")
        self._room.room_state(self._channel, **{name: value})


class ShortWarnings(logging.Handler):
    """Tells each warning and error of the log in a few words; the log itself has the details."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, in any thread."""
        why = getattr(record, "problem", None) or getattr(record, "reason", None)
        self._tell(f"{record.getMessage()}{f': {why}' if why else ''} (see the log)")
