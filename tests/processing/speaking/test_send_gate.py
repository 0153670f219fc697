"""Every gate, judged at the moment of sending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.content_filter import FilterFile
from clankbot.processing.live_state import LiveState, Own
from clankbot.processing.speaking.repetition import fingerprint
from clankbot.processing.speaking.send_gate import SendGate
from clankbot.records.chat import ChatCleared, RoomState
from clankbot.records.reasons import Why
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import MessageKind, Outgoing
from tests.processing.chat import Hand, line


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def live_state(clock: Hand) -> LiveState:
    live_state = LiveState(Own("clankbot", "99"), clock)
    live_state.set_settings("alpha", ChannelSettings())
    return live_state


Look = Callable[[Outgoing], str | None]


@pytest.fixture
def look(live_state: LiveState, clock: Hand, tmp_path: Path) -> Look:
    """The code of why a line may not be said; the word list has one entry, ``shed``."""
    words = tmp_path / "words.txt"
    words.write_text("shed\n")
    gate = SendGate(live_state, ChannelFilters(FilterFile(words)), clock)

    def look(line: Outgoing) -> str | None:
        reason = gate(line)
        return reason.code if reason else None

    return look


def outgoing(speech: MessageKind, text: str = "what a calm river", **more: object) -> Outgoing:
    return Outgoing("alpha", text, speech, since=1000.0, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("speech", list(MessageKind))
def test_with_nothing_in_the_way_everything_is_said(look: Look, speech: MessageKind) -> None:
    assert look(outgoing(speech)) is None


@pytest.mark.parametrize("speech", list(MessageKind))
def test_nothing_older_than_a_minute_is_said(look: Look, clock: Hand, speech: MessageKind) -> None:
    clock.forward(60.5)
    assert look(outgoing(speech)) == Why.STALE


@pytest.mark.parametrize("speech", list(MessageKind))
def test_what_twitch_forbids_holds_for_answers_to_commands_too(
    look: Look, live_state: LiveState, speech: MessageKind
) -> None:
    live_state.handle(RoomState("alpha", subscribers_only=True))
    assert look(outgoing(speech)) == Why.SUBSCRIBERS_ONLY


@pytest.mark.parametrize("speech", list(MessageKind))
def test_a_blocked_word_is_never_said(look: Look, speech: MessageKind) -> None:
    assert look(outgoing(speech, "in the shed now")) == Why.BLOCKED


def test_why_a_line_was_blocked_is_logged(look: Look, caplog: pytest.LogCaptureFixture) -> None:
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
    ("settings", "reason"),
    [
        (ChannelSettings(enabled=False), Why.SWITCHED_OFF),
        (ChannelSettings(quiet_until_ms=Hand().ms() + 720_000), Why.QUIET),
        (ChannelSettings(quiet_hours="00:00-00:00"), Why.QUIET_HOURS),
        (ChannelSettings(live_only=True), Why.LIVE_UNKNOWN),
    ],
)
def test_the_channels_own_settings_silence_generated_lines_only(
    look: Look, live_state: LiveState, settings: ChannelSettings, reason: Why
) -> None:
    live_state.set_settings("alpha", settings)
    for speech in (MessageKind.SPONTANEOUS, MessageKind.MENTION_ANSWER):
        assert look(outgoing(speech)) == reason
    assert look(outgoing(MessageKind.COMMAND_ANSWER)) is None


def test_a_requested_message_ignores_quiet_times_but_not_off(
    look: Look, live_state: LiveState
) -> None:
    speak = outgoing(MessageKind.SPONTANEOUS, requested=True)
    quiet = ChannelSettings(quiet_hours="00:00-00:00", spontaneous=False)
    live_state.set_settings("alpha", quiet)
    assert look(speak) is None
    live_state.set_settings("alpha", replace(quiet, enabled=False))
    assert look(speak) == Why.SWITCHED_OFF


def test_mentions_and_spontaneous_messages_are_switched_apart(
    look: Look, live_state: LiveState
) -> None:
    live_state.set_settings("alpha", ChannelSettings(mentions=False))
    assert look(outgoing(MessageKind.MENTION_ANSWER)) == Why.MENTIONS_OFF
    assert look(outgoing(MessageKind.SPONTANEOUS)) is None
    live_state.set_settings("alpha", ChannelSettings(spontaneous=False))
    assert look(outgoing(MessageKind.MENTION_ANSWER)) is None
    assert look(outgoing(MessageKind.SPONTANEOUS)) == Why.SPONTANEOUS_OFF


def _moderated(live_state: LiveState) -> int:
    number = live_state.generations.register("alpha", Cancel())
    live_state.generations.bind(number, (line("m-1"),))
    live_state.handle(ChatCleared("alpha"))
    return number


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda live_state: setattr(live_state, "outage", "gone"), Why.DATABASE),
        (lambda live_state: setattr(live_state, "opted_out", frozenset({"7"})), Why.OPTED_OUT),
        (
            lambda live_state: live_state.set_own_words(
                "alpha", [fingerprint("What a calm river!")], []
            ),
            Why.REPEAT,
        ),
        (
            lambda live_state: live_state.set_own_words(
                "alpha", [], [fingerprint("what a calm sea")]
            ),
            Why.LIKE_REMOVED,
        ),
        (
            lambda live_state: live_state.set_silence("alpha", Hand().ms() + 1),
            Why.HINTED,
        ),
    ],
)
def test_what_happened_since_the_prompt_stops_a_generated_line(
    look: Look, live_state: LiveState, happens: Callable[[LiveState], None], reason: Why
) -> None:
    answer = outgoing(MessageKind.MENTION_ANSWER, addressee_id="7")
    assert look(answer) is None
    happens(live_state)
    assert look(answer) == reason
    assert look(outgoing(MessageKind.COMMAND_ANSWER, addressee_id="7")) is None


def test_a_line_made_of_moderated_words_is_not_said(look: Look, live_state: LiveState) -> None:
    number = _moderated(live_state)
    assert look(outgoing(MessageKind.SPONTANEOUS, generation_id=number)) == Why.MODERATED
