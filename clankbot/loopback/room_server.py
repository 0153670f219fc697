"""The serving half of the loopback Twitch chat: lets clients in and answers what they say."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final, Self

from clankbot.irc.message import IrcMessage, format_line, parse_line
from clankbot.loopback import room_lines
from clankbot.loopback.room_client import RoomClient
from clankbot.loopback.room_lines import SERVER, made_up_user_id
from clankbot.loopback.room_log import RoomJoin, RoomLogin, RoomMessage, ServerLog, bare

CAPABILITIES: Final = frozenset({"twitch.tv/tags", "twitch.tv/commands", "twitch.tv/membership"})

_STEP_S: Final = 0.02
_REMEMBERED: Final = 1000
_ANONYMOUS: Final = re.compile(r"justinfan\d+")
_CALM: Final = {
    "emote-only": "0",
    "followers-only": "-1",
    "r9k": "0",
    "slow": "0",
    "subs-only": "0",
}


class RoomServer(ServerLog):
    """A threaded server on a free port of 127.0.0.1; a context manager that listens from the start.

    What it hears is in the schema; what it should do differently is said by the attributes below.
    """

    def __init__(
        self,
        bot_login: str = "clankbot",
        bot_user_id: str | None = None,
        *,
        accept: Callable[[str], bool] | None = None,
        tls_context: ssl.SSLContext | None = None,
        capabilities: Iterable[str] = CAPABILITIES,
    ) -> None:
        """``accept`` judges access tokens; without it all are good."""
        super().__init__()
        self.bot_login = bot_login
        self.bot_user_id = bot_user_id or made_up_user_id(bot_login)
        self.on_bot_message: Callable[[RoomMessage], None] | None = None
        """Called with each accepted message of the bot, in a thread of the server."""
        self.silent_acceptance = False
        """Accept the bot's messages without telling it."""
        self.split_writes = False
        """Send everything to later connections in odd little pieces."""
        self.connections_to_refuse = 0
        self.logins_to_refuse = 0
        self.refusals: dict[str, tuple[str, str]] = {}
        """The notice (id, text) with which the bot's messages to a channel are refused."""
        self.moderated: set[str] = set()
        """Channels in which the bot is a moderator."""
        self.room_states: dict[str, dict[str, str]] = {}
        self.clients: list[RoomClient] = []
        """Who is connected."""
        self._accept = accept or (lambda token: True)
        self._tls_context = tls_context
        self._capabilities = frozenset(capabilities)
        self._shown: dict[str, RoomMessage] = {}
        self._closing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_STEP_S)
        self._door = threading.Thread(target=self._keep_door, name="room-door", daemon=True)
        self._door.start()

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
        """Stop listening and hang up on everybody."""
        self._closing = True
        self._door.join()
        self._listener.close()
        self.end_all()

    @property
    def host(self) -> str:
        """The name to connect to; with TLS, the one that a test's certificate is for."""
        return "localhost" if self._tls_context else "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """The address as the setting TWITCH_IRC_URL has it."""
        return f"{'ircs' if self._tls_context else 'irc'}://{self.host}:{self.port}"

    def wait_joined(self, channels: Iterable[str], timeout_s: float = 5.0) -> None:
        """Until the bot is in all the channels, on one connection that is open now."""
        wanted = {bare(channel) for channel in channels}

        def joined() -> bool:
            return any(wanted <= client.channels for client in self.clients)

        self.wait_for(joined, f"joins of {sorted(wanted)}", timeout_s)

    def barrier(self, timeout_s: float = 5.0) -> None:
        """Until the bot has read all that was sent to it: it has answered a PING."""
        token = uuid.uuid4().hex
        self.raw(format_line("PING", trailing=token))
        self.wait_line(f"PONG :{token}", timeout_s=timeout_s)

    def raw(self, line: str) -> None:
        """Any line, to everybody."""
        self.raw_bytes(line.encode() + b"\r\n")

    def raw_bytes(self, data: bytes) -> None:
        """Any bytes, to everybody."""
        for client in self.everybody():
            client.send_bytes(data)

    def to_channel(self, channel: str, line: str) -> None:
        """A line to everybody in the channel."""
        for client in self.everybody():
            if bare(channel) in client.channels:
                client.send(line)

    def everybody(self) -> list[RoomClient]:
        """Who is connected just now."""
        with self.changed:
            return list(self.clients)

    def end_all(self, *, reset: bool = False) -> None:
        """End every connection, orderly or with a TCP reset, and wait until that is done."""
        with self.changed:
            ended, self.clients = self.clients, []
        for client in ended:
            client.end(reset=reset)

    def own_state(self, channel: str, **extra: str) -> str:
        """The bot's USERSTATE in a channel."""
        is_mod = channel in self.moderated
        return room_lines.own_state_line(channel, self.bot_login, is_mod=is_mod, extra=extra)

    def remember(self, message: RoomMessage) -> None:
        """Keep a message that was shown, for replies and deletions to come; the oldest goes."""
        self._shown[message.message_id] = message
        if len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def shown(self, message_id: str) -> RoomMessage | None:
        """A message that was shown lately."""
        return self._shown.get(message_id)

    # --- the door ---

    def _keep_door(self) -> None:
        """Thread body: take in whoever connects."""
        while not self._closing:
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self._take_in(sock)

    def _take_in(self, sock: socket.socket) -> None:
        with self.changed:
            self.connections.append(time.monotonic())
            if self.connections_to_refuse > 0:
                self.connections_to_refuse -= 1
                sock.close()
            else:
                client = RoomClient(sock, len(self.connections), split_writes=self.split_writes)
                self.clients.append(client)
                client.start(self._hear, self._forget, self._tls_context)
            self.changed.notify_all()

    def _forget(self, client: RoomClient) -> None:
        with self.changed:
            if client in self.clients:
                self.clients.remove(client)
            self.changed.notify_all()

    # --- what the bot says ---

    def _hear(self, client: RoomClient, line: str) -> None:
        """Take down a line of the bot and answer it; called in the client's thread."""
        with self.changed:
            self.lines.append(line)
            accepted = self._answer(client, parse_line(line))
            self.changed.notify_all()
        if accepted and self.on_bot_message:
            self.on_bot_message(accepted)

    def _answer(self, client: RoomClient, message: IrcMessage) -> RoomMessage | None:
        """Do as a line says; the chat message in it, if there is one and it is accepted."""
        login, params = client.login, message.params
        match message.command:
            case "CAP" if params[:1] == ("REQ",):
                self._grant(client, params[-1])
            case "PASS" if params:
                client.password = params[-1]
            case "NICK" if params:
                self._sign_in(client, params[0].lower())
            case "PING":
                client.send(format_line("PONG", SERVER, trailing=params[-1], prefix=SERVER))
            case "PONG":
                pass
            case "QUIT":
                client.end()
            case "JOIN" if login and params:
                for channel in params[0].split(","):
                    self._let_in(client, login, bare(channel))
            case "PART" if login and params:
                client.channels.discard(bare(params[0]))
                client.send(room_lines.parted_line(bare(params[0]), login))
            case "PRIVMSG" if login and len(params) > 1:
                return self._take_message(client, login, message)
            case command if login:
                client.send(room_lines.unknown_command_line(login, command))
        return None

    def _grant(self, client: RoomClient, wanted: str) -> None:
        known = self._capabilities.issuperset(wanted.split())
        if known:
            client.capabilities.update(wanted.split())
        verdict = "ACK" if known else "NAK"
        client.send(format_line("CAP", "*", verdict, trailing=wanted, prefix=SERVER))

    def _sign_in(self, client: RoomClient, nick: str) -> None:
        """Twitch goes by the token, whatever NICK says; ``justinfan`` and a number needs none."""
        client.is_anonymous = _ANONYMOUS.fullmatch(nick) is not None
        refusal = None if client.is_anonymous else self._why_not(client.password)
        self.logins.append(RoomLogin(nick, refusal is None, time.monotonic()))
        if refusal is not None:
            client.send(room_lines.refusal_line(refusal))
            client.end()
            return
        client.login = nick if client.is_anonymous else self.bot_login
        for line in room_lines.welcome_lines(client.login):
            client.send(line)
        if not client.is_anonymous:
            client.send(room_lines.global_state_line(client.login, self.bot_user_id))

    def _why_not(self, password: str) -> str | None:
        """The text that refuses a password; None for a good one."""
        token = password.removeprefix("oauth:")
        if token == password:
            return "Improperly formatted auth"
        if self.logins_to_refuse > 0:
            self.logins_to_refuse -= 1
        elif self._accept(token):
            return None
        return "Login authentication failed"

    def _let_in(self, client: RoomClient, login: str, channel: str) -> None:
        client.channels.add(channel)
        self.joins.append(RoomJoin(channel, client.number, time.monotonic()))
        for line in room_lines.joined_lines(channel, login):
            client.send(line)
        if not client.is_anonymous:
            client.send(self.own_state(channel))
        state = {**_CALM, **self.room_states.get(channel, {})}
        client.send(room_lines.room_state_line(channel, state))

    def _take_message(
        self, client: RoomClient, login: str, message: IrcMessage
    ) -> RoomMessage | None:
        """A chat message of the bot: refused, or accepted, which its USERSTATE tells it."""
        channel, text = message.params[0], message.params[1]
        spoken = RoomMessage(
            channel=bare(channel),
            login=login,
            user_id=self.bot_user_id,
            display_name=login,
            text=text,
            message_id=str(uuid.uuid4()),
            at=time.monotonic(),
            tags=message.tags,
        )
        self.messages.append(spoken)
        if client.is_anonymous:
            return None
        if spoken.channel in self.refusals:
            client.send(room_lines.notice_line(spoken.channel, *self.refusals[spoken.channel]))
            return None
        self.remember(spoken)
        if not self.silent_acceptance:
            echoed = {k: v for k, v in message.tags.items() if k == "client-nonce"}
            client.send(self.own_state(spoken.channel, id=spoken.message_id, **echoed))
        return spoken
