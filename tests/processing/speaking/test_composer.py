"""From a job to a finished line, and everything that may come between."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.database.database import Database
from clankbot.database.sqlite import SqliteEngine
from clankbot.errors import OllamaUnavailable, Trouble
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MessageKind, Outgoing
from tests.processing.desk import BOT, BOT_ID, Desk
from tests.processing.model import Model
from tests.waiting import PATIENCE_S, wait_until


@pytest.fixture
def model() -> Model:
    return Model()


def fill(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one", message_id="f-1"),
        desk.viewer("two", message_id="f-2", user_id="8", login="bruno"),
        desk.viewer("three", message_id="f-3"),
    )


def test_a_spontaneous_line_is_made_of_the_newest_messages(desk: Desk, model: Model) -> None:
    desk.order("context 3")
    desk.chat("zero", channel="beta")
    desk.speak("what a start", "own-0")
    fill(desk)
    line = desk.compose(model)
    (assignment,) = model.asked
    assert assignment.channel == "alpha"
    assert assignment.bot_name == BOT
    assert assignment.settings == desk.channels["alpha"].settings
    assert assignment.asked is None
    assert [(said.speaker, said.text) for said in assignment.lines] == [
        ("Alice", "one"),
        ("Bruno", "two"),
        ("Alice", "three"),
    ]
    assert line is not None
    assert line == Outgoing(
        "alpha",
        "what a calm river",
        MessageKind.SPONTANEOUS,
        desk.clock(),
        generation_id=line.generation_id,
    )


def test_an_answer_goes_to_the_one_who_asked(desk: Desk, model: Model) -> None:
    desk.chat("@clankbot hi", message_id="m-a")
    line = desk.compose(model)
    (assignment,) = model.asked
    assert assignment.lines == (assignment.asked,)
    assert line == Outgoing(
        "alpha",
        "what a calm river",
        MessageKind.MENTION_ANSWER,
        desk.clock(),
        reply_to_id="m-a",
        addressee_id="7",
        generation_id=line.generation_id if line else None,
    )


def test_a_requested_line_is_marked_as_such(desk: Desk, model: Model) -> None:
    desk.order("speak")
    line = desk.compose(model)
    assert line is not None
    assert line.requested
    assert model.saw == []


def test_the_first_answer_to_a_viewer_each_day_may_say_that_it_is_a_bots(
    desk: Desk, model: Model
) -> None:
    mark = "what a calm river (I'm a bot)"

    def answer(*, is_said: bool = True, **asker: str) -> str:
        desk.chat("@clankbot hi", **asker)
        desk.clock.forward(1)
        line = desk.compose(Model(f"what a calm river{'' if is_said else ' now'}"))
        assert line is not None
        if is_said:
            desk.send(line, f"own-{desk.clock()}")
        desk.clock.forward(90)
        return line.text

    assert answer() == "what a calm river"
    desk.order("disclose on")
    assert answer(user_id="8", login="bruno") == mark
    assert answer(user_id="8", login="bruno") == "what a calm river"
    assert answer() == mark
    desk.clock.forward(86_400)
    assert answer() == mark
    desk.order("length 20")
    assert answer(user_id="9", login="carla") == "what a (I'm a bot)"
    desk.order("speak")
    assert desk.compose(model)
    assert not any("bot" in line.text for line in model.asked[0].lines if line.is_own)


def test_the_model_is_told_how_the_room_types(desk: Desk, model: Model) -> None:
    desk.order("context 3")
    desk.order("block pebbleBad")
    emotes = frozenset({"pebbleHi", "pebbleBad"})
    for number in range(40):
        text = "hi pebbleHi" if number % 4 else "so close again"
        desk.chat(text, user_id=str(number % 6), emotes=emotes if number == 1 else frozenset())
    desk.compose(model)
    (assignment,) = model.asked
    assert len(assignment.lines) == 3
    assert assignment.style is not None
    assert assignment.style.known == {"pebbleHi"}


def test_its_own_earlier_lines_are_context(desk: Desk, model: Model) -> None:
    desk.speak("owls are near", "own-1")
    fill(desk)
    desk.compose(model)
    (assignment,) = model.asked
    own, *others = assignment.lines
    assert (own.text, own.is_own, own.user_id) == ("owls are near", True, BOT_ID)
    assert not any(line.is_own for line in others)


# -- what may not be seen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "left"),
    [
        (lambda desk: desk.chat("!clank optout"), ["two"]),
        (lambda desk: setattr(desk.live_state, "opted_out", frozenset({"8"})), ["one", "three"]),
        (lambda desk: desk.order("block two"), ["one", "three"]),
        (lambda desk: desk.order("block bruno"), ["one", "three"]),
        (lambda desk: desk.hear(MessageDeleted("alpha", "f-2")), ["one", "three"]),
        (lambda desk: desk.hear(UserCleared("alpha", "7", 60)), ["two"]),
        (lambda desk: desk.order("forget alice"), ["two"]),
    ],
    ids=["optout", "optout, not stored yet", "block", "name", "deletion", "timeout", "forget"],
)
def test_the_model_never_sees_what_was_removed_or_is_blocked_by_now(
    desk: Desk, model: Model, happens: Callable[[Desk], None], left: list[str]
) -> None:
    fill(desk)
    desk.compose(Model(None))
    happens(desk)
    desk.order("speak")
    desk.compose(model)
    assert model.saw == left


def test_a_mention_that_fell_out_of_the_context_is_still_answered(desk: Desk, model: Model) -> None:
    desk.order("context 1")
    desk.hear(desk.viewer("@clankbot hi"), desk.viewer("so what", user_id="8"))
    assert desk.compose(model) is not None
    (assignment,) = model.asked
    assert model.saw == ["so what"]
    assert assignment.asked is not None
    assert assignment.asked.text == "@clankbot hi"


@pytest.mark.parametrize(
    "happens",
    [
        lambda desk: setattr(desk.live_state, "opted_out", frozenset({"7"})),
        lambda desk: desk.filters.set_terms("alpha", ["hi"]),
        lambda desk: desk.filters.set_terms("alpha", ["alice"]),
    ],
    ids=["opted out", "blocked", "name blocked"],
)
def test_a_mention_that_may_not_be_seen_any_more_is_not_answered(
    desk: Desk, model: Model, happens: Callable[[Desk], None]
) -> None:
    desk.chat("@clankbot hi")
    happens(desk)
    assert desk.compose(model) is None
    assert model.asked == []
    assert desk.why() == "the mention may not be seen any more"


def test_a_mention_whose_turn_comes_too_late_is_not_answered(desk: Desk, model: Model) -> None:
    desk.chat("@clankbot hi")
    desk.clock.forward(61)
    assert desk.compose(model) is None
    assert model.asked == []
    assert desk.why() == "the mention waited too long"


def test_waiting_for_the_turn_and_for_the_composer_add_up(desk: Desk, model: Model) -> None:
    fill(desk)
    desk.chat("@clankbot hi")
    desk.clock.forward(40)
    desk.compose(Model(None))
    desk.clock.forward(20.5)
    assert desk.compose(model) is None
    assert desk.why() == "the mention waited too long"


def test_an_answer_is_as_old_as_its_mention_however_long_it_was_composed(desk: Desk) -> None:
    desk.chat("@clankbot hi")
    written_at = desk.clock()
    line = desk.compose(Model(meanwhile=lambda _: desk.clock.forward(20)))
    assert line is not None
    assert line.since == written_at


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_server_that_fails_is_told_by_why(desk: Desk) -> None:
    def fail(cancel: Cancel) -> None:
        raise OllamaUnavailable(Trouble.OUT_OF_MEMORY, "5.0 GiB are wanted at /srv/ollama")

    fill(desk)
    assert desk.compose(Model(meanwhile=fail)) is None
    assert desk.why() == "Ollama is out of memory"


def test_an_outage_is_told_by_why_with_its_beginning_from_the_first_failure_on(desk: Desk) -> None:
    def refuse(_: Cancel) -> None:
        raise OllamaUnavailable(Trouble.NOT_REACHABLE, "no connection")

    model = Model(meanwhile=refuse)
    model.trouble = "Ollama has not answered since 20:14 UTC (no connection)"
    fill(desk)
    assert desk.compose(model) is None
    assert desk.why() == model.trouble


def test_a_generation_that_was_called_off_is_not_blamed_on_an_outage(desk: Desk) -> None:
    model = Model(meanwhile=lambda cancel: cancel.cancel())
    model.trouble = "Ollama has not answered since 20:14 UTC (no connection)"
    fill(desk)
    desk.compose(model)
    assert desk.why() == "called off"


def test_an_answer_of_which_nothing_can_be_used_costs_the_turn(desk: Desk) -> None:
    fill(desk)
    assert desk.compose(Model(None)) is None
    assert desk.why() == "nothing usable was left"
    desk.chat("four", "five")
    assert desk.why() == "2/3 messages"
    assert desk.store.tally("alpha", "2026-09-21") == {"refused_no_line": 1}


def test_a_pass_waits_like_a_line_and_is_no_refusal(desk: Desk) -> None:
    passes = Model(None)
    passes.silence = Reason(Why.PASSED, "the model had nothing to add")
    fill(desk)
    assert desk.compose(passes) is None
    assert desk.why() == "the model had nothing to add"
    desk.chat("four", "five")
    assert desk.why() == "2/3 messages"
    assert desk.store.tally("alpha", "2026-09-21") == {"passed": 1}
    desk.order("speak")
    desk.compose(passes)
    desk.chat("@clankbot hi")
    desk.compose(passes)
    assert [given.may_pass for given in passes.asked] == [True, False, False]


def test_a_run_of_unusable_answers_is_logged_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "clankbot.processing.speaking.turns")
    fill(desk)
    for text in (None, None, "what a calm river", None):
        line = desk.compose(Model(text))
        if line is not None:
            desk.send(line)
        desk.clock.forward(60)
        desk.chat("one", "two", "three")
    said = [record.message for record in caplog.records]
    assert said.count("nothing to say") == 2


def test_a_database_that_cannot_be_read_is_survived(
    desk: Desk, model: Model, tmp_path: Path
) -> None:
    fill(desk)
    there, desk.database = desk.database, Database(SqliteEngine(tmp_path / "gone.db"))
    assert desk.compose(model) is None
    assert desk.why() == "the database is away"
    desk.database = there
    desk.chat("four")
    assert desk.compose(model) is not None


def test_a_line_that_the_sender_does_not_take_ends_the_turn(desk: Desk, model: Model) -> None:
    fill(desk)
    desk.takes_lines = False
    assert desk.compose(model) is None
    desk.takes_lines = True
    assert desk.why() == "too many lines are waiting"
    desk.chat("four")
    assert not desk.jobs.empty()


def test_the_generation_is_released_when_nothing_comes_of_a_job(desk: Desk) -> None:
    def call_off(cancel: Cancel) -> None:
        cancels.append(cancel)
        raise OllamaUnavailable(Trouble.NOT_REACHABLE)

    cancels: list[Cancel] = []
    fill(desk)
    desk.compose(Model(meanwhile=call_off))
    desk.hear(ChatCleared("alpha"))
    assert not cancels[0].cancelled


def test_what_nobody_foresaw_ends_the_thread(desk: Desk) -> None:
    def burst(cancel: Cancel) -> None:
        raise RuntimeError("a mistake")

    fill(desk)
    with pytest.raises(RuntimeError):
        desk.compose(Model(meanwhile=burst))


# -- the thread ------------------------------------------------------------------------------------


def test_the_model_is_loaded_before_the_first_job(desk: Desk) -> None:
    order: list[str] = []
    model = Model(meanwhile=lambda cancel: order.append("asked"))
    fill(desk)
    model.loading = lambda: order.append("loaded")
    desk.compose(model)
    assert order == ["loaded", "asked"]


def test_stop_calls_off_what_is_under_way_and_starts_nothing_new(desk: Desk) -> None:
    begun, cancels = threading.Event(), queue.Queue[Cancel]()

    def wait(cancel: Cancel) -> None:
        cancels.put(cancel)
        begun.set()
        wait_until(lambda: cancel.cancelled)

    model = Model(meanwhile=wait)
    fill(desk)
    desk.chat("one", "two", "three", channel="beta")
    composer = desk.composer(model)
    while desk.has_job:
        composer.submit(desk.jobs.get_nowait())
    composer.finish()
    thread = threading.Thread(target=composer.run)
    thread.start()
    assert begun.wait(PATIENCE_S)
    composer.stop()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert len(model.asked) == 1
    assert cancels.get_nowait().cancelled
    desk.settle()
    assert desk.why("beta") == "called off"
