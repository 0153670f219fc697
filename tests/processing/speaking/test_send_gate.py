"""Every gate, judged at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clankbot.processing.filter.word_list import Match
from clankbot.processing.live_state import LiveState
from clankbot.processing.speaking.repetition import fingerprint
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.records.chat import ChatCleared, LinkUp, RoomState
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import MessageKind, Outgoing
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
def live_state(clock: Hand) -> LiveState:
    live_state = LiveState(clock.ms)
    live_state.note(LinkUp("clankbot", "99"))
    live_state.set_policy("alpha", ChannelSettings())
    return live_state


@pytest.fixture
def look(live_state: LiveState, clock: Hand) -> SendGate:
    return SendGate(live_state, lambda channel: Shed(), clock=clock, now_ms=clock.ms)


def outgoing(speech: MessageKind, text: str = "what a calm river", **more: object) -> Outgoing:
    return Outgoing("alpha", text, speech, created_at=1000.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("speech", list(MessageKind))
def test_with_nothing_in_the_way_everything_is_said(look: SendGate, speech: MessageKind) -> None:
    assert look(outgoing(speech)) is None


@pytest.mark.parametrize("speech", list(MessageKind))
def test_nothing_older_than_a_minute_is_said(
    look: SendGate, clock: Hand, speech: MessageKind
) -> None:
    clock.forward(60.5)
    assert look(outgoing(speech)) == "too old"


@pytest.mark.parametrize("speech", list(MessageKind))
def test_what_twitch_forbids_holds_for_answers_to_commands_too(
    look: SendGate, live_state: LiveState, speech: MessageKind
) -> None:
    live_state.note(RoomState("alpha", subscribers_only=True))
    assert look(outgoing(speech)) == "subscribers-only"


@pytest.mark.parametrize("speech", list(MessageKind))
def test_a_blocked_word_is_never_said(look: SendGate, speech: MessageKind) -> None:
    assert look(outgoing(speech, "in the shed now")) == "blocked by the filter"


def test_why_a_line_was_blocked_is_logged(look: SendGate, caplog: pytest.LogCaptureFixture) -> None:
    look(outgoing(MessageKind.SPONTANEOUS, "in the shed now"))
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
        (ChannelSettings(enabled=False), "switched off"),
        (ChannelSettings(quiet_until_ms=Hand().ms() + 720_000), "quiet for 12 min"),
        (ChannelSettings(quiet_hours="00:00-00:00"), "quiet until"),
        (ChannelSettings(live_only=True), "Twitch has not said whether the channel is live"),
    ],
)
def test_the_channels_own_settings_silence_generated_lines_only(
    look: SendGate, live_state: LiveState, policy: ChannelSettings, reason: str
) -> None:
    live_state.set_policy("alpha", policy)
    for speech in (MessageKind.SPONTANEOUS, MessageKind.MENTION_ANSWER):
        assert (look(outgoing(speech)) or "").startswith(reason)
    assert look(outgoing(MessageKind.COMMAND_ANSWER)) is None


def test_a_requested_message_ignores_quiet_times_but_not_off(
    look: SendGate, live_state: LiveState
) -> None:
    speak = outgoing(MessageKind.SPONTANEOUS, requested=True)
    quiet = ChannelSettings(quiet_hours="00:00-00:00", spontaneous=False)
    live_state.set_policy("alpha", quiet)
    assert look(speak) is None
    live_state.set_policy("alpha", replace(quiet, enabled=False))
    assert look(speak) == "switched off"


def test_mentions_and_spontaneous_messages_are_switched_apart(
    look: SendGate, live_state: LiveState
) -> None:
    live_state.set_policy("alpha", ChannelSettings(mentions=False))
    assert look(outgoing(MessageKind.MENTION_ANSWER)) == "mentions are off"
    assert look(outgoing(MessageKind.SPONTANEOUS)) is None
    live_state.set_policy("alpha", ChannelSettings(spontaneous=False))
    assert look(outgoing(MessageKind.MENTION_ANSWER)) is None
    assert look(outgoing(MessageKind.SPONTANEOUS)) == "spontaneous messages are off"


def _moderated(live_state: LiveState) -> int:
    number = live_state.register("alpha", lambda: None)
    live_state.bind(number, (line("m-1"),))
    live_state.note(ChatCleared("alpha"))
    return number


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda live_state: live_state.set_outage("gone"), "the database is away"),
        (lambda live_state: live_state.set_opted_out(frozenset({"7"})), "the viewer opted out"),
        (
            lambda live_state: live_state.set_own_words(
                "alpha", [fingerprint("What a calm river!")], []
            ),
            "a repeat of a recent message of its own",
        ),
        (
            lambda live_state: live_state.set_own_words(
                "alpha", [], [fingerprint("what a calm sea")]
            ),
            "like a message that moderators removed",
        ),
        (
            lambda live_state: live_state.set_silence("alpha", Hand().ms() + 1),
            "quiet for 1 s, since",
        ),
    ],
)
def test_what_happened_since_the_prompt_stops_a_generated_line(
    look: SendGate, live_state: LiveState, happens: Callable[[LiveState], None], reason: str
) -> None:
    answer = outgoing(MessageKind.MENTION_ANSWER, addressee_id="7")
    assert look(answer) is None
    happens(live_state)
    assert (look(answer) or "").startswith(reason)
    assert look(outgoing(MessageKind.COMMAND_ANSWER, addressee_id="7")) is None


def test_a_line_made_of_moderated_words_is_not_said(look: SendGate, live_state: LiveState) -> None:
    number = _moderated(live_state)
    assert look(outgoing(MessageKind.SPONTANEOUS, generation_id=number)) == "moderated since"
