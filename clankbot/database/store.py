"""The database as one thread sees it: every question, and one way to write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from types import TracebackType
from typing import Self, assert_never

from clankbot.database.channels import Channels
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.spoken import Spoken
from clankbot.database.tokens import Tokens
from clankbot.database.viewers import Viewers
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


class Store(Spoken, Viewers, Channels, Tokens, Housekeeping):
    """All repositories over one connection, usable only in the thread of its first question.

    Any method may raise DatabaseError, and one that writes WriteRefused; see clankbot.errors.
    """

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

        All or nothing.  After DatabaseUnavailable the same writes are to be handed in again, maybe
        with more behind them.  A server may have carried them out all the same, if the connection
        broke between its commit and its answer.  Then messages, removals, settings, opt-outs and
        what the bot said are as if written once.  Tallies, hints and decisions are approximate:
        they may be there twice; and a removal that is repeated finds no rows left to count.
        """
        applied: list[Applied] = []
        with self._session.transaction():
            for is_message, group in groupby(writes, lambda write: isinstance(write, Append)):
                if is_message:  # those that follow one another are one insert
                    messages = [write.message for write in group if isinstance(write, Append)]
                    applied += self._append(messages)
                else:
                    applied += map(self._do, group)
        return applied

    def _do(self, write: Write) -> Applied:
        match write:
            case Append():
                return self._append([write.message])[0]
            case RemoveMessage():
                return self._remove_message(write)
            case RemoveViewer():
                return self._remove_viewer(write)
            case RemoveChannel():
                return self._remove_channel(write)
            case ForgetViewer():
                return self._forget_viewer(write.user_id, write.channel)
            case RaiseDeletionEpoch():
                return self._raise_deletion_epoch()
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
                return self._record_rate_limit_event(write)
            case _:
                assert_never(write)
