"""What becomes of a chat message: filtered out, obeyed, stored and counted, or let go.

Owned by the worker's thread.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Final

from clankbot.bounded_dict import BoundedDict
from clankbot.clock import Clock
from clankbot.processing.channel_ids import ChannelIds
from clankbot.processing.channels import Schema
from clankbot.processing.commands.handler import CommandHandler
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.word_list import Match
from clankbot.processing.internal_messages import RemovedMessage
from clankbot.processing.live_state import LiveState
from clankbot.processing.recent_removals import RecentRemovals
from clankbot.processing.speaking.listening import Listening
from clankbot.processing.speaking.triggers import is_mention
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import Verb
from clankbot.records.speech import ContextLine
from clankbot.records.writes import Append, StoredMessage

log = logging.getLogger(__name__)

# Clients put ``@name`` in front of a reply, and people in front of what they want of the bot; a
# command behind it is still a command.
_ADDRESS = re.compile(r"\A@(\S+?),?\s+")
# How late a message may come, and by how much Twitch's clock may differ from ours.  What is stored
# with a time that is far off would be deleted at once, or never.
_MOST_LATE_MS: Final = 3_600_000
_MOST_AHEAD_MS: Final = 60_000
_SEEN: Final = 5_000  # message ids remembered, since Twitch may deliver a message twice

_TYPED: Final = 1_000


class Intake:
    """Judges messages one by one."""

    def __init__(
        self,
        live_state: LiveState,
        recent_removals: RecentRemovals,
        filters: ChannelFilters,
        listening: Listening,
        schema: Schema,
        commands: CommandHandler,
        channel_ids: ChannelIds,
        write_queue: WriteQueue,
        clock: Clock,
    ) -> None:
        self._live_state = live_state
        self._recent_removals = recent_removals
        self._filters = filters
        self._listening = listening
        self._schema = schema
        self._commands = commands
        self._channel_ids = channel_ids
        self._write_queue = write_queue
        self._clock = clock
        self._seen = BoundedDict[str, None](_SEEN)
        # What a person typed with the bot's own account.
        self._typed = BoundedDict[str, None](_TYPED)

    def handle_removed(self, removed: RemovedMessage) -> None:
        """Moderators removed the message while it waited: all but keeping it."""
        self.handle(removed.message, is_removed=True)

    def handle(self, message: ChatMessage, *, is_removed: bool = False) -> None:
        """Filter, then obey, store or drop one message.

        ``is_removed``: a removal has overtaken it.  What it asks of the bot is done all the same,
        since it was said before: an optout, or a moderator's order who cleared the chat after it.
        """
        self._channel_ids.note(message)
        if not self._concerns_us(message):
            return
        said = message.text
        address = _ADDRESS.match(said)
        if address and (message.reply_to_id or address[1].lower() in self._live_state.own.names):
            said = said[address.end() :]
        is_moderator = self._live_state.is_moderator(message)
        command = self._schema.parse(said, is_moderator=is_moderator)
        is_for_us = command is not None and command.verb is not Verb.OTHER_BOT
        if not is_for_us and self._live_state.has_opted_out(message.user_id):
            return
        if command is None or not command.names_term:
            verdict = self._filters(message.channel).verdict
            for part, text in (("text", message.text), ("display name", message.display_name)):
                if (match := verdict(text)) is not None:
                    self._block(message, part, match)
                    return
        if command is not None:
            self._commands.handle(message, command, is_moderator=is_moderator)
        elif not is_removed:
            self._keep(message)

    def _concerns_us(self, message: ChatMessage) -> bool:
        """Whether it is the first delivery of a viewer's message in one of our channels."""
        if (
            message.from_shared_chat
            or message.user_id is None
            or message.message_id is None
            or message.message_id in self._seen
        ):
            return False
        self._seen[message.message_id] = None
        is_removed = self._recent_removals.cover(message)
        return not (is_removed or self._live_state.ignores(message))

    def _block(self, message: ChatMessage, part: str, match: Match) -> None:
        """The filter blocks a part of it, which is logged and counted."""
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
        self._write_queue.tally(message.channel, "blocked")

    def _keep(self, message: ChatMessage) -> None:
        assert message.message_id is not None
        assert message.user_id is not None
        stored = StoredMessage(
            message_id=message.message_id,
            channel=message.channel,
            user_id=message.user_id,
            login=message.login,
            display_name=message.display_name,
            text=message.text,
            sent_at_ms=self._sent_at_ms(message),
        )
        self._write_queue.add(Append(stored))
        if message.emotes:
            self._live_state.saw_emotes(message.channel, message.emotes)
        is_own = self._live_state.is_own(message)  # whoever types as the bot does not ask it
        speaks_to_us = not is_own and self._speaks_to_us(message)
        is_for_us = self._listening.message_stored(message, speaks_to_us=speaks_to_us)
        if is_own:
            self._typed[stored.message_id] = None
        elif is_for_us:
            self._listening.mentioned(
                stored.channel,
                _as_line(stored),
                self._written_at(message),
                by_name=speaks_to_us,
            )
            self._write_queue.is_pressing = True

    def _speaks_to_us(self, message: ChatMessage) -> bool:
        """A reply to what a person typed with the bot's account is for that person.

        Twitch has put the account's name in front of it.
        """
        own = self._live_state.own
        if message.reply_to_id in self._typed:
            text = _ADDRESS.sub("", message.text)
            message = replace(message, text=text, reply_to_user_id=None)
        return is_mention(message, own.names, own.user_id)

    def _written_at(self, message: ChatMessage) -> float:
        """When it was written, in monotonic seconds: it may have waited, for a slow database."""
        now = self._clock.monotonic()
        ago_s = 0.0 if message.sent_at is None else self._clock.ago_s(message.sent_at)
        return now - ago_s if 0 < ago_s <= _MOST_LATE_MS / 1000 else now

    def _sent_at_ms(self, message: ChatMessage) -> int:
        """When Twitch took it; now, if Twitch does not say or names a time that cannot be."""
        now_ms = self._clock.utc_ms()
        if message.sent_at is None:
            return now_ms
        sent_at_ms = round(message.sent_at.timestamp() * 1000)
        return sent_at_ms if -_MOST_AHEAD_MS <= now_ms - sent_at_ms <= _MOST_LATE_MS else now_ms


def _as_line(message: StoredMessage) -> ContextLine:
    return ContextLine(
        message_id=message.message_id,
        user_id=message.user_id,
        login=message.login,
        speaker=message.display_name,
        text=message.text,
        at_ms=message.sent_at_ms,
    )
