"""Forgetting messages, in steps: what is much is begun at once and goes on between other work.

The history of years cannot be deleted in one stroke without holding up everything else, a stop of
the program included.  So a removal deletes its first rows in the transaction that asks for it, and
notes in the same transaction what is to follow; that survives any end of the program.  While some
of it is left, nobody may take what is stored for what may be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from clankbot.database import sql
from clankbot.database.removing_sql import ADD_REMOVAL, END_REMOVAL, NEXT_REMOVAL, REMOVALS
from clankbot.database.repository import Repository

STEP_ROWS: Final = 2_000
"""Some 60 ms of work on a PC and 250 on a Raspberry Pi; few viewers and few chats have more."""


class Removing(Repository):
    """The table ``removals``, and what it is about: messages on their way out."""

    _may_be_removing = True
    """Whether a removal is under way: at first unknown, for an earlier run may have left one."""

    def carry_on_removing(self) -> bool:
        """Delete some more of what is to go; whether any of it is left."""
        if not self._may_be_removing:
            return False
        with self._session.transaction():
            row = self._session.row(NEXT_REMOVAL)
            self._may_be_removing = row is not None
            if row is not None:
                number, scope, up_to_row, *keys = row
                if self._take_step(scope, keys, up_to_row) < STEP_ROWS:
                    self._session.run(END_REMOVAL, number)
        return self._may_be_removing

    def finish_removing(self) -> None:
        """Delete all that is still to go, for whoever has nothing else to do."""
        while self.carry_on_removing():
            continue

    def _begin_removing(self, scope: str, *keys: str) -> int:
        """Delete what moderators or viewers want gone, or begin to; how many messages it is."""
        up_to_row = self._session.number(sql.NEWEST_ID)
        removed = self._take_step(scope, keys, up_to_row)
        if removed < STEP_ROWS:
            return removed
        left = self._session.number(REMOVALS[scope].count, *keys, up_to_row)
        self._session.run(ADD_REMOVAL, scope, up_to_row, keys[0], keys[-1])
        self._may_be_removing = True
        return removed + left

    def _take_step(self, scope: str, keys: Sequence[str], up_to_row: int) -> int:
        """Delete as many as one transaction may."""
        removal = REMOVALS[scope]
        return self._remove(removal.step, *keys[: removal.keys], up_to_row, STEP_ROWS)
