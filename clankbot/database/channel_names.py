"""What channels are called: everything is stored under a channel's login, and logins change hands.

A channel is known by its id.  When one is seen under a new name, all that is stored under its
former name is carried over in one transaction, its messages in the steps of a removal: the rows
say what the channel is called, for other programs read them, too.  What is stored under a name that
belongs to another id by now is put aside under a name that no channel can have, until its own
channel is seen again.
"""

from __future__ import annotations

from typing import Final

from clankbot.database.dialect import both, upsert
from clankbot.database.messages import Messages
from clankbot.records.answers import ChannelName
from clankbot.records.writes import Applied, CarriedOver, IdentifyChannel

CHANNEL_KEY: Final = "channel_id, login"
CHANNEL_COLUMNS: Final = "is_current, first_seen, last_seen"

# All tables with a column ``channel`` but ``messages``, and whether it is part of a key there.
CARRIED: Final = {
    "spoken": False,
    "hints": False,
    "channel_config": True,
    "setting_changes": False,
    "channel_terms": True,
    "decisions": False,
    "tallies": True,
    "figures": True,
    "windows": True,
    "traffic": False,
}


def put_aside(channel_id: str) -> str:
    """The name under which the data of an id waits that has no name of its own at the moment."""
    return f"id:{channel_id}"


def ownerless(login: str) -> str:
    """The name for what was stored under a login before its channel's id was known."""
    return f"left:{login}"


class ChannelNames(Messages):
    """The table ``channels``, and the column ``channel`` of all others."""

    CHANNEL_NAMES: Final = both(
        f"SELECT {CHANNEL_KEY}, {CHANNEL_COLUMNS} FROM channels"
        " ORDER BY channel_id, first_seen, last_seen"
    )

    def channel_names(self) -> list[ChannelName]:
        """Every name that any channel has or had, those of one id together, the oldest first."""
        return [
            ChannelName(channel_id, login, bool(is_current), first_ms, last_ms)
            for channel_id, login, is_current, first_ms, last_ms in self._session.rows(
                self.CHANNEL_NAMES
            )
        ]

    OWNER: Final = both("SELECT channel_id FROM channels WHERE login = ? AND is_current = 1")
    CURRENT_NAME: Final = both("SELECT login FROM channels WHERE channel_id = ? AND is_current = 1")
    EVER_NAMED: Final = both("SELECT COUNT(*) FROM channels WHERE channel_id = ?")
    MAKE_FORMER: Final = both("UPDATE channels SET is_current = 0 WHERE channel_id = ?")
    SEE: Final = upsert(
        "channels",
        f"{CHANNEL_KEY}, {CHANNEL_COLUMNS}",
        key=CHANNEL_KEY,
        update="is_current = 1, last_seen = VALUES(last_seen)",
    )

    def _identify_channel(self, write: IdentifyChannel) -> Applied:
        """All of it at once, or nothing; only the messages of a long history follow in steps."""
        name, channel_id = write.channel, write.channel_id
        carried: list[CarriedOver] = []
        known = self._session.row(self.CURRENT_NAME, channel_id)
        if known != (name,):
            was_seen = self._session.number(self.EVER_NAMED, channel_id) > 0
            owner = self._session.row(self.OWNER, name)
            if owner:
                self._session.run(self.MAKE_FORMER, owner[0])
                carried += self._carry_over(name, put_aside(owner[0]))
            elif was_seen:
                carried += self._carry_over(name, ownerless(name))
            self._session.run(self.MAKE_FORMER, channel_id)
            if was_seen:
                carried += self._carry_over(known[0] if known else put_aside(channel_id), name)
        self._session.run(self.SEE, channel_id, name, 1, write.at_ms, write.at_ms)
        return Applied(1, carried_over=tuple(carried))

    DROP: Final = {
        table: both(f"DELETE FROM {table} WHERE channel = ?")
        for table, is_key in CARRIED.items()
        if is_key
    }
    RENAME: Final = {
        table: both(f"UPDATE {table} SET channel = ? WHERE channel = ?") for table in CARRIED
    }

    def _carry_over(self, former: str, channel: str) -> list[CarriedOver]:
        """Store everything under another name, where nothing is that anybody still owns."""
        rows = 0
        for table, statement in self.RENAME.items():
            if table in self.DROP:
                self._session.run(self.DROP[table], channel)
            rows += self._session.run(statement, channel, former)
        messages = self._move_messages(former, channel)
        return [CarriedOver(former, channel, messages)] if rows or messages else []
