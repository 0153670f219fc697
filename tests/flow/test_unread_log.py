"""A standard error that nobody reads: the bot stores, obeys and ends as if somebody did."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.doubles.twitch_id import TwitchId
from tests.flow.program import live_program
from tests.flow.world import sql
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

# At DEBUG each message has a line of more than a hundred characters: several pipes full.
_MANY = 3000


def test_a_log_that_nobody_reads_stops_nothing(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    with live_program(tmp_path) as bot:
        bot.sign_in()
        bot.start(stderr=writer)
        bot.room.wait_for(lambda: bool(bot.room.joins), "a JOIN", PATIENCE_S)
        for number in range(_MANY):
            bot.room.raw(f"@id=m{number};user-id=7 :blorp!v@v PRIVMSG #alpha :blorpword {number}")
        bot.room.say("alpha", "viewer", "all is well")
        wait_until(lambda: sql(tmp_path, "SELECT COUNT(*) FROM messages") == [(1,)])
        began_s = time.monotonic()
        assert bot.stop(signal.SIGTERM) == 0
        assert time.monotonic() - began_s < AT_ONCE_S
    os.close(writer)
    with open(reader, "rb") as unread:
        assert unread.read().count(b"blocked") < _MANY  # or the pipe was not full at all


def test_a_complaint_that_nobody_reads_does_not_keep_the_program(tmp_path: Path) -> None:
    """Its exit status is what a supervisor waits for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, b"x" * 4096)
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    with live_program(tmp_path, TwitchId(lifetime_s=0.0)) as bot:
        bot.start(stderr=writer)
        assert bot.wait() == 77
        bot.start(stderr=writer, TWITCH_CHANNELS="not a name!")
        assert bot.wait() == 78
    os.close(writer)
    os.close(reader)
