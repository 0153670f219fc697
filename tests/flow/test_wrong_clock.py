"""A machine whose clock is wrong: nothing is deleted or silenced, and it heals by itself."""

from __future__ import annotations

import itertools
import random
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clankbot.loopback.room_lines import RoomMessage
from clankbot.records.writes import Append, StoredMessage
from tests.auth.certificate import self_signed
from tests.doubles.moved_clock import MovedClock, ProgramClock
from tests.doubles.twitch_id import TwitchId
from tests.doubles.twitch_room import TwitchRoom, made_up_user_id
from tests.flow.program import LiveProgram, live_program
from tests.flow.world import World, living, sql
from tests.waiting import wait_until

HOUR_S, DAY_S, YEAR_S = 3600, 86_400, 365 * 86_400
SINCE_1970_S = 1_790_000_000
MOST_KEPT = 300  # of each channel
JUMPS_S = [-SINCE_1970_S, -2 * DAY_S, DAY_S, YEAR_S]
WORDS = (
    *("river", "mountain", "pepper", "violin", "carpet", "lantern", "button", "window", "saddle"),
    *("turnip", "falcon", "bridge", "kettle", "marble", "pencil", "rocket", "shadow", "tunnel"),
    *("velvet", "walnut", "zipper", "anchor", "basket", "candle", "dragon", "engine", "flower"),
)


def remarks() -> Iterator[str]:
    """Lines for the model to write, of which none repeats one of those before it."""
    chance, before = random.Random(7), deque[set[str]](maxlen=50)
    while True:
        words = chance.sample(WORDS, 4)
        if all(len(former & set(words)) < 3 for former in before):
            before.append(set(words))
            yield " ".join(words)


@dataclass
class Town:
    """A bot on a machine whose clock can be moved, in a chat whose clock is right."""

    folder: Path
    world: World
    machine: MovedClock
    lines: Iterator[str]
    said: list[str] = field(default_factory=list)
    """All that ought to be stored."""

    def say(self, login: str, text: str, **more: bool) -> None:
        """A viewer speaks."""
        self.world.room.say("alpha", login, text, sent_at_ms=self.machine.true_ms(), **more)
        self.said.append(text)

    def bot_says(self, occasion: str = "spontaneous") -> RoomMessage:
        """Delay and cooldown pass, chat goes on, and the bot speaks at once; its line."""
        self.skip(61)
        before, line = len(self.world.room.messages), next(self.lines)
        self.world.ollama.say(line)
        if occasion == "mention":
            self.say("alice", f"@clankbot what do you say now, at {len(self.said)}?")
        else:
            for number in range(3):
                self.say(f"viewer{number}", f"number {len(self.said)} is on the table")
        spoken = self.world.room.wait_message("alpha", since=before)
        assert spoken.text == line
        self.said.append(line)
        self.world.wait_stored(line)
        return spoken

    def skip(self, seconds: float) -> None:
        """Nothing happens for so long."""
        self.machine.skipped_s += seconds


@contextmanager
def town(
    folder: Path, off_s: float = 0.0, before: Town | None = None, **settings: object
) -> Iterator[Town]:
    """``before`` is the same town in an earlier run."""
    machine = MovedClock(off_s)
    if before is not None:
        machine.skipped_s = before.machine.skipped_s
    wanted = {
        "MESSAGE_THRESHOLD": 3,
        "TIME_DELAY": 60,
        "MESSAGE_RETENTION_COUNT": MOST_KEPT,
        "TWITCH_CHANNELS": "alpha,zeta",
    } | settings
    with living(folder, machine=machine, **wanted) as world:  # type: ignore[arg-type]
        world.room.barrier()  # it is in the channels
        world.order("!clank tact off")  # it says more here than its share
        yield Town(folder, world, machine, before.lines if before else remarks())


def keep(town: Town, *ages_days: float, channel: str = "alpha") -> list[str]:
    """Messages of these ages are in the database; their texts."""
    rows = [
        StoredMessage(
            str(uuid.uuid4()),
            channel,
            "7",
            "alice",
            "Alice",
            f"{age} days ago",
            town.machine.true_ms() - round(age * DAY_S * 1000),
        )
        for age in ages_days
    ]
    with town.world.database.open() as store:
        store.apply([Append(row) for row in rows])
    return [row.text for row in rows]


QUIET_ROUND_S = 600.0


