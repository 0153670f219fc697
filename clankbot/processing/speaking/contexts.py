"""What a prompt is made of: the newest lines of a channel, and the one that it began with last.

Owned by the composer's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.live_state import LiveState
from clankbot.processing.speaking.room_style import SAMPLE, style_of
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, ContextLine
from clankbot.records.stream import Happening
from clankbot.records.style import RoomStyle
from clankbot.records.writes import KeepWindow

# What the model calls whoever types with the bot's account: in its own channel, and in another.
_STREAMER: Final = "the streamer"
_OPERATOR: Final = "the operator"


class ContextHistory(Protocol):
    """What a context is read from, and what is kept about prompts over restarts."""

    def recent_messages(self, channel: str, limit: int) -> Sequence[ContextLine]:
        """The newest ``limit`` messages of the channel, oldest first."""

    def is_removing(self) -> bool:
        """Whether messages are stored that are on their way out."""

    def windows(self) -> Mapping[str, int]:
        """The row that each channel's prompt begins with."""

    def model_figures(self) -> Mapping[str, str]:
        """What was learned of each model."""


class Contexts:
    """See the module's text."""

    def __init__(
        self,
        live_state: LiveState,
        filters: ChannelFilters,
        keep: Callable[[KeepWindow], None],
    ) -> None:
        """``keep`` has a window stored."""
        self._live_state = live_state
        self._filters = filters
        self._keep = keep
        self._first_rows: dict[str, int] = {}  # by channel

    def recall(self, windows: Mapping[str, int]) -> None:
        """Where prompts began in earlier runs; what this run knows is newer."""
        self._first_rows = {**windows, **self._first_rows}

    def lines(
        self, history: ContextHistory, channel: str, settings: ChannelSettings
    ) -> tuple[ContextLine, ...]:
        """The newest lines that may be seen, oldest first."""
        return self._seen(channel, history.recent_messages(channel, settings.context_limit))

    def lines_and_style(
        self, history: ContextHistory, channel: str, settings: ChannelSettings
    ) -> tuple[tuple[ContextLine, ...], RoomStyle | None]:
        """The same, and how the room types by these and, if they are few, some before them."""
        limit = settings.context_limit
        newest = history.recent_messages(channel, max(limit, SAMPLE))
        older, lines = self._seen(channel, newest[:-limit]), self._seen(channel, newest[-limit:])
        check = self._filters(channel).check
        emotes = self._live_state.view(channel).emotes
        tagged = [emote for emote in emotes if check(emote) is None]
        return lines, style_of((*older, *lines), tagged)

    def _seen(self, channel: str, lines: Sequence[ContextLine]) -> tuple[ContextLine, ...]:
        return tuple(
            self._as_heard(channel, line) for line in lines if self.may_be_seen(channel, line)
        )

    def _as_heard(self, channel: str, line: ContextLine) -> ContextLine:
        """What a person typed with the bot's own account bears its name, and is not the bot's.

        Of the bot's own line it is what the model wrote.
        """
        if line.is_own:
            return replace(line, text=self._live_state.disclosures.unmarked(line.text))
        if line.user_id != self._live_state.own.user_id:
            return line
        return replace(line, speaker=_STREAMER if line.login == channel else _OPERATOR)

    def may_be_seen(self, channel: str, line: ContextLine) -> bool:
        """The word list or the opt-outs may have changed since the line was taken in."""
        check = self._filters(channel).check
        return (
            check(line.text) is None
            and check(line.speaker) is None
            and (line.is_own or not self._live_state.has_opted_out(line.user_id))
        )

    def news(self, channel: str, settings: ChannelSettings) -> tuple[Happening, ...]:
        """What has just happened, of viewers of whom the model may hear."""
        if not settings.stream:
            return ()
        check = self._filters(channel).check
        return tuple(
            each
            for each in self._live_state.whats_on.news(channel)
            if check(each.display_name) is None
            and each.login not in self._live_state.ignored_logins
            and not self._live_state.has_opted_out(each.user_id)
        )

    def facts(
        self, channel: str, settings: ChannelSettings, news: Sequence[Happening]
    ) -> tuple[str, ...]:
        """What is on, each fact through the filter."""
        if not settings.stream:
            return ()
        told = self._live_state.whats_on.stream_facts(channel)
        told += [f"{each.display_name} {each.text}" for each in news]
        check = self._filters(channel).check
        return tuple(fact for fact in told if check(fact) is None)

    def assignment(
        self,
        channel: str,
        settings: ChannelSettings,
        lines: tuple[ContextLine, ...],
        asked: ContextLine | None = None,
        within_s: float | None = None,
        *,
        may_pass: bool = False,
        style: RoomStyle | None = None,
        facts: tuple[str, ...] = (),
    ) -> Assignment:
        """What the model is given, whether it is to write or to read ahead."""
        return Assignment(
            channel,
            self._live_state.own.login,
            settings,
            lines,
            asked,
            may_pass=may_pass,
            style=style,
            facts=facts,
            begins_at=self._first_rows.get(channel, 0),
            within_s=within_s,
        )

    def began_at(self, channel: str, row: int) -> None:
        """A prompt began with this row, and the next one is to; 0: there was no line in it."""
        if row and row != self._first_rows.get(channel):
            self._first_rows[channel] = row
            self._keep(KeepWindow(channel, row))
