"""What each channel has set for itself, and what holds there."""

from __future__ import annotations

import pytest

from clankbot.processing.channel_settings import Policies
from tests.processing.desk import Desk


@pytest.fixture
def policies(desk: Desk) -> Policies:
    return desk.policies


def test_before_anything_is_loaded_the_defaults_hold(desk: Desk, policies: Policies) -> None:
    assert list(policies) == ["alpha", "beta"]
    assert policies["alpha"].threshold == 3
    assert desk.board.view("alpha").policy == policies["alpha"]
    assert "alpha" in policies
    assert "gamma" not in policies


def test_what_is_loaded_holds_in_its_channel_and_is_told_to_the_board(
    desk: Desk, policies: Policies
) -> None:
    policies.load({"alpha": {"message_threshold": 9}, "gamma": {"message_threshold": 5}})
    assert (policies["alpha"].threshold, policies["beta"].threshold) == (9, 3)
    assert desk.board.view("alpha").policy.threshold == 9
    assert policies.overrides("alpha") == {"message_threshold": 9}
    assert list(policies) == ["alpha", "beta"]


def test_a_change_holds_at_once_and_none_means_the_default(desk: Desk, policies: Policies) -> None:
    policies.change("alpha", "message_threshold", 9)
    policies.change("alpha", "top_k", 40)
    assert desk.board.view("alpha").policy.threshold == 9
    policies.change("alpha", "message_threshold", None)
    assert policies["alpha"].threshold == 3
    assert policies["alpha"].model_options == {"top_k": 40}
    assert policies["beta"].model_options == {}


def test_a_channel_that_was_left_keeps_its_own_retention(policies: Policies) -> None:
    policies.load({"alpha": {"retention_days": 1}, "gamma": {"retention_days": 2}})
    days = [policies.retention_days(channel) for channel in ("alpha", "beta", "gamma", "delta")]
    assert days == [1, 30, 2, 30]
