"""A database: made ready once, then opened by each thread, which puts its questions to a Store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self

from clankbot.clock import Clock
from clankbot.database.channels import Channels
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.prompts import Prompts
from clankbot.database.schema import migrate
from clankbot.database.session import Engine, Session
from clankbot.database.spoken import Spoken
from clankbot.database.sqlite import SqliteEngine
from clankbot.database.tokens import Tokens
from clankbot.database.viewers import Viewers
from clankbot.records import writes
from clankbot.records.writes import Append, Applied, Write


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data is.  Holds no connection and may be shared by all threads."""

    engine: Engine
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def sqlite(cls, path: Path | str) -> Database:
        """The database in this file."""
        return cls(SqliteEngine(Path(path)))

    def prepare(self) -> None:
        """Make the file if it is one and is not there, and bring the tables up to date.

        DatabaseError if that is impossible, DatabaseUnavailable if it is so only now, and
        DatabaseTooNew if a newer clankbot wrote it.
        """
        self.engine.create()
        with closing(Session(self.engine.patient())) as session:
            migrate(session, self.clock.utc_ms)

    def open(self) -> Store:
        """A store for one thread: the one that asks it first, which is to close it.

        Never fails itself: the connection is made at the first question.
        """
        return Store(Session(self.engine), self.clock)

    def abandon(self) -> None:
        """Give it up: a thread that waits for an answer, or asks later, gets DatabaseUnavailable.

        For the last moment of a stop, when a server hangs.  A file is waited for a little longer.
        """
        self.engine.abandon()


class Store(Spoken, Viewers, Channels, Prompts, Tokens, Housekeeping):
    """All repositories over one connection, usable only in the thread of its first question.

    Any method may raise DatabaseError, and one that writes WriteRefused; see clankbot.errors.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def apply(self, batch: Sequence[Write]) -> list[Applied]:
        """Carry out all writes in order, in one transaction; what each of them did.

        All or nothing.  After DatabaseUnavailable the same writes are to be handed in again, maybe
        with more behind them.  A server may have carried them out all the same, if the connection
        broke between its commit and its answer.  Then messages, removals, settings, opt-outs and
        what the bot said are as if written once.  Tallies, hints and decisions are approximate:
        they may be there twice; and a removal that is repeated finds no rows left to count.
        """
        applied: list[Applied] = []
        with self._session.transaction():
            for is_message, group in groupby(batch, lambda write: isinstance(write, Append)):
                if is_message:  # those that follow one another are one insert
                    messages = [write.message for write in group if isinstance(write, Append)]
                    applied += self._append(messages)
                else:
                    applied += (DEEDS[type(write)](self, write) for write in group)
        return applied


# What carries out each kind of write.
DEEDS: Final[Mapping[type[Write], Callable[[Store, Any], Applied]]] = {
    writes.RemoveMessage: Store._remove_message,
    writes.RemoveViewer: Store._remove_viewer,
    writes.RemoveChannel: Store._remove_channel,
    writes.ForgetViewer: Store._forget_viewer,
    writes.RaiseDeletionEpoch: Store._raise_deletion_epoch,
    writes.OptOut: Store._opt_out,
    writes.OptIn: Store._opt_in,
    writes.RecordSpoken: Store._record_spoken,
    writes.AddHint: Store._add_hint,
    writes.ClearHints: Store._clear_hints,
    writes.SetSetting: Store._set_setting,
    writes.BlockTerm: Store._block_term,
    writes.UnblockTerm: Store._unblock_term,
    writes.RecordDecision: Store._record_decision,
    writes.Tally: Store._add_tally,
    writes.RecordRateLimitEvent: Store._record_rate_limit_event,
    writes.KeepWindow: Store._keep_window,
    writes.KeepModelFigures: Store._keep_model_figures,
}
