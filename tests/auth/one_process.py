"""A process of its own for ``test_refreshing``: asks its keeper for a token, prints its hash."""

from __future__ import annotations

import hashlib
import sys
import threading
from pathlib import Path

from clankbot.auth.keys import Encryption
from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.token_store import TokenStore
from clankbot.auth.tokens import TokenKeeper
from clankbot.database.database import Database
from tests.auth.rig import KEY, Hand


def main() -> None:
    """Start, say so, wait for the word to go."""
    clock = Hand()
    print("ready", flush=True)
    path, auth_url, now_s = (sys.stdin.readline().strip() for _ in range(3))
    clock.now_s = float(now_s)
    keeper = TokenKeeper(
        TokenStore(Database.sqlite(Path(path)).open, threading.Event().wait),
        Encryption([KEY]),
        TwitchOAuth(auth_url, "testclientid"),
        clock,
    )
    print(hashlib.sha256(keeper.access_token().reveal().encode()).hexdigest())


if __name__ == "__main__":
    main()