def rounds(town: Town) -> None:
    """Retention comes by, which the other channel shows, where messages are too many."""

    def kept() -> int:
        ((count,),) = sql(town.folder, "SELECT COUNT(*) FROM messages WHERE channel = 'zeta'")
        return int(count)

    for _ in range(2):
        keep(town, *[1] * (MOST_KEPT + 1 - kept()), channel="zeta")
        # These rows did not come through chat: it looks there for what has grown old alone.
        town.skip(QUIET_ROUND_S)

        def has_come_by() -> bool:
            town.skip(0.6)
            # The worker, which waits by the true clock, looks at this one when something comes.
            town.world.room.raw(":nightbot!n@n.tmi.twitch.tv PRIVMSG #zeta :still here")
            town.world.room.barrier()
            return kept() == MOST_KEPT

        wait_until(has_come_by)


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_start_at_a_wrong_time_costs_nothing(tmp_path: Path, off_s: int) -> None:
    with town(tmp_path) as before:
        kept = keep(before, 29.5, 3, 0.1)
        before.bot_says()
    with town(tmp_path, off_s, before) as later:
        rounds(later)
        later.bot_says("mention")
        later.bot_says()
        assert later.world.texts()[:3] == kept
        later.machine.off_s = 0.0
        rounds(later)
        assert set(kept + later.said) <= set(later.world.texts())
        later.bot_says()


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_jump_in_mid_run_costs_nothing(tmp_path: Path, off_s: int) -> None:
    jump(tmp_path, off_s)


@pytest.mark.usefixtures("on_mysql")
def test_a_jump_costs_nothing_on_a_server_either(tmp_path: Path) -> None:
    jump(tmp_path, DAY_S)


def jump(tmp_path: Path, off_s: int) -> None:
    with town(tmp_path) as life:
        kept = keep(life, 29.5, 3, 0.1)
        life.bot_says()
        life.bot_says("mention")
        life.machine.off_s = off_s
        rounds(life)
        life.bot_says()
        life.bot_says("mention")
        life.machine.off_s = 0.0
        rounds(life)
        life.bot_says()
        assert set(kept + life.said) <= set(life.world.texts())


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_a_quiet_time_ends_when_it_was_to_end(tmp_path: Path, off_s: int) -> None:
    with town(tmp_path, off_s, TIME_DELAY=0) as life:
        room = life.world.room
        room.say(
            "alpha", "mona", "!clank quiet 30m", is_mod=True, sent_at_ms=life.machine.true_ms()
        )
        room.wait_message("alpha")
        life.machine.off_s = 0.0
    with town(tmp_path, 0, life, TIME_DELAY=0) as again:
        again.skip(29 * 60)
        for number in range(3):
            again.say(f"viewer{number}", f"are you there {number}")
        quiet = "SELECT 1 FROM decisions WHERE reason LIKE 'quiet for%'"
        wait_until(lambda: sql(tmp_path, quiet))
        again.bot_says()


@pytest.mark.parametrize("off_s", JUMPS_S)
def test_without_times_in_chat_a_wrong_clock_deletes_and_silences_nothing(
    tmp_path: Path, off_s: int
) -> None:
    with town(tmp_path) as life:
        kept = keep(life, 29.5, 3, 0.1)

        def chat(text: str, number: int) -> None:
            user, room = made_up_user_id(f"viewer{number}"), made_up_user_id("alpha")
            life.world.room.raw(
                f"@id={text.replace(' ', '-')};user-id={user};room-id={room};display-name=V{number}"
                f" :viewer{number}!v@v.tmi.twitch.tv PRIVMSG #alpha :{text}"
            )

        for moment, wrong_s in enumerate((0, off_s, 0)):
            life.machine.off_s = wrong_s
            rounds(life)
            life.skip(61)
            before, line = len(life.world.room.messages), next(life.lines)
            life.world.ollama.say(line)
            for number in range(3):
                chat(f"moment {moment} number {number}", number)
            assert life.world.room.wait_message("alpha", since=before).text == line
            life.world.wait_stored(line)
        assert set(kept) <= set(life.world.texts())


def test_while_nobody_chats_only_what_is_proved_to_be_old_is_deleted(tmp_path: Path) -> None:
    with town(tmp_path) as before:
        recent = keep(before, 40, 29.5, *range(9, 0, -1))[2:]
    with town(tmp_path, YEAR_S, before, MESSAGE_THRESHOLD=100) as life:
        for _ in range(5):
            life.skip(HOUR_S)
            rounds(life)
        assert life.world.texts() == ["29.5 days ago", *recent]
        life.skip(DAY_S)
        for number in range(5):
            life.say(f"viewer{number}", f"good morning {number}")
        rounds(life)
        assert life.world.texts() == [*recent, *life.said]


def drop(room: TwitchRoom) -> None:
    """The connection breaks, and is made anew."""
    joined = len(room.joins)
    room.drop()
    room.wait_for(lambda: len(room.joins) >= joined + 2, "joins")
    room.barrier()


