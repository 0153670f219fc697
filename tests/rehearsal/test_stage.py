"""What happens in the rehearsal's room is shown, counted, and sent to the bot."""

from __future__ import annotations

import io
import logging
import random
from collections.abc import Iterator

import pytest

from clankbot.rehearsal.console import Console
from clankbot.rehearsal.conversation import Conversation, play, script
from clankbot.rehearsal.stage import ShortWarnings, Stage
from clankbot.rehearsal.viewers import PASSER_BY, Line
from tests.doubles.twitch_room import TwitchRoom
from tests.loopback.test_twitch_room import Client, connected
from tests.waiting import wait_until


class Theatre:
    """A stage in a real room with a client in it, and a clock that only goes when it is told to."""

    def __init__(self, room: TwitchRoom, client: Client) -> None:
        self.room = room
        self.client = client
        self.now = 100.0
        self._out = io.StringIO()
        console = Console(self._out)
        self.stage = Stage(room, "alpha", console, clock=self.clock)
        self.talk = Conversation(self.stage, console, dice=random.Random(1), clock=self.clock)

    def clock(self) -> float:
        return self.now

    @property
    def shown(self) -> list[str]:
        """Everything on the screen."""
        return self._out.getvalue().splitlines()

    def bot_says(self, text: str, reply_to: str | None = None) -> None:
        tags = f"@reply-parent-msg-id={reply_to} " if reply_to else ""
        said = self.stage.bot_said

        def shown() -> bool:
            self.stage.show_news()
            return self.stage.bot_said > said

        self.client.send(f"{tags}PRIVMSG #alpha :{text}")
        wait_until(shown)

    def heard(self, part: str) -> str:
        """The next line with this in it that the client gets."""
        return self.client.read_until(part)[-1]


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with TwitchRoom() as room, connected(room) as client:
        client.sign_in("alpha")
        yield Theatre(room, client)


def tag(line: str, name: str) -> str:
    """The value of a tag of a raw line."""
    return line.partition(f"{name}=")[2].partition(";")[0].partition(" ")[0]


def test_what_is_typed_goes_into_the_chat(theatre: Theatre) -> None:
    theatre.talk.obey("hello all")
    theatre.talk.obey("/as Tealeaf good evening")
    assert theatre.shown == ["you: hello all", "tealeaf: good evening"]
    assert ":you!you@" in theatre.heard("hello all")
    assert ":tealeaf!" in theatre.heard("good evening")
    assert theatre.stage.viewers_said == 2


def test_commands_of_the_bot_are_typed_as_a_moderator(theatre: Theatre) -> None:
    theatre.talk.obey("!clank status")
    theatre.talk.obey("/mod be kind")
    theatre.talk.obey("/as mona I am one anyway")
    theatre.talk.obey("hello")
    assert [line.startswith("mod ") for line in theatre.shown] == [True, True, True, False]
    marks = [tag(theatre.heard("PRIVMSG"), ";mod") for _ in range(4)]
    assert marks == ["1", "1", "1", "0"]


def test_nobody_else_speaks_in_the_name_of_the_bot(theatre: Theatre) -> None:
    theatre.talk.obey("/as clankbot I am free")
    assert theatre.shown == ["Only the bot speaks as clankbot."]


def test_the_bot_speaking_by_itself_answering_and_obeying_are_told_apart(theatre: Theatre) -> None:
    stage = theatre.stage
    assert stage.silence() == "did not speak"
    theatre.talk.obey("!clank status")
    theatre.bot_says("all well", reply_to=tag(theatre.heard("status"), ";id"))
    assert (stage.spoke_by_itself, stage.answered) == (False, False)
    assert stage.silence() == "only answered commands"
    theatre.talk.obey("@clankbot hello")
    theatre.bot_says("hello you", reply_to=tag(theatre.heard("hello"), ";id"))
    assert (stage.spoke_by_itself, stage.answered) == (False, True)
    assert stage.silence() is None
    theatre.bot_says("so quiet here")
    assert (stage.spoke_by_itself, stage.answered) == (True, True)
    assert [line for line in theatre.shown if "[o_o]" in line] == [
        "[o_o] clankbot → you: all well",
        "[o_o] clankbot → you: hello you",
        "[o_o] clankbot: so quiet here",
    ]
    assert stage.summary() == "2 messages of viewers, 3 said by the bot"


