"""While there is nothing to write, prompts are read ahead; and what ends, delays or forbids it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.clock import Clock
from clankbot.database.messages import Messages
from clankbot.database.session import Session
from clankbot.errors import OllamaUnavailable, Trouble
from clankbot.records.chat import ChatCleared, MessageDeleted, RoomState, UserCleared
from clankbot.records.speech import Assignment
from clankbot.records.writes import ForgetViewer, RaiseDeletionEpoch
from tests.processing.chat import Hand
from tests.processing.desk import BOT, Desk
from tests.processing.model import Model
from tests.processing.rounds import ComposerAtHand
from tests.waiting import wait_until


@pytest.fixture
def quiet_desk(tmp_path: Path) -> Iterator[Desk]:
    """A bot that speaks only if it is spoken to."""
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        yield desk


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def at_hand(quiet_desk: Desk, model: Model) -> Iterator[ComposerAtHand]:
    """Its composer, with nothing left to read."""
    with ComposerAtHand(quiet_desk, model) as at_hand:
        yield at_hand


# -- what is read ----------------------------------------------------------------------------------


def test_a_prompt_is_read_in_steps_until_all_of_it_is(at_hand: ComposerAtHand) -> None:
    at_hand.desk.fill(12)
    at_hand.catch_up()
    assert at_hand.read == [tuple(f"message {number}" for number in range(12))] * 3
    at_hand.desk.clock.forward(3600)
    at_hand.do()
    assert len(at_hand.read) == 3
    at_hand.desk.chat("one more")
    at_hand.catch_up()
    assert [lines[-1] for lines in at_hand.read[3:]] == ["one more"]


def test_what_is_read_is_what_will_be_asked(at_hand: ComposerAtHand) -> None:
    desk = at_hand.desk
    desk.fill(30)
    at_hand.catch_up()
    ahead = at_hand.model.read[-1]
    assert (ahead.channel, ahead.bot_name) == ("alpha", BOT)
    assert ahead.settings == desk.channels["alpha"].settings
    assert len(ahead.lines) == ahead.settings.context_limit == 20
    desk.chat("@clankbot hi")
    at_hand.do()
    (asked,) = at_hand.model.asked
    assert asked.lines[:-1] == ahead.lines[1:]
    assert asked.asked is not None
    assert ahead.asked is None
    assert ahead.within_s is None


def test_what_was_read_for_a_line_is_not_read_ahead_again(at_hand: ComposerAtHand) -> None:
    desk = at_hand.desk
    desk.fill(3)
    desk.order("speak")
    at_hand.catch_up()
    assert at_hand.model.asked != []
    assert at_hand.read == []
    (line,) = desk.offered
    desk.send(line, "own-1")
    at_hand.catch_up()
    assert [lines[-1] for lines in at_hand.read] == ["what a calm river"]


def test_lines_of_a_turn_are_read_ahead_once_it_is_over(at_hand: ComposerAtHand) -> None:
    desk = at_hand.desk
    desk.fill(3)
    desk.order("speak")
    at_hand.do()
    desk.chat("meanwhile")
    at_hand.catch_up()
    assert at_hand.read == []
    desk.send(desk.offered[-1], "own-1")
    at_hand.catch_up()
    assert at_hand.read[-1][-2:] == ("meanwhile", "what a calm river")


def test_after_a_start_nothing_is_read_yet(tmp_path: Path, model: Model) -> None:
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        desk.fill(4)
    with Desk(tmp_path, desk.clock, MESSAGE_THRESHOLD="500") as again:
        at_hand = ComposerAtHand(again, model)
        at_hand.catch_up()
        assert at_hand.channels == ["alpha"]
        at_hand.history.close()  # type: ignore[operator]


def test_news_of_a_channel_waits_once(quiet_desk: Desk, model: Model) -> None:
    composer = quiet_desk.composer(model)
    for _ in range(5_000):
        composer.prompt_changed("alpha")
        composer.prompt_changed("beta")


# -- giving way ------------------------------------------------------------------------------------


def test_a_job_ends_the_step_under_way_and_reading_goes_on_behind_it(
    at_hand: ComposerAtHand,
) -> None:
    model, cancelled = at_hand.model, []

    def ask(cancel: Cancel) -> None:
        if not model.asked:
            at_hand.desk.chat("@clankbot hi", channel="beta")
            cancelled.append(cancel.cancelled)

    model.meanwhile_reading = ask
    at_hand.desk.fill(4)
    at_hand.do()
    assert cancelled == [True]
    assert [asked.channel for asked in model.asked] == ["beta"]
    assert at_hand.channels == ["alpha", "alpha"]


def test_a_job_that_comes_just_before_a_step_is_done_first(at_hand: ComposerAtHand) -> None:
    def ask(_: str) -> bool:
        if not at_hand.model.asked:
            at_hand.desk.chat("@clankbot hi", channel="beta")
        return True

    at_hand.model.reads_ahead = ask  # type: ignore[method-assign]
    at_hand.history.contexts.clear()
    at_hand.desk.fill(4)
    at_hand.do()
    assert at_hand.history.contexts == ["beta", "alpha"]


def test_the_end_ends_the_step_under_way(at_hand: ComposerAtHand) -> None:
    cancels: list[Cancel] = []

    def finish(cancel: Cancel) -> None:
        at_hand.composer.finish()
        cancels.append(cancel)

    at_hand.model.meanwhile_reading = finish
    at_hand.desk.fill(4)
    at_hand.step()
    assert [cancel.cancelled for cancel in cancels] == [True]


def test_a_stop_ends_the_step_under_way(at_hand: ComposerAtHand) -> None:
    cancelled = []

    def stop(cancel: Cancel) -> None:
        at_hand.composer.stop()
        cancelled.append(cancel.cancelled)

    at_hand.model.meanwhile_reading = stop
    at_hand.desk.fill(4)
    at_hand.catch_up()
    assert cancelled == [True]
    assert at_hand.composer.wait_s() is None


def test_after_a_stop_nothing_is_read_and_nothing_is_waited_for(at_hand: ComposerAtHand) -> None:
    at_hand.desk.fill(4)
    at_hand.history.contexts.clear()
    at_hand.composer.stop()
    at_hand.catch_up()
    assert at_hand.read == []
    assert at_hand.history.contexts == []
    assert at_hand.composer.wait_s() is None


# -- a share of the server's time ------------------------------------------------------------------


@pytest.mark.parametrize("step_s", [0.5, 2.0, 7.0])
def test_a_step_is_followed_by_three_times_as_long_a_rest(
    at_hand: ComposerAtHand, step_s: float
) -> None:
    at_hand.model.step_takes_s = step_s
    at_hand.desk.fill(20)
    at_hand.do()
    assert len(at_hand.read) == 1
    assert at_hand.composer.wait_s() == pytest.approx(3 * step_s)
    at_hand.desk.clock.forward(3 * step_s - 0.01)
    at_hand.desk.chat("more", channel="beta")  # the server is the same
    at_hand.do()
    assert len(at_hand.read) == 1
    at_hand.desk.clock.forward(0.02)
    at_hand.do()
    assert len(at_hand.read) == 2


def test_what_a_turn_has_left_the_server_with_is_waited_for_without_a_rest(
    at_hand: ComposerAtHand,
) -> None:
    at_hand.model.step_takes_s, at_hand.model.busy_s = 0.0, 8.0
    at_hand.desk.fill(20)
    at_hand.do()
    assert at_hand.composer.wait_s() == pytest.approx(8)


def test_in_any_ten_minutes_of_busy_chat_a_quarter_is_spent_at_most(
    at_hand: ComposerAtHand,
) -> None:
    model, clock, spent_s = at_hand.model, at_hand.desk.clock, 0.0

    def spend(_: Cancel) -> None:
        nonlocal spent_s
        clock.forward(model.step_takes_s)
        spent_s += model.step_takes_s

    model.meanwhile_reading = spend
    began = clock()
    number = 0
    while clock() - began < 600:
        number += 1
        model.step_takes_s = 0.5 + number % 5
        for channel in ("alpha", "beta"):
            at_hand.desk.chat(f"line {number}", channel=channel)
        at_hand.do()
        clock.forward(2.5)
    assert 0.15 <= spent_s / (clock() - began) <= 0.25 + 4.5 / 600


def test_a_step_that_fails_or_gives_way_is_counted_by_the_time_it_took(
    at_hand: ComposerAtHand,
) -> None:
    def fail(cancel: Cancel) -> None:
        at_hand.desk.clock.forward(4.0)
        raise OllamaUnavailable(Trouble.NOT_REACHABLE)

    at_hand.model.meanwhile_reading = fail
    at_hand.desk.fill(4)
    at_hand.do()
    at_hand.desk.fill(1)
    at_hand.do()
    assert len(at_hand.read) == 1
    assert at_hand.composer.wait_s() == pytest.approx(12.0)


def test_with_nothing_to_read_it_sleeps_until_it_is_woken(at_hand: ComposerAtHand) -> None:
    assert at_hand.composer.wait_s() is None


# -- several channels ------------------------------------------------------------------------------


@pytest.mark.parametrize("has_one_place", [True, False])
def test_one_channel_is_read_to_its_end_before_the_next(
    at_hand: ComposerAtHand, *, has_one_place: bool
) -> None:
    """On a server with one place each would begin anew after a step of the other, for ever."""
    at_hand.model.has_one_place = has_one_place
    at_hand.desk.fill(12, "beta")
    at_hand.desk.fill(12, "alpha")
    for _ in range(20):
        at_hand.do()
        at_hand.desk.clock.forward(at_hand.composer.wait_s() or 0.0)
    assert at_hand.composer.wait_s() is None
    ends = [lines[-1] for lines in at_hand.read]
    assert ends == ["message 11"] * len(ends)
    middle = at_hand.channels[2:]
    assert middle == sorted(middle, reverse=True)
    assert set(middle) == {"alpha", "beta"}


def test_a_chat_that_is_quicker_than_the_server_leaves_turns_to_others(
    at_hand: ComposerAtHand,
) -> None:
    desk = at_hand.desk
    desk.fill(20, "beta")
    desk.fill(20, "alpha")
    for _ in range(12):
        desk.fill(30, "beta")  # more than its context holds: its prompt begins anew
        at_hand.do()
        desk.clock.forward(at_hand.composer.wait_s() or 0.0)
    assert at_hand.channels.count("alpha") >= 4


def test_the_oldest_news_comes_first_however_much_is_said_elsewhere(
    at_hand: ComposerAtHand,
) -> None:
    at_hand.model.lines_a_step = 100
    at_hand.desk.fill(1, "alpha")
    at_hand.do()
    for _ in range(4):
        at_hand.desk.fill(1, "beta")
        at_hand.desk.fill(3, "alpha")
        at_hand.desk.fill(3, "beta")
        at_hand.do()
    at_hand.desk.clock.forward(3)
    at_hand.do()
    at_hand.desk.fill(1, "beta")
    at_hand.desk.clock.forward(3)
    at_hand.do()
    at_hand.desk.clock.forward(3)
    at_hand.do()
    assert at_hand.channels == ["alpha", "beta", "alpha", "beta"]


# -- silence ---------------------------------------------------------------------------------------


def _set_outage(desk: Desk) -> None:
    desk.live_state.outage = "gone"


def _both_off(desk: Desk) -> None:
    desk.order("spontaneous off")
    desk.order("mentions off")


SILENCES: dict[str, Callable[[Desk], object]] = {
    "off": lambda desk: desk.order("off"),
    "quiet": lambda desk: desk.order("quiet 30m"),
    "live only, unknown": lambda desk: desk.order("liveonly on"),
    "both off": _both_off,
    "emote-only": lambda desk: desk.hear(RoomState("alpha", emote_only=True)),
    "followers-only": lambda desk: desk.hear(RoomState("alpha", followers_only_minutes=0)),
    "timed out": lambda desk: desk.hear(UserCleared("alpha", "99", 600)),
    "hints": lambda desk: desk.live_state.set_silence("alpha", desk.clock.ms() + 1000),
}


@pytest.mark.parametrize("silence", SILENCES.values(), ids=SILENCES)
def test_nothing_is_read_where_the_bot_may_not_speak(
    at_hand: ComposerAtHand, silence: Callable[[Desk], object]
) -> None:
    silence(at_hand.desk)
    at_hand.catch_up()
    at_hand.model.read.clear()
    at_hand.history.contexts.clear()
    at_hand.desk.chat("one", "two")
    at_hand.catch_up()
    assert at_hand.read == []
    assert at_hand.history.contexts == []
    at_hand.desk.chat("one", channel="beta")
    at_hand.catch_up()
    assert at_hand.channels == ["beta"]


@pytest.mark.parametrize("silence", SILENCES.values(), ids=SILENCES)
def test_the_composer_is_not_even_woken(
    quiet_desk: Desk, silence: Callable[[Desk], object]
) -> None:
    silence(quiet_desk)
    quiet_desk.settle()
    quiet_desk.changed.clear()
    quiet_desk.chat("one", "two")
    quiet_desk.chat("one", channel="beta")
    assert quiet_desk.changed == ["beta"]


@pytest.mark.parametrize(
    "silence", [*SILENCES.values(), _set_outage], ids=[*SILENCES, "database away"]
)
def test_it_is_looked_at_once_more_when_the_step_begins(
    at_hand: ComposerAtHand, silence: Callable[[Desk], object]
) -> None:
    at_hand.desk.fill(4)
    silence(at_hand.desk)
    at_hand.history.contexts.clear()
    at_hand.step()
    assert at_hand.read == []
    assert at_hand.history.contexts == []


def test_live_only_reads_while_the_channel_is_live(at_hand: ComposerAtHand) -> None:
    desk = at_hand.desk
    desk.order("liveonly on")
    read = []
    for live in ([], ["alpha"], []):
        desk.live_state.set_live(live, ["alpha"])
        desk.chat("hello")
        at_hand.catch_up()
        read.append(len(at_hand.read))
    assert read == [0, 1, 1]


@pytest.mark.parametrize("left", ["spontaneous off", "mentions off"])
def test_one_way_of_speaking_is_enough(at_hand: ComposerAtHand, left: str) -> None:
    at_hand.desk.order(left)
    at_hand.catch_up()
    at_hand.model.read.clear()
    at_hand.desk.chat("hello")
    at_hand.catch_up()
    assert at_hand.channels == ["alpha"]


def test_it_reads_as_soon_as_it_may_speak_again(at_hand: ComposerAtHand) -> None:
    at_hand.desk.order("off")
    at_hand.desk.fill(4)
    at_hand.catch_up()
    assert at_hand.read == []
    at_hand.desk.order("on")
    at_hand.catch_up()
    assert at_hand.channels == ["alpha"]


@pytest.mark.parametrize("keeps", ["does not want to", "is not to be asked"])
def test_where_the_model_does_not_read_ahead_the_database_is_not_asked(
    at_hand: ComposerAtHand, keeps: str
) -> None:
    at_hand.model.wants_to_read = keeps != "does not want to"
    at_hand.model.obstructed = "away" if keeps == "is not to be asked" else None
    at_hand.history.contexts.clear()
    at_hand.desk.fill(30)
    at_hand.catch_up()
    assert at_hand.read == []
    assert at_hand.history.contexts == []
    assert at_hand.composer.wait_s() is None


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_step_that_fails_waits_for_more_news_and_is_for_the_debug_log(
    at_hand: ComposerAtHand, caplog: pytest.LogCaptureFixture
) -> None:
    cancels: list[Cancel] = []

    def fail(cancel: Cancel) -> None:
        cancels.append(cancel)
        raise OllamaUnavailable(Trouble.OUT_OF_MEMORY)

    caplog.set_level(logging.DEBUG, "clankbot.processing")
    at_hand.model.meanwhile_reading = fail
    at_hand.desk.fill(4)
    at_hand.catch_up()
    at_hand.desk.clock.forward(3600)
    at_hand.do()
    assert len(cancels) == 1
    assert [(r.levelname, r.message) for r in caplog.records] == [("DEBUG", "not read ahead")]
    at_hand.desk.fill(1)
    at_hand.catch_up()
    assert len(cancels) == 2
    at_hand.desk.hear(ChatCleared("alpha"))
    assert not any(cancel.cancelled for cancel in cancels), "the generation was released"


def test_a_database_that_cannot_be_read_is_survived(at_hand: ComposerAtHand) -> None:
    at_hand.desk.fill(4)
    with at_hand.history.gone():
        at_hand.step()
    assert at_hand.read == []
    at_hand.desk.fill(1)
    at_hand.catch_up()
    assert at_hand.channels == ["alpha"]


def test_what_nobody_foresaw_ends_the_thread_and_leaves_no_generation(
    at_hand: ComposerAtHand,
) -> None:
    cancels: list[Cancel] = []

    def burst(cancel: Cancel) -> None:
        cancels.append(cancel)
        raise RuntimeError("a mistake")

    at_hand.model.meanwhile_reading = burst
    at_hand.desk.fill(4)
    with pytest.raises(RuntimeError):
        at_hand.do()
    at_hand.desk.hear(ChatCleared("alpha"))
    at_hand.composer.stop()
    assert not cancels[0].cancelled


# -- what may not be seen --------------------------------------------------------------------------

REMOVALS = pytest.mark.parametrize(
    "removal",
    [MessageDeleted("alpha", "f-2"), UserCleared("alpha", "8", None), ChatCleared("alpha")],
    ids=["deletion", "ban", "clear"],
)
Removal = MessageDeleted | UserCleared | ChatCleared


def fill(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one", message_id="f-1"),
        desk.viewer("two", message_id="f-2", user_id="8", login="bruno"),
        desk.viewer("three", message_id="f-3"),
    )


@REMOVALS
def test_a_removal_during_a_step_cancels_it_and_then_the_rest_is_read_anew(
    at_hand: ComposerAtHand, removal: Removal
) -> None:
    cancelled = []

    def moderate(cancel: Cancel) -> None:
        if not cancelled:
            at_hand.desk.arrive(removal)
            cancelled.append(cancel.cancelled)

    at_hand.model.meanwhile_reading = moderate
    fill(at_hand.desk)
    at_hand.step()  # and the worker has not looked yet
    assert cancelled == [True]
    assert len(at_hand.read) == 1
    at_hand.catch_up()
    anew = [("one", "three")] if not isinstance(removal, ChatCleared) else []
    assert at_hand.read[1:] == anew


@REMOVALS
@pytest.mark.parametrize("moment", ["before", "while"])
def test_a_removal_that_the_worker_has_not_carried_out_is_not_read(
    at_hand: ComposerAtHand, removal: Removal, moment: str
) -> None:
    """Before the context is read, or just afterwards."""
    fill(at_hand.desk)
    if moment == "before":
        at_hand.desk.arrive(removal)
    else:
        at_hand.history.meanwhile = lambda: at_hand.desk.arrive(removal)
    at_hand.step()
    assert at_hand.read == []
    at_hand.history.meanwhile = lambda: None
    at_hand.catch_up()
    assert ("one", "two", "three") not in at_hand.read


def test_nothing_is_read_while_a_large_removal_goes_on(at_hand: ComposerAtHand) -> None:
    """It counts as carried out from its first step on, while most of it is still stored."""
    desk = at_hand.desk
    fill(desk)
    with closing(Session(desk.database.engine)) as session:
        session.run(Messages.ADD_REMOVAL, "viewer", 2**40, "8", "alpha")
        at_hand.step()
    assert at_hand.read == []
    desk.store.finish_removing()
    desk.chat("four")
    at_hand.catch_up()
    assert at_hand.read == [("one", "three", "four")]


def _by_another_program(desk: Desk) -> None:
    desk.store.apply([ForgetViewer(None, "8"), RaiseDeletionEpoch()])
    desk.clock.forward(2)


def _edit_words(desk: Desk) -> None:
    desk.words.write_text("shed\ntwo\n")
    desk.clock.forward(2)


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk: desk.chat("!clank optout", user_id="8", login="bruno"),
        lambda desk: desk.order("block two"),
        lambda desk: desk.order("block bruno"),
        lambda desk: desk.order("forget bruno"),
        lambda desk: desk.hear(MessageDeleted("alpha", "f-2")),
        lambda desk: desk.hear(UserCleared("alpha", "8", 60)),
        _by_another_program,
        _edit_words,
    ],
    ids=["optout", "block", "name", "forget", "deletion", "timeout", "other program", "word list"],
)
def test_what_may_no_longer_be_seen_is_read_anew_without_it(
    at_hand: ComposerAtHand, happens: Callable[[Desk], None]
) -> None:
    fill(at_hand.desk)
    at_hand.catch_up()
    happens(at_hand.desk)
    at_hand.desk.clock.forward(1)  # as soon as the worker has looked around
    at_hand.desk.settle()
    at_hand.catch_up()
    first, *anew = at_hand.read
    assert first == ("one", "two", "three")
    assert set(anew) == {("one", "three")}


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk: desk.chat("!clank optout", user_id="8", login="bruno"),
        lambda desk: desk.order("forget bruno"),
        lambda desk: desk.hear(MessageDeleted("alpha", "f-2")),
        _by_another_program,
    ],
    ids=["optout", "forget", "deletion", "other program"],
)
def test_a_step_under_way_is_cancelled_by_all_that_takes_words_away(
    at_hand: ComposerAtHand, happens: Callable[[Desk], None]
) -> None:
    cancelled = []

    def take_away(cancel: Cancel) -> None:
        if not cancelled:
            happens(at_hand.desk)
            at_hand.desk.settle()
            cancelled.append(cancel.cancelled)

    at_hand.model.meanwhile_reading = take_away
    fill(at_hand.desk)
    at_hand.catch_up()
    assert cancelled == [True]
    assert at_hand.read[1:] == [("one", "three")]


def test_other_instructions_are_read_at_once(at_hand: ComposerAtHand) -> None:
    fill(at_hand.desk)
    at_hand.catch_up()
    at_hand.desk.order("prompt a grumpy owl")
    at_hand.catch_up()
    assert at_hand.model.read[-1].settings.persona == "a grumpy owl"


# -- where a prompt begins, and what is learned ----------------------------------------------------


def rows(assignment: Assignment) -> list[int]:
    return [line.row for line in assignment.lines]


def test_each_prompt_is_told_where_the_last_one_began(at_hand: ComposerAtHand) -> None:
    desk, model = at_hand.desk, at_hand.model
    desk.fill(3)
    at_hand.catch_up()
    desk.order("speak")
    at_hand.do()
    assert [each.begins_at for each in model.read] == [0]
    (asked,) = model.asked
    assert asked.begins_at == rows(model.read[0])[0] > 0
    assert desk.store.windows() == {"alpha": asked.begins_at}


def test_a_window_is_kept_over_a_restart_and_a_move_of_it_too(tmp_path: Path) -> None:
    first, second = Model(), Model()
    with Desk(tmp_path) as desk:
        desk.fill(3)
        desk.compose(first)
    with Desk(tmp_path, desk.clock) as again:
        again.order("speak")
        again.compose(second)
        (asked,) = second.asked
        assert asked.begins_at == rows(first.asked[0])[0]
        again.send(again.offered[-1], "own-1")
        again.fill(30)  # the first line has left the context
        again.compose(second)
        assert again.store.windows() == {"alpha": rows(second.asked[1])[0]}
        assert second.asked[1].begins_at == asked.begins_at


def test_retention_may_take_the_first_line_away(at_hand: ComposerAtHand) -> None:
    desk = at_hand.desk
    desk.fill(6)
    at_hand.catch_up()
    desk.store.prune("alpha", None, 2)
    desk.fill(1)
    at_hand.catch_up()
    before, after = at_hand.model.read[0], at_hand.model.read[-1]
    assert after.begins_at == rows(before)[0]
    assert after.begins_at not in rows(after)
    assert len(after.lines) == 3
    assert desk.store.windows() == {"alpha": rows(after)[0]}


def test_what_was_learned_is_kept_and_recalled(tmp_path: Path) -> None:
    first, second = Model(), Model()
    with Desk(tmp_path) as desk:
        desk.fill(3)
        first.to_be_kept = {"tiny": "52 tokens a second"}
        desk.compose(first)
        assert desk.store.model_figures() == {"tiny": "52 tokens a second"}
    with Desk(tmp_path, desk.clock) as again, ComposerAtHand(again, second) as at_hand:
        assert second.recalled == [{"tiny": "52 tokens a second"}]
        second.to_be_kept = {"large": "9 tokens a second"}
        again.fill(2)
        at_hand.catch_up()
        assert again.store.model_figures().keys() == {"tiny", "large"}


@pytest.mark.parametrize("occasion", ["news", "a job"])
def test_what_is_kept_is_recalled_as_soon_as_the_database_is_back(
    tmp_path: Path, model: Model, occasion: str
) -> None:
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        desk.fill(3)
        with ComposerAtHand(desk, Model()) as first:
            first.desk.fill(1)
            first.catch_up()
        kept = desk.store.windows()
        second = ComposerAtHand(desk, model)
        desk.fill(1)
        with second.history.gone():
            second.step()
        assert model.recalled == []
        if occasion == "news":
            desk.fill(1)
        else:
            desk.order("speak")
        second.catch_up()
        assert model.recalled == [{}]
        assert (model.read + model.asked)[-1].begins_at == kept["alpha"]
        second.history.close()  # type: ignore[operator]


def test_an_answer_is_wanted_for_as_long_as_the_mention_may_wait(
    quiet_desk: Desk, model: Model
) -> None:
    quiet_desk.chat("@clankbot hi")
    quiet_desk.clock.forward(22)
    quiet_desk.compose(model)
    quiet_desk.order("speak")
    quiet_desk.compose(model)
    (answer,) = model.asked
    assert answer.within_s == pytest.approx(38.0)


def test_a_remark_may_take_as_long_as_the_server_is_given(desk: Desk, model: Model) -> None:
    desk.fill(3)
    desk.compose(model)
    (remark,) = model.asked
    assert remark.within_s is None


# -- the thread ------------------------------------------------------------------------------------


def test_a_sleeping_thread_is_woken_by_news_and_a_job_ends_its_step(tmp_path: Path) -> None:
    model, begun = Model(), threading.Event()

    def wait(cancel: Cancel) -> None:
        begun.set()
        wait_until(lambda: cancel.cancelled)

    model.wants_to_read = True
    model.meanwhile_reading = wait
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        composer = desk.composer(model)
        desk.submit_to, desk.tell_changed = composer.submit, composer.prompt_changed
        thread = threading.Thread(target=composer.run)
        thread.start()
        try:
            desk.fill(4)
            assert begun.wait(5)
            desk.chat("@clankbot hi", channel="beta")
            wait_until(lambda: desk.offered)
            wait_until(lambda: len(model.read) == 2)  # and goes on where it was
            composer.stop()
        finally:
            composer.finish()
            thread.join(5)
        assert not thread.is_alive()
    assert [each.channel for each in model.read] == ["alpha", "alpha"]


def test_it_sleeps_until_the_next_step_is_due(tmp_path: Path) -> None:
    """With a clock that runs: the rests are kept, and nothing is looked at meanwhile."""
    model, began = Model(), []
    model.wants_to_read, model.lines_a_step, model.step_takes_s = True, 1, 0.05
    model.meanwhile_reading = lambda _: began.append(Clock().monotonic())

    class Running(Hand):
        def monotonic(self) -> float:
            return Clock().monotonic()

    with Desk(tmp_path, Running(), MESSAGE_THRESHOLD="500") as desk:
        composer = desk.composer(model)
        rounds, step = [], composer.step
        composer.step = lambda history, wait_s: rounds.append(wait_s) or step(history, wait_s)  # type: ignore
        thread = threading.Thread(target=composer.run)
        desk.arrive(*(desk.viewer(str(number)) for number in range(4)))
        desk.settle()
        composer.prompt_changed("alpha")
        thread.start()
        try:
            wait_until(lambda: len(began) == 4)
        finally:
            composer.finish()
            thread.join(5)
    assert not thread.is_alive()
    assert all(later - sooner >= 0.15 for sooner, later in pairwise(began))
    assert len(rounds) < 20
