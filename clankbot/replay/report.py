"""What a replay prints: how it begins, a line for each thing said, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from clankbot.config.kinds import duration_text
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import ChannelSettings
from clankbot.replay.bot import Attempt
from clankbot.saved_chat.saved_chat import GAP_MS, Moment
from clankbot.saved_chat.text_logs import START_MS
from clankbot.text import counted, visible

# Room for most occasions, so that what is said begins in one column.
_OCCASION_CHARS: Final = 24


@dataclass(slots=True)
class _Figures:
    """What happened in one channel so far."""

    began_ms: int
    now_ms: int
    quiet_since_ms: int
    longest_ms: int = 0
    messages: int = 0
    by_itself: int = 0
    answers: int = 0
    in_vain: int = 0

    def spoke(self) -> None:
        """The bot broke its silence."""
        self.longest_ms = max(self.longest_ms, self.now_ms - self.quiet_since_ms)
        self.quiet_since_ms = self.now_ms

    def __str__(self) -> str:
        said = self.by_itself + self.answers
        longest_ms = max(self.longest_ms, self.now_ms - self.quiet_since_ms)
        parts = [f"{counted(self.messages, 'message')} in {_length(self.now_ms - self.began_ms)}"]
        if said:
            parts.append(
                f"would have spoken {counted(said, 'time')}"
                f" ({self.by_itself:,} by itself, {self.answers:,} when spoken to),"
                f" one in {round(self.messages / said):,} messages"
            )
        else:
            parts.append("would not have spoken")
        if self.in_vain:
            parts.append(f"{counted(self.in_vain, 'attempt')} came to nothing")
        return f"{'; '.join(parts)}; longest silence {_length(longest_ms)}"


class Chat(Protocol):
    """What is played; the figures are of its last reading."""

    channel: str | None
    other_lines: int
    timed: int
    untimed: int

    @property
    def messages(self) -> int:
        """All messages."""

    def channels(self) -> Sequence[str]:
        """The channels that it is of; reads all of it."""

    def nothing(self) -> str:
        """Why there is nothing to play, after a reading without any message."""

    def __iter__(self) -> Iterator[Moment]: ...


class Report:
    """Prints as the replay goes on; to be told of every moment first, then of what came of it."""

    def __init__(self, chat: Chat, channels: Sequence[str], bot_name: str) -> None:
        """``chat`` has been read once, to know what is in it."""
        self._chat = chat
        self._channels = channels
        self._bot_name = bot_name
        self._own = 0
        self._figures: dict[str, _Figures] = {}
        self._is_timed = chat.timed > 0

    def begin(self, model: str, policy: ChannelSettings) -> None:
        """What is played, and what is assumed."""
        chat = self._chat
        names = ", ".join(f"#{channel}" for channel in self._channels)
        pace = f"threshold {policy.threshold}, delay {duration_text(policy.delay_s)}"
        _show(f"{counted(chat.messages, 'message')} in {names}; {model}, {pace}")
        if chat.untimed:
            count = "All messages" if not self._is_timed else counted(chat.untimed, "message")
            _show(f"{count} without a time: {GAP_MS // 1000} s after the one before is assumed")
        if chat.other_lines:
            lines = counted(chat.other_lines, "line")
            _show(f"{lines} passed over: neither chat nor moderation")

    def count(self, moment: Moment) -> bool:
        """Count the moment; False if it is the bot's own message of then, to be left out."""
        event, at_ms = moment.event, moment.at_ms
        figures = self._figures.setdefault(event.channel, _Figures(at_ms, at_ms, at_ms))
        figures.now_ms = at_ms
        if isinstance(event, ChatMessage):
            if event.login == self._bot_name:
                self._own += 1
                return False
            figures.messages += 1
        return True

    def show(self, attempt: Attempt, at_ms: int) -> None:
        """One line: time, channel, why, and what was said."""
        figures = self._figures[attempt.channel]
        if attempt.text is None:
            figures.in_vain += 1
        else:
            figures.spoke()
            figures.by_itself += not attempt.is_answer
            figures.answers += attempt.is_answer
        said = f"({attempt.reason})" if attempt.text is None else attempt.text
        channel = f"#{attempt.channel:<{max(map(len, self._channels))}}"
        _show(f"{self._time(at_ms)}  {channel}  {attempt.occasion:<{_OCCASION_CHARS}}  {said}")

    def _time(self, at_ms: int) -> str:
        """The time in the file, UTC; from its beginning on if it tells none."""
        if not self._is_timed:
            return str(timedelta(milliseconds=at_ms - START_MS))
        return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%d %H:%M:%S}"

    def end(self) -> None:
        """The figures of each channel."""
        for channel, figures in self._figures.items():
            _show(f"#{channel}: {figures}")
        if self._own:
            _show(f"left out: {counted(self._own, 'message')} of {self._bot_name} itself")


def _show(line: str) -> None:
    """Print a line at once; names and texts of a file do not drive the terminal."""
    print(visible(line).rstrip(), flush=True)


def _length(ms: int) -> str:
    return duration_text(round(ms / 1000))
