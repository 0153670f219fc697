"""A channel's settings changed by `!clank`: every setting, the model, on and off, quiet times."""

from __future__ import annotations

from pathlib import Path

import pytest

from clankbot.config.channel_settings import CHANNEL_SETTINGS, ChannelSetting
from clankbot.errors import OllamaUnavailable, Trouble
from clankbot.records.settings import ChannelSettings, SettingValue
from tests.processing.desk import Desk
from tests.zones import without_zone_files

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
    "drafts": ("2", 2, "2 drafts", ("0", "4")),
    "stream": ("off", False, "off", ("maybe",)),
    "disclose": ("on", True, "on", ("maybe",)),
    "followup": ("30", 30, "30 seconds", ("-1", "601", "long")),
    "share": ("20", 20, "20 percent", ("0", "51", "much")),
    "tact": ("no", False, "off", ("some",)),
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
    settings = desk.channels["alpha"].settings
    assert settings == desk.live_state.view("alpha").settings
    value: SettingValue | None = (
        getattr(settings, setting.field)
        if setting.field
        else settings.model_options.get(setting.column)
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
        assert desk.channels["beta"].settings == desk.live_state.view("beta").settings
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
    before = desk.channels["alpha"].settings
    for garbage in CASES[setting.name][3]:
        answer = desk.ask(f"{setting.name} {garbage}")
        assert answer == f"{setting.name} takes {setting.kind.accepts}"
    assert desk.channels["alpha"].settings == before
    assert desk.store.all_overrides() == {}
    assert desk.tasks == []


def test_each_channel_has_its_own_settings(desk: Desk) -> None:
    desk.order("threshold 7", channel="beta")
    assert desk.channels["beta"].settings.threshold == 7
    assert desk.channels["alpha"].settings == ChannelSettings(
        threshold=3, delay_s=0, context_limit=20, model="tiny"
    )


def test_reset_empties_every_setting_and_leaves_the_bot_switched_off(desk: Desk) -> None:
    assert desk.ask("reset") == "all settings are the defaults already"
    default = desk.channels["alpha"].settings
    for text in ("threshold 7", "mentions off", "top_k 3", "off"):
        desk.ask(text)
    assert desk.ask("reset") == "all settings are the defaults again"
    assert desk.store.all_overrides() == {"alpha": {"enabled": False}}
    assert desk.channels["alpha"].settings.threshold == default.threshold


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
    settings = desk.channels["alpha"].settings
    assert (settings.threshold, settings.mentions, settings.model_options) == (
        7,
        False,
        {"top_k": 3},
    )
    assert desk.ask("undo") == "top_k is back to the model's own (the default)"


def test_undo_takes_back_one_of_two_commands_of_the_same_moment(desk: Desk) -> None:
    asker = {"user_id": "1", "login": "mona", "is_mod": True}
    texts = ("threshold 7", "delay 9", "undo")
    desk.hear(*(desk.viewer(f"!clank {text}", **asker) for text in texts))
    assert desk.answers[-1] == "delay is back to 0 seconds (the default)"
    assert desk.channels["alpha"].settings.threshold == 7


def test_undo_does_not_bring_back_what_is_blocked_by_now(desk: Desk) -> None:
    for text in ("prompt You live in a barn.", "prompt You live in a tree.", "block barn"):
        desk.ask(text)
    answer = "what was set before holds a blocked term; nothing changed"
    assert desk.ask("undo") == answer
    assert desk.channels["alpha"].settings.persona == "You live in a tree."
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


# -- the model -------------------------------------------------------------------------------------


def test_a_model_is_taken_when_the_server_has_said_that_it_is_there(desk: Desk) -> None:
    assert desk.order("model large") == []
    assert desk.channels["alpha"].settings.model == "tiny"
    desk.run_tasks()
    assert desk.channels["alpha"].settings.model == "large"
    assert desk.answers == ["model is now large"]


def test_a_model_that_is_not_there_is_not_taken(desk: Desk) -> None:
    answer = desk.ask("model huge")
    assert answer == "huge is not installed on the Ollama server; nothing changed"
    assert desk.channels["alpha"].settings.model == "tiny"


def test_a_server_that_cannot_be_asked_changes_nothing(desk: Desk) -> None:
    desk.models = OllamaUnavailable(Trouble.NOT_REACHABLE, "refused at 10.0.0.7")
    answer = desk.ask("model large")
    assert answer == "Ollama cannot be reached, so the model cannot be checked; nothing changed"
    assert desk.channels["alpha"].settings.model == "tiny"


def test_a_queue_of_tasks_that_is_full_is_told(desk: Desk) -> None:
    desk.takes_tasks = False
    assert desk.ask("model large") == "too busy to ask Ollama; nothing changed"


@pytest.mark.parametrize("later", ["reset model", "reset", "model tiny"])
def test_an_answer_about_a_model_that_comes_too_late_changes_nothing(
    desk: Desk, later: str
) -> None:
    desk.ask("threshold 7")
    desk.order("model large")
    (ask_about_large,) = desk.tasks
    desk.tasks.clear()
    desk.ask(later)
    ask_about_large()
    desk.settle()
    assert desk.channels["alpha"].settings.model == "tiny"
    assert "model is now large" not in desk.answers


def test_a_change_of_something_else_leaves_the_question_about_the_model_open(desk: Desk) -> None:
    desk.order("model large")
    desk.order("threshold 7")
    desk.run_tasks()
    assert desk.channels["alpha"].settings.model == "large"


def test_undo_of_a_model_is_checked_as_the_model_is(desk: Desk) -> None:
    for text in ("model large", "model tiny"):
        desk.ask(text)
    desk.models = frozenset({"tiny"})
    assert desk.ask("undo") == "large is not installed on the Ollama server; nothing changed"
    assert desk.channels["alpha"].settings.model == "tiny"
    desk.models = frozenset({"tiny", "large"})
    assert desk.ask("undo") == "model is now large"


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


def test_a_quiet_time_is_told_on_the_channels_clock(desk: Desk) -> None:
    desk.ask("timezone Europe/Berlin")
    assert desk.ask("quiet 30m") == "quiet until 16:43 Europe/Berlin"
    assert desk.ask("quiet") == "quiet until 16:43 Europe/Berlin"


def test_a_zone_that_cannot_be_looked_up_is_refused_with_what_to_do(desk: Desk) -> None:
    with without_zone_files():
        refused = desk.ask("timezone Europe/Berlin")
        assert refused.startswith("timezone takes a time zone such as Europe/Berlin or UTC; this")
        assert "install the package tzdata" in refused
        assert desk.ask("timezone UTC") == "timezone is now UTC"
    assert desk.ask("timezone Berlin") == "timezone is now Europe/Berlin"


def test_quiet_shows_the_time_that_runs_and_the_hours(desk: Desk) -> None:
    desk.ask("quiet 30m")
    assert desk.ask("quiet") == "quiet until 14:43 UTC"
    desk.ask("quiet 23:00-08:00")
    assert desk.ask("quiet") == "quiet until 14:43 UTC; besides, quiet is 23:00-08:00"
    desk.clock.forward(3600)
    assert desk.ask("quiet") == "quiet is 23:00-08:00"


@pytest.mark.parametrize("text", ["reset quiet", "quiet default", "reset", "off quiet"])
def test_a_reset_of_quiet_lifts_the_time_that_runs_and_the_hours(desk: Desk, text: str) -> None:
    desk.ask("quiet 30m")
    desk.ask("quiet 00:00-23:59")
    desk.ask(text)
    settings = desk.channels["alpha"].settings
    assert (settings.quiet_until_ms, settings.quiet_hours) == (None, None)
    assert desk.ask("quiet") == "quiet is off (the default)"
    desk.ask("undo")
    assert desk.channels["alpha"].settings.quiet_hours == "00:00-23:59"
    assert desk.channels["alpha"].settings.quiet_until_ms is not None


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
    assert desk.channels["alpha"].settings.quiet_hours == "00:00-23:59"
    assert desk.ask("quiet off") == "quiet times are lifted"
    assert desk.channels["alpha"].settings.quiet_hours is None


def test_the_switches_can_be_taken_back_too(desk: Desk) -> None:
    desk.ask("off")
    assert desk.ask("undo") == "bot is back to on (the default)"
    assert desk.channels["alpha"].settings.enabled
    desk.ask("quiet 30m")
    assert desk.ask("undo") == "quiet until is back to off (the default)"
    assert desk.channels["alpha"].settings.quiet_until_ms is None


def test_a_needless_on_is_not_what_undo_takes_back(desk: Desk) -> None:
    desk.ask("threshold 7")
    assert desk.ask("on") == "on: I talk along"
    assert desk.ask("undo") == "threshold is back to 3 messages (the default)"
    assert desk.ask("undo") == "there is no change to take back"


def test_undo_of_on_is_off_and_quiet_as_before(desk: Desk) -> None:
    desk.ask("quiet 30m")
    desk.ask("off")
    desk.ask("on")
    assert desk.ask("undo") == "as before: quiet until, bot"
    settings = desk.channels["alpha"].settings
    assert (settings.enabled, settings.quiet_until_ms is None) == (False, False)


class AnonymousDesk(Desk):
    """That of a bot without an account, which Twitch answers no questions."""

    asks_who_is_live = False


def test_liveonly_warns_where_nobody_can_ask_twitch(tmp_path: Path) -> None:
    with AnonymousDesk(tmp_path) as desk:
        assert desk.ask("liveonly on") == (
            "liveonly is now on; I stay silent, for without a sign-in I cannot ask Twitch who is"
            " live"
        )
        assert desk.ask("liveonly off") == "liveonly is now off"
