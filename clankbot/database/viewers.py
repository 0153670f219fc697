"""Viewers own their words: who opted out, who is meant, and forgetting them."""

from __future__ import annotations

from typing import Final

from clankbot.database.dialect import both, insert_new, upsert
from clankbot.database.messages import Messages
from clankbot.records.writes import Applied, ForgetViewer, OptIn, OptOut, RaiseDeletionEpoch

# As the table ``counters`` names it.
_DELETION_EPOCH: Final = "call_offs"


class Viewers(Messages):
    """The tables ``opt_outs`` and ``counters``, and what the others hold of one viewer."""

    OPT_OUTS: Final = both("SELECT user_id FROM opt_outs")

    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who opted out."""
        return frozenset(user_id for (user_id,) in self._session.rows(self.OPT_OUTS))

    FIND_VIEWERS: Final = both(
        "SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_viewer)"
        " WHERE user_id = ? AND channel = COALESCE(?, channel)"
        " UNION SELECT user_id, user_login FROM messages FORCE INDEX (messages_by_login)"
        " WHERE user_login = ? AND channel = COALESCE(?, channel)"
        " UNION SELECT changed_by_id, changed_by FROM setting_changes"
        " WHERE (changed_by_id = ? OR changed_by = ?) AND changed_by_id <> ''"
        " AND channel = COALESCE(?, channel)"
        " UNION SELECT changed_by_id, '' FROM channel_terms"
        " WHERE changed_by_id = ? AND changed_by_id <> '' AND channel = COALESCE(?, channel)"
    )

    def find_viewers(self, login_or_id: str, channel: str | None) -> list[tuple[str, str]]:
        """(user id, login) of the viewers of whom anything is stored and whom the text may mean.

        In one channel, or in all for None.  More than one if a name has changed hands, or is
        another viewer's number.  The login is empty if only the id is known.
        """
        user_id, login = login_or_id, login_or_id.lower()
        by_message = (user_id, channel, login, channel)
        by_change = (user_id, login, channel, user_id, channel)
        found = self._session.rows(self.FIND_VIEWERS, *by_message, *by_change)
        return [(user_id, login) for user_id, login in found]

    ANONYMIZE_CHANGES: Final = both(
        "UPDATE setting_changes SET changed_by_id = '', changed_by = ''"
        " WHERE changed_by_id = ? AND channel = COALESCE(?, channel)"
    )
    ANONYMIZE_TERMS: Final = both(
        "UPDATE channel_terms SET changed_by_id = ''"
        " WHERE changed_by_id = ? AND channel = COALESCE(?, channel)"
    )

    def _forget_viewer(self, write: ForgetViewer) -> Applied:
        user_id, channel = write.user_id, write.channel
        self._session.run(self.ANONYMIZE_CHANGES, user_id, channel)
        self._session.run(self.ANONYMIZE_TERMS, user_id, channel)
        if channel is None:
            return Applied(self._begin_removing("everywhere", user_id))
        self._take_along("viewer", user_id, channel)
        return Applied(self._begin_removing("viewer", user_id, channel))

    ADD_OPT_OUT: Final = insert_new("opt_outs", "user_id, since", key="user_id")

    def _opt_out(self, write: OptOut) -> Applied:
        self._session.run(self.ADD_OPT_OUT, write.user_id, write.at_ms)
        return self._forget_viewer(ForgetViewer(None, write.user_id))

    DELETE_OPT_OUT: Final = both("DELETE FROM opt_outs WHERE user_id = ?")

    def _opt_in(self, write: OptIn) -> Applied:
        return Applied(self._session.run(self.DELETE_OPT_OUT, write.user_id))

    COUNTER: Final = both("SELECT n FROM counters WHERE name = ?")

    def deletion_epoch(self) -> int:
        """How often a ``RaiseDeletionEpoch`` was written."""
        return self._session.number(self.COUNTER, _DELETION_EPOCH)

    COUNT_UP: Final = upsert("counters", "name, n", key="name", update="n = n + VALUES(n)")

    def _raise_deletion_epoch(self, write: RaiseDeletionEpoch) -> Applied:
        return Applied(self._session.run(self.COUNT_UP, _DELETION_EPOCH, 1))