def test_messages_are_deleted_from_the_last_one_back(theatre: Theatre) -> None:
    theatre.bot_says("one")
    theatre.bot_says("two")
    theatre.talk.obey("/delete")
    theatre.talk.obey("/delete")
    theatre.talk.obey("/delete")
    theatre.talk.obey("/delete mona")
    assert theatre.shown[-4:] == [
        "-- you deleted a message of clankbot: two",
        "-- you deleted a message of clankbot: one",
        "There is no message of clankbot to delete.",
        "There is no message of mona to delete.",
    ]
    assert theatre.heard("CLEARMSG").endswith(":two")
    assert theatre.heard("CLEARMSG").endswith(":one")


def test_whoever_is_timed_out_is_silent_for_so_long(theatre: Theatre) -> None:
    theatre.talk.obey("/timeout mona 30")
    assert tag(theatre.heard("CLEARCHAT"), "ban-duration") == "30"
    theatre.talk.obey("/as mona hello?")
    assert theatre.shown[-1] == "mona is timed out."
    assert theatre.stage.absent() == {"mona"}
    theatre.now += 31
    theatre.talk.obey("/as mona hello again")
    assert theatre.shown[-1] == "mod mona: hello again"


def test_a_bot_that_is_timed_out_is_refused_for_so_long(theatre: Theatre) -> None:
    theatre.talk.obey("/timeout clankbot 30")
    theatre.client.send("PRIVMSG #alpha :may I?")
    assert "msg-id=msg_timedout" in theatre.heard("NOTICE")
    theatre.now += 31
    theatre.stage.show_news()
    theatre.bot_says("thank you")
    assert theatre.shown[-1] == "[o_o] clankbot: thank you"


def test_an_advertiser_is_timed_out_at_once_by_the_moderator(theatre: Theatre) -> None:
    theatre.stage.say(Line(PASSER_BY, "be famous"))
    assert theatre.shown[-1].startswith(f"-- mona timed {PASSER_BY} out")
    assert theatre.stage.absent() == {PASSER_BY}


def test_the_chat_is_cleared_and_the_room_changed(theatre: Theatre) -> None:
    theatre.talk.obey("hello")
    theatre.talk.obey("/clear")
    assert theatre.heard("CLEARCHAT").endswith("#alpha")
    theatre.talk.obey("/delete you")
    assert theatre.shown[-1] == "There is no message of you to delete."
    theatre.talk.obey("/room slow 10")
    assert tag(theatre.heard("ROOMSTATE"), "slow") == "10"
    assert theatre.shown[-1] == "-- you changed the room: slow=10"


def test_viewers_keep_the_pace_that_was_asked_for(theatre: Theatre) -> None:
    def said_within(seconds: int) -> int:
        before = theatre.stage.viewers_said
        for _ in range(seconds * 10):
            theatre.now += 0.1
            theatre.talk.let_viewers_speak()
        return theatre.stage.viewers_said - before

    assert 20 <= said_within(60) <= 40
    theatre.talk.obey("/pace 10")
    assert 4 <= said_within(60) <= 9
    theatre.talk.obey("/pace 0")
    assert said_within(60) == 0


def test_troubles_are_told_in_one_line() -> None:
    told: list[str] = []
    log = logging.getLogger("a rehearsal's log")
    log.addHandler(ShortWarnings(told.append))
    log.info("all is well")
    log.warning("generation fails", extra={"problem": "no connection", "subject": "x"})
    log.error("thread failed", extra={"thread_name": "worker"})
    log.removeHandler(log.handlers[0])
    assert told == ["generation fails: no connection (see the log)", "thread failed (see the log)"]


def test_a_play_has_a_command_and_then_a_question_once_the_bot_has_spoken() -> None:
    spoken = False
    lines = script("clankbot", lambda: spoken, random.Random(1))
    opening = [next(lines) for _ in range(10)]
    assert opening[0] == Line("mona", "!clank status", is_mod=True)
    assert not [line for line in opening if "@clankbot" in line.text]
    spoken = True
    assert "@clankbot" in next(lines).text
    assert not [line for _ in range(100) if "@clankbot" in (line := next(lines)).text]


def test_a_bot_that_never_speaks_is_asked_in_the_end() -> None:
    lines = script("clankbot", lambda: False, random.Random(1))
    assert [line for _ in range(60) if "@clankbot" in (line := next(lines)).text]


def test_a_play_ends_when_its_time_is_up_or_it_is_told_to(theatre: Theatre) -> None:
    def wait(seconds: float) -> bool:
        theatre.now += seconds
        return False

    play(theatre.stage, wait, theatre.now + 10, dice=random.Random(1), clock=theatre.clock)
    said = theatre.stage.viewers_said
    assert said > 20
    play(theatre.stage, lambda _: True, theatre.now + 10, dice=random.Random(1))
    assert theatre.stage.viewers_said == said + 1
