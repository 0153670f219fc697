"""The room of the tests, which also tells what has reached the bot, and lets a stranger answer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

from clankbot.loopback.room_client import RoomClient
from tests.doubles.drips import Script
from tests.doubles.troubled_socket import TroubledSocket
from tests.doubles.twitch_room import TwitchRoom

_MARK = "heard-"
_PAUSE_S = 0.05


class FaultRoom(TwitchRoom):
    """A room in which it is exactly known what Twitch has delivered."""

    def __init__(
        self,
        bot_login: str,
        bot_user_id: str,
        accept: Callable[[str], bool],
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(bot_login, bot_user_id, accept=accept, tls_context=tls_context)
        # Monotonic seconds at which the bot had read all before a mark.
        self.heard_at: dict[int, float] = {}
        # Takes all that is said and says nothing more, not even PONG.
        self.is_mute = False
        # Who is at the door instead of Twitch.
        self._stranger: Script | None = None
        self._guests: list[threading.Thread] = []

    def reaches(self, channel: str) -> bool:
        """Whether a line said to the channel now is delivered to the bot.  Hold ``changed``."""
        return not self.is_mute and any(
            channel in client.channels and not self._is_lost(client) for client in self.clients
        )

    @staticmethod
    def _is_lost(client: RoomClient) -> bool:
        sock = client._socket  # the room's own, which nobody else has to know
        return isinstance(sock, TroubledSocket) and (sock.is_frozen or sock._ending.is_set())

    def mark(self, number: int) -> None:
        """Have ``heard_at`` tell when the bot has read all that was said before this."""
        if not self.is_mute:
            self.raw(f"PING :{_MARK}{number}")

    def handle_line(self, client: RoomClient, line: str) -> None:
        if line.startswith(f"PONG :{_MARK}"):
            self.heard_at[int(line.partition(_MARK)[2])] = time.monotonic()
        if self.is_mute and not line.startswith("QUIT"):
            self.lines.append(line)
            return
        super().handle_line(client, line)

    def to_channel(self, channel: str, line: str) -> None:
        if not self.is_mute:
            super().to_channel(channel, line)

    @contextlib.contextmanager
    def stranger(self, script: Script) -> Iterator[None]:
        """In this block somebody else opens the door to those who connect."""
        self._stranger = script
        try:
            yield
        finally:
            self._stranger = None
            for guest in self._guests:
                guest.join()
            self._guests.clear()

    def let_in(self, sock: socket.socket) -> None:
        if self._stranger is None:
            super().let_in(sock)
            return
        with self.changed:
            self.connections.append(time.monotonic())
            self.changed.notify_all()
        guest = threading.Thread(target=self._play, args=(sock, self._stranger), daemon=True)
        guest.start()
        self._guests.append(guest)

    def _play(self, sock: socket.socket, script: Script) -> None:
        with contextlib.suppress(OSError), sock:
            sock.settimeout(_PAUSE_S)
            for piece in script():
                if self._stranger is not script:
                    return
                sock.sendall(piece)
                with contextlib.suppress(TimeoutError):
                    while sock.recv(65536):
                        pass
                    return
