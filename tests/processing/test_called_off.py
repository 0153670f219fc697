"""Generations whose words are moderated before, while and after the model writes."""

from __future__ import annotations

import pytest

from clankbot.cancel import Cancel
from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from clankbot.records.reasons import Why
from clankbot.records.speech import Delivered
from tests.processing.desk import Desk
from tests.processing.model import Model


@pytest.fixture
def model() -> Model:
    return Model()


def fill(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one", message_id="f-1"),
        desk.viewer("two", message_id="f-2", user_id="8", login="bruno"),
        desk.viewer("three", message_id="f-3"),
    )


REMOVALS = pytest.mark.parametrize(
    "removal",
    [MessageDeleted("alpha", "f-2"), UserCleared("alpha", "7", None), ChatCleared("alpha")],
    ids=["deletion", "ban", "clear"],
)
Removal = MessageDeleted | UserCleared | ChatCleared


@pytest.mark.parametrize(
    ("removal", "left"),
    [
        (MessageDeleted("alpha", "f-2"), ["one", "three"]),
        (UserCleared("alpha", "7", None), ["two"]),
    ],
    ids=["deletion", "ban"],
)
def test_a_removal_before_the_context_is_read_leaves_the_rest_to_speak_about(
    desk: Desk, model: Model, removal: Removal, left: list[str]
) -> None:
    fill(desk)
    desk.hear(removal)
    assert desk.compose(model) is not None
    assert model.saw == left


def test_after_a_clear_there_is_nothing_to_speak_about(desk: Desk, model: Model) -> None:
    fill(desk)
    desk.hear(ChatCleared("alpha"))
    assert desk.compose(model) is None
    assert model.asked == []
    assert desk.why() == "nothing is left to speak about"


@REMOVALS
def test_a_removal_that_the_worker_has_not_carried_out_yet(
    desk: Desk, model: Model, removal: Removal
) -> None:
    fill(desk)
    desk.arrive(removal)
    assert desk.compose(model) is None
    assert model.asked == []
    assert desk.why() == "moderated meanwhile"


@REMOVALS
def test_a_removal_during_the_generation_calls_it_off(desk: Desk, removal: Removal) -> None:
    fill(desk)
    called_off = []

    def moderate(cancel: Cancel) -> None:
        desk.arrive(removal)
        called_off.append(cancel.cancelled)

    assert desk.compose(Model(meanwhile=moderate)) is None
    assert called_off == [True]
    assert desk.why() == "moderated meanwhile"


@REMOVALS
def test_a_removal_after_the_generation_stops_the_line(
    desk: Desk, model: Model, removal: Removal
) -> None:
    fill(desk)
    line = desk.compose(model)
    assert line is not None
    assert desk.look(line) is None
    desk.arrive(removal)
    assert desk.look(line) == Why.MODERATED


@REMOVALS
def test_a_line_that_was_on_its_way_is_not_kept(desk: Desk, model: Model, removal: Removal) -> None:
    fill(desk)
    line = desk.compose(model)
    assert line is not None
    desk.arrive(removal)
    desk.tell(Delivered(line, line.text, "own", desk.clock.ms(), desk.clock()))
    assert line.text not in desk.stored()
    assert len(desk.store.recent_spoken("alpha", 9)) == 1


def test_the_mention_itself_is_part_of_what_an_answer_is_made_of(desk: Desk) -> None:
    desk.order("context 1")
    desk.hear(desk.viewer("@clankbot hi", message_id="m-a"), desk.viewer("so what", user_id="8"))
    model = Model(meanwhile=lambda cancel: desk.arrive(MessageDeleted("alpha", "m-a")))
    assert desk.compose(model) is None
    assert desk.why() == "moderated meanwhile"


def test_an_optout_during_the_generation_stops_it(desk: Desk) -> None:
    fill(desk)
    assert desk.compose(Model(meanwhile=lambda _: desk.chat("!clank optout"))) is None


def test_a_viewer_whom_a_moderator_lets_be_forgotten_is_not_spoken_about(desk: Desk) -> None:
    fill(desk)
    called_off = []

    def forget(cancel: Cancel) -> None:
        desk.order("forget bruno")
        called_off.append(cancel.cancelled)

    assert desk.compose(Model(meanwhile=forget)) is None
    assert called_off == [True]


def test_off_stops_the_generation_under_way(desk: Desk) -> None:
    fill(desk)
    called_off = []

    def switch_off(cancel: Cancel) -> None:
        desk.order("off")
        called_off.append(cancel.cancelled)

    desk.compose(Model(meanwhile=switch_off))
    assert called_off == [True]


def test_a_removal_of_something_else_lets_the_line_pass(desk: Desk, model: Model) -> None:
    fill(desk)
    line = desk.compose(model)
    desk.hear(MessageDeleted("alpha", "f-9"), ChatCleared("beta"))
    assert line is not None
    assert desk.look(line) is None
