"""The `!clank` verbs about how the bot behaves: model, on and off, quiet, help, speak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.errors import OllamaUnavailable
from clankbot.processing.internal_messages import JobDone
from clankbot.records.chat import RoomState
from tests.processing.desk import Desk

# -- the model -------------------------------------------------------------------------------------


def test_a_model_is_taken_when_the_server_has_said_that_it_is_there(desk: Desk) -> None:
    assert desk.order("model large") == []
    assert desk.channel_settings["alpha"].model == "tiny"
    desk.run_errands()
    assert desk.channel_settings["alpha"].model == "large"
    assert desk.answers == ["model is now large"]


def test_a_model_that_is_not_there_is_not_taken(desk: Desk) -> None:
    answer = desk.ask("model huge")
    assert answer == "huge is not installed on the Ollama server; nothing changed"
    assert desk.channel_settings["alpha"].model == "tiny"


def test_a_server_that_cannot_be_asked_changes_nothing(desk: Desk) -> None:
    desk.models = OllamaUnavailable("refused")
    answer = desk.ask("model large")
    assert answer == "Ollama cannot be reached, so the model cannot be checked; nothing changed"
    assert desk.channel_settings["alpha"].model == "tiny"


def test_a_queue_of_errands_that_is_full_is_told(desk: Desk) -> None:
    desk.takes_errands = False
    assert desk.ask("model large") == "too busy to ask Ollama; nothing changed"


@pytest.mark.parametrize("later", ["reset model", "reset", "model tiny"])
def test_an_answer_about_a_model_that_comes_too_late_changes_nothing(
    desk: Desk, later: str
) -> None:
    desk.ask("threshold 7")
    desk.order("model large")
    (ask_about_large,) = desk.errands
    desk.errands.clear()
    desk.ask(later)
    ask_about_large()
    desk.settle()
    assert desk.channel_settings["alpha"].model == "tiny"
    assert "model is now large" not in desk.answers


def test_a_change_of_something_else_leaves_the_question_about_the_model_open(desk: Desk) -> None:
    desk.order("model large")
    desk.order("threshold 7")
    desk.run_errands()
    assert desk.channel_settings["alpha"].model == "large"


def test_undo_of_a_model_is_checked_as_the_model_is(desk: Desk) -> None:
    for text in ("model large", "model tiny"):
        desk.ask(text)
    desk.models = frozenset({"tiny"})
    assert desk.ask("undo") == "large is not installed on the Ollama server; nothing changed"
    assert desk.channel_settings["alpha"].model == "tiny"
    desk.models = frozenset({"tiny", "large"})
    assert desk.ask("undo") == "model is now large"


# -- on, off, quiet --------------------------------------------------------------------------------


def test_off_holds_across_a_restart_and_goes_on_storing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.ask("off") == "off: I listen and say nothing until !clank on"
    with Desk(tmp_path, desk.clock) as again:
        again.chat("one", "two", "three", "@clankbot four")
        assert again.jobs.empty()
        assert len(again.stored()) == 4
        assert again.ask("on") == "on: I talk along"
        again.chat("five")
        assert not again.jobs.empty()


def test_quiet_holds_until_then_across_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.ask("quiet 30m") == "quiet until 14:43 UTC"
    desk.clock.forward(30 * 60 - 3)
    with Desk(tmp_path, desk.clock) as again:
        again.chat("one", "two", "@clankbot three")
        assert again.jobs.empty()
        again.clock.forward(1)
        again.chat("four")
        assert not again.jobs.empty()


def test_a_quiet_time_is_told_on_the_channels_clock(desk: Desk) -> None:
    desk.ask("timezone Europe/Berlin")
    assert desk.ask("quiet 30m") == "quiet until 16:43 Europe/Berlin"
    assert desk.ask("quiet") == "quiet until 16:43 Europe/Berlin"


def test_quiet_shows_the_time_that_runs_and_the_hours(desk: Desk) -> None:
    desk.ask("quiet 30m")
    assert desk.ask("quiet") == "quiet until 14:43 UTC"
    desk.ask("quiet 23:00-08:00")
    assert desk.ask("quiet") == "quiet until 14:43 UTC; besides, quiet is 23:00-08:00"
    desk.clock.forward(3600)
    assert desk.ask("quiet") == "quiet is 23:00-08:00"


@pytest.mark.parametrize("text", ["reset quiet", "quiet default", "reset", "off quiet"])
def test_a_reset_of_quiet_lifts_the_time_that_runs_and_the_hours(desk: Desk, text: str) -> None:
    desk.ask("quiet 30m")
    desk.ask("quiet 00:00-23:59")
    desk.ask(text)
    policy = desk.channel_settings["alpha"]
    assert (policy.quiet_until_ms, policy.quiet_hours) == (None, None)
    assert desk.ask("quiet") == "quiet is off (the default)"
    desk.ask("undo")
    assert desk.channel_settings["alpha"].quiet_hours == "00:00-23:59"
    assert desk.channel_settings["alpha"].quiet_until_ms is not None


def test_a_long_quiet_time_is_told_with_its_day(desk: Desk) -> None:
    assert desk.ask("quiet 3d") == "quiet until 24 September, 14:13 UTC"


@pytest.mark.parametrize("text", ["quiet off", "on"])
def test_a_quiet_time_can_be_ended(desk: Desk, text: str) -> None:
    desk.ask("quiet 30m")
    desk.ask(text)
    desk.chat("@clankbot hi")
    assert not desk.jobs.empty()


def test_quiet_off_ends_quiet_hours_too_and_on_does_not(desk: Desk) -> None:
    desk.ask("quiet 00:00-23:59")
    desk.ask("on")
    assert desk.channel_settings["alpha"].quiet_hours == "00:00-23:59"
    assert desk.ask("quiet off") == "quiet times are lifted"
    assert desk.channel_settings["alpha"].quiet_hours is None


def test_the_switches_can_be_taken_back_too(desk: Desk) -> None:
    desk.ask("off")
    assert desk.ask("undo") == "bot is back to on (the default)"
    assert desk.channel_settings["alpha"].enabled
    desk.ask("quiet 30m")
    assert desk.ask("undo") == "quiet until is back to off (the default)"
    assert desk.channel_settings["alpha"].quiet_until_ms is None


def test_a_needless_on_is_not_what_undo_takes_back(desk: Desk) -> None:
    desk.ask("threshold 7")
    assert desk.ask("on") == "on: I talk along"
    assert desk.ask("undo") == "threshold is back to 3 messages (the default)"
    assert desk.ask("undo") == "there is no change to take back"


def test_undo_of_on_is_off_and_quiet_as_before(desk: Desk) -> None:
    desk.ask("quiet 30m")
    desk.ask("off")
    desk.ask("on")
    assert desk.ask("undo") == "as before: quiet until, bot"
    policy = desk.channel_settings["alpha"]
    assert (policy.enabled, policy.quiet_until_ms is None) == (False, False)


class AnonymousDesk(Desk):
    """That of a bot without an account, which Twitch answers no questions."""

    asks_who_is_live = False


def test_liveonly_warns_where_nobody_can_ask_twitch(tmp_path: Path) -> None:
    with AnonymousDesk(tmp_path) as desk:
        assert desk.ask("liveonly on") == (
            "liveonly is now on; I stay silent, for without a sign-in I cannot ask Twitch who is"
            " live"
        )
        assert desk.ask("liveonly off") == "liveonly is now off"


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
        (lambda desk: setattr(desk, "voice_problem", "the model loads"), "the model loads"),
        (lambda desk: desk.chat("@clankbot hi"), "a message is on its way"),
        (lambda desk: desk.live_state.set_outage("locked"), "the database is away"),
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
    desk.tell(JobDone("alpha", "the model only thought", usable=False))
    desk.tell(JobDone("alpha", "the model only thought", usable=False))
    assert job.requested
    assert desk.answers == ["nothing said: the model only thought"]
    desk.order("speak")
    line = desk.compose_line("in the shed")
    desk.tell(JobDone("alpha", "composed", offered=True))
    desk.send(line)
    assert desk.answers[1:] == ["nothing said: blocked by the filter"]


def test_a_message_that_was_asked_for_is_answer_enough(desk: Desk) -> None:
    desk.order("speak")
    desk.take_turn()
    desk.clock.forward(60)
    desk.fill(3)
    desk.job()
    desk.tell(JobDone("alpha", "the model only thought", usable=False))
    assert desk.offered == []
