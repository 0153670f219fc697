"""What `!clank status`, `why` and `about` tell of a channel."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot import __version__
from clankbot.cancel import END
from clankbot.errors import OllamaUnavailable, Trouble
from clankbot.records.chat import MessageDeleted
from tests.processing.desk import Desk


def test_status_tells_where_things_stand(desk: Desk) -> None:
    assert desk.ask("") == (
        "on | tiny: ready | 0/3 messages | delay is over | today 0 generated, 0 said, 0 blocked"
    )
    desk.order("delay 60")
    desk.speak("what a calm river")
    desk.chat("one", "in the shed")
    desk.clock.forward(0.5)
    desk.model_outage = "Ollama has not answered since 20:14 UTC"
    assert desk.ask("status") == (
        "on | tiny: Ollama has not answered since 20:14 UTC | 1/3 messages"
        " | 60 s of the delay left | today 1 generated, 1 said, 1 blocked"
    )
    desk.order("off")
    assert desk.ask("status") == (
        "off | tiny: Ollama has not answered since 20:14 UTC | 1/3 messages"
        " | today 1 generated, 1 said, 1 blocked"
    )


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        ("quiet 30m", "quiet for 30 min"),
        ("quiet 14:00-15:00", "quiet until 15:00"),
        ("spontaneous off", "spontaneous messages are off"),
        ("liveonly on", "Twitch has not said whether the channel is live"),
        ("minviewers 2", "1/2 speakers"),
    ],
)
def test_status_tells_what_keeps_it_silent(desk: Desk, text: str, obstacle: str) -> None:
    desk.order(text)
    desk.chat("one")
    assert f"1/3 messages | {obstacle} | today" in desk.order("status")[0]


def test_status_tells_of_the_silence_after_hints_and_of_what_is_under_way(desk: Desk) -> None:
    for text in ("what a calm river", "nobody plays this well", "tea first then chess"):
        desk.speak(text, f"own-{text}")
        desk.hear(MessageDeleted("alpha", f"own-{text}"))
    assert "quiet for 60 min, since moderators removed its messages" in desk.ask("status")
    desk.order("on")
    desk.order("speak")
    assert "| a message is on its way |" in desk.ask("status")


def test_status_counts_anew_after_an_answer_of_no_use(desk: Desk) -> None:
    desk.fill(3)
    desk.job()
    desk.give_up("the model only thought", usable=False)
    desk.fill(1)
    assert "1/3 messages | delay is over | today" in desk.order("status")[0]


def test_status_tells_that_it_holds_off_after_a_line_that_was_not_said(desk: Desk) -> None:
    desk.fill(3)
    desk.take_turn("in the shed")
    assert "3/3 messages | trying again in 2 s | today" in desk.order("status")[0]


def test_status_counts_what_was_generated_and_what_of_it_was_blocked(desk: Desk) -> None:
    desk.fill(3)
    desk.take_turn("in the shed")
    desk.clock.forward(60)
    desk.fill(1)
    desk.take_turn("what a calm river")
    desk.chat("in the shed")
    assert desk.ask("status").endswith("today 2 generated, 1 said, 2 blocked")


def test_status_counts_with_the_slower_pace_after_a_hint(desk: Desk) -> None:
    desk.order("delay 60")
    desk.speak("what a calm river", "own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    status = desk.ask("status")
    assert "0/6 messages" in status
    assert "120 s of the delay left" in status


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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("off", "switched off"),
        ("quiet 30m", "quiet for 30 min"),
        ("spontaneous off", "spontaneous messages are off"),
        ("threshold 9", "1/9 messages"),
        ("threshold 1", "waiting for the next message"),
    ],
)
def test_why_tells_at_once_what_a_change_of_settings_means(
    desk: Desk, text: str, reason: str
) -> None:
    desk.chat("one")
    asker = {"user_id": "1", "login": "mona", "is_mod": True}
    desk.hear(desk.viewer(f"!clank {text}", **asker), desk.viewer("!clank why", **asker))
    assert desk.answers[-1] == reason
    assert not desk.has_job


def test_a_change_of_settings_that_decides_is_recorded_at_once(desk: Desk) -> None:
    desk.order("off")
    assert [decision.reason for decision in desk.store.decisions("alpha", 9)] == ["switched off"]


def test_why_tells_that_it_was_switched_off_while_it_composed(desk: Desk) -> None:
    desk.fill(3)
    job = desk.job()
    desk.ask("off")
    assert job.cancel.cancelled
    desk.give_up("the generation was called off")
    assert desk.ask("why") == "switched off"


def test_the_newest_figure_is_recorded_within_a_minute(desk: Desk) -> None:
    desk.order("threshold 500")
    desk.fill(1)
    desk.clock.forward(59)
    desk.fill(1)
    assert [decision.reason for decision in desk.store.decisions("alpha", 9)] == ["0/500 messages"]
    desk.clock.forward(1)
    desk.fill(1)
    assert [decision.reason for decision in desk.store.decisions("alpha", 9)] == ["3/500 messages"]


def test_why_tells_the_newest_figure_after_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        desk.fill(1)
        desk.fill(1)
        desk.fill(7)
        desk.inbox.put(END)
        assert not desk.worker.step(0)
    with Desk(tmp_path, desk.clock, MESSAGE_THRESHOLD="500") as again:
        assert again.ask("why") == "9/500 messages"


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, "for 30 days, the newest 10000 at most"),
        ({"MESSAGE_RETENTION_DAYS": "1"}, "for 1 day, the newest 10000 at most"),
        (
            {"MESSAGE_RETENTION_DAYS": "0", "MESSAGE_RETENTION_COUNT": "0"},
            "until moderators delete them",
        ),
    ],
)
def test_about_tells_any_viewer_what_is_kept(
    tmp_path: Path, settings: dict[str, str], kept: str
) -> None:
    with Desk(tmp_path, None, **settings) as desk:
        desk.chat("!clank about")
        (text,) = desk.answers
    assert text.startswith("I am a bot. ")
    assert f"I keep this chat's messages {kept}. " in text


@pytest.mark.parametrize(
    ("in_cloud", "where"), [(False, "that the streamer runs"), (True, "in Ollama's cloud")]
)
def test_about_tells_whose_machine_the_model_is_on(desk: Desk, in_cloud: bool, where: str) -> None:
    desk.is_in_cloud = in_cloud
    desk.chat("!clank about")
    assert f"A language model {where} writes my lines." in desk.answers[0]


def test_about_is_told_once_a_minute_in_each_channel(desk: Desk) -> None:
    desk.chat("!clank about", "!clank about")
    desk.chat("!clank about", channel="beta")
    desk.clock.forward(59)
    desk.chat("!clank about")
    assert [line.channel for line in desk.offered] == ["alpha", "beta"]
    desk.clock.forward(1)
    desk.chat("!clank about")
    assert len(desk.offered) == 3


def test_long_ago_is_told_in_a_unit_that_fits(desk: Desk) -> None:
    desk.chat("one")
    for after_s, ago in ((40, "40 s"), (200, "4 min"), (7000, "2 h"), (200_000, "2 days")):
        desk.clock.forward(after_s)
        assert desk.ask("why") == f"1/3 messages ({ago} ago)"


def test_changed_tells_who_changed_what_and_when(desk: Desk) -> None:
    assert desk.ask("changed") == "no setting has been changed here in the last ninety days"
    desk.order("threshold 5")
    desk.clock.forward(180)
    desk.order("prompt " + "You are a pirate. " * 3, user_id="2", login="nora")
    desk.order("undo")
    told = desk.ask("changed").split("; ")
    assert told[0].startswith('prompt: "You are a pirate. You are a pirate. Yo… -> default (mona')
    assert told[1].endswith("(nora, 0 s ago, undone)")
    assert told[2] == "threshold: default -> 5 messages (mona, 3 min ago)"


def test_terms_are_told_without_what_makes_them_readable(desk: Desk) -> None:
    assert desk.ask("terms").startswith("this channel has no blocked terms of its own")
    for term in ("zizzle", "wobbly gate", "ox"):
        desk.order(f"block {term}")
    assert desk.ask("terms") == "3 terms of this channel's own: z…e, w…y g…e, o…"
    for number in range(90):
        desk.order(f"block nasty{number}")
        desk.clock.forward(3)
    told = desk.ask("terms")
    assert told.startswith("93 terms of this channel's own: z…e, ")
    listed, _, more = told.partition(": ")[2].partition(" and ")
    assert listed.count(", ") + 1 + int(more.removesuffix(" more")) == 93
    assert len(told) < 450


def test_models_are_asked_of_the_server(desk: Desk) -> None:
    assert desk.ask("models") == "on the server: large, tiny; in use here: tiny"
    desk.models = frozenset(f"m{number:02}" for number in range(40))
    assert desk.ask("models").endswith("m13, m14 and 25 more; in use here: tiny")
    desk.models = OllamaUnavailable(Trouble.NOT_REACHABLE)
    assert desk.ask("models").endswith("so its models cannot be listed")
    desk.takes_tasks = False
    assert desk.ask("models") == "too busy to ask Ollama just now"


def test_version_tells_since_when_it_runs(desk: Desk) -> None:
    desk.clock.forward(7500)
    assert desk.ask("version") == f"Clankbot {__version__}, running for 2 h"


def test_why_tells_what_holds_now_before_what_decided_last(desk: Desk) -> None:
    desk.order("delay 60")
    desk.speak("what a calm river")
    desk.chat("one", "two", "three")
    assert desk.ask("why") == "60 s of the delay left"
    desk.clock.forward(68)
    told = (
        "now: waiting for the next message; what decided last: 60 s of the delay left (1 min ago)"
    )
    assert desk.ask("why").replace("70 s", "1 min") == told


def test_hints_are_told_with_what_they_do(desk: Desk) -> None:
    assert "holding back" not in desk.ask("status")
    for number, more in ((1, "6 messages instead of 3"), (2, "12 messages instead of 3")):
        desk.speak("what a calm river" if number == 1 else "tea first then chess", f"own-{number}")
        desk.hear(MessageDeleted("alpha", f"own-{number}"))
        assert f"| holding back after {number} of 3 hints: {more} |" in desk.ask("status")
    desk.order("on")
    assert "holding back" not in desk.ask("status")
