"""What the worker does between records: it loads, decides, and notices what others changed.

Owned by the worker's thread.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from clankbot.clock import Clock
from clankbot.errors import DatabaseError
from clankbot.processing.channels import Channels, Overrides
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.live_state import LiveState
from clankbot.processing.moderation import RemovalLog
from clankbot.processing.retention import Retention
from clankbot.processing.speaking.known_pace import KnownPace
from clankbot.processing.speaking.repetition import OwnWords
from clankbot.processing.speaking.turns import Turns
from clankbot.records.writes import CarriedOver, OptOut

log = logging.getLogger(__name__)


class SharedHistory(Protocol):
    """What is loaded at the start, and what other programs change."""

    def all_overrides(self) -> Mapping[str, Overrides]:
        """Every channel's own settings, by column."""

    def all_terms(self) -> Mapping[str, tuple[str, ...]]:
        """Every channel's own blocked terms."""

    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who opted out."""

    def deletion_epoch(self) -> int:
        """How often another program has deleted what prompts under way may hold."""

    def carry_on_removing(self) -> bool:
        """Delete some more of a removal that is too large for one step; whether any is left."""

    def follow_file(self) -> bool:
        """Use the file that has taken the place of the one in use; whether there was one."""

    def make_file(self) -> None:
        """Make a new file in the place of one that is gone."""


class Rounds:
    """See the module's text.  What asks the database may raise DatabaseError."""

    def __init__(
        self,
        history: SharedHistory,
        channels: Channels,
        filters: ChannelFilters,
        live_state: LiveState,
        turns: Turns,
        pace: KnownPace,
        own_words: OwnWords,
        retention: Retention,
        removal_log: RemovalLog,
        clock: Clock,
    ) -> None:
        self._history = history
        self._channels = channels
        self._filters = filters
        self._live_state = live_state
        self._turns = turns
        self.pace = pace
        self._own_words = own_words
        self._retention = retention
        self._removal_log = removal_log
        self._clock = clock
        self._has_new_file = False  # that nothing was loaded from yet
        self._deletion_epoch = 0
        self._words: dict[str, object] = {}  # by channel, the filter that was in force last
        self._is_behind = False  # channels have other names than when their settings were read
        self.is_removing = False  # a large removal goes on in steps: do not wait for records

    def load(self) -> None:
        """Take what holds since the last run."""
        self._live_state.opted_out |= self._history.opted_out()
        self._deletion_epoch = self._history.deletion_epoch()
        self.is_removing = self._history.carry_on_removing()
        self._load_channels()

    def _load_channels(self) -> None:
        """Take what is stored under the names of the bot's channels."""
        self.pace.forget()
        self._channels.load(self._history.all_overrides())
        self._filters.load(self._history.all_terms())
        self._turns.load()
        self._retention.load()
        for name in self._channels:
            self._own_words.load(name)

    def follow_file(self) -> tuple[OptOut, ...]:
        """If another file has taken the place of the one in use, take what holds from it.

        The opt-outs that are to be written into it: it may come from before they were promised.
        DatabaseError if there is no file, or one that is no good.
        """
        self._has_new_file |= self._history.follow_file()
        if not self._has_new_file:
            return ()
        promised = self._live_state.opted_out
        self.load()
        self._live_state.generations.invalidate_all()
        missing = promised - self._history.opted_out()
        self._has_new_file = False
        log.error("database replaced", extra={"opt_outs_carried_over": len(missing)})
        return tuple(OptOut(user_id, self._clock.utc_ms()) for user_id in sorted(missing))

    def make_file(self) -> None:
        """For the end of a run: if the file is gone, make a new one for what is still held."""
        self._history.make_file()
        self._has_new_file = True

    def carried_over(self, carried: Sequence[CarriedOver]) -> None:
        """Channels have other names: under some, other things are stored than before."""
        self._is_behind = True
        for each in carried:
            for name in {each.former, each.channel} & self._channels.keys():
                self._turns.start_over(name)
        with suppress(DatabaseError):  # before it decides again, it tries again
            self._catch_up()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._load_channels()
            self._is_behind = False

    def decide(self) -> None:
        """Everything taken in is stored: delete what is to go, speak if it is time."""
        self._catch_up()
        self.is_removing = self._history.carry_on_removing()
        if self.is_removing:
            return  # what is on its way out must not be taken for context
        with self.pace.judging():
            self._turns.judge()
        self._retention.step()

    def look_around(self, *, may_ask: bool) -> None:
        """Notice what others changed: the word list and, if ``may_ask``, the database."""
        self._removal_log.sum_up()
        self._filters.reload(force=False)
        self._notice_other_words()
        if not may_ask:
            return
        epoch = self._history.deletion_epoch()
        if epoch != self._deletion_epoch:
            self._deletion_epoch = epoch
            self._turns.listening.drop_all_mentions()
            self._live_state.generations.invalidate_all()

    def end(self) -> None:
        """The run is over: tell what is still to be told of it."""
        self._removal_log.sum_up(at_once=True)

    def _notice_other_words(self) -> None:
        """Where other words are blocked than before, the prompt is another one."""
        words = {name: self._filters(name) for name in self._channels}
        for name in words:
            if words[name] is not self._words.get(name, words[name]):
                self._turns.prompts.note(name)
        self._words.update(words)
