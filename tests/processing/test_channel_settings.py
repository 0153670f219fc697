"""What each channel has set for itself, and what holds there."""

from __future__ import annotations

import pytest

from clankbot.processing.channel_settings import SettingsByChannel
from tests.processing.desk import Desk


@pytest.fixture
def channel_settings(desk: Desk) -> SettingsByChannel:
    return desk.channel_settings


def test_before_anything_is_loaded_the_defaults_hold(
    desk: Desk, channel_settings: SettingsByChannel
) -> None:
    assert list(channel_settings) == ["alpha", "beta"]
    assert channel_settings["alpha"].threshold == 3
    assert desk.live_state.view("alpha").policy == channel_settings["alpha"]
    assert "alpha" in channel_settings
    assert "gamma" not in channel_settings


def test_what_is_loaded_holds_in_its_channel_and_is_told_to_the_board(
    desk: Desk, channel_settings: SettingsByChannel
) -> None:
    channel_settings.load({"alpha": {"message_threshold": 9}, "gamma": {"message_threshold": 5}})
    assert (channel_settings["alpha"].threshold, channel_settings["beta"].threshold) == (9, 3)
    assert desk.live_state.view("alpha").policy.threshold == 9
    assert channel_settings.overrides("alpha") == {"message_threshold": 9}
    assert list(channel_settings) == ["alpha", "beta"]


def test_a_change_holds_at_once_and_none_means_the_default(
    desk: Desk, channel_settings: SettingsByChannel
) -> None:
    channel_settings.change("alpha", "message_threshold", 9)
    channel_settings.change("alpha", "top_k", 40)
    assert desk.live_state.view("alpha").policy.threshold == 9
    channel_settings.change("alpha", "message_threshold", None)
    assert channel_settings["alpha"].threshold == 3
    assert channel_settings["alpha"].model_options == {"top_k": 40}
    assert channel_settings["beta"].model_options == {}


def test_a_channel_that_was_left_keeps_its_own_retention(
    channel_settings: SettingsByChannel,
) -> None:
    channel_settings.load({"alpha": {"retention_days": 1}, "gamma": {"retention_days": 2}})
    days = [
        channel_settings.retention_days(channel) for channel in ("alpha", "beta", "gamma", "delta")
    ]
    assert days == [1, 30, 2, 30]
