"""`!clank` carried out: every setting, every badge, and the one answer to each."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from clankbot.config.channel_settings import CHANNEL_SETTINGS, ChannelSetting
from clankbot.database.store import Store
from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from clankbot.records.chat import Event
from clankbot.records.settings import ChannelSettings, SettingValue
from clankbot.records.speech import MessageKind
from tests.processing.commands.broken import LosesAnswers, refuse
from tests.processing.desk import OWNER_ID, Desk, locked

AWAY = "the database is away; nothing changed"

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
    policy = desk.channel_settings["alpha"]
    assert policy == desk.live_state.view("alpha").policy
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
        unset = desk.ask(name)
        assert unset.startswith(f"{name} is ")
        assert unset.endswith(" (the default)")
        assert desk.ask(f"{name} {typed}") == f"{name} is now {text}"
        assert desk.ask(name) == f"{name} is {text}"
        assert held(desk, setting) == value
        assert desk.channel_settings["beta"] == desk.live_state.view("beta").policy
        assert desk.store.all_overrides() == {"alpha": {column: value}}
        (change,) = desk.store.last_changes("alpha")
        assert (change.old_value, change.new_value) == (None, value)
        assert (change.changed_by_id, change.changed_by) == ("1", "mona")
    with Desk(tmp_path, desk.clock) as again:
        assert held(again, setting) == value
        back = f"{name} is back to {unset.removeprefix(f'{name} is ')}"
        assert again.ask(f"reset {name}") == back
        assert held(again, setting) == default
        assert again.ask("undo") == f"{name} is now {text}"
        assert held(again, setting) == value
        assert again.ask("undo") == back
        assert again.store.all_overrides() == {"alpha": {}}
        assert again.ask("undo") == "there is no change to take back"


@every_setting
def test_what_a_setting_does_not_accept_changes_nothing(
    desk: Desk, setting: ChannelSetting
) -> None:
    before = desk.channel_settings["alpha"]
    for garbage in CASES[setting.name][3]:
        answer = desk.ask(f"{setting.name} {garbage}")
        assert answer == f"{setting.name} takes {setting.kind.accepts}"
    assert desk.channel_settings["alpha"] == before
    assert desk.store.all_overrides() == {}
    assert desk.errands == []


def test_each_channel_has_its_own_settings(desk: Desk) -> None:
    desk.order("threshold 7", channel="beta")
    assert desk.channel_settings["beta"].threshold == 7
    assert desk.channel_settings["alpha"] == ChannelSettings(
        threshold=3, delay_s=0, context_limit=20, model="tiny"
    )


def test_reset_empties_every_setting_and_leaves_the_bot_switched_off(desk: Desk) -> None:
    assert desk.ask("reset") == "all settings are the defaults already"
    default = desk.channel_settings["alpha"]
    for text in ("threshold 7", "mentions off", "top_k 3", "off"):
        desk.ask(text)
    assert desk.ask("reset") == "all settings are the defaults again"
    assert desk.store.all_overrides() == {"alpha": {"enabled": False}}
    assert desk.channel_settings["alpha"].threshold == default.threshold


def test_undo_goes_back_change_by_change(desk: Desk) -> None:
    for text in ("threshold 7", "threshold 9", "threshold 9", "mentions off"):
        desk.ask(text)
    assert desk.ask("undo") == "mentions is back to on (the default)"
    assert desk.ask("undo") == "threshold is now 7 messages"
    desk.ask("delay 5")
    assert desk.ask("undo") == "delay is back to 0 seconds (the default)"
    assert desk.ask("undo") == "threshold is back to 3 messages (the default)"
    assert desk.ask("undo") == "there is no change to take back"


def test_undo_takes_back_all_of_one_command(desk: Desk) -> None:
    for text in ("threshold 7", "mentions off", "top_k 3", "reset"):
        desk.ask(text)
    assert desk.ask("undo") == "as before: top_k, mentions, threshold"
    policy = desk.channel_settings["alpha"]
    assert (policy.threshold, policy.mentions, policy.model_options) == (7, False, {"top_k": 3})
    assert desk.ask("undo") == "top_k is back to the model's own (the default)"


def test_undo_takes_back_one_of_two_commands_of_the_same_moment(desk: Desk) -> None:
    asker = {"user_id": "1", "login": "mona", "is_mod": True}
    texts = ("threshold 7", "delay 9", "undo")
    desk.hear(*(desk.viewer(f"!clank {text}", **asker) for text in texts))
    assert desk.answers[-1] == "delay is back to 0 seconds (the default)"
    assert desk.channel_settings["alpha"].threshold == 7


def test_undo_does_not_bring_back_what_is_blocked_by_now(desk: Desk) -> None:
    for text in ("prompt You live in a barn.", "prompt You live in a tree.", "block barn"):
        desk.ask(text)
    answer = "what was set before holds a blocked term; nothing changed"
    assert desk.ask("undo") == answer
    assert desk.channel_settings["alpha"].persona == "You live in a tree."
    desk.ask("unblock barn")
    assert desk.ask("undo") == 'prompt is now "You live in a barn."'


def test_commands_that_come_together_are_carried_out_one_after_another(desk: Desk) -> None:
    texts = ("threshold 7", "threshold", "undo", "delay 5", "reset", "reset", "block barn")
    asker = {"user_id": "1", "login": "mona", "is_mod": True}
    desk.hear(*(desk.viewer(f"!clank {text}", **asker) for text in (*texts, "block barn")))
    assert desk.answers == [
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
    assert desk.channel_settings["alpha"].threshold == (7 if may else 3)
    assert desk.answers == ["threshold is now 7 messages"] * may
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
    default = desk.channel_settings["alpha"]
    desk.chat(f"!clank {text}".strip())
    assert desk.offered == []
    assert desk.errands == []
    assert desk.jobs.empty()
    assert desk.channel_settings["alpha"] == default
    assert desk.store.all_overrides() == {}
    assert desk.store.all_terms() == {}
    assert desk.stored() == ["hello"]


def test_an_answer_replies_to_the_command(desk: Desk) -> None:
    desk.order("threshold 7", message_id="m-a")
    (line,) = desk.offered
    assert (line.channel, line.reply_to_id, line.speech, line.created_at, line.generation_id) == (
        "alpha",
        "m-a",
        MessageKind.COMMAND_ANSWER,
        desk.clock(),
        None,
    )


def test_a_spree_is_carried_out_and_not_answered_in_full(desk: Desk) -> None:
    for number in range(1, 16):
        desk.order(f"threshold {number}")
    assert len(desk.offered) == 10
    assert desk.channel_settings["alpha"].threshold == 15


def test_a_spree_of_viewers_leaves_moderators_their_answers(desk: Desk) -> None:
    for _ in range(15):
        desk.chat("!clank optin")
    assert len(desk.offered) == 10
    assert desk.ask("threshold") == "threshold is 3 messages (the default)"


# -- while the database is away --------------------------------------------------------------------


CHANGES = (
    *("threshold 7", "model large", "reset", "on", "off", "quiet 30m", "undo"),
    *("forget alice", "block barn", "unblock mill"),
)


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_is_refused_at_once_and_is_not_made_up_for(desk: Desk, text: str) -> None:
    desk.chat("one")
    for earlier in ("threshold 9", "mentions off", "block mill"):
        desk.ask(earlier)
    before, own = desk.channel_settings["alpha"], desk.store.all_overrides()
    with locked(desk.path):
        desk.chat("two")
        assert desk.order(text) == [AWAY]
    assert desk.order(text) == [AWAY], "the database is back, and what was said before still waits"
    assert desk.errands == []
    desk.clock.forward(60)
    desk.settle()
    assert desk.stored() == ["one", "two"]
    assert desk.channel_settings["alpha"] == before
    assert desk.store.all_overrides() == own
    assert desk.filters.terms("alpha") == ("mill",)
    assert desk.store.all_terms() == {"alpha": ("mill",)}


def test_a_viewer_whose_messages_still_wait_is_not_said_to_have_none(desk: Desk) -> None:
    with locked(desk.path):
        desk.chat("one", user_id="8", login="bruno")
        assert desk.order("forget bruno") == [AWAY]


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_that_finds_the_database_gone_begins_an_outage(desk: Desk, text: str) -> None:
    desk.chat("one")
    for earlier in ("threshold 9", "mentions off", "block mill"):
        desk.ask(earlier)
    before = desk.channel_settings["alpha"]
    with locked(desk.path):
        assert desk.ask(text) == AWAY
        assert desk.live_state.outage is not None
    desk.clock.forward(60)
    desk.settle()
    assert desk.live_state.outage is None
    assert desk.channel_settings["alpha"] == before
    assert desk.filters.terms("alpha") == ("mill",)
    assert desk.stored() == ["one"]


def test_what_is_composed_goes_on_if_the_bot_could_not_be_switched_off(desk: Desk) -> None:
    desk.fill(3)
    job = desk.job()
    with locked(desk.path):
        assert desk.order("off") == [AWAY]
    assert not job.cancel.cancelled


def test_a_change_that_the_database_refuses_is_told_and_does_not_hold(desk: Desk) -> None:
    desk.ask("mentions off")
    before = desk.channel_settings["alpha"]
    refuse(desk, "setting_changes")
    for text in ("threshold 7", "off", "quiet 30m", "reset", "undo"):
        assert desk.ask(text) == "could not be stored; nothing changed"
    assert desk.channel_settings["alpha"] == before


def test_a_command_of_many_changes_is_stored_as_a_whole_or_not_at_all(desk: Desk) -> None:
    for text in ("threshold 7", "mentions off", "top_k 3"):
        desk.ask(text)
    before, own = desk.channel_settings["alpha"], desk.store.all_overrides()
    refuse(desk, "setting_changes", "{row}.setting = 'mentions'")
    assert desk.ask("reset") == "could not be stored; nothing changed"
    assert desk.channel_settings["alpha"] == before
    assert desk.store.all_overrides() == own
    assert desk.ask("reset threshold") == "threshold is back to 3 messages (the default)"


def test_a_viewer_whom_the_database_does_not_forget_is_not_told_to_be(desk: Desk) -> None:
    desk.chat("one")
    refuse(desk, "messages")
    assert desk.ask("forget alice") == "could not be stored; nothing changed"
    assert desk.stored() == ["one"]


def test_a_term_that_the_database_refuses_is_not_blocked(desk: Desk) -> None:
    desk.ask("block mill")
    refuse(desk, "channel_terms")
    assert desk.ask("block barn") == "could not be stored; nothing changed"
    assert desk.ask("unblock mill") == "could not be stored; nothing changed"
    assert desk.filters.terms("alpha") == ("mill",)


def test_an_optin_that_the_database_refuses_is_none(desk: Desk) -> None:
    desk.chat("!clank optout")
    refuse(desk, "opt_outs")
    desk.chat("!clank optin")
    assert desk.answers[-1] == "could not be stored; nothing changed"
    assert desk.live_state.has_opted_out("7")


def test_a_question_that_the_database_does_not_answer_begins_an_outage(desk: Desk) -> None:
    away = desk.path.rename(desk.folder / "away.db")
    desk.store.close()
    assert desk.order("status") == [AWAY]
    assert desk.live_state.outage is not None
    away.rename(desk.path)
    desk.clock.forward(60)
    desk.settle()
    assert desk.live_state.outage is None


class DoubtfulDesk(Desk):
    """A bot whose database can lose the answer to a commit."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.losing = LosesAnswers(self.store)
        self.store = cast(Store, self.losing)

    def in_doubt(self, text: str, *, carried_out: bool) -> str:
        """The answer to a command whose commit is not answered; then the database is back."""
        answers = len(self.offered)
        self.inbox.deliver(self.viewer(f"!clank {text}", user_id="1", login="mona", is_mod=True))
        self.losing.lose_next(carried_out=carried_out)
        self.worker.step(0)
        assert self.live_state.outage is not None
        self.clock.forward(60)
        self.settle()
        assert self.live_state.outage is None
        (answer,) = self.answers[answers:]
        return answer


