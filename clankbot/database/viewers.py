"""Viewers own their words: who opted out, who is meant, and forgetting them."""

from __future__ import annotations

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.records import Applied, OptIn, OptOut


class Viewers(Repository):
    """The table ``opt_outs``, and what the other tables hold of one viewer."""

    def opted_out(self) -> frozenset[str]:
        """Ids of the viewers who opted out."""
        return frozenset(user_id for (user_id,) in self._session.rows(sql.OPT_OUTS))

    def find_viewers(self, login_or_id: str, channel: str | None) -> list[tuple[str, str]]:
        """(user id, login) of the viewers with stored messages whom the text may mean.

        More than one where a name has changed hands, or is another viewer's number.
        """
        login = login_or_id.lower()
        if channel is None:
            found = self._session.rows(sql.FIND_VIEWERS, login_or_id, login)
        else:
            found = self._session.rows(
                sql.FIND_VIEWERS_IN_CHANNEL, login_or_id, channel, login, channel
            )
        return [(user_id, login) for user_id, login in found]

    def forget(self, user_id: str, channel: str | None = None) -> int:
        """Delete all that is stored of one viewer, in one channel or all; how many messages.

        What the viewer changed as a moderator stays changed, but no longer tells by whom.  An
        opt-out stays: it is the wish not to be stored.
        """
        with self._session.transaction():
            if channel is None:
                return self._forget_everywhere(user_id)
            self._session.run(sql.UNNAME_CHANGES_IN_CHANNEL, user_id, channel)
            self._session.run(sql.UNNAME_TERMS_IN_CHANNEL, user_id, channel)
            return self._remove(sql.REMOVE_VIEWER, user_id, channel)

    def _forget_everywhere(self, user_id: str) -> int:
        self._session.run(sql.UNNAME_CHANGES, user_id)
        self._session.run(sql.UNNAME_TERMS, user_id)
        return self._remove(sql.REMOVE_VIEWER_EVERYWHERE, user_id)

    def _opt_out(self, write: OptOut) -> Applied:
        self._session.run(sql.ADD_OPT_OUT, write.user_id, write.at_ms)
        return Applied(self._forget_everywhere(write.user_id))

    def _opt_in(self, write: OptIn) -> Applied:
        return Applied(self._session.run(sql.DELETE_OPT_OUT, write.user_id))
