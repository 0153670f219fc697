"""Viewers own their words: who opted out, who is meant, and forgetting them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from clankbot.database.dialect import both, insert_new, upsert
from clankbot.database.messages import Messages
from clankbot.database.session import Row
from clankbot.records.writes import Applied, ForgetViewer, OptIn, OptOut, RaiseDeletionEpoch
from clankbot.text import without_unseen

_LOGIN: Final = re.compile(r"[a-z0-9_]{1,25}", re.ASCII)
_ID: Final = re.compile(r"(?:id:)?([0-9]{1,20})", re.ASCII)
# As clients put it in for a click on a name that is not the login.
_WITH_LOGIN: Final = re.compile(r".*\S\s*[(（]\s*@?([a-z0-9_]{1,25})\s*[)）]", re.ASCII)

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
        " UNION SELECT changed_by_id, changed_by FROM setting_changes"
        " WHERE (changed_by_id = ? OR changed_by = ?) AND changed_by_id <> ''"
        " AND channel = COALESCE(?, channel)"
        " UNION SELECT changed_by_id, '' FROM channel_terms"
        " WHERE changed_by_id = ? AND changed_by_id <> '' AND channel = COALESCE(?, channel)"
    )
    WITH_LOGIN: Final = both(
        "SELECT DISTINCT user_id, user_login FROM messages WHERE user_login = ?"
    )
    WITH_LOGIN_IN_CHANNEL: Final = both(
        "SELECT DISTINCT user_id, user_login FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE user_login = ? AND channel = ?"
    )

    def find_viewers(self, name: str, channel: str | None) -> list[tuple[str, str]]:
        """(user id, login) of the viewers of whom anything is stored and whom the name may mean.

        In one channel, or in all for None.  The name is a login, an id or a display name, with or
        without ``@``, or ``Name(login)``; ``id:123`` is an id for sure.  More than one viewer if a
        name has changed hands, or is another's number.  The login is empty if only the id is known.
        Unless it is an id, this reads every message of the channel: 0.1 s for the 10,000 that are
        kept by default.
        """
        user_id, login, display_name = _read_name(name)
        by_change = (user_id, login, channel, user_id, channel)
        found = self._session.rows(self.FIND_VIEWERS, user_id, channel, *by_change)
        if login is not None:
            found += self._with_login(login, channel)
        if display_name is not None:
            found += self._called(display_name, channel)
        return list(dict.fromkeys((user_id, login) for user_id, login in found))

    def _with_login(self, login: str, channel: str | None) -> list[Row]:
        if channel is None:
            return self._session.rows(self.WITH_LOGIN, login)
        return self._session.rows(self.WITH_LOGIN_IN_CHANNEL, login, channel)

    LOCALIZED_NAMES: Final = both(
        "SELECT DISTINCT user_id, user_login, user_display_name FROM messages"
        " WHERE LOWER(user_display_name) <> user_login"
    )
    LOCALIZED_NAMES_IN_CHANNEL: Final = both(
        "SELECT DISTINCT user_id, user_login, user_display_name"
        " FROM messages FORCE INDEX (messages_by_channel)"
        " WHERE channel = ? AND LOWER(user_display_name) <> user_login"
    )

    def _called(self, display_name: str, channel: str | None) -> list[Row]:
        """Those with this display name: their login in other letters, or in other words."""
        if channel is None:
            rows = self._session.rows(self.LOCALIZED_NAMES)
        else:
            rows = self._session.rows(self.LOCALIZED_NAMES_IN_CHANNEL, channel)
        wanted = _name_key(display_name)
        return [(user_id, login) for user_id, login, name in rows if _name_key(name) == wanted]

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


def _read_name(name: str) -> tuple[str | None, str | None, str | None]:
    """The user id, the login and the display name that it may be; None for what it cannot be."""
    written = without_unseen(name).strip(" ,").lower()
    bare = written.lstrip("@ ")
    if with_login := _WITH_LOGIN.fullmatch(bare):
        return None, with_login[1], None
    number = _ID.fullmatch(written)
    if number and written.startswith("id:"):
        return number[1], None, None
    if _LOGIN.fullmatch(bare):
        return number[1] if number else None, bare, None
    return None, None, bare or None


def _name_key(display_name: str) -> str:
    """What tells one display name from another, however it was typed."""
    return unicodedata.normalize("NFKC", without_unseen(display_name)).casefold().strip()
