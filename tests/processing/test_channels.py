"""What each channel has set for itself, and what holds there."""

from __future__ import annotations

import pytest

from clankbot.processing.channels import Channels
from tests.processing.desk import Desk


@pytest.fixture
def channels(desk: Desk) -> Channels:
    return desk.channels


def test_before_anything_is_loaded_the_defaults_hold(desk: Desk, channels: Channels) -> None:
    assert list(channels) == ["alpha", "beta"]
    assert channels["alpha"].settings.threshold == 3
    assert desk.live_state.view("alpha").settings == channels["alpha"].settings
    assert "alpha" in channels
    assert "gamma" not in channels


def test_what_is_loaded_holds_in_its_channel_and_is_told_to_the_live_state(
    desk: Desk, channels: Channels
) -> None:
    channels.load({"alpha": {"message_threshold": 9}, "gamma": {"message_threshold": 5}})
    assert (channels["alpha"].settings.threshold, channels["beta"].settings.threshold) == (9, 3)
    assert desk.live_state.view("alpha").settings.threshold == 9
    assert channels["alpha"].overrides == {"message_threshold": 9}
    assert list(channels) == ["alpha", "beta"]


def test_a_change_holds_at_once_and_none_means_the_default(desk: Desk, channels: Channels) -> None:
    channels.change("alpha", {"message_threshold": 9})
    channels.change("alpha", {"top_k": 40})
    assert desk.live_state.view("alpha").settings.threshold == 9
    channels.change("alpha", {"message_threshold": None})
    assert channels["alpha"].settings.threshold == 3
    assert channels["alpha"].settings.model_options == {"top_k": 40}
    assert channels["beta"].settings.model_options == {}


def test_a_channel_that_was_left_keeps_its_own_retention(
    channels: Channels,
) -> None:
    channels.load({"alpha": {"retention_days": 1}, "gamma": {"retention_days": 2}})
    days = [
        channels.settings_of(channel).retention_days
        for channel in ("alpha", "beta", "gamma", "delta")
    ]
    assert days == [1, 30, 2, 30]
