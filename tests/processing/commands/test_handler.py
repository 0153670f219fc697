"""`!clank` carried out: who may, the one answer to each command, and a database that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from clankbot.config.commands import VERBS, VerbRow
from clankbot.database.database import Store
from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from clankbot.records.chat import Event, RoomState
from clankbot.records.speech import MessageKind
from tests.processing.commands.broken import LosesAnswers, refuse
from tests.processing.desk import OWNER_ID, Desk, locked

AWAY = "the database is away; nothing changed"

# -- who may ---------------------------------------------------------------------------------------


def typed(text: str, tags: str, user_id: str = "42") -> Event:
    """The event of a line as Twitch sends it."""
    event = to_event(
        parse_line(
            f"@{tags};room-id=10;user-id={user_id};id=t-1;tmi-sent-ts=1790000000000"
            f" :zoe!zoe@zoe.tmi.twitch.tv PRIVMSG #alpha :{text}"
        )
    )
    assert event is not None
    return event


@pytest.mark.parametrize(
    ("tags", "user_id", "may"),
    [
        ("badges=broadcaster/1;mod=0", "42", True),
        ("badges=", "10", True),
        ("badges=moderator/1;mod=1", "42", True),
        ("badges=lead_moderator/1;mod=0", "42", True),
        ("badges=", OWNER_ID, True),
        ("badges=vip/1;vip=1;mod=0", "42", False),
        ("badges=subscriber/12,founder/0;subscriber=1;mod=0", "42", False),
        ("badges=;source-badges=moderator/1;source-room-id=10;mod=0", "42", False),
        ("badges=;display-name=Moderator;mod=0", "42", False),
    ],
)
def test_badges_and_ids_decide_who_may_change_something(
    desk: Desk, tags: str, user_id: str, may: bool
) -> None:
    desk.hear(typed("!clank threshold 7", tags, user_id))
    assert desk.channels["alpha"].settings.threshold == (7 if may else 3)
    assert desk.answers == ["threshold is now 7 messages"] * may
    assert desk.stored() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        *("status", "help", "threshold", "threshold 7", "set threshold 7", "reset", "param top_k"),
        *("on", "off", "quiet 5m", "why", "undo", "speak", "forget alice", "nonsense"),
        *("block barn", "unblock shed", "model large", "threshold many"),
    ],
)
def test_viewers_meet_silence(desk: Desk, text: str) -> None:
    desk.chat("hello", user_id="8")
    default = desk.channels["alpha"].settings
    desk.chat(f"!clank {text}".strip())
    assert desk.offered == []
    assert desk.tasks == []
    assert desk.jobs.empty()
    assert desk.channels["alpha"].settings == default
    assert desk.store.all_overrides() == {}
    assert desk.store.all_terms() == {}
    assert desk.stored() == ["hello"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_is_carried_out(
    desk: Desk, verb: VerbRow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    desk.order(f"{verb.name} context")
    assert "command" in caplog.messages
    assert "record failed" not in caplog.messages


def test_an_answer_replies_to_the_command(desk: Desk) -> None:
    desk.order("threshold 7", message_id="m-a")
    (line,) = desk.offered
    assert (line.channel, line.reply_to_id, line.kind, line.since, line.generation_id) == (
        "alpha",
        "m-a",
        MessageKind.COMMAND_ANSWER,
        desk.clock(),
        None,
    )


def test_a_spree_is_carried_out_and_not_answered_in_full(desk: Desk) -> None:
    for number in range(1, 16):
        desk.order(f"threshold {number}")
    assert len(desk.offered) == 10
    assert desk.channels["alpha"].settings.threshold == 15


def test_a_spree_of_viewers_leaves_moderators_their_answers(desk: Desk) -> None:
    for _ in range(15):
        desk.chat("!clank optin")
    assert len(desk.offered) == 10
    assert desk.ask("threshold") == "threshold is 3 messages (the default)"


# -- while the database is away --------------------------------------------------------------------

CHANGES = (
    *("threshold 7", "model large", "reset", "on", "off", "quiet 30m", "undo"),
    *("forget alice", "block barn", "unblock mill"),
)


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_is_refused_at_once_and_is_not_made_up_for(desk: Desk, text: str) -> None:
    desk.chat("one")
    for earlier in ("threshold 9", "mentions off", "block mill"):
        desk.ask(earlier)
    before, own = desk.channels["alpha"].settings, desk.store.all_overrides()
    with locked(desk.path):
        desk.chat("two")
        assert desk.order(text) == [AWAY]
    assert desk.order(text) == [AWAY], "the database is back, and what was said before still waits"
    assert desk.tasks == []
    desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == ["one", "two"]
    assert desk.channels["alpha"].settings == before
    assert desk.store.all_overrides() == own
    assert desk.filters.terms("alpha") == ("mill",)
    assert desk.store.all_terms() == {"alpha": ("mill",)}


def test_a_viewer_whose_messages_still_wait_is_not_said_to_have_none(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("one", user_id="8", login="bruno")
        assert desk.order("forget bruno") == [AWAY]


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_that_finds_the_database_gone_begins_an_outage(desk: Desk, text: str) -> None:
    desk.chat("one")
    for earlier in ("threshold 9", "mentions off", "block mill"):
        desk.ask(earlier)
    before = desk.channels["alpha"].settings
    with locked(desk.path):
        assert desk.ask(text) == AWAY
        assert desk.live_state.outage is not None
    desk.clock.forward(60)
    desk.settle()
    assert desk.live_state.outage is None
    assert desk.channels["alpha"].settings == before
    assert desk.filters.terms("alpha") == ("mill",)
    assert desk.stored() == ["one"]


def test_what_is_composed_goes_on_if_the_bot_could_not_be_switched_off(desk: Desk) -> None:
    desk.fill(3)
    job = desk.job()
    with locked(desk.path):
        assert desk.order("off") == [AWAY]
    assert not job.cancel.cancelled


def test_a_change_that_the_database_refuses_is_told_and_does_not_hold(desk: Desk) -> None:
    desk.ask("mentions off")
    before = desk.channels["alpha"].settings
    refuse(desk, "setting_changes")
    for text in ("threshold 7", "off", "quiet 30m", "reset", "undo"):
        assert desk.ask(text) == "could not be stored; nothing changed"
    assert desk.channels["alpha"].settings == before


def test_a_command_of_many_changes_is_stored_as_a_whole_or_not_at_all(desk: Desk) -> None:
    for text in ("threshold 7", "mentions off", "top_k 3"):
        desk.ask(text)
    before, own = desk.channels["alpha"].settings, desk.store.all_overrides()
    refuse(desk, "setting_changes", "{row}.setting = 'mentions'")
    assert desk.ask("reset") == "could not be stored; nothing changed"
    assert desk.channels["alpha"].settings == before
    assert desk.store.all_overrides() == own
    assert desk.ask("reset threshold") == "threshold is back to 3 messages (the default)"


def test_a_viewer_whom_the_database_does_not_forget_is_not_told_to_be(desk: Desk) -> None:
    desk.chat("one")
    refuse(desk, "messages")
    assert desk.ask("forget alice") == "could not be deleted; all of it is still stored"
    assert desk.stored() == ["one"]


def test_a_term_that_the_database_refuses_is_not_blocked(desk: Desk) -> None:
    desk.ask("block mill")
    refuse(desk, "channel_terms")
    assert desk.ask("block barn") == "could not be stored; nothing changed"
    assert desk.ask("unblock mill") == "could not be stored; nothing changed"
    assert desk.filters.terms("alpha") == ("mill",)


def test_an_optin_that_the_database_refuses_is_none(desk: Desk) -> None:
    desk.chat("!clank optout")
    refuse(desk, "opt_outs")
    desk.chat("!clank optin")
    assert desk.answers[-1] == "could not be stored; nothing changed"
    assert desk.live_state.has_opted_out("7")


def test_a_question_that_the_database_does_not_answer_begins_an_outage(desk: Desk) -> None:
    away = desk.path.rename(desk.folder / "away.db")
    desk.history.close()
    assert desk.order("status") == [AWAY]
    assert desk.live_state.outage is not None
    away.rename(desk.path)
    desk.clock.forward(60)
    desk.settle()
    assert desk.live_state.outage is None


class DoubtfulDesk(Desk):
    """A bot whose database can lose the answer to a commit."""

    def open_history(self) -> Store:
        self.losing = LosesAnswers(super().open_history())
        return cast(Store, self.losing)

    def in_doubt(self, text: str, *, carried_out: bool) -> str:
        """The answer to a command whose commit is not answered; then the database is back."""
        answers = len(self.offered)
        self.inbox.put_event(self.viewer(f"!clank {text}", user_id="1", login="mona", is_mod=True))
        self.losing.lose_next(carried_out=carried_out)
        self.worker.step(0)
        assert self.live_state.outage is not None
        self.clock.forward(60)
        self.settle()
        assert self.live_state.outage is None
        (answer,) = self.answers[answers:]
        return answer


in_doubt = pytest.mark.parametrize("carried_out", [False, True])


@in_doubt
def test_a_change_in_doubt_holds_and_is_stored_once(tmp_path: Path, carried_out: bool) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.ask("threshold 9")
        answer = desk.in_doubt("threshold 7", carried_out=carried_out)
        assert answer == "threshold is now 7 messages"
        assert desk.channels["alpha"].settings.threshold == 7
        assert desk.store.all_overrides() == {"alpha": {"message_threshold": 7}}
        assert desk.ask("undo") == "threshold is now 9 messages"
        assert desk.ask("undo") == "threshold is back to 3 messages (the default)"


@in_doubt
def test_a_viewer_whom_it_is_in_doubt_to_forget_is_forgotten(
    tmp_path: Path, carried_out: bool
) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.chat("one")
        answer = desk.in_doubt("forget alice", carried_out=carried_out)
        assert answer == "forgotten as soon as the database is back"
        assert desk.stored() == []


@in_doubt
def test_an_optout_in_doubt_holds(tmp_path: Path, carried_out: bool) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.chat("one", user_id="1", login="mona")
        answer = desk.in_doubt("optout", carried_out=carried_out)
        assert answer.startswith("none of your messages is kept from now on; ")
        assert desk.stored() == []
        assert desk.store.opted_out() == {"1"}


# -- help ------------------------------------------------------------------------------------------


def test_help_and_what_was_not_understood_are_answered(desk: Desk) -> None:
    assert desk.ask("help").startswith("Settings: threshold, ")
    assert desk.ask("help cooldown").startswith("cooldown: ")
    assert (
        desk.ask("thresold 5") == "unknown command or setting 'thresold'; did you mean threshold?"
    )


# -- speak -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda desk: desk.order("off"), "switched off"),
        (lambda desk: desk.hear(RoomState("alpha", followers_only_minutes=0)), "followers-only"),
        (lambda desk: setattr(desk, "model_obstacle", "the model loads"), "the model loads"),
        (lambda desk: desk.chat("@clankbot hi"), "a message is on its way"),
        (lambda desk: setattr(desk.live_state, "outage", "locked"), "the database is away"),
    ],
    ids=["off", "room", "model", "turn", "outage"],
)
def test_speak_is_refused_with_the_reason(
    desk: Desk, happens: Callable[[Desk], None], reason: str
) -> None:
    happens(desk)
    desk.clock.forward(2)
    assert desk.ask("speak") == f"not now: {reason}"


@pytest.mark.parametrize(
    "text", ["threshold 500", "spontaneous off", "quiet 30m", "liveonly on", "minviewers 9"]
)
def test_speak_overrides_what_would_make_the_bot_wait(desk: Desk, text: str) -> None:
    desk.speak("what a calm river")
    desk.order("delay 1h")
    desk.order(text)
    before = len(desk.offered)
    desk.order("speak")
    assert desk.job().requested
    assert len(desk.offered) == before, "the message itself is the answer"


def test_a_message_that_was_asked_for_and_does_not_come_is_answered_for_once(desk: Desk) -> None:
    assert desk.order("speak") == []
    job = desk.job()
    desk.give_up("the model only thought", usable=False)
    desk.give_up("the model only thought", usable=False)
    assert job.requested
    assert desk.answers == ["nothing said: the model only thought"]
    desk.order("speak")
    line = desk.compose_line("in the shed")
    desk.send(line)
    assert desk.answers[1:] == ["nothing said: blocked by the filter"]


def test_a_message_that_was_asked_for_is_answer_enough(desk: Desk) -> None:
    desk.order("speak")
    desk.take_turn()
    desk.clock.forward(60)
    desk.fill(3)
    desk.job()
    desk.give_up("the model only thought", usable=False)
    assert desk.offered == []
