"""Channel settings in words: what holds in a channel, and how chat is told about it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from clankbot.config.channel_settings import CHANNEL_SETTINGS, SWITCHES, ChannelSetting
from clankbot.config.commands import VERBS, is_bot_command, parse_command
from clankbot.config.kinds import Refused
from clankbot.config.settings import Settings
from clankbot.records.settings import ChannelSettings, Command, SettingValue, Verb

log = logging.getLogger(__name__)

# The columns of one channel; None, or no entry, is not set.
Overrides = Mapping[str, SettingValue | None]

_ENTRIES = (*CHANNEL_SETTINGS, *SWITCHES)
_BY_NAME = {setting.name: setting for setting in _ENTRIES}
_BY_COLUMN = {setting.column: setting for setting in _ENTRIES}


class SettingsSchema:
    """The table of channel settings, with the program's settings as the defaults.

    Usable from any thread.  A value in the database that the table does not accept counts as not
    set and is logged once.
    """

    def __init__(self, settings: Settings) -> None:
        given: dict[str, Any] = {
            setting.field: getattr(settings, setting.variable.lower())
            for setting in CHANNEL_SETTINGS
            if setting.field and setting.variable
        }
        count = settings.message_retention_count
        self._defaults = replace(ChannelSettings(retention_count=count), **given)
        self._reported: set[tuple[str, str]] = set()

    def resolve(self, overrides: Overrides) -> ChannelSettings:
        """What holds, given a channel's own settings."""
        own: dict[str, Any] = {}
        options: dict[str, Any] = {}
        for setting in _ENTRIES:
            value = self._own(setting, overrides.get(setting.column))
            if value is None:
                continue
            if setting.field:
                own[setting.field] = value
            else:
                options[setting.column] = value
        return replace(self._defaults, **own, model_options=MappingProxyType(options))

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat message, also one to another bot; None if there is none."""
        if "!" not in text:  # as in most
            return None
        command = parse_command(text, is_moderator=is_moderator)
        return Command(Verb.OTHER_BOT) if command is None and is_bot_command(text) else command

    def shown(self, name: str, overrides: Overrides) -> str:
        """One setting as a short sentence: ``threshold is 30 messages (the default)``."""
        setting = _BY_NAME[name]
        value = self._own(setting, overrides.get(setting.column))
        if value is None:
            return f"{name} is {self._default_text(setting)} (the default)"
        return f"{name} is {setting.kind.show(value)}"

    def confirm(self, name: str, value: SettingValue | None) -> str:
        """The short sentence after a change: ``threshold is now 5 messages``.

        ``value`` None: it was reset.
        """
        setting = _BY_NAME[name]
        read = self._own(setting, value)
        if read is None:
            return f"{name} is back to {self._default_text(setting)} (the default)"
        return f"{name} is now {setting.kind.show(read)}"

    def value_text(self, column: str, value: SettingValue | None) -> str:
        """A value as chat is told it, also one that is not accepted (any more)."""
        setting = _BY_COLUMN[column]
        read = self._own(setting, value)
        if read is not None:
            return setting.kind.show(read)
        return "default" if value is None else str(value)

    def name_of(self, column: str) -> str:
        """The setting that a column holds."""
        return _BY_COLUMN[column].name

    def columns(self, name: str | None = None) -> Sequence[str]:
        """The columns that ``!clank reset`` empties, of one setting or of all."""
        settings = CHANNEL_SETTINGS if name is None else (_BY_NAME[name],)
        return tuple(column for s in settings for column in (s.column, *s.also))

    def help_text(self, topic: str) -> str:
        """One chat line about a setting or a verb; about everything if the topic is neither."""
        for verb in VERBS:
            if verb.name == topic:
                return f"{verb.name}: {verb.help}. Write: !clank {verb.form}"
        if topic in _BY_NAME:
            setting = _BY_NAME[topic]
            return (
                f"{topic}: {setting.help}. Takes {setting.kind.accepts}; "
                f"{self._default_text(setting)} by default."
            )
        settings = ", ".join(setting.name for setting in CHANNEL_SETTINGS)
        verbs = ", ".join(verb.name for verb in VERBS if verb.name not in _BY_NAME)
        return f"Settings: {settings}. Commands: {verbs}. More: !clank help NAME"

    def _default_text(self, setting: ChannelSetting) -> str:
        """The default as chat is told it."""
        value = getattr(self._defaults, setting.field) if setting.field else None
        return setting.unset if value is None else setting.kind.show(value)

    def _own(self, setting: ChannelSetting, stored: SettingValue | None) -> SettingValue | None:
        """What the database holds, checked again; None if it is not set or not usable."""
        if stored is None:
            return None
        try:
            return setting.kind.read(str(stored))
        except Refused:
            fields = (setting.column, repr(stored)[:80])
            if fields not in self._reported:
                self._reported.add(fields)
                log.warning(
                    "channel setting in the database not usable, default used",
                    extra={"column": fields[0], "value": fields[1]},
                )
            return None
