"""A database: made ready once, then opened by each thread, which puts its questions to a Store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from clankbot.clock import Clock
from clankbot.database.channel_names import ChannelNames
from clankbot.database.channels import Channels
from clankbot.database.figures import FiguresKept
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.prompts import Prompts
from clankbot.database.schema import MIGRATIONS, look_at_version, migrate
from clankbot.database.session import Engine, Session
from clankbot.database.spoken import Spoken
from clankbot.database.sqlite import SqliteEngine
from clankbot.database.tokens import Tokens
from clankbot.database.viewers import Viewers
from clankbot.errors import DatabaseDamaged, DatabaseFileLost, DatabaseUnavailable
from clankbot.records import writes
from clankbot.records.accounts import EncryptedTokens
from clankbot.records.writes import Append, Applied, Tally, Write

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# For a look at a database whose last program did not end in good order: a start must not wait
# longer, and of a large file much is seen in that time.
_LOOK_S: Final = 2.0
_ASK_AGAIN_S: Final = 0.1


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

    def refuse_foreign_log(self, within_s: float = _LOOK_S) -> None:
        """Raise DatabaseDamaged if a log lies beside the file that does not go with it.

        To be asked by the only program at the database, before it is prepared: whoever opens it
        mixes the two, and what was a good backup is lost.  Looks for so long only.
        """
        if isinstance(self.engine, SqliteEngine) and self.engine.has_log:
            self.engine.examine(within_s)

    def examine(self, within_s: float) -> bool:
        """Look for damage; whether all was seen in that time.  True for a server, which does so.

        DatabaseDamaged if there is any, with what to do about it.
        """
        engine = self.engine
        if not isinstance(engine, SqliteEngine) or not engine.path.exists():
            return True
        return engine.examine(within_s, thoroughly=True)

    def schema(self) -> tuple[int, int]:
        """The schema of the tables that are there, 0 without any, and the one that is known here.

        Changes nothing.  DatabaseTooNew if a newer clankbot wrote them.
        """
        with closing(Session(self.engine.patient())) as session:
            return look_at_version(session), len(MIGRATIONS)

    def make_ready(self, within_s: float, wait: Callable[[float], object]) -> None:
        """For the only program at the database: return once its data can be read and stored.

        Each step is done ``patiently``.
        """
        patiently(self.refuse_foreign_log, within_s, wait)
        patiently(self.prepare, within_s, wait)
        self.wait_until_writable(within_s, wait)

    def wait_until_writable(self, within_s: float, wait: Callable[[float], object]) -> None:
        """Return once something can be stored; see ``patiently``."""

        def begin_to_write() -> None:
            with closing(Session(self.engine)) as session, session.transaction():
                pass

        patiently(begin_to_write, within_s, wait)

    def open(self, *, lets_go: bool = False) -> Store:
        """A store for one thread: the one that asks it first, which is to close it.

        Never fails itself: the connection is made at the first question.  ``lets_go``: a file is
        open only during each question, for a thread that asks now and then; an overwritten one can
        be left only while nobody else has it open.
        """
        lets_go = lets_go and isinstance(self.engine, SqliteEngine)
        return Store(Session(self.engine, lets_go=lets_go), self.clock)

    def abandon(self) -> None:
        """Give it up: a thread that waits for an answer, or asks later, gets DatabaseUnavailable.

        For the last moment of a stop, when a server hangs.  A file is waited for a little longer.
        """
        self.engine.abandon()


def patiently(
    work: Callable[[], Answer], within_s: float, wait: Callable[[float], object]
) -> Answer:
    """What ``work`` gives, tried again for so long while the database cannot be used just now.

    Then it raises what the database says, but not at the first time: SQLite itself may try for
    longer than that.  ``wait`` waits for so many seconds; a signal is heard meanwhile.  What looks
    like damage is looked at twice, since SQLite calls a read that failed so, too.
    """
    clock, is_damaged, was_told = Clock(), False, False
    until = clock.monotonic() + within_s
    while True:
        try:
            return work()
        except DatabaseDamaged:
            if is_damaged:
                raise
            is_damaged = True
        except DatabaseUnavailable as error:
            if was_told and clock.monotonic() >= until:
                raise
            if not was_told:
                was_told = True
                log.warning("waiting for the database", extra={"problem": str(error)})
        wait(_ASK_AGAIN_S)


class Store(Spoken, Viewers, ChannelNames, Channels, FiguresKept, Prompts, Tokens, Housekeeping):
    """All repositories over one connection, usable only in the thread of its first question.

    Any method may raise DatabaseError, and one that writes WriteRefused; see clankbot.errors.
    """

    # Of a file that has lost its place.
    _signed_in_before: EncryptedTokens | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def follow_file(self) -> bool:
        """Use the file that has taken the place of the one in use; whether there was one.

        Its tables are brought up to date.  The sign-in is carried over if it is newer than the one
        there, whose one-time tokens may be spent.  DatabaseFileLost if there is no file at all, or
        one that is still being written; any other DatabaseError if that one is no good, or if
        another bot uses the same file, whose lock somebody deleted.
        """
        engine = self._session.engine
        if not isinstance(engine, SqliteEngine):
            return False
        with suppress(DatabaseFileLost):
            if self._session.is_well():
                engine.place.keep_lock(engine.path)
                return False
        try:
            another = engine.another()
        except DatabaseFileLost:
            self._leave_file()  # at once, for a log that stays would be mixed into another file
            raise
        if another is None:
            return False
        self._leave_file()
        fresh = Database(another, self._clock)
        fresh.refuse_foreign_log()
        fresh.prepare()
        self._carry_sign_in_over(fresh)
        engine.use(another)
        self._may_be_removing = True
        return True

    def make_file(self) -> None:
        """Make a new file in the place of one that is gone.  For the end of a run: what is still to
        be stored would be lost otherwise.
        """
        engine = self._session.engine
        if isinstance(engine, SqliteEngine) and not engine.path.exists():
            self._leave_file()
            made = Database(engine, self._clock)
            made.prepare()
            self._carry_sign_in_over(made)

    def _leave_file(self) -> None:
        if rows := self._session.last_rows(self.LOAD_TOKENS):
            self._signed_in_before = EncryptedTokens(*rows[0])
        self._session.leave()

    def _carry_sign_in_over(self, database: Database) -> None:
        before = self._signed_in_before
        if before is None:
            return
        with database.open() as store:
            found = store.load_tokens()
            if found is None or found.created_at_ms < before.created_at_ms:
                store.save_tokens(before)
        self._signed_in_before = None

    def apply(self, batch: Sequence[Write]) -> list[Applied]:
        """Carry out all writes in order, in one transaction; what each of them did.

        All or nothing.  Tallies come last, the counts of each together.  After DatabaseUnavailable
        the same writes are to be handed in again, maybe with more behind them.  A server may have
        carried them out all the same, if the connection broke between its commit and its answer.
        Then messages, removals, settings, opt-outs and what the bot said are as if written once.
        Tallies, hints and decisions are approximate: they may be there twice; and a removal that is
        repeated finds no rows left to count.
        """
        tallies = [write for write in batch if isinstance(write, Tally)]
        others = [write for write in batch if not isinstance(write, Tally)]
        applied: list[Applied] = []
        with self._session.transaction():
            for is_message, group in groupby(others, lambda write: isinstance(write, Append)):
                if is_message:  # those that follow one another are one insert
                    messages = [write.message for write in group if isinstance(write, Append)]
                    applied += self._append(messages)
                else:
                    applied += (DEEDS[type(write)](self, write) for write in group)
            self._add_tallies(tallies)
        of_others = iter(applied)
        return [Applied(1) if isinstance(w, Tally) else next(of_others) for w in batch]


# What carries out each kind of write but tallies.
DEEDS: Final[Mapping[type[Write], Callable[[Store, Any], Applied]]] = {
    writes.RemoveMessage: Store._remove_message,
    writes.RemoveViewer: Store._remove_viewer,
    writes.RemoveChannel: Store._remove_channel,
    writes.ForgetViewer: Store._forget_viewer,
    writes.RaiseDeletionEpoch: Store._raise_deletion_epoch,
    writes.OptOut: Store._opt_out,
    writes.OptIn: Store._opt_in,
    writes.RecordSpoken: Store._record_spoken,
    writes.NoteReactions: Store._note_reactions,
    writes.AddHint: Store._add_hint,
    writes.ClearHints: Store._clear_hints,
    writes.SetSetting: Store._set_setting,
    writes.BlockTerm: Store._block_term,
    writes.UnblockTerm: Store._unblock_term,
    writes.RecordDecision: Store._record_decision,
    writes.RecordRateLimitEvent: Store._record_rate_limit_event,
    writes.KeepWindow: Store._keep_window,
    writes.IdentifyChannel: Store._identify_channel,
    writes.KeepModelFigures: Store._keep_model_figures,
    writes.KeepFigures: Store._keep_figures,
    writes.KeepState: Store._keep_state,
}
