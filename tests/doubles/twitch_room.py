"""The loopback Twitch chat of `rehearse` with all that a test wants: a log of what the bot did, and
whatever can go wrong."""

from __future__ import annotations

import socket
import ssl
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from clankbot.irc.message import format_line
from clankbot.loopback import twitch_room
from clankbot.loopback.room_client import RoomClient
from clankbot.loopback.room_lines import (
    SERVER,
    RoomMessage,
    bare,
    made_up_user_id,
    notice_line,
    now_ms,
)
from tests.doubles.troubled_socket import TroubledSocket
from tests.waiting import PATIENCE_S

__all__ = ["RoomMessage", "TwitchRoom", "made_up_user_id"]

LOGIN_FAILED: Final = "Login authentication failed"


@dataclass(frozen=True)
class RoomLogin:
    """A login that was tried; ``at`` is monotonic seconds."""

    login: str
    accepted: bool
    at: float


@dataclass(frozen=True)
class RoomJoin:
    """A channel that the bot joined, on its ``connection``-th connection; ``at`` as above."""

    channel: str
    connection: int
    at: float


class TwitchRoom(twitch_room.TwitchRoom):
    """A room to test a bot with.

    Typical use::

        with TwitchRoom() as room:
            ...  # start a bot with TWITCH_IRC_URL=room.url
            room.wait_joined(["alpha"])
            asked = room.say("alpha", "vera", "hey @clankbot, how are you?")
            assert room.wait_message("alpha").reply_to == asked
    """

    def __init__(
        self,
        bot_login: str = "clankbot",
        bot_user_id: str | None = None,
        *,
        accept: Callable[[str], bool] = lambda token: True,
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        """``accept`` judges access tokens."""
        super().__init__(bot_login, bot_user_id)
        # What happened, in order; when each TCP connection was made, those turned away included.
        self.connections: list[float] = []
        self.logins: list[RoomLogin] = []
        self.joins: list[RoomJoin] = []
        # Every line of the bot, and every chat message, those refused included.
        self.lines: list[str] = []
        self.messages: list[RoomMessage] = []
        # Send everything to later connections in odd little pieces.
        self.split_writes = False
        self._accept_token = accept
        self._tls_context = tls_context
        self._moderated: set[str] = set()
        self._connections_to_refuse = 0
        self._logins_to_refuse = 0
        self._sockets: list[TroubledSocket] = []
        self._numbers: dict[RoomClient, int] = {}

    @property
    def host(self) -> str:
        """The name to connect to; with TLS, the one that a test's certificate is for."""
        return "localhost" if self._tls_context else super().host

    @property
    def url(self) -> str:
        """The address as the setting TWITCH_IRC_URL has it."""
        return f"{'ircs' if self._tls_context else 'irc'}://{self.host}:{self.port}"

    # --- what the bot did, and waiting for it ---

    def wait_for(
        self, condition: Callable[[], bool], what: str = "it", timeout_s: float = PATIENCE_S
    ) -> None:
        """As in the rehearsal, but with the patience of a test on a busy machine."""
        super().wait_for(condition, what, timeout_s)

    def wait_joined(self, channels: Iterable[str], timeout_s: float = PATIENCE_S) -> None:
        """The same."""
        super().wait_joined(channels, timeout_s)

    def wait_message(
        self, channel: str | None = None, since: int = 0, timeout_s: float = PATIENCE_S
    ) -> RoomMessage:
        """The bot's first message (in the channel), its first ``since`` messages left out."""

        def found() -> list[RoomMessage]:
            said = self.messages[since:]
            return said if channel is None else [m for m in said if m.channel == bare(channel)]

        self.wait_for(lambda: bool(found()), f"a message in {channel or 'any channel'}", timeout_s)
        return found()[0]

    def wait_line(self, start: str, since: int = 0, timeout_s: float = PATIENCE_S) -> str:
        """The bot's first line that begins with ``start``, its first ``since`` lines left out."""

        def found() -> list[str]:
            return [line for line in self.lines[since:] if line.startswith(start)]

        self.wait_for(lambda: bool(found()), f"a line {start!r}", timeout_s)
        return found()[0]

    def barrier(self, timeout_s: float = PATIENCE_S) -> None:
        """Until the bot has read all that was sent to it: it has answered a PING."""
        token = uuid.uuid4().hex
        self.raw(format_line("PING", trailing=token))
        self.wait_line(f"PONG :{token}", timeout_s=timeout_s)

    def everybody(self) -> list[RoomClient]:
        """Who is connected just now."""
        with self.changed:
            return list(self.clients)

    # --- what happens in the room ---

    def say(
        self,
        channel: str,
        login: str,
        text: str,
        *,
        is_mod: bool = False,
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
            tags |= _reply_tags(reply_to, self.shown.get(reply_to))
        if source_room_id is not None:
            tags |= {
                "source-badges": "",
                "source-badge-info": "",
                "source-id": str(uuid.uuid4()),
                "source-room-id": source_room_id,
            }
        message = RoomMessage(
            channel=bare(channel),
            login=login.lower(),
            user_id=user_id or made_up_user_id(login),
            display_name=login if display_name is None else display_name,
            text=text,
            message_id=message_id or str(uuid.uuid4()),
            tags=tags,
        )
        roles = {"moderator": is_mod, "lead_moderator": is_lead_mod, "vip": is_vip}
        self.show(
            message,
            badges=[badge for badge, has in roles.items() if has],
            sent_at_ms=now_ms() if sent_at_ms is None else sent_at_ms,
        )
        return message.message_id

    def set_moderator(self, channel: str, is_mod: bool = True) -> None:
        """The bot becomes a moderator of the channel, or ceases to be one."""
        (self._moderated.add if is_mod else self._moderated.discard)(bare(channel))
        self.to_channel(channel, self.own_state(bare(channel)))

    def notice(self, channel: str, notice_id: str, text: str) -> None:
        """Twitch tells the bot something about a channel."""
        self.to_channel(channel, notice_line(bare(channel), notice_id, text))

    def reconnect(self) -> None:
        """Twitch asks the bot to leave its connection and make another."""
        self.raw(format_line("RECONNECT", prefix=SERVER))

    def raw(self, line: str) -> None:
        """Any line, to everybody."""
        self.raw_bytes(line.encode() + b"\r\n")

    def raw_bytes(self, data: bytes) -> None:
        """Any bytes, to everybody."""
        for client in self.everybody():
            client.send_bytes(data)

    # --- what goes wrong ---

    def refuse_connections(self, count: int) -> None:
        """The next connections are closed as soon as they are made."""
        self._connections_to_refuse = count

    def refuse_logins(self, count: int) -> None:
        """The next logins fail, however good their token."""
        self._logins_to_refuse = count

    def drop(self) -> None:
        """Every connection is reset."""
        for sock in self._sockets:
            sock.reset_at_close()
        self.hang_up()

    def hang_up(self) -> None:
        """Every connection is closed in an orderly way, without a word."""
        ended = self.everybody()
        for client in ended:
            client.end()
        self.wait_for(lambda: not set(ended) & set(self.clients), "goodbyes")

    def freeze(self) -> None:
        """Today's connections stay open, but nothing passes in either direction any more."""
        for sock in self._sockets:
            sock.is_frozen = True

    def thaw(self) -> None:
        """Frozen connections live again; what was to be said meanwhile is lost."""
        for sock in self._sockets:
            sock.is_frozen = False

    # --- serving ---

    def let_in(self, sock: socket.socket) -> None:
        with self.changed:
            self.connections.append(time.monotonic())
            self.changed.notify_all()
            if self._connections_to_refuse > 0:
                self._connections_to_refuse -= 1
                sock.close()
                return
            troubled = TroubledSocket(sock, self._tls_context, split_writes=self.split_writes)
            self._sockets.append(troubled)
            super().let_in(troubled)
            self._numbers[self.clients[-1]] = len(self.connections)

    def handle_line(self, client: RoomClient, line: str) -> None:
        self.lines.append(line)
        super().handle_line(client, line)

    def sign_in(self, client: RoomClient, nick: str, problem: str | None) -> None:
        self.logins.append(RoomLogin(nick, problem is None, time.monotonic()))
        super().sign_in(client, nick, problem)

    def password_problem(self, password: str) -> str | None:
        if problem := super().password_problem(password):
            return problem
        if self._logins_to_refuse > 0:
            self._logins_to_refuse -= 1
            return LOGIN_FAILED
        return None if self._accept_token(password.removeprefix("oauth:")) else LOGIN_FAILED

    def join(self, client: RoomClient, login: str, channel: str) -> None:
        self.joins.append(RoomJoin(channel, self._numbers[client], time.monotonic()))
        super().join(client, login, channel)

    def own_state(self, channel: str, **extra: str) -> str:
        roles = {"badges": "moderator/1", "mod": "1", "user-type": "mod"}
        return super().own_state(channel, **(roles if channel in self._moderated else {}), **extra)

    def handle_message(self, client: RoomClient, spoken: RoomMessage) -> None:
        self.messages.append(spoken)
        super().handle_message(client, spoken)


def _reply_tags(parent_id: str, parent: RoomMessage | None) -> dict[str, str]:
    """The tags of a reply; only the id if the room does not know the message answered."""
    tags = {"reply-parent-msg-id": parent_id}
    if parent is not None:
        tags |= {
            "reply-parent-display-name": parent.display_name,
            "reply-parent-msg-body": parent.text,
            "reply-parent-user-id": parent.user_id,
            "reply-parent-user-login": parent.login,
        }
    return tags