def test_a_week_with_a_clock_that_is_moved_about(tmp_path: Path) -> None:
    """Three hours pass in a moment, 56 times; nothing is lost, and the bot is never silenced."""
    wrong = itertools.cycle([0, DAY_S, -2 * DAY_S, YEAR_S, -SINCE_1970_S, 0, 47, -HOUR_S])
    with town(tmp_path, next(wrong)) as life:
        old, young = keep(life, 27, 20, *range(9, 0, -1))[0], "20 days ago"
        life.bot_says()
        for hour in range(0, 168, 3):
            life.machine.off_s = next(wrong)
            life.skip(3 * HOUR_S)
            life.bot_says("mention" if hour % 9 == 6 else "spontaneous")
            life.machine.off_s = next(wrong)
            if hour == 81:
                drop(life.world.room)
        life.world.room.barrier()
        assert [text for text in life.world.texts() if "days ago" not in text] == life.said
        assert young in life.world.texts()
        wait_until(lambda: old not in life.world.texts())


# -- the real program ------------------------------------------------------------------------------


def talk(live: LiveProgram, count: int, word: str) -> None:
    for number in range(count):
        live.room.say("alpha", f"viewer{number}", f"{word} number {number}")


@pytest.mark.parametrize("off_s", [-SINCE_1970_S, YEAR_S])
def test_the_program_keeps_all_and_speaks_whatever_its_clock_says(
    tmp_path: Path, off_s: int
) -> None:
    with live_program(tmp_path, MESSAGE_THRESHOLD="3") as live:
        clock, lines = ProgramClock(tmp_path), remarks()

        def speaks() -> None:
            line, before = next(lines), len(live.room.messages)
            live.ollama.say(line)
            talk(live, 3, f"round {before}")
            assert live.room.wait_message("alpha", since=before).text == line

        live.sign_in()
        live.room.set_moderator("alpha")  # or Twitch's limits make it wait
        live.start_and_join(**clock.environment)
        speaks()
        assert live.stop() == 0
        clock.move(off_s)
        live.start_and_join(**clock.environment)
        live.wait_log("clock is wrong, going by Twitch")  # the sign-in service has told the time
        for moved_s in (off_s, 0, off_s):
            clock.move(moved_s)
            speaks()
        clock.move(0)
        talk(live, 1, "the end")
        live.wait_log("clock is right again")
        assert live.stop() == 0
        now_ms = time.time() * 1000
        times = [at_ms for (at_ms,) in sql(tmp_path, "SELECT timestamp FROM messages")]
        assert len(times) == 4 * 4 + 1
        assert all(now_ms - 600_000 < at_ms < now_ms + 60_000 for at_ms in times)
        said = "SELECT SUM(n) FROM tallies WHERE what = 'said'"
        assert sql(tmp_path, said) == [(4,)]


def test_certificates_that_fail_for_the_clock_are_told_as_that_and_work_once_it_is_right(
    tmp_path: Path,
) -> None:
    context, trusted = self_signed(tmp_path)
    with (
        live_program(tmp_path, SSL_CERT_FILE=str(trusted)) as live,
        TwitchRoom(live.twitch.login, live.room.bot_user_id, tls_context=context) as room,
    ):
        clock = ProgramClock(tmp_path, -SINCE_1970_S)
        live.sign_in()
        live.start(TWITCH_IRC_URL=room.url, **clock.environment)
        live.wait_log("certificate is not yet valid (this machine's clock says 19")
        clock.move(0)
        room.wait_for(lambda: room.joins, "a JOIN")
        assert live.stop() == 0


@pytest.mark.parametrize(
    ("off_s", "told"),
    [
        (DAY_S, "this machine's clock is 24 h 0 min ahead of Twitch's"),
        (-3 * DAY_S, "this machine's clock is 3 days behind Twitch's"),
        (0, None),
    ],
)
def test_check_tells_that_the_clock_is_wrong(tmp_path: Path, off_s: int, told: str | None) -> None:
    with live_program(tmp_path) as live:
        clock = ProgramClock(tmp_path, off_s)
        live.sign_in()
        done = live.run("check", **clock.environment)
        assert done.status == 0
        assert (told or "this machine's clock") in done.output if told else True
        assert ("this machine's clock" in done.output) is (told is not None)


def test_check_tells_that_the_clock_is_behind_what_is_stored_and_what_certificates_make_of_it(
    tmp_path: Path,
) -> None:
    context, trusted = self_signed(tmp_path)
    with live_program(tmp_path, TwitchId(tls=context), REQUESTS_CA_BUNDLE=str(trusted)) as live:
        clock = ProgramClock(tmp_path, -SINCE_1970_S)
        live.sign_in()
        live.start_and_join()
        live.room.say("alpha", "alice", "hello there")
        assert live.stop() == 0
        done = live.run("check", **clock.environment)
        assert done.status == 1
        assert "days behind the newest stored message" in done.output
        assert "certificate is not yet valid (this machine's clock says 19" in done.output
