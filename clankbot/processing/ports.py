"""What processing needs of other rooms, stated here and passed in by the wiring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from clankbot.processing.filter.word_list import Match
from clankbot.records.answers import Decision, Pace, SettingChange, SpokenRow
from clankbot.records.settings import ChannelSettings, Command, SettingValue
from clankbot.records.speech import Assignment, Composed, ContextLine
from clankbot.records.writes import Applied, Write


class History(Protocol):
    """A connection to the database, usable in the thread that opened it.

    Every method may raise DatabaseError: while the bot runs, that is an outage.
    """

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        """Carry out all writes in order, in one transaction; repeating a batch is harmless."""

    def recent_messages(self, channel: str, limit: int) -> list[ContextLine]:
        """The newest ``limit`` messages of the channel, oldest first."""

    def pace(self, channel: str, count_cap: int, hold_cap: int) -> Pace:
        """Messages since the bot last spoke, messages held, and when it spoke."""

    def all_overrides(self) -> Mapping[str, Mapping[str, SettingValue | None]]:
        """Every channel's own settings, by column."""

    def all_terms(self) -> Mapping[str, tuple[str, ...]]:
        """Every channel's own blocked terms."""

    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who opted out."""

    def hints_since(self, channel: str, since_ms: int) -> Sequence[int]:
        """When moderators removed the bot's words since then."""

    def recent_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """The bot's newest utterances in the channel, without words."""

    def removed_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """Those of them whose words moderators removed last."""

    def carry_on_removing(self) -> bool:
        """Delete some more of a removal that is too large for one step; whether any is left."""

    def deletion_epoch(self) -> int:
        """How often another program has deleted what prompts under way may hold."""

    def last_changes(self, channel: str) -> Sequence[SettingChange]:
        """The changes of the newest moment with any that is not taken back yet, newest first."""

    def tally(self, channel: str, day: str) -> Mapping[str, int]:
        """The counters of one channel and UTC day."""

    def decisions(self, channel: str, limit: int) -> Sequence[Decision]:
        """The newest recorded decisions, newest first."""

    def find_viewers(self, login_or_id: str, channel: str | None) -> Sequence[tuple[str, str]]:
        """(user id, login) of the viewers of whom anything is stored and whom the text may mean."""

    def speakers_since(self, channel: str, since_ms: int) -> int:
        """How many viewers have spoken since then."""

    def count_since(self, channel: str, since_ms: int) -> int:
        """How many viewers' messages were stored since then."""

    def channels(self) -> Sequence[str]:
        """Every channel of which something is stored."""

    def prune(
        self, channel: str, older_than_ms: int | None, keep_count: int | None, max_rows: int
    ) -> int:
        """Delete at most ``max_rows`` messages past the limits; how many went."""

    def release_space(self, pages: int) -> int:
        """Give free pages of the database file back to the disk; how many went."""


class OpenHistory(Protocol):
    """Opens a History for the calling thread."""

    def __call__(self) -> AbstractContextManager[History]:
        """A context manager that closes the connection at its end."""


class Filter(Protocol):
    """A compiled word list."""

    def check(self, text: str) -> str | None:
        """The list entry that matched, or None.  Never raises."""

    def verdict(self, text: str) -> Match | None:
        """As ``check``, with the reading of the text that matched.  Never raises."""


class CancelHandle(Protocol):
    """Calls off one generation, from any thread."""

    def cancel(self) -> None:
        """Close the connection to the model, unless it is still loading."""

    @property
    def cancelled(self) -> bool:
        """Whether it was called off."""


class Compose(Protocol):
    """Asks the language model."""

    def __call__(self, assignment: Assignment, cancel: CancelHandle) -> Composed:
        """One clean chat line, or why there is none.  Raises the OllamaError family."""


class SettingsSchema(Protocol):
    """The table of channel settings and how they are spoken of."""

    def policy(self, overrides: Mapping[str, SettingValue | None]) -> ChannelSettings:
        """What holds, given a channel's own settings."""

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat message; None where it is not for this bot."""

    def shown(self, name: str, overrides: Mapping[str, SettingValue | None]) -> str:
        """One setting as a short sentence."""

    def confirm(self, name: str, value: SettingValue | None) -> str:
        """The short sentence after a change; None: it inherits the default again."""

    def name_of(self, column: str) -> str:
        """The setting that a column holds."""

    def columns(self, name: str | None = None) -> Sequence[str]:
        """The columns that ``!clank reset`` empties, of one setting or of all."""

    def help_text(self, topic: str) -> str:
        """One chat line of help."""
