"""A door in front of a server, behind which another server can be put while the program runs."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

_STEP_S: Final = 0.02


class Front:
    """Carries each connection to whatever server stands behind it at that time."""

    def __init__(self, url: str) -> None:
        self._behind = url
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_STEP_S)
        self._closing = threading.Event()
        self._turns = 0
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @contextmanager
    def replaced(self, url: str) -> Iterator[None]:
        """In this block another server is there; connections end at its begin and at its end."""
        before, self._behind = self._behind, url
        self._turns += 1
        try:
            yield
        finally:
            self._behind = before
            self._turns += 1

    def _run(self, body: object, *args: object) -> None:
        thread = threading.Thread(target=body, args=args, name="front", daemon=True)  # type: ignore[arg-type]
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                client, _ = self._listener.accept()
                self._run(self._carry, client, self._turns)

    def _carry(self, client: socket.socket, turn: int) -> None:
        behind = urlsplit(self._behind)
        with (
            client,
            contextlib.suppress(OSError),
            socket.create_connection((behind.hostname or "", behind.port or 0), 5) as server,
            selectors.DefaultSelector() as ready,
        ):
            client.settimeout(5.0)
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while turn == self._turns and not self._closing.is_set():
                for key, _ in ready.select(_STEP_S):
                    assert isinstance(key.fileobj, socket.socket)
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    key.data.sendall(data)
