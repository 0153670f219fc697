"""What the bot said lately, and what of it moderators removed: it says neither again.

Kept as fingerprints (see ``repetition``), read from the database by the worker's thread and looked
at by the send gate.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final, Protocol

from clankbot.errors import DatabaseError
from clankbot.processing.live_state import LiveState
from clankbot.records.answers import SpokenRow

log = logging.getLogger(__name__)

_REMEMBERED: Final = 20  # lines a channel


class SpokenHistory(Protocol):
    """The bot's own utterances, without their words."""

    def recent_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """The newest in the channel."""

    def removed_spoken(self, channel: str, limit: int) -> Sequence[SpokenRow]:
        """Those whose words moderators removed last."""


class OwnWords:
    """Brings the live state up to date."""

    def __init__(self, history: SpokenHistory, live_state: LiveState) -> None:
        self._history = history
        self._live_state = live_state

    def load(self, channel: str) -> None:
        """Something was said or removed; a database that is unavailable is logged."""
        try:
            recent = self._history.recent_spoken(channel, _REMEMBERED)
            removed = self._history.removed_spoken(channel, _REMEMBERED)
        except DatabaseError as error:
            log.warning("own words not read", extra={"channel": channel, "problem": str(error)})
            return
        self._live_state.set_own_words(
            channel,
            recent=[row.fingerprint for row in recent if not row.removed],
            removed=[row.fingerprint for row in removed],
        )
