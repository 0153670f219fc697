"""What a kill may cost and a stop may not, while chat is collected to be stored together."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.flow.program import LiveProgram, live_program
from tests.flow.world import sql
from tests.waiting import wait_until

LINES = 120
WAVES = 3


def texts(folder: Path) -> list[str]:
    """The stored texts, in order."""
    return [text for (text,) in sql(folder, "SELECT message_content FROM messages ORDER BY id")]


def say(bot: LiveProgram, wave: str) -> list[str]:
    """Ordinary chat that nobody waits for."""
    said = [f"{wave} {number}" for number in range(LINES)]
    for number, text in enumerate(said):
        bot.room.say("alpha", f"viewer{number % 7}", text)
    return said


def test_a_kill_costs_the_newest_lines_alone_and_a_stop_costs_nothing(tmp_path: Path) -> None:
    """Nothing is stored twice, out of order, or with a gap, however often it is killed."""
    kept: list[str] = []
    with live_program(tmp_path, MESSAGE_THRESHOLD="500") as bot:
        bot.sign_in()
        for wave in range(WAVES):
            bot.start_and_join()
            before = kept + say(bot, f"stored {wave}")
            wait_until(lambda: texts(tmp_path) == before)  # noqa: B023
            late = say(bot, f"late {wave}")
            bot.stop(signal.SIGKILL)
            kept = texts(tmp_path)
            assert kept[: len(before)] == before
            assert kept[len(before) :] == late[: len(kept) - len(before)]
        bot.start_and_join()
        said = say(bot, "last")
        bot.room.barrier()
        assert bot.stop() == 0
        assert texts(tmp_path) == kept + said