in_doubt = pytest.mark.parametrize("carried_out", [False, True])


@in_doubt
def test_a_change_in_doubt_holds_and_is_stored_once(tmp_path: Path, carried_out: bool) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.ask("threshold 9")
        answer = desk.in_doubt("threshold 7", carried_out=carried_out)
        assert answer == "threshold is now 7 messages"
        assert desk.channel_settings["alpha"].threshold == 7
        assert desk.store.all_overrides() == {"alpha": {"message_threshold": 7}}
        assert desk.ask("undo") == "threshold is now 9 messages"
        assert desk.ask("undo") == "threshold is back to 3 messages (the default)"


@in_doubt
def test_a_viewer_whom_it_is_in_doubt_to_forget_is_forgotten(
    tmp_path: Path, carried_out: bool
) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.chat("one")
        answer = desk.in_doubt("forget alice", carried_out=carried_out)
        assert answer == "forgotten as soon as the database is back"
        assert desk.stored() == []


@in_doubt
def test_an_optout_in_doubt_holds(tmp_path: Path, carried_out: bool) -> None:
    with DoubtfulDesk(tmp_path) as desk:
        desk.chat("one", user_id="1", login="mona")
        answer = desk.in_doubt("optout", carried_out=carried_out)
        assert answer.startswith("none of your messages is kept from now on; ")
        assert desk.stored() == []
        assert desk.store.opted_out() == {"1"}
