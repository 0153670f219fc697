"""A Twitch chat on loopback: what ``rehearse`` plays in, and the tests' only stand-in for Twitch.

A small, real, threaded server.  It answers the bot as Twitch does and leaves the rest to its caller:
what viewers say, what moderators do, and what goes wrong.  It keeps a record of what it heard, and
can wait for it.  All public methods may be called from any thread.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from clankbot.irc.message import IrcMessage, format_line, parse_line
from clankbot.rehearsal import room_lines
from clankbot.rehearsal.room_client import RoomClient
from clankbot.rehearsal.room_lines import SERVER, RoomMessage, made_up_user_id

CAPABILITIES: Final = frozenset({"twitch.tv/tags", "twitch.tv/commands", "twitch.tv/membership"})

_STEP_S: Final = 0.05
_ANONYMOUS = re.compile(r"justinfan\d+")
_CALM: Final = {"emote-only": "0", "followers-only": "-1", "r9k": "0", "slow": "0", "subs-only": "0"}


@dataclass(frozen=True, slots=True)
class RoomLogin:
    """A login that was tried; ``at`` is in monotonic seconds."""

    login: str
    accepted: bool
    at: float


@dataclass(frozen=True, slots=True)
class RoomJoin:
    """A channel that the bot joined, on its ``connection``-th connection."""

    channel: str
    connection: int
    at: float


class TwitchRoom:
    """The server; a context manager that listens from the start.

    ``accept`` judges access tokens; without it all are good.  With ``tls_context`` it speaks TLS and
    calls itself ``localhost``.
    """

    def __init__(
        self,
        bot_login: str = "clankbot",
        bot_user_id: str | None = None,
        *,
        accept: Callable[[str], bool] | None = None,
        tls_context: ssl.SSLContext | None = None,
        capabilities: Iterable[str] = CAPABILITIES,
        split_writes: bool = False,
        on_bot_message: Callable[[RoomMessage], None] | None = None,
        now_ms: Callable[[], int] = lambda: int(time.time() * 1000),
    ) -> None:
        self.bot_login = bot_login
        self.bot_user_id = bot_user_id or made_up_user_id(bot_login)
        self.on_bot_message = on_bot_message
        self.silent_acceptance = False
        """Accept the bot's messages without a word."""
        self.split_writes = split_writes
        """Send everything in odd little pieces."""
        self.connections: list[float] = []
        """When each TCP connection was made, those turned away included; monotonic seconds."""
        self.logins: list[RoomLogin] = []
        self.joins: list[RoomJoin] = []
        self.lines: list[str] = []
        """Every line the bot sent."""
        self.messages: list[RoomMessage] = []
        """Every chat message of the bot, those refused included."""
        self._accept = accept or (lambda token: True)
        self._tls_context = tls_context
        self._capabilities = frozenset(capabilities)
        self._now_ms = now_ms
        self._shown: dict[str, RoomMessage] = {}
        self._room_states: dict[str, dict[str, str]] = {}
        self._moderated: set[str] = set()
        self._refusals: dict[str, tuple[str, str]] = {}
        self._connections_to_refuse = 0
        self._logins_to_refuse = 0
        self._clients: list[RoomClient] = []
        self._changed = threading.Condition()
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_STEP_S)
        self._acceptor = threading.Thread(target=self._welcome_all, name="room-door", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up on everybody and stop listening."""
        self._closing = True
        self._acceptor.join()
        self._listener.close()
        self.hang_up()

    @property
    def host(self) -> str:
        """The name to connect to: the one in the certificate, with TLS."""
        return "localhost" if self._tls_context else "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The address as TWITCH_IRC_URL has it."""
        return f"{'ircs' if self._tls_context else 'irc'}://{self.host}:{self.port}"

    # --- what people do ---

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

        ``reply_to`` is the id of a message that the room has shown, a viewer's or the bot's; as on
        Twitch its author is then named at the front of the text.
        """
        message_id = message_id or str(uuid.uuid4())
        tags: dict[str, str] = {}
        if reply_to is not None:
            parent = self._shown[reply_to]
            tags |= room_lines.reply_tags(parent)
            text = f"@{parent.display_name} {text}"
        if source_room_id is not None:
            tags |= room_lines.mirrored_tags(source_room_id, str(uuid.uuid4()))
        message = RoomMessage(
            channel=_bare(channel),
            login=login.lower(),
            user_id=user_id or made_up_user_id(login),
            display_name=login if display_name is None else display_name,
            text=text,
            message_id=message_id,
            at=time.monotonic(),
            tags=tags,
        )
        line = room_lines.chat_line(
            message,
            is_mod=is_mod,
            is_broadcaster=is_broadcaster,
            is_vip=is_vip,
            is_lead_mod=is_lead_mod,
            sent_at_ms=self._now_ms() if sent_at_ms is None else sent_at_ms,
        )
        self._show(message, line)
        return message_id

    def delete(self, channel: str, message_id: str, login: str = "") -> None:
        """A moderator deletes one message."""
        shown = self._shown.get(message_id)
        login = login or (shown.login if shown else "")
        text = shown.text if shown else ""
        line = room_lines.deleted_line(_bare(channel), message_id, login, text, self._now_ms())
        self._to_channel(channel, line)

    def ban(
        self, channel: str, login: str, seconds: int | None = None, user_id: str | None = None
    ) -> None:
        """A moderator bans a viewer, or times one out for some seconds."""
        user_id = user_id or self._user_id(login)
        line = room_lines.banned_line(
            _bare(channel), login.lower(), user_id, seconds, self._now_ms()
        )
        self._to_channel(channel, line)

    def clear(self, channel: str) -> None:
        """A moderator clears the whole chat."""
        self._to_channel(channel, room_lines.cleared_line(_bare(channel), self._now_ms()))

    def room_state(self, channel: str, **changes: int) -> None:
        """The room's mode changes: ``slow=10``, ``emote_only=1``, ``followers_only``, ``r9k`` ..."""
        changed = {name.replace("_", "-"): str(value) for name, value in changes.items()}
        self._room_states.setdefault(_bare(channel), dict(_CALM)).update(changed)
        self._to_channel(channel, room_lines.room_state_line(_bare(channel), changed))

    def set_moderator(self, channel: str, is_mod: bool = True) -> None:
        """The bot becomes a moderator of the channel, or ceases to be one."""
        (self._moderated.add if is_mod else self._moderated.discard)(_bare(channel))
        self._to_channel(channel, self._own_state(_bare(channel)))

    def notice(self, channel: str, notice_id: str, text: str) -> None:
        """Twitch tells the bot something about a channel."""
        self._to_channel(channel, room_lines.notice_line(_bare(channel), notice_id, text))

    # --- what goes wrong ---

    def refuse_messages(self, channel: str, notice_id: str, text: str) -> None:
        """From now on the bot's messages to the channel are refused with this notice."""
        self._refusals[_bare(channel)] = (notice_id, text)

    def accept_messages(self, channel: str) -> None:
        """The bot's messages to the channel are accepted again."""
        self._refusals.pop(_bare(channel), None)

    def refuse_connections(self, count: int) -> None:
        """The next connections are closed as soon as they are made."""
        self._connections_to_refuse = count

    def refuse_logins(self, count: int) -> None:
        """The next logins fail, however good their token."""
        self._logins_to_refuse = count

    def reconnect(self) -> None:
        """Twitch asks the bot to leave this connection and make another."""
        self.raw(format_line("RECONNECT", prefix=SERVER))

    def drop(self) -> None:
        """Every connection is reset."""
        self._end_all(reset=True)

    def hang_up(self) -> None:
        """Every connection is closed in an orderly way, without a word."""
        self._end_all(reset=False)

    def freeze(self) -> None:
        """Today's connections stay open, but nothing passes in either direction any more."""
        for client in self._everybody():
            client.frozen = True

    def thaw(self) -> None:
        """Frozen connections live again; what was said meanwhile is lost."""
        for client in self._everybody():
            client.frozen = False

    def raw(self, line: str) -> None:
        """Any line, to everybody."""
        self.raw_bytes(line.encode() + b"\r\n")

    def raw_bytes(self, data: bytes) -> None:
        """Any bytes, to everybody."""
        for client in self._everybody():
            client.send_bytes(data)

    # --- waiting ---

    def wait_for(
        self, condition: Callable[[], bool], what: str = "it", timeout_s: float = 5.0
    ) -> None:
        """Until ``condition`` holds, which may look at the records; TimeoutError otherwise."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise TimeoutError(f"the room waited {timeout_s} s in vain for {what}")

    def wait_message(
        self, channel: str | None = None, since: int = 0, timeout_s: float = 5.0
    ) -> RoomMessage:
        """The bot's first message (in the channel) that is not among its first ``since``."""

        def found() -> list[RoomMessage]:
            wanted = None if channel is None else _bare(channel)
            return [m for m in self.messages[since:] if wanted in (None, m.channel)]

        self.wait_for(lambda: bool(found()), f"a message in {channel or 'any channel'}", timeout_s)
        return found()[0]

    def wait_joined(self, channels: Iterable[str], timeout_s: float = 5.0) -> None:
        """Until the bot is in all the channels, on one connection that is open now."""
        wanted = {_bare(channel) for channel in channels}
        self.wait_for(
            lambda: any(wanted <= client.channels for client in self._clients),
            f"joins of {sorted(wanted)}",
            timeout_s,
        )

    def wait_line(self, start: str, since: int = 0, timeout_s: float = 5.0) -> str:
        """The bot's first line, not among its first ``since``, that begins with ``start``."""

        def found() -> list[str]:
            return [line for line in self.lines[since:] if line.startswith(start)]

        self.wait_for(lambda: bool(found()), f"a line {start!r}", timeout_s)
        return found()[0]

    def barrier(self, timeout_s: float = 5.0) -> None:
        """Until the bot has read all that was sent to it: it has answered a PING."""
        token = uuid.uuid4().hex
        self.raw(format_line("PING", trailing=token))
        self.wait_line(f"PONG :{token}", timeout_s=timeout_s)

    # --- the door ---

    def _welcome_all(self) -> None:
        """Thread body: take in whoever connects."""
        while not self._closing:
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self._welcome(sock)

    def _welcome(self, sock: socket.socket) -> None:
        with self._changed:
            self.connections.append(time.monotonic())
            if self._connections_to_refuse > 0:
                self._connections_to_refuse -= 1
                sock.close()
            else:
                client = RoomClient(sock, len(self.connections))
                client.split_writes = self.split_writes
                self._clients.append(client)
                client.start(self._hear, self._forget, self._tls_context)
            self._changed.notify_all()

    def _forget(self, client: RoomClient) -> None:
        with self._changed:
            if client in self._clients:
                self._clients.remove(client)
            self._changed.notify_all()

    def _end_all(self, *, reset: bool) -> None:
        with self._changed:
            clients, self._clients = self._clients, []
        for client in clients:
            client.end(reset=reset)

    def _everybody(self) -> list[RoomClient]:
        with self._changed:
            return list(self._clients)

    # --- what the bot says ---

    def _hear(self, client: RoomClient, line: str) -> None:
        try:
            message = parse_line(line)
        except ValueError:
            return
        spoken = None
        with self._changed:
            self.lines.append(line)
            spoken = self._answer(client, message)
            self._changed.notify_all()
        if spoken and self.on_bot_message:
            self.on_bot_message(spoken)

    def _answer(self, client: RoomClient, message: IrcMessage) -> RoomMessage | None:
        """Do as a line says; the chat message that it was, if accepted."""
        params = message.params
        match message.command:
            case "CAP" if params[:1] == ("REQ",):
                self._grant(client, params[-1])
            case "PASS" if params:
                client.token = params[-1]
            case "NICK" if params:
                self._sign_in(client, params[0].lower())
            case "PING":
                client.send(format_line("PONG", SERVER, trailing=params[-1], prefix=SERVER))
            case "PONG":
                pass
            case "QUIT":
                client.end()
            case "JOIN" if client.login and params:
                for channel in params[0].split(","):
                    self._let_in(client, client.login, _bare(channel))
            case "PART" if client.login and params:
                for channel in params[0].split(","):
                    client.channels.discard(_bare(channel))
                    client.send(room_lines.parted_line(_bare(channel), client.login))
            case "PRIVMSG" if client.login and len(params) > 1:
                return self._take_message(client, message)
            case command if client.login:
                client.send(
                    format_line(
                        "421", client.login, command, trailing="Unknown command", prefix=SERVER
                    )
                )
        return None
    ...
