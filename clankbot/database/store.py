"""The database as one thread sees it: every question, and one way to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from types import TracebackType
from typing import Self, assert_never
from uuid import uuid4

from clankbot.database.batch_marks import BatchMarks
from clankbot.database.channels import Channels
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.messages import History
from clankbot.database.session import Session
from clankbot.database.spoken import MessageKind
from clankbot.database.tokens import Accounts
from clankbot.database.traffic import TrafficLog
from clankbot.database.viewers import Viewers
from clankbot.errors import CommitInDoubt
from clankbot.records.writes import (
    AddHint,
    Append,
    Applied,
    BlockTerm,
    ClearHints,
    ForgetViewer,
    OptIn,
    OptOut,
    RaiseDeletionEpoch,
    RecordDecision,
    RecordRateLimitEvent,
    RecordSpoken,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    SetSetting,
    Tally,
    UnblockTerm,
    Write,
)


class Store(History, MessageKind, Viewers, Channels, Accounts, TrafficLog, Housekeeping):
    """All repositories over one connection, usable only in the thread that opened it.

    Any method may raise DatabaseError, and one that writes WriteRefused; see clankbot.errors.
    """

    def __init__(self, session: Session, now_ms: Callable[[], int]) -> None:
        super().__init__(session, now_ms)
        self._marks = BatchMarks(session, now_ms)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def apply(self, writes: Sequence[Write]) -> list[Applied]:
        """Carry out all writes in order, in one transaction; what each of them did.

        All or nothing.  After DatabaseUnavailable the same writes may be handed in again, with
        more behind them: none is carried out twice, even where the commit was done but its answer
        lost.
        """
        batch = tuple(writes)
        applied: list[Applied] = []
        mark = uuid4().hex
        try:
            with self._session.transaction():
                applied.extend(self._marks.done_before(batch))
                applied.extend(self._carry_out(batch[len(applied) :]))
                self._marks.leave(mark)
        except CommitInDoubt:
            self._marks.doubt(mark, batch, applied)
            raise
        self._marks.forget()
        return applied

    def _carry_out(self, writes: Sequence[Write]) -> Iterator[Applied]:
        """In order; messages that follow one another are stored together."""
        for are_messages, group in groupby(writes, lambda write: isinstance(write, Append)):
            if are_messages:
                yield from self._append([write for write in group if isinstance(write, Append)])
            else:
                for write in group:
                    yield self._do(write)
        self._trim_decisions({w.channel for w in writes if isinstance(w, RecordDecision)})

    def _do(self, write: Write) -> Applied:
        match write:
            case Append():
                (applied,) = self._append([write])
                return applied
            case RemoveMessage():
                return self._remove_message(write)
            case RemoveViewer():
                return self._remove_viewer(write)
            case RemoveChannel():
                return self._remove_channel(write)
            case ForgetViewer():
                return self._forget_viewer(write)
            case RaiseDeletionEpoch():
                return self._call_off()
            case OptOut():
                return self._opt_out(write)
            case OptIn():
                return self._opt_in(write)
            case RecordSpoken():
                return self._record_spoken(write)
            case AddHint():
                return self._add_hint(write)
            case ClearHints():
                return self._clear_hints(write)
            case SetSetting():
                return self._set_setting(write)
            case BlockTerm():
                return self._block_term(write)
            case UnblockTerm():
                return self._unblock_term(write)
            case RecordDecision():
                return self._record_decision(write)
            case Tally():
                return self._add_tally(write)
            case RecordRateLimitEvent():
                return self._record_traffic(write)
            case _:
                assert_never(write)
