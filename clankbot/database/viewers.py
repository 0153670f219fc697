"""Viewers own their words: who opted out, who is meant, and forgetting them."""

from __future__ import annotations

from typing import Final

from clankbot.database import sql
from clankbot.database.removing import Removing
from clankbot.records.writes import Applied, ForgetViewer, OptIn, OptOut

_CALL_OFFS: Final = "call_offs"


class Viewers(Removing):
    """The table ``opt_outs``, and what the other tables hold of one viewer."""

    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who opted out."""
        return frozenset(user_id for (user_id,) in self._session.rows(sql.OPT_OUTS))

    def find_viewers(self, login_or_id: str, channel: str | None) -> list[tuple[str, str]]:
        """(user id, login) of the viewers of whom anything is stored and whom the text may mean.

        More than one where a name has changed hands, or is another viewer's number.  The login is
        empty where only the id is known.
        """
        login = login_or_id.lower()
        if channel is None:
            found = self._session.rows(
                sql.FIND_VIEWERS, login_or_id, login, login_or_id, login, login_or_id
            )
        else:
            found = self._session.rows(
                sql.FIND_VIEWERS_IN_CHANNEL,
                *(login_or_id, channel, login, channel),
                *(channel, login_or_id, login, channel, login_or_id),
            )
        return [(user_id, login) for user_id, login in found]

    def deletion_epoch(self) -> int:
        """How often a ``RaiseDeletionEpoch`` was written."""
        return self._session.number(sql.COUNTER, _CALL_OFFS)

    def _call_off(self) -> Applied:
        return Applied(self._session.run(sql.COUNT_UP, _CALL_OFFS, 1))

    def _forget_viewer(self, write: ForgetViewer) -> Applied:
        user_id, channel = write.user_id, write.channel
        if channel is None:
            return Applied(self._forget_everywhere(user_id))
        self._session.run(sql.UNNAME_CHANGES_IN_CHANNEL, user_id, channel)
        self._session.run(sql.UNNAME_TERMS_IN_CHANNEL, user_id, channel)
        return Applied(self._begin_removing("viewer", user_id, channel))

    def _forget_everywhere(self, user_id: str) -> int:
        self._session.run(sql.UNNAME_CHANGES, user_id)
        self._session.run(sql.UNNAME_TERMS, user_id)
        return self._begin_removing("everywhere", user_id)

    def _opt_out(self, write: OptOut) -> Applied:
        self._session.run(sql.ADD_OPT_OUT, write.user_id, write.at_ms)
        return Applied(self._forget_everywhere(write.user_id))

    def _opt_in(self, write: OptIn) -> Applied:
        return Applied(self._session.run(sql.DELETE_OPT_OUT, write.user_id))
