"""A Twitch chat on loopback: the room that ``rehearse`` plays in.

It answers a bot as Twitch does, and its owner can make happen what viewers and moderators do.  One
thread accepts clients and each client has its own; any thread may call.
Source: https://dev.twitch.tv/docs/chat/irc/
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Collection, Iterable
from typing import Final, Self

from clankbot.irc.message import format_line, parse_line
from clankbot.loopback import room_lines
from clankbot.loopback.room_client import RoomClient
from clankbot.loopback.room_lines import SERVER, RoomMessage, bare, made_up_user_id, now_ms

_CAPABILITIES: Final = frozenset({"twitch.tv/tags", "twitch.tv/commands", "twitch.tv/membership"})
_STEP_S: Final = 0.02
_REMEMBERED: Final = 1000
_ANONYMOUS: Final = re.compile(r"justinfan\d+")
_NO_MODES: Final = {
    "emote-only": "0",
    "followers-only": "-1",
    "r9k": "0",
    "slow": "0",
    "subs-only": "0",
}


class TwitchRoom:
    """All of Twitch chat in miniature, on a free port of 127.0.0.1; listens while entered.

    A user's id is made up from the login and a channel's is its owner's, so they stay the same.
    Typical use::

        with TwitchRoom() as room:
            ...  # start a bot with TWITCH_IRC_URL=irc://HOST:PORT of the room
            room.wait_joined(["alpha"])
            room.say("alpha", "vera", "hey @clankbot, how are you?")
    """

    def __init__(self, bot_login: str = "clankbot", bot_user_id: str | None = None) -> None:
        self.bot_login = bot_login
        self.bot_user_id = bot_user_id or made_up_user_id(bot_login)
        # Called with each accepted message of the bot, in a thread of the room, under its lock.
        self.on_bot_message: Callable[[RoomMessage], None] | None = None
        # Guards everything below, and tells of every change.
        self.changed = threading.Condition()
        self.clients: list[RoomClient] = []
        self._room_states: dict[str, dict[str, str]] = {}
        # The notice (id, text) with which the bot's messages to a channel are refused.
        self._refusals: dict[str, tuple[str, str]] = {}
        # The messages that were shown lately, by id.
        self.shown: dict[str, RoomMessage] = {}
        self._threads = [threading.Thread(target=self._accept, name="room-door", daemon=True)]
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_STEP_S)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop listening and hang up on everybody."""
        self._closing.set()
        self._threads[0].join()
        self._listener.close()
        with self.changed:
            for client in self.clients:
                client.end()
        for thread in self._threads:
            thread.join()

    @property
    def host(self) -> str:
        """The name to connect to."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.getsockname()[1])

    def wait_for(
        self, condition: Callable[[], bool], what: str = "it", timeout_s: float = 5.0
    ) -> None:
        """Until ``condition``, tried at every change of the room, holds; else TimeoutError."""
        with self.changed:
            if not self.changed.wait_for(condition, timeout_s):
                raise TimeoutError(f"the room waited {timeout_s} s in vain for {what}")

    def wait_joined(self, channels: Iterable[str], timeout_s: float = 5.0) -> None:
        """Until the bot is in all the channels, on one connection that is open now."""
        wanted = {bare(channel) for channel in channels}

        def joined() -> bool:
            return any(wanted <= client.channels for client in self.clients)

        self.wait_for(joined, f"joins of {sorted(wanted)}", timeout_s)

    # --- what viewers and moderators do -----------------------------------------------------------

    def say(self, channel: str, login: str, text: str, *, is_mod: bool = False) -> str:
        """A viewer speaks; the message's id."""
        message = RoomMessage(bare(channel), login.lower(), made_up_user_id(login), login, text)
        self.show(message, badges=["moderator"] if is_mod else [], sent_at_ms=now_ms())
        return message.message_id

    def show(self, message: RoomMessage, badges: Collection[str], sent_at_ms: int) -> None:
        """Everybody in the channel gets the message."""
        self._remember(message)
        self.to_channel(message.channel, room_lines.chat_line(message, badges, sent_at_ms))

    def delete(self, channel: str, message_id: str) -> None:
        """One message is deleted."""
        shown = self.shown.get(message_id)
        author, text = (shown.login, shown.text) if shown else ("", "")
        line = room_lines.deleted_line(bare(channel), message_id, author, text)
        self.to_channel(channel, line)

    def ban(self, channel: str, login: str, seconds: int | None = None) -> None:
        """A viewer, or the bot, is banned, or timed out for some seconds."""
        user_id = self.bot_user_id if login == self.bot_login else made_up_user_id(login)
        line = room_lines.banned_line(bare(channel), login.lower(), user_id, seconds)
        self.to_channel(channel, line)

    def clear(self, channel: str) -> None:
        """The whole chat is cleared."""
        self.to_channel(channel, room_lines.cleared_line(bare(channel)))

    def room_state(self, channel: str, **changes: int) -> None:
        """The room's modes change: ``slow``, ``emote_only``, ``followers_only``, ``subs_only``,
        ``r9k``."""
        changed = {name.replace("_", "-"): str(value) for name, value in changes.items()}
        with self.changed:
            self._room_states.setdefault(bare(channel), {}).update(changed)
            self.to_channel(channel, room_lines.room_state_line(bare(channel), changed))

    def refuse_messages(self, channel: str, notice_id: str, text: str) -> None:
        """From now on the bot's messages to the channel are refused with this notice."""
        self._refusals[bare(channel)] = (notice_id, text)

    def accept_messages(self, channel: str) -> None:
        """The bot's messages to the channel are accepted again."""
        self._refusals.pop(bare(channel), None)

    def to_channel(self, channel: str, line: str) -> None:
        """A line to everybody in the channel."""
        with self.changed:
            for client in self.clients:
                if bare(channel) in client.channels:
                    client.send(line)

    # --- serving ----------------------------------------------------------------------------------

    def _accept(self) -> None:
        """Thread body: let clients in, until the room closes."""
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self.let_in(sock)

    def let_in(self, sock: socket.socket) -> None:
        """Serve a client that has connected, in a thread of its own."""
        client = RoomClient(sock)
        with self.changed:
            self.clients.append(client)
            self.changed.notify_all()
        thread = threading.Thread(
            target=self._serve, args=(client,), name="room-client", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _serve(self, client: RoomClient) -> None:
        """Thread body: handle a client's lines until it is gone."""
        with contextlib.suppress(OSError):  # the client went away: what clients do
            for line in client.lines():
                with self.changed:
                    self.handle_line(client, line)
                    self.changed.notify_all()
        client.close()
        with self.changed:
            self.clients.remove(client)
            self.changed.notify_all()

    def handle_line(self, client: RoomClient, line: str) -> None:
        """Do as a line of the bot says, and answer it."""
        message = parse_line(line)
        login, params = client.login, message.params
        match message.command:
            case "CAP" if params[:1] == ("REQ",):
                wanted = params[-1].split()
                known = _CAPABILITIES.issuperset(wanted)
                client.capabilities.update(wanted if known else ())
                verdict = "ACK" if known else "NAK"
                client.send(format_line("CAP", "*", verdict, trailing=params[-1], prefix=SERVER))
            case "PASS" if params:
                client.password = params[-1]
            case "NICK" if params:
                nick = params[0].lower()
                client.is_anonymous = _ANONYMOUS.fullmatch(nick) is not None
                problem = None if client.is_anonymous else self.password_problem(client.password)
                self.sign_in(client, nick, problem)
            case "PING":
                client.send(format_line("PONG", SERVER, trailing=params[-1], prefix=SERVER))
            case "PONG":
                pass
            case "QUIT":
                client.end()
            case "JOIN" if login and params:
                for channel in params[0].split(","):
                    self.join(client, login, bare(channel))
            case "PART" if login and params:
                channel = bare(params[0])
                client.channels.discard(channel)
                client.send(format_line("PART", f"#{channel}", prefix=room_lines.person(login)))
            case "PRIVMSG" if login and len(params) > 1:
                channel, text = bare(params[0]), params[1]
                spoken = RoomMessage(
                    channel, login, self.bot_user_id, login, text, tags=message.tags
                )
                self.handle_message(client, spoken)
            case command if login:
                client.send(
                    format_line("421", login, command, trailing="Unknown command", prefix=SERVER)
                )

    def sign_in(self, client: RoomClient, nick: str, problem: str | None) -> None:
        """Welcome the client, or refuse it with the text of the problem.

        Twitch goes by the token, whatever NICK says; ``justinfan`` and a number needs none.
        """
        if problem is not None:
            client.send(format_line("NOTICE", "*", trailing=problem, prefix=SERVER))
            client.end()
            return
        client.login = nick if client.is_anonymous else self.bot_login
        for line in room_lines.welcome_lines(client.login):
            client.send(line)
        if not client.is_anonymous:
            client.send(room_lines.global_state_line(client.login, self.bot_user_id))

    def password_problem(self, password: str) -> str | None:
        """The text that refuses a password; None for a good one, as any token is."""
        return None if password.startswith("oauth:") else "Improperly formatted auth"

    def join(self, client: RoomClient, login: str, channel: str) -> None:
        """The client is in the channel from now on."""
        client.channels.add(channel)
        for line in room_lines.joined_lines(channel, login):
            client.send(line)
        if not client.is_anonymous:
            client.send(self.own_state(channel))
        state = _NO_MODES | self._room_states.get(channel, {})
        client.send(room_lines.room_state_line(channel, state))

    def own_state(self, channel: str, **extra: str) -> str:
        """The bot's USERSTATE in a channel."""
        return room_lines.own_state_line(channel, self.bot_login, extra)

    def handle_message(self, client: RoomClient, spoken: RoomMessage) -> None:
        """A chat message of the bot: refused, or accepted, which its USERSTATE tells it."""
        if client.is_anonymous:
            return
        if refusal := self._refusals.get(spoken.channel):
            client.send(room_lines.notice_line(spoken.channel, *refusal))
            return
        self._remember(spoken)
        echoed = {k: v for k, v in spoken.tags.items() if k == "client-nonce"}
        client.send(self.own_state(spoken.channel, id=spoken.message_id, **echoed))
        if self.on_bot_message:
            self.on_bot_message(spoken)

    def _remember(self, message: RoomMessage) -> None:
        """Keep a message for replies and deletions to come; the oldest goes."""
        with self.changed:
            self.shown[message.message_id] = message
            if len(self.shown) > _REMEMBERED:
                del self.shown[next(iter(self.shown))]
