"""A Twitch chat on loopback: what ``rehearse`` plays in, and the tests' one stand-in for Twitch.

The server behind it answers the bot as Twitch does; here is what its caller can make happen: what
viewers say, what moderators do, and what goes wrong.  Any thread may call.
"""

from __future__ import annotations

import time
import uuid

from clankbot.irc.message import format_line
from clankbot.loopback import room_lines
from clankbot.loopback.room_lines import SERVER, made_up_user_id
from clankbot.loopback.room_log import RoomMessage, bare
from clankbot.loopback.room_server import RoomServer

__all__ = ["RoomMessage", "TwitchRoom", "made_up_user_id"]


class TwitchRoom(RoomServer):
    """All of Twitch chat, in miniature.

    A user's id is made up from the login and a channel's is its owner's, so they stay the same.
    Typical use::

        with TwitchRoom() as room:
            ...  # start a bot with TWITCH_IRC_URL=room.url
            room.wait_joined(["alpha"])
            asked = room.say("alpha", "vera", "hey @clankbot, how are you?")
            assert room.wait_message("alpha").reply_to == asked
    """

    # --- what viewers say ---

    def say(
        self,
        channel: str,
        login: str,
        text: str,
        *,
        is_mod: bool = False,
        is_broadcaster: bool = False,
        is_vip: bool = False,
        is_lead_mod: bool = False,
        user_id: str | None = None,
        display_name: str | None = None,
        message_id: str | None = None,
        reply_to: str | None = None,
        source_room_id: str | None = None,
        sent_at_ms: int | None = None,
    ) -> str:
        """A viewer speaks; the message's id.

        ``reply_to`` is the id of a message in the room, a viewer's or the bot's; the text is sent
        as it is, though Twitch would put ``@author`` in front.  ``source_room_id``: the room whose
        shared chat the message is mirrored from.
        """
        tags: dict[str, str] = {}
        if reply_to is not None:
            tags |= room_lines.reply_tags(reply_to, self.shown(reply_to))
        if source_room_id is not None:
            tags |= room_lines.mirrored_tags(source_room_id, source_id=str(uuid.uuid4()))
        message = RoomMessage(
            channel=bare(channel),
            login=login.lower(),
            user_id=user_id or made_up_user_id(login),
            display_name=login if display_name is None else display_name,
            text=text,
            message_id=message_id or str(uuid.uuid4()),
            at=time.monotonic(),
            tags=tags,
        )
        line = room_lines.chat_line(
            message,
            is_mod=is_mod,
            is_broadcaster=is_broadcaster,
            is_vip=is_vip,
            is_lead_mod=is_lead_mod,
            sent_at_ms=_now_ms() if sent_at_ms is None else sent_at_ms,
        )
        self.remember(message)
        self.to_channel(channel, line)
        return message.message_id

    # --- what moderators do ---

    def delete(self, channel: str, message_id: str, login: str | None = None) -> None:
        """One message is deleted; ``login`` is its author, where the room has not shown it."""
        shown = self.shown(message_id)
        author, text = (shown.login, shown.text) if shown else ("", "")
        line = room_lines.deleted_line(bare(channel), message_id, login or author, text, _now_ms())
        self.to_channel(channel, line)

    def ban(
        self, channel: str, login: str, seconds: int | None = None, user_id: str | None = None
    ) -> None:
        """A viewer, or the bot, is banned, or timed out for some seconds."""
        if user_id is None:
            user_id = self.bot_user_id if login == self.bot_login else made_up_user_id(login)
        line = room_lines.banned_line(bare(channel), login.lower(), user_id, seconds, _now_ms())
        self.to_channel(channel, line)

    def clear(self, channel: str) -> None:
        """The whole chat is cleared."""
        self.to_channel(channel, room_lines.cleared_line(bare(channel), _now_ms()))

    def room_state(self, channel: str, **changes: int) -> None:
        """The room's modes change: ``slow``, ``emote_only``, ``followers_only``, ``subs_only``,
        ``r9k``."""
        changed = {name.replace("_", "-"): str(value) for name, value in changes.items()}
        self.room_states.setdefault(bare(channel), {}).update(changed)
        self.to_channel(channel, room_lines.room_state_line(bare(channel), changed))

    def set_moderator(self, channel: str, is_mod: bool = True) -> None:
        """The bot becomes a moderator of the channel, or ceases to be one."""
        (self.moderated.add if is_mod else self.moderated.discard)(bare(channel))
        self.to_channel(channel, self.own_state(bare(channel)))

    # --- what goes wrong ---

    def notice(self, channel: str, notice_id: str, text: str) -> None:
        """Twitch tells the bot something about a channel."""
        self.to_channel(channel, room_lines.notice_line(bare(channel), notice_id, text))

    def refuse_messages(self, channel: str, notice_id: str, text: str) -> None:
        """From now on the bot's messages to the channel are refused with this notice."""
        self.refusals[bare(channel)] = (notice_id, text)

    def accept_messages(self, channel: str) -> None:
        """The bot's messages to the channel are accepted again."""
        self.refusals.pop(bare(channel), None)

    def refuse_connections(self, count: int) -> None:
        """The next connections are closed as soon as they are made."""
        self.connections_to_refuse = count

    def refuse_logins(self, count: int) -> None:
        """The next logins fail, however good their token."""
        self.logins_to_refuse = count

    def reconnect(self) -> None:
        """Twitch asks the bot to leave its connection and make another."""
        self.raw(format_line("RECONNECT", prefix=SERVER))

    def drop(self) -> None:
        """Every connection is reset."""
        self.end_all(reset=True)

    def hang_up(self) -> None:
        """Every connection is closed in an orderly way, without a word."""
        self.end_all()

    def freeze(self) -> None:
        """Today's connections stay open, but nothing passes in either direction any more."""
        for client in self.everybody():
            client.frozen = True

    def thaw(self) -> None:
        """Frozen connections live again; what was to be said meanwhile is lost."""
        for client in self.everybody():
            client.frozen = False


def _now_ms() -> int:
    return int(time.time() * 1000)
