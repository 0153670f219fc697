"""`!clank` in a moderator's hands, and in others'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clankbot.config.book import ChannelBook
from clankbot.config.channel import CHANNEL_SETTINGS
from clankbot.config.settings import load_settings
from clankbot.errors import OllamaUnavailable
from clankbot.records import ChannelPolicy, Notice, OwnState, RoomState, SettingValue
from clankbot.irc.events import to_event
from clankbot.irc.message import parse_line
from tests.processing.chat import Hand, message
from tests.processing.desk import OWNER_ID, SETTINGS, Desk, locked

AWAY = "the database is away; nothing changed"

# -- every setting ---------------------------------------------------------------------------------

CASES: dict[str, tuple[str, SettingValue, str, tuple[str, ...]]] = {
    "threshold": ("5", 5, "5 messages", ("0", "501", "-1", "many")),
    "delay": ("1m30s", 90, "90 seconds", ("-1", "86401", "soon")),
    "context": ("500", 500, "500 messages", ("0", "501", "1.5")),
    "model": ("large", "large", "large", ("two words", "../x", "x" * 201)),
    "cooldown": ("0", 0, "0 seconds", ("3601", "-1", "x")),
    "length": ("20", 20, "20 characters", ("19", "501", "long")),
    "temperature": ("0.5", 0.5, "0.5", ("-0.1", "2.1", "hot")),
    "top_p": ("1", 1.0, "1", ("1.01", "-1", "x")),
    "prompt": ("You are a cat.", "You are a cat.", '"You are a cat."', ("x" * 401,)),
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
"""For each setting: what is typed, what it means, how it is shown, and what is not accepted."""

every_setting = pytest.mark.parametrize(
    "setting", CHANNEL_SETTINGS, ids=[setting.name for setting in CHANNEL_SETTINGS]
)


def held(policy: ChannelPolicy, setting: object) -> SettingValue | None:
    """What a policy has for a setting."""
    field, column = setting.field, setting.column
    value: SettingValue | None
    value = getattr(policy, field) if field else policy.model_options.get(column)
    return value


def order(desk: Desk, text: str) -> str:
    """The one answer to a moderator's command, once the server has been asked about a model."""
    before = len(desk.offered)
    desk.order(text)
    desk.run_errands()
    (answer,) = desk.offered[before:]
    desk.clock.forward(2)
    return answer.text
