"""`!clank` carried out: every setting, every badge, every verb, and the one answer to each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from clankbot.config.channel import CHANNEL_SETTINGS, ChannelSetting
from clankbot.errors import OllamaUnavailable
from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from clankbot.records import (
    ChannelPolicy,
    Event,
    MessageDeleted,
    RoomState,
    SettingValue,
    Speech,
)
from tests.processing.desk import OWNER_ID, Desk, locked

AWAY = "the database is away; nothing changed"


def order(desk: Desk, text: str) -> str:
    """The one answer to a moderator, when the server has been asked about a model, too."""
    before = len(desk.offered)
    desk.order(text)
    desk.run_errands()
    (answer,) = desk.offered[before:]
    desk.clock.forward(2)  # a patient moderator is never without an answer
    return answer.text


def shown(desk: Desk) -> list[str]:
    return [line.text for line in desk.offered]


# -- every setting ---------------------------------------------------------------------------------

CASES: dict[str, tuple[str, SettingValue, str, tuple[str, ...]]] = {
    "threshold": ("5", 5, "5 messages", ("0", "501", "-1", "many")),
    "delay": ("2m", 120, "120 seconds (2m)", ("-1", "86401", "soon")),
    "context": ("500", 500, "500 messages", ("0", "501", "1.5")),
    "model": ("large", "large", "large", ("two words", "../x", "x" * 201)),
    "cooldown": ("0", 0, "0 seconds", ("3601", "-1", "x")),
    "length": ("20", 20, "20 characters", ("19", "501", "long")),
    "temperature": ("0.5", 0.5, "0.5", ("-0.1", "2.1", "hot")),
    "top_p": ("1", 1.0, "1", ("1.01", "-1", "x")),
    "prompt": ("You are  a cat.", "You are a cat.", '"You are a cat."', ("x" * 401,)),
    "mentions": ("off", False, "off", ("maybe", "2")),
    "spontaneous": ("no", False, "off", ("maybe", "2")),
    "retention": ("0", 0, "0 days (no limit)", ("3651", "-1", "long")),
    "quiet": ("23:00-8:00", "23:00-08:00", "23:00-08:00", ("25:00-08:00", "31d", "always")),
    "timezone": ("berlin", "Europe/Berlin", "Europe/Berlin", ("Moon/Base", "x y z")),
    "liveonly": ("on", True, "on", ("maybe",)),
    "adaptive": ("yes", True, "on", ("maybe",)),
    "minviewers": ("2", 2, "2 viewers", ("-1", "101", "few")),
    "top_k": ("40", 40, "40 words", ("-1", "1001", "x")),
    "min_p": ("0.05", 0.05, "0.05", ("1.1", "x")),
    "repeat_penalty": ("1.1", 1.1, "1.1", ("0.4", "2.1")),
    "num_predict": ("16", 16, "16 tokens", ("15", "1001")),
    "seed": ("0", 0, "0", ("-1", "2147483648")),
}
"""For each setting: what is typed, what is stored, how it is shown, and what is not accepted."""

every_setting = pytest.mark.parametrize(
    "setting", CHANNEL_SETTINGS, ids=[setting.name for setting in CHANNEL_SETTINGS]
)


def held(desk: Desk, setting: ChannelSetting) -> SettingValue | None:
    """What holds in the channel."""
    policy = desk.policies["alpha"]
    assert policy == desk.board.view("alpha").policy
    value: SettingValue | None = (
        getattr(policy, setting.field)
        if setting.field
        else policy.model_options.get(setting.column)
    )
    return value


@every_setting
def test_a_setting_is_shown_set_kept_taken_back_and_reset(
    tmp_path: Path, setting: ChannelSetting
) -> None:
    name, column = setting.name, setting.column
    typed, value, text, _ = CASES[name]
    with Desk(tmp_path) as desk:
        default = held(desk, setting)
        assert default != value
        unset = order(desk, name)
        assert unset.startswith(f"{name} is ")
        assert unset.endswith(" (the default)")
        assert order(desk, f"{name} {typed}") == f"{name} is now {text}"
        assert order(desk, name) == f"{name} is {text}"
        assert held(desk, setting) == value
        assert desk.policies["beta"] == desk.board.view("beta").policy
        assert desk.store.all_overrides() == {"alpha": {column: value}}
        change = desk.store.last_change("alpha")
        assert change is not None
        assert (change.old_value, change.new_value) == (None, value)
        assert (change.changed_by_id, change.changed_by) == ("1", "mona")
    with Desk(tmp_path, desk.clock) as again:
        assert held(again, setting) == value
        back = f"{name} is back to {unset.removeprefix(f'{name} is ')}"
        assert order(again, f"reset {name}") == back
        assert held(again, setting) == default
        assert order(again, "undo") == f"{name} is now {text}"
        assert held(again, setting) == value
        assert order(again, "undo") == back
        assert again.store.all_overrides() == {"alpha": {}}
        assert order(again, "undo") == "there is no change to take back"


@every_setting
def test_what_a_setting_does_not_accept_changes_nothing(
    desk: Desk, setting: ChannelSetting
) -> None:
    before = desk.policies["alpha"]
    for garbage in CASES[setting.name][3]:
        answer = order(desk, f"{setting.name} {garbage}")
        assert answer == f"{setting.name} takes {setting.kind.accepts}"
    assert desk.policies["alpha"] == before
    assert desk.store.all_overrides() == {}
    assert desk.errands == []


def test_each_channel_has_its_own_settings(desk: Desk) -> None:
    desk.order("threshold 7", channel="beta")
    assert desk.policies["beta"].threshold == 7
    assert desk.policies["alpha"] == ChannelPolicy(
        threshold=3, delay_s=0, context_limit=20, model="tiny"
    )


def test_reset_empties_every_setting_and_leaves_the_bot_switched_off(desk: Desk) -> None:
    assert order(desk, "reset") == "all settings are the defaults already"
    default = desk.policies["alpha"]
    for text in ("threshold 7", "mentions off", "top_k 3", "off"):
        order(desk, text)
    assert order(desk, "reset") == "all settings are the defaults again"
    assert desk.store.all_overrides() == {"alpha": {"enabled": False}}
    assert desk.policies["alpha"].threshold == default.threshold


def test_undo_goes_back_change_by_change(desk: Desk) -> None:
    for text in ("threshold 7", "threshold 9", "threshold 9", "mentions off"):
        order(desk, text)
    assert order(desk, "undo") == "mentions is back to on (the default)"
    assert order(desk, "undo") == "threshold is now 7 messages"
    order(desk, "delay 5")
    assert order(desk, "undo") == "delay is back to 0 seconds (the default)"
    assert order(desk, "undo") == "threshold is back to 3 messages (the default)"
    assert order(desk, "undo") == "there is no change to take back"


def test_commands_that_come_together_are_carried_out_one_after_another(desk: Desk) -> None:
    texts = ("threshold 7", "threshold", "undo", "delay 5", "reset", "reset", "block barn")
    asker = {"user_id": "1", "login": "mona", "is_mod": True}
    desk.hear(*(desk.viewer(f"!clank {text}", **asker) for text in (*texts, "block barn")))
    assert shown(desk) == [
        "threshold is now 7 messages",
        "threshold is 7 messages",
        "threshold is back to 3 messages (the default)",
        "delay is now 5 seconds",
        "all settings are the defaults again",
        "all settings are the defaults already",
        "added to this channel's list of blocked terms",
        "that term is on this channel's list already",
    ]


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
    assert desk.policies["alpha"].threshold == (7 if may else 3)
    assert shown(desk) == ["threshold is now 7 messages"] * may
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
    default = desk.policies["alpha"]
    desk.chat(f"!clank {text}".strip())
    assert desk.offered == []
    assert desk.errands == []
    assert desk.jobs.empty()
    assert desk.policies["alpha"] == default
    assert desk.store.all_overrides() == {}
    assert desk.store.all_terms() == {}
    assert desk.stored() == ["hello"]


def test_an_answer_replies_to_the_command(desk: Desk) -> None:
    desk.order("threshold 7", message_id="m-a")
    (line,) = desk.offered
    assert (line.channel, line.reply_to_id, line.speech, line.created_at, line.grounds_id) == (
        "alpha",
        "m-a",
        Speech.COMMAND_ANSWER,
        desk.clock(),
        None,
    )


def test_a_spree_is_carried_out_and_not_answered_in_full(desk: Desk) -> None:
    for number in range(1, 16):
        desk.order(f"threshold {number}")
    assert len(desk.offered) == 10
    assert desk.policies["alpha"].threshold == 15


def test_a_spree_of_viewers_leaves_moderators_their_answers(desk: Desk) -> None:
    for _ in range(15):
        desk.chat("!clank optin")
    assert len(desk.offered) == 10
    assert order(desk, "threshold") == "threshold is 3 messages (the default)"


# -- the model -------------------------------------------------------------------------------------


def test_a_model_is_taken_when_the_server_has_said_that_it_is_there(desk: Desk) -> None:
    assert desk.order("model large") == []
    assert desk.policies["alpha"].model == "tiny"
    desk.run_errands()
    assert desk.policies["alpha"].model == "large"
    assert shown(desk) == ["model is now large"]


def test_a_model_that_is_not_there_is_not_taken(desk: Desk) -> None:
    answer = order(desk, "model huge")
    assert answer == "huge is not installed on the Ollama server; nothing changed"
    assert desk.policies["alpha"].model == "tiny"


def test_a_server_that_cannot_be_asked_changes_nothing(desk: Desk) -> None:
    desk.models = OllamaUnavailable("refused")
    answer = order(desk, "model large")
    assert answer == "Ollama cannot be reached, so the model cannot be checked; nothing changed"
    assert desk.policies["alpha"].model == "tiny"


def test_a_queue_of_errands_that_is_full_is_told(desk: Desk) -> None:
    desk.takes_errands = False
    assert order(desk, "model large") == "too busy to ask Ollama; nothing changed"


# -- on, off, quiet --------------------------------------------------------------------------------


def test_off_holds_across_a_restart_and_goes_on_storing(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert order(desk, "off") == "off: I listen and say nothing until !clank on"
    with Desk(tmp_path, desk.clock) as again:
        again.chat("one", "two", "three", "@clankbot four")
        assert again.jobs.empty()
        assert len(again.stored()) == 4
        assert order(again, "on") == "on: I talk along"
        again.chat("five")
        assert not again.jobs.empty()


def test_quiet_holds_until_then_across_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert order(desk, "quiet 30m") == "quiet until 14:43 UTC"
    desk.clock.forward(30 * 60 - 3)
    with Desk(tmp_path, desk.clock) as again:
        again.chat("one", "two", "@clankbot three")
        assert again.jobs.empty()
        again.clock.forward(1)
        again.chat("four")
        assert not again.jobs.empty()


def test_a_long_quiet_time_is_told_with_its_day(desk: Desk) -> None:
    assert order(desk, "quiet 3d") == "quiet until 24 September, 14:13 UTC"


@pytest.mark.parametrize("text", ["quiet off", "on"])
def test_a_quiet_time_can_be_ended(desk: Desk, text: str) -> None:
    order(desk, "quiet 30m")
    order(desk, text)
    desk.chat("@clankbot hi")
    assert not desk.jobs.empty()


def test_quiet_off_ends_quiet_hours_too_and_on_does_not(desk: Desk) -> None:
    order(desk, "quiet 00:00-23:59")
    order(desk, "on")
    assert desk.policies["alpha"].quiet_hours == "00:00-23:59"
    assert order(desk, "quiet off") == "quiet times are lifted"
    assert desk.policies["alpha"].quiet_hours is None


def test_the_switches_can_be_taken_back_too(desk: Desk) -> None:
    order(desk, "off")
    assert order(desk, "undo") == "bot is back to on (the default)"
    assert desk.policies["alpha"].enabled
    order(desk, "quiet 30m")
    assert order(desk, "undo") == "quiet until is back to off (the default)"
    assert desk.policies["alpha"].quiet_until_ms is None


# -- status, help, why -----------------------------------------------------------------------------


def test_status_tells_where_things_stand(desk: Desk) -> None:
    assert order(desk, "") == (
        "on | tiny: ready | 0/3 messages | delay is over | today 0 said, 0 blocked"
    )
    desk.order("delay 60")
    desk.speak("what a calm river")
    desk.chat("one", "in the shed")
    desk.clock.forward(0.5)
    desk.voice_problem = "Ollama has not answered since 20:14 UTC"
    desk.order("off")
    assert order(desk, "status") == (
        "off | tiny: Ollama has not answered since 20:14 UTC | 1/3 messages"
        " | may speak in 60 s | today 1 said, 1 blocked"
    )


def test_status_counts_with_the_slower_pace_after_a_hint(desk: Desk) -> None:
    desk.order("delay 60")
    desk.speak("what a calm river", "own-1")
    desk.hear(MessageDeleted("alpha", "own-1"))
    status = order(desk, "status")
    assert "0/6 messages" in status
    assert "may speak in 120 s" in status


def test_help_and_what_was_not_understood_are_answered(desk: Desk) -> None:
    assert order(desk, "help").startswith("Settings: threshold, ")
    assert order(desk, "help cooldown").startswith("cooldown: ")
    assert order(desk, "thresold 5") == "unknown setting 'thresold'; did you mean threshold?"


def test_why_tells_what_decided_last_and_when(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert order(desk, "why") == "nothing has been decided here yet"
        desk.chat("one")
        desk.chat("elsewhere", "and more", channel="beta")
        assert order(desk, "why") == "1/3 messages"
        desk.clock.forward(10)
        assert order(desk, "why") == "1/3 messages (12 s ago)"
    with Desk(tmp_path, desk.clock) as again:
        assert order(again, "why") == "1/3 messages (14 s ago)"


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
    assert order(desk, "speak") == f"not now: {reason}"


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


# -- forget ----------------------------------------------------------------------------------------


def test_forget_deletes_one_viewers_messages_in_this_channel(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", user_id="8", login="bruno")
    desk.chat("four", channel="beta")
    assert order(desk, "forget @Alice") == "forgot 2 messages"
    assert desk.stored() == ["three"]
    assert desk.stored("beta") == ["four"]
    assert order(desk, "forget 8") == "forgot 1 message"
    assert order(desk, "forget alice") == "no messages of that viewer are stored here"


def test_forget_finds_what_was_said_a_moment_before(desk: Desk) -> None:
    desk.hear(
        desk.viewer("one"),
        desk.viewer("@clankbot two"),
        desk.viewer("!clank forget alice", user_id="1", is_mod=True),
    )
    assert desk.stored() == []
    assert shown(desk) == ["forgot 2 messages"]
    assert desk.jobs.empty()


def test_forget_answers_once_for_all_who_have_had_the_name(desk: Desk) -> None:
    desk.chat("one", "two")
    desk.chat("three", user_id="8", login="alice")
    desk.chat("four", login="alice_renamed")
    assert order(desk, "forget alice") == "forgot 4 messages"
    assert desk.stored() == []


def test_forget_stops_what_is_made_of_the_viewers_words(desk: Desk) -> None:
    desk.chat("one", "two", "three")
    job = desk.job()
    desk.board.settle_grounds(job.grounds_id, tuple(desk.store.recent_messages("alpha", 9)))
    desk.order("forget alice")
    assert job.cancel.cancelled


# -- block and unblock -----------------------------------------------------------------------------


def test_a_blocked_term_holds_in_this_channel_across_a_restart(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert order(desk, "block old barn") == "added to this channel's list of blocked terms"
        desk.chat("the old barn", "good")
        desk.chat("the old barn", channel="beta")
        assert desk.stored() == ["good"]
        assert desk.stored("beta") == ["the old barn"]
    with Desk(tmp_path, desk.clock) as again:
        again.chat("the old barn")
        assert again.stored() == ["good"]
        assert order(again, "block OLD BARN") == "that term is on this channel's list already"
        assert order(again, "unblock OLD Barn") == (
            "taken off this channel's list of blocked terms"
        )
        again.chat("the old barn")
        assert again.stored() == ["good", "the old barn"]
        assert order(again, "unblock old barn") == ("that term is not on this channel's own list")


def test_a_channel_has_any_number_of_terms(desk: Desk) -> None:
    order(desk, "block old barn")
    order(desk, "block mill")
    desk.chat("the old barn", "the mill", "good")
    assert desk.stored() == ["good"]


def test_moderators_may_name_a_blocked_term_to_block_or_unblock_it(desk: Desk) -> None:
    assert order(desk, "block shed") == "added to this channel's list of blocked terms"
    assert order(desk, "unblock shed") == "taken off this channel's list of blocked terms"
    assert order(desk, "unblock shed") == "that term is not on this channel's own list"
    desk.chat("the shed")
    assert desk.stored() == []


@pytest.mark.parametrize(
    "text", ["prompt You live in a shed.", "forget shed", "model shed", "shed", "help shed"]
)
def test_any_other_command_that_holds_a_blocked_term_is_ignored(desk: Desk, text: str) -> None:
    assert desk.order(text) == []
    assert desk.errands == []
    assert desk.store.all_overrides() == {}
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


@pytest.mark.parametrize("text", ["block shed", "unblock shed", "optout shed"])
def test_a_viewer_may_not_name_one(desk: Desk, text: str) -> None:
    desk.chat(f"!clank {text}")
    assert desk.offered == []
    assert desk.store.tally("alpha", "2026-09-21") == {"blocked": 1}


def test_a_term_that_cannot_be_one_is_refused_with_the_reason(desk: Desk) -> None:
    assert order(desk, "block x") == "a term has 2 to 500 characters, not 1"
    assert desk.store.all_terms() == {}


def test_an_answer_with_a_term_blocked_since_is_not_said(desk: Desk) -> None:
    order(desk, "prompt You live in a barn.")
    order(desk, "block barn")
    order(desk, "prompt")
    assert desk.look(desk.offered[-1]) == "blocked by the filter"


# -- viewers' own ----------------------------------------------------------------------------------


def test_an_optout_deletes_everywhere_and_holds_until_an_optin(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.chat("one")
        desk.chat("two", channel="beta")
        desk.chat("three", user_id="8", login="bruno")
        desk.chat("!clank optout", channel="beta")
        assert shown(desk) == ["your messages are deleted and none is kept from now on"]
        assert (desk.stored(), desk.stored("beta")) == (["three"], [])
    with Desk(tmp_path, desk.clock) as again:
        again.chat("four", "@clankbot five", login="alice_renamed")
        again.chat("six", channel="beta")
        assert (again.stored(), again.stored("beta")) == (["three"], [])
        assert again.jobs.empty()
        again.chat("!clank optin")
        assert shown(again) == ["welcome back: your messages are kept again from now on"]
        again.chat("seven")
        assert again.stored() == ["three", "seven"]


def test_an_optout_takes_what_was_said_in_the_same_moment_along(desk: Desk) -> None:
    said = ("before", "@clankbot hi", "!clank optout", "after", "@clankbot hi")
    desk.hear(*map(desk.viewer, said))
    assert desk.stored() == []
    assert desk.jobs.empty()


@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("wishes", ["out in", "out in out", "in out", "in"])
def test_the_last_of_optin_and_optout_holds(desk: Desk, wishes: str, away: bool) -> None:
    with locked(desk.path) if away else nullcontext():
        desk.hear(*(desk.viewer(f"!clank opt{wish}") for wish in wishes.split()))
        desk.chat("hello")
        desk.clock.forward(60)
    desk.settle()
    opted_out = wishes.endswith("out")
    assert desk.board.has_opted_out("7") is opted_out
    assert desk.store.opted_out() == ({"7"} if opted_out else set())
    assert desk.stored() == ([] if opted_out else ["hello"])


def test_an_optout_during_an_outage_holds_at_once_and_is_answered_when_stored(desk: Desk) -> None:
    desk.chat("one")
    with locked(desk.path):
        desk.chat("!clank optout", "two")
        assert desk.board.has_opted_out("7")
        assert desk.offered == []
        desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == []
    assert shown(desk) == ["your messages are deleted and none is kept from now on"]


def test_a_moderator_who_opted_out_is_not_named_in_the_records(desk: Desk) -> None:
    desk.order("optout")
    desk.order("threshold 7")
    desk.order("block barn")
    change = desk.store.last_change("alpha")
    assert change is not None
    assert (change.changed_by_id, change.changed_by) == ("", "")


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
        (text,) = shown(desk)
    assert text.startswith("I am a bot. ")
    assert f"I keep this chat's messages {kept}. " in text


def test_about_is_told_once_a_minute_in_each_channel(desk: Desk) -> None:
    desk.chat("!clank about", "!clank about")
    desk.chat("!clank about", channel="beta")
    desk.clock.forward(59)
    desk.chat("!clank about")
    assert [line.channel for line in desk.offered] == ["alpha", "beta"]
    desk.clock.forward(1)
    desk.chat("!clank about")
    assert len(desk.offered) == 3


# -- while the database is away --------------------------------------------------------------------


def test_a_change_holds_and_is_answered_when_it_is_stored_and_not_before(desk: Desk) -> None:
    with locked(desk.path):
        assert desk.order("threshold 7") == []
        assert desk.policies["alpha"].threshold == 3
        desk.clock.forward(60)
        desk.settle()
        assert desk.offered == []
        desk.clock.forward(60)
    desk.settle()
    assert desk.policies["alpha"].threshold == 7
    assert shown(desk) == ["threshold is now 7 messages"]


@pytest.mark.parametrize("text", ["undo", "reset", "forget alice", "block barn", "unblock shed"])
def test_what_depends_on_stored_things_is_refused_meanwhile(desk: Desk, text: str) -> None:
    desk.chat("one")
    desk.order("threshold 7")
    with locked(desk.path):
        desk.chat("two")
        assert desk.order(text) == [AWAY]
        desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == ["one", "two"]
    assert desk.policies["alpha"].threshold == 7
    assert desk.filters.terms("alpha") == ()


def test_a_question_that_the_database_does_not_answer_begins_an_outage(desk: Desk) -> None:
    away = desk.path.rename(desk.folder / "away.db")
    desk.store.close()
    assert desk.order("status") == [AWAY]
    assert desk.board.outage is not None
    away.rename(desk.path)
    desk.clock.forward(60)
    desk.settle()
    assert desk.board.outage is None
