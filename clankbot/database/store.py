"""The database as one thread sees it: every question, and one way to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, Self

from clankbot.database.channels import Channels
from clankbot.database.housekeeping import Housekeeping
from clankbot.database.spoken import Spoken
from clankbot.database.tokens import Tokens
from clankbot.database.viewers import Viewers
from clankbot.records import writes
from clankbot.records.writes import Append, Applied, Write


class Store(Spoken, Viewers, Channels, Tokens, Housekeeping):
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
}
