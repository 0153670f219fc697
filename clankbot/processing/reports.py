"""What the sender reports of the bot's lines: said and stored, or not said.

Owned by the worker's thread.  Every line that the sender took ends here, once.
"""

from __future__ import annotations

import logging
from typing import Final

from clankbot.bounded_dict import BoundedDict
from clankbot.clock import Clock
from clankbot.processing.commands.handler import CommandHandler
from clankbot.processing.live_state import LiveState
from clankbot.processing.moderation import Moderation
from clankbot.processing.recent_removals import RecentRemovals
from clankbot.processing.speaking.repetition import OwnWords, fingerprint
from clankbot.processing.speaking.turns import Turns
from clankbot.processing.write_queue import WriteQueue
from clankbot.records.chat import OwnState
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.records.writes import AddHint, Append, Applied, RecordSpoken, StoredMessage
from clankbot.twitch_notices import meaning_of

log = logging.getLogger(__name__)

# Messages whose place is remembered until the sender tells which of its lines they were.
_ACCEPTED: Final = 100


class Reports:
    """Handles the sender's reports."""

    def __init__(
        self,
        live_state: LiveState,
        removals: RecentRemovals,
        moderation: Moderation,
        turns: Turns,
        own_words: OwnWords,
        commands: CommandHandler,
        write_queue: WriteQueue,
        clock: Clock,
    ) -> None:
        self._live_state = live_state
        self._removals = removals
        self._moderation = moderation
        self._turns = turns
        self._own_words = own_words
        self._commands = commands
        self._write_queue = write_queue
        self._clock = clock
        self._said_after = BoundedDict[str, str | None](_ACCEPTED)

    def handle_own_state(self, event: OwnState) -> None:
        """Twitch accepted a message: what is stored from here on came after it."""
        if event.message_id is not None and self._live_state.serves(event.channel):
            newest_id = self._turns.listening.newest_message_id(event.channel)
            self._said_after[event.message_id] = newest_id

    def handle_delivered(self, report: Delivered) -> None:
        """The bot's own chat messages are stored; its answers to commands are not."""
        line = report.line
        if not line.kind.is_generated:
            return
        channel = line.channel
        self._live_state.disclosures.delivered(report)
        if report.shadow:
            reason = Reason(Why.WOULD_HAVE_BEEN_SAID, "would have been said")
        else:
            reason = Reason(Why.SAID, "said")

        def stored(_: Applied) -> None:
            stands_at_ms = None if report.shadow else report.sent_at_ms
            self._turns.was_said(channel, line.generation_id, reason, stands_at_ms)
            self._own_words.load(channel)

        own = self._own_message(report)
        spoken = RecordSpoken(
            channel,
            report.message_id,
            report.sent_at_ms,
            fingerprint(report.text),
            report.shadow,
            self._said_after.pop(report.message_id or "", None),
        )
        self._write_queue.add(spoken, stored)
        if own is not None and self._removals.cover_own(own, report.sent_at):
            self._moderation.remove_own(own)
        elif own is not None and not self._live_state.generations.is_invalid(line.generation_id):
            # Else something it was made of was removed while it was on its way: the next prompt
            # would hand those words on.
            self._write_queue.add(Append(own))
        self._write_queue.tally(channel, "generated")
        self._write_queue.tally(channel, "said")

    def _own_message(self, report: Delivered) -> StoredMessage | None:
        """The row for what was said; None without Twitch's id for it."""
        own, message_id = self._live_state.own, report.message_id
        if own.user_id is None or message_id is None:
            return None
        return StoredMessage(
            message_id=message_id,
            channel=report.line.channel,
            user_id=own.user_id,
            login=own.login,
            display_name=own.display_name or own.login,
            text=report.text,
            sent_at_ms=report.sent_at_ms,
            is_own=True,
        )

    def handle_undelivered(self, report: Undelivered) -> None:
        """A line was dropped by the sender or refused by Twitch."""
        line, reason = report.line, report.reason
        was_blocked = reason.code == Why.BLOCKED
        if was_blocked:
            self._write_queue.tally(line.channel, "blocked")
        meaning = meaning_of(reason.code)
        if meaning is None:  # else it is logged already that Twitch refuses such lines
            extra = {"channel": line.channel, "reason": reason.text, "kind": line.kind.name}
            log.info("not said", extra=extra)
        if line.kind.is_generated:
            self._write_queue.tally(line.channel, "generated")
            if meaning is not None and meaning.counts_as_spoken:
                self._keep_held(line, reason)
            else:
                self._turns.was_not_said(line.channel, line.generation_id, reason)
        elif was_blocked:
            self._commands.answer_was_blocked(line)

    def _keep_held(self, line: Outgoing, reason: Reason) -> None:
        """Twitch keeps the line from chat; delay and count begin anew, as if it had been said."""
        channel, now_ms = line.channel, self._clock.utc_ms()

        def stored(_: Applied) -> None:
            if self._turns.was_held(channel, line.generation_id, reason):
                self._write_queue.add(AddHint(channel, now_ms))
                factor = self._turns.hints.add(channel, now_ms)
                log.warning("holding back", extra={"channel": channel, "factor": factor})
            self._own_words.load(channel)

        self._write_queue.add(RecordSpoken(channel, None, now_ms, fingerprint(line.text)), stored)
