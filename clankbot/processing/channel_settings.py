"""What every channel has set for itself, resolved to what holds, and told to the board."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from clankbot.processing.live_state import Board
from clankbot.processing.ports import Book
from clankbot.records.settings import ChannelPolicy, SettingValue

Overrides = Mapping[str, SettingValue | None]


class Policies:
    """Channel settings in memory, kept equal to ``channel_config`` by the worker's thread."""

    def __init__(self, channels: Iterable[str], book: Book, board: Board) -> None:
        self._book = book
        self._board = board
        self._overrides: dict[str, dict[str, SettingValue | None]] = {c: {} for c in channels}
        self._policies: dict[str, ChannelPolicy] = {}
        self._left: dict[str, ChannelPolicy] = {}
        for channel in self._overrides:
            self._resolve(channel)

    def load(self, stored: Mapping[str, Overrides]) -> None:
        """Take what the database holds."""
        for channel in self._overrides:
            self._overrides[channel] = dict(stored.get(channel, {}))
            self._resolve(channel)
        left = stored.keys() - self._overrides.keys()
        self._left = {channel: self._book.policy(stored[channel]) for channel in left}

    def change(self, channel: str, column: str, value: SettingValue | None) -> None:
        """One column has been stored."""
        self._overrides[channel][column] = value
        self._resolve(channel)

    def _resolve(self, channel: str) -> None:
        policy = self._book.policy(self._overrides[channel])
        self._policies[channel] = policy
        self._board.set_policy(channel, policy)

    def __getitem__(self, channel: str) -> ChannelPolicy:
        """What holds in the channel."""
        return self._policies[channel]

    def __contains__(self, channel: object) -> bool:
        return channel in self._policies

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def retention_days(self, channel: str) -> int:
        """For how long messages are kept, also those of a channel that the bot has left."""
        policy = self._policies.get(channel) or self._left.get(channel) or self._book.policy({})
        return policy.retention_days

    def overrides(self, channel: str) -> Overrides:
        """The channel's own settings, by column."""
        return self._overrides[channel]
