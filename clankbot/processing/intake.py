"""What becomes of a chat message: filtered out, obeyed, stored and counted, or let go.

Owned by the worker's thread.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from clankbot.bounded_dict import BoundedDict
from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.commands.handler import CommandHandler
from clankbot.processing.commands.status import utc_day
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.word_list import Match
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import SettingsSchema
from clankbot.processing.recent_removals import RecentRemovals
from clankbot.processing.speaking.triggers import is_mention
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatMessage
from clankbot.records.speech import ContextLine
from clankbot.records.writes import Append, StoredMessage, Tally

log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"\A@(\S+?),?\s+")
"""Clients put ``@name`` in front of a reply, and people in front of what they want of the bot; a
command behind it is still a command."""
_SEEN: Final = 10_000
"""Message ids remembered, since Twitch may deliver a message twice."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings of the program that the worker goes by."""

    ignored_logins: frozenset[str]
    owners: frozenset[str]
    retention_count: int
    is_bot_command: Callable[[str], bool]
    """Whether a text is a command to some bot: those are neither stored nor counted."""


def is_moderator(message: ChatMessage, owners: Collection[str]) -> bool:
    """Broadcaster, moderators and lead moderators by badge or id, and the bot's owners."""
    return message.is_broadcaster or message.is_mod or message.user_id in owners


class Intake:
    """Judges messages one by one."""

    def __init__(
        self,
        *,
        write_queue: WriteQueue,
        live_state: LiveState,
        channel_settings: SettingsByChannel,
        filters: ChannelFilters,
        removals: RecentRemovals,
        speaking: Turns,
        commands: CommandHandler,
        schema: SettingsSchema,
        rules: Rules,
        bot_names: Iterable[str],
        now_ms: Callable[[], int],
    ) -> None:
        self._write_queue = write_queue
        self._live_state = live_state
        self._settings = channel_settings
        self._filters = filters
        self._removals = removals
        self._speaking = speaking
        self._commands = commands
        self._schema = schema
        self._rules = rules
        self._now_ms = now_ms
        self._seen = BoundedDict[str, None](_SEEN)
        self.bot_names = frozenset(bot_names)
        self.last_kept: dict[str, str] = {}
        """The id of the newest message stored of each channel since the start."""

    def take(self, message: ChatMessage) -> None:
        """Filter, then obey, store or drop one message."""
        if not self._concerns_us(message):
            return
        said = self._without_address(message)
        by_moderator = is_moderator(message, self._rules.owners)
        command = self._schema.parse(said, is_moderator=by_moderator)
        if command is None and self._live_state.has_opted_out(message.user_id):
            return
        blocked = self._blocked(message)
        if blocked is not None and not (command is not None and command.names_term):
            self._log_blocked(message, *blocked)
            return
        if command is not None:
            self._commands.handle(message, command, is_moderator=by_moderator)
        elif not self._rules.is_bot_command(said):
            self._keep(message)

    def _concerns_us(self, message: ChatMessage) -> bool:
        """Whether it is the first delivery of a viewer's message in one of our channels."""
        return not (
            message.channel not in self._settings
            or message.from_shared_chat
            or message.user_id is None
            or message.message_id is None
            or message.user_id == self._live_state.own_id
            or message.login in self._rules.ignored_logins
            or self._is_again(message.message_id)
            or self._removals.cover(message, self._now_ms())
        )

    def _without_address(self, message: ChatMessage) -> str:
        """The text without whom it is said to, where that is plain."""
        address = _ADDRESS.match(message.text)
        if address and (message.reply_to_id or address[1].lower() in self.bot_names):
            return message.text[address.end() :]
        return message.text

    def _is_again(self, message_id: str) -> bool:
        if message_id in self._seen:
            return True
        self._seen[message_id] = None
        return False

    def _blocked(self, message: ChatMessage) -> tuple[str, Match] | None:
        """The part of the message that the filter blocks, and why."""
        verdict = self._filters(message.channel).verdict
        for part, text in (("text", message.text), ("display name", message.display_name)):
            if match := verdict(text):
                return part, match
        return None

    def _log_blocked(self, message: ChatMessage, part: str, match: Match) -> None:
        log.warning(
            "message blocked",
            extra={
                "direction": "in",
                "channel": message.channel,
                "user_id": message.user_id,
                "entry": match.entry,
                "reading": match.reading,
                "part": part,
                "display_name": message.display_name,
                "text": message.text,
            },
        )
        self._write_queue.add(Tally(message.channel, utc_day(self._now_ms()), "blocked"))

    def _keep(self, message: ChatMessage) -> None:
        assert message.message_id is not None
        assert message.user_id is not None
        sent_at = message.sent_at
        stored = StoredMessage(
            message_id=message.message_id,
            channel=message.channel,
            user_id=message.user_id,
            login=message.login,
            display_name=message.display_name,
            text=message.text,
            sent_at_ms=self._now_ms() if sent_at is None else round(sent_at.timestamp() * 1000),
        )
        self._write_queue.add(Append(stored))
        self.last_kept[message.channel] = message.message_id
        self._speaking.counted(message.channel)
        if is_mention(message, self.bot_names, self._live_state.own_id):
            self._speaking.mentioned(message.channel, _as_line(stored))


def _as_line(message: StoredMessage) -> ContextLine:
    return ContextLine(
        message_id=message.message_id,
        user_id=message.user_id,
        login=message.login,
        speaker=message.display_name,
        text=message.text,
        at_ms=message.sent_at_ms,
    )
