"""The `!clank` verbs about how the bot behaves: model, on and off, quiet, why, speak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.errors import OllamaUnavailable
from clankbot.records import (
    MessageDeleted,
    RoomState,
)
from tests.processing.desk import Desk

# -- the model -------------------------------------------------------------------------------------


def test_a_model_is_taken_when_the_server_has_said_that_it_is_there(desk: Desk) -> None:
    assert desk.order("model large") == []
    assert desk.policies["alpha"].model == "tiny"
    desk.run_errands()
    assert desk.policies["alpha"].model == "large"
    assert desk.answers == ["model is now large"]


def test_a_model_that_is_not_there_is_not_taken(desk: Desk) -> None:
    answer = desk.ask("model huge")
    assert answer == "huge is not installed on the Ollama server; nothing changed"
    assert desk.policies["alpha"].model == "tiny"


def test_a_server_that_cannot_be_asked_changes_nothing(desk: Desk) -> None:
    desk.models = OllamaUnavailable("refused")
    answer = desk.ask("model large")
    assert answer == "Ollama cannot be reached, so the model cannot be checked; nothing changed"
    assert desk.policies["alpha"].model == "tiny"


def test_a_queue_of_errands_that_is_full_is_told(desk: Desk) -> None:
    desk.takes_errands = False
    assert desk.ask("model large") == "too busy to ask Ollama; nothing changed"


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
    assert desk.policies["alpha"].quiet_hours == "00:00-23:59"
    assert desk.ask("quiet off") == "quiet times are lifted"
    assert desk.policies["alpha"].quiet_hours is None


def test_the_switches_can_be_taken_back_too(desk: Desk) -> None:
    desk.ask("off")
    assert desk.ask("undo") == "bot is back to on (the default)"
    assert desk.policies["alpha"].enabled
    desk.ask("quiet 30m")
    assert desk.ask("undo") == "quiet until is back to off (the default)"
    assert desk.policies["alpha"].quiet_until_ms is None


# -- status, help, why -----------------------------------------------------------------------------


def test_status_tells_where_things_stand(desk: Desk) -> None:
    assert desk.ask("") == (
        "on | tiny: ready | 0/3 messages | delay is over | today 0 said, 0 blocked"
    )
    desk.order("delay 60")
    desk.speak("what a calm river")
    desk.chat("one", "in the shed")
    desk.clock.forward(0.5)
    desk.voice_problem = "Ollama has not answered since 20:14 UTC"
    desk.order("off")
    assert desk.ask("status") == (
        "off | tiny: Ollama has not answered since 20:14 UTC | 1/3 messages"
        " | may speak in 60 s | today 1 said, 1 blocked"
    )


def test_status_counts_with_the_slower_pace_after_a_hint(desk: Desk) -> None:
    desk.order("delay 60")
    desk.speak("what a calm river", "own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    status = desk.ask("status")
    assert "0/6 messages" in status
    assert "may speak in 120 s" in status


def test_help_and_what_was_not_understood_are_answered(desk: Desk) -> None:
    assert desk.ask("help").startswith("Settings: threshold, ")
    assert desk.ask("help cooldown").startswith("cooldown: ")
    assert desk.ask("thresold 5") == "unknown setting 'thresold'; did you mean threshold?"


def test_why_tells_what_decided_last_and_when(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.ask("why") == "nothing has been decided here yet"
        desk.chat("one")
        desk.chat("elsewhere", "and more", channel="beta")
        assert desk.ask("why") == "1/3 messages"
        desk.clock.forward(10)
        assert desk.ask("why") == "1/3 messages (12 s ago)"
    with Desk(tmp_path, desk.clock) as again:
        assert again.ask("why") == "1/3 messages (14 s ago)"


# -- speak -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda desk: desk.order("off"), "switched off"),
        (lambda desk: desk.hear(RoomState("alpha", followers_only_minutes=0)), "followers-only"),
        (lambda desk: setattr(desk, "voice_problem", "the model loads"), "the model loads"),
        (lambda desk: desk.chat("@clankbot hi"), "a message is on its way"),
        (lambda desk: desk.board.set_outage("locked"), "the database is away"),
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
