"""What every channel has set for itself, resolved to what holds, and told to the live_state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import SettingsSchema
from clankbot.records.settings import ChannelSettings, SettingValue

Overrides = Mapping[str, SettingValue | None]


class SettingsByChannel:
    """Channel settings in memory, kept equal to ``channel_config`` by the worker's thread."""

    def __init__(
        self, channels: Iterable[str], schema: SettingsSchema, live_state: LiveState
    ) -> None:
        self.schema = schema
        self._live_state = live_state
        self._overrides: dict[str, dict[str, SettingValue | None]] = {c: {} for c in channels}
        self._settings: dict[str, ChannelSettings] = {}
        self._left: dict[str, ChannelSettings] = {}
        for channel in self._overrides:
            self._resolve(channel)

    def load(self, stored: Mapping[str, Overrides]) -> None:
        """Take what the database holds."""
        for channel in self._overrides:
            self._overrides[channel] = dict(stored.get(channel, {}))
            self._resolve(channel)
        left = stored.keys() - self._overrides.keys()
        self._left = {channel: self.schema.policy(stored[channel]) for channel in left}

    def change(self, channel: str, column: str, value: SettingValue | None) -> None:
        """One column has been stored."""
        self._overrides[channel][column] = value
        self._resolve(channel)

    def _resolve(self, channel: str) -> None:
        policy = self.schema.policy(self._overrides[channel])
        self._settings[channel] = policy
        self._live_state.set_policy(channel, policy)

    def __getitem__(self, channel: str) -> ChannelSettings:
        """What holds in the channel."""
        return self._settings[channel]

    def __contains__(self, channel: object) -> bool:
        return channel in self._settings

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def retention_days(self, channel: str) -> int:
        """For how long messages are kept, also those of a channel that the bot has left."""
        policy = self._settings.get(channel) or self._left.get(channel) or self.schema.policy({})
        return policy.retention_days

    def overrides(self, channel: str) -> Overrides:
        """The channel's own settings, by column."""
        return self._overrides[channel]
