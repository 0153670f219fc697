"""A process of its own for ``test_pair``: asks its keeper for a token, prints the token's hash."""

from __future__ import annotations

import hashlib
import sys
import threading
from pathlib import Path

from clankbot.auth.oauth import TwitchOAuth
from clankbot.auth.seal import Sealer
from clankbot.auth.tokens import TokenKeeper
from clankbot.database.database import Database
from tests.auth.desk import KEY, Clock


def main() -> None:
    """Start, say so, wait for the word to go."""
    clock = Clock()
    print("ready", flush=True)
    path, auth_url, now_s = (sys.stdin.readline().strip() for _ in range(3))
    clock.now_s = float(now_s)
    keeper = TokenKeeper(
        Database.sqlite(Path(path)).open,
        Sealer([KEY]),
        TwitchOAuth(auth_url, "testclientid"),
        wait=threading.Event().wait,
        clock=clock,
        now_ms=clock.now_ms,
    )
    print(hashlib.sha256(keeper.access_token().reveal().encode()).hexdigest())


if __name__ == "__main__":
    main()
