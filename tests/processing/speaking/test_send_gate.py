"""Every gate, judged at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clankbot.processing.filter.word_list import Match
from clankbot.processing.live_state import Board
from clankbot.processing.speaking.repetition import fingerprint
from clankbot.processing.speaking.send_gate import LastLook
from clankbot.records.chat import ChatCleared, LinkUp, RoomState
from clankbot.records.settings import ChannelPolicy
from clankbot.records.speech import Outgoing, Speech
from tests.processing.chat import Hand, line


class Shed:
    """A word list of one entry."""

    def check(self, text: str) -> str | None:
        return "shed" if "shed" in text.split() else None

    def verdict(self, text: str) -> Match | None:
        return Match("shed", "shed") if self.check(text) else None


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def board(clock: Hand) -> Board:
    board = Board(clock.ms)
    board.note(LinkUp("clankbot", "99"))
    board.set_policy("alpha", ChannelPolicy())
    return board


@pytest.fixture
def look(board: Board, clock: Hand) -> LastLook:
    return LastLook(board, lambda channel: Shed(), clock=clock, now_ms=clock.ms)


def outgoing(speech: Speech, text: str = "what a calm river", **more: object) -> Outgoing:
    return Outgoing("alpha", text, speech, created_at=1000.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("speech", list(Speech))
def test_with_nothing_in_the_way_everything_is_said(look: LastLook, speech: Speech) -> None:
    assert look(outgoing(speech)) is None


@pytest.mark.parametrize("speech", list(Speech))
def test_nothing_older_than_a_minute_is_said(look: LastLook, clock: Hand, speech: Speech) -> None:
    clock.forward(60.5)
    assert look(outgoing(speech)) == "too old"


@pytest.mark.parametrize("speech", list(Speech))
def test_what_twitch_forbids_holds_for_answers_to_commands_too(
    look: LastLook, board: Board, speech: Speech
) -> None:
    board.note(RoomState("alpha", subscribers_only=True))
    assert look(outgoing(speech)) == "subscribers-only"


@pytest.mark.parametrize("speech", list(Speech))
def test_a_blocked_word_is_never_said(look: LastLook, speech: Speech) -> None:
    assert look(outgoing(speech, "in the shed now")) == "blocked by the filter"


def test_why_a_line_was_blocked_is_logged(look: LastLook, caplog: pytest.LogCaptureFixture) -> None:
    look(outgoing(Speech.SPONTANEOUS, "in the shed now"))
    (record,) = caplog.records
    fields = ("direction", "channel", "user_id", "entry", "reading", "text")
    assert [getattr(record, name) for name in fields] == [
        "out",
        "alpha",
        "99",
        "shed",
        "shed",
        "in the shed now",
    ]


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (ChannelPolicy(enabled=False), "switched off"),
        (ChannelPolicy(quiet_until_ms=Hand().ms() + 720_000), "quiet for 12 min"),
        (ChannelPolicy(quiet_hours="00:00-00:00"), "quiet until"),
        (ChannelPolicy(live_only=True), "Twitch has not said whether the channel is live"),
    ],
)
def test_the_channels_own_settings_silence_generated_lines_only(
    look: LastLook, board: Board, policy: ChannelPolicy, reason: str
) -> None:
    board.set_policy("alpha", policy)
    for speech in (Speech.SPONTANEOUS, Speech.MENTION_ANSWER):
        assert (look(outgoing(speech)) or "").startswith(reason)
    assert look(outgoing(Speech.COMMAND_ANSWER)) is None


def test_a_requested_message_ignores_quiet_times_but_not_off(look: LastLook, board: Board) -> None:
    speak = outgoing(Speech.SPONTANEOUS, requested=True)
    quiet = ChannelPolicy(quiet_hours="00:00-00:00", spontaneous=False)
    board.set_policy("alpha", quiet)
    assert look(speak) is None
    board.set_policy("alpha", replace(quiet, enabled=False))
    assert look(speak) == "switched off"


def test_mentions_and_spontaneous_messages_are_switched_apart(look: LastLook, board: Board) -> None:
    board.set_policy("alpha", ChannelPolicy(mentions=False))
    assert look(outgoing(Speech.MENTION_ANSWER)) == "mentions are off"
    assert look(outgoing(Speech.SPONTANEOUS)) is None
    board.set_policy("alpha", ChannelPolicy(spontaneous=False))
    assert look(outgoing(Speech.MENTION_ANSWER)) is None
    assert look(outgoing(Speech.SPONTANEOUS)) == "spontaneous messages are off"


def _moderated(board: Board) -> int:
    number = board.open_grounds("alpha", lambda: None)
    board.settle_grounds(number, (line("m-1"),))
    board.note(ChatCleared("alpha"))
    return number


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda board: board.set_outage("gone"), "the database is away"),
        (lambda board: board.set_opted_out(frozenset({"7"})), "the viewer opted out"),
        (
            lambda board: board.set_own_words("alpha", [fingerprint("What a calm river!")], []),
            "a repeat of a recent message of its own",
        ),
        (
            lambda board: board.set_own_words("alpha", [], [fingerprint("what a calm sea")]),
            "like a message that moderators removed",
        ),
        (lambda board: board.set_silence("alpha", Hand().ms() + 1), "quiet for 1 s, since"),
    ],
)
def test_what_happened_since_the_prompt_stops_a_generated_line(
    look: LastLook, board: Board, happens: Callable[[Board], None], reason: str
) -> None:
    answer = outgoing(Speech.MENTION_ANSWER, addressee_id="7")
    assert look(answer) is None
    happens(board)
    assert (look(answer) or "").startswith(reason)
    assert look(outgoing(Speech.COMMAND_ANSWER, addressee_id="7")) is None


def test_a_line_made_of_moderated_words_is_not_said(look: LastLook, board: Board) -> None:
    number = _moderated(board)
    assert look(outgoing(Speech.SPONTANEOUS, grounds_id=number)) == "moderated since"
