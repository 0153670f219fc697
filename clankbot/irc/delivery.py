"""What becomes of the bot's lines: Twitch's verdict on each, and the one report that follows.

Twitch accepts a message with USERSTATE, which carries the id of the new message, and refuses one
with a NOTICE.  Neither tells the text or, for certain, our nonce.  Hence one line at a time in each
channel: whatever comes is about that one.  https://dev.twitch.tv/docs/chat/irc/#userstate

Belongs to the sender's thread.  Times are monotonic seconds and passed in.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clankbot.irc.privmsg import utf16_length
from clankbot.records.chat import Event, LinkDown, LinkUp, Notice, OwnState
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.twitch_notices import why_refused

log = logging.getLogger(__name__)

_VERDICT_WITHIN_S: Final = 5.0
"""Twitch answers within a fraction of a second, or, when it drops a line in silence, never."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A line that was written, or in shadow mode would have been."""

    line: Outgoing
    text: str
    nonce: str
    sent_at: float
    sent_at_ms: int


class Deliveries:
    """The lines under way, at most one a channel, and the reports on all lines that end."""

    def __init__(self, report: Callable[[Delivered | Undelivered], None]) -> None:
        self._report = report
        self._under_way: dict[str, Sent] = {}
        self._refusals: dict[str, str] = {}
        """The notice last logged for each channel, so that a run of them is logged once."""

    def is_under_way(self, channel: str) -> bool:
        """Whether a verdict is still to come in the channel."""
        return channel in self._under_way

    def any_under_way(self) -> bool:
        """Whether a verdict is still to come anywhere."""
        return bool(self._under_way)

    def next_overdue_at(self) -> float:
        """When the oldest line under way will have waited long enough for its verdict."""
        oldest = min((sent.sent_at for sent in self._under_way.values()), default=math.inf)
        return oldest + _VERDICT_WITHIN_S

    # --- how a line ends ---

    def written(self, sent: Sent) -> None:
        """The line went out, into a channel that had none under way."""
        self._under_way[sent.line.channel] = sent

    def heed(self, event: Event) -> None:
        """Takes an event for a verdict, if it is one."""
        match event:
            case LinkUp() | LinkDown():
                self.give_up_all()
            case OwnState():
                self._accepted(event)
            case Notice(channel=str(channel), notice_id=str(notice_id)):
                self._refused(channel, notice_id)

    def give_up_late(self, now: float) -> None:
        """Takes the lines for said on which no verdict came in time."""
        for sent in list(self._under_way.values()):
            if sent.sent_at + _VERDICT_WITHIN_S <= now:
                self._said(sent, message_id=None)

    def give_up_all(self) -> None:
        """No verdict can come: takes all for said, since to say them again may say them twice."""
        for sent in list(self._under_way.values()):
            self._said(sent, message_id=None)

    def would_have_said(self, sent: Sent) -> None:
        """Shadow mode: the line passed everything, and was not written."""
        log.info("would have said", extra=_log_fields(sent.line) | {"text": sent.text})
        self._report(Delivered(sent.line, sent.text, None, sent.sent_at_ms, shadow=True))

    def dropped(self, line: Outgoing, reason: str) -> None:
        """The line was never written."""
        log.debug("line dropped", extra=_log_fields(line) | {"reason": reason})
        self._report(Undelivered(line, reason))

    def _accepted(self, state: OwnState) -> None:
        """USERSTATE.  Without an id it answers a JOIN; with a foreign nonce, an earlier line."""
        sent = self._under_way.get(state.channel)
        if sent is None or state.message_id is None or state.nonce not in (None, sent.nonce):
            return
        self._refusals.pop(state.channel, None)
        self._said(sent, state.message_id)

    def _said(self, sent: Sent, message_id: str | None) -> None:
        del self._under_way[sent.line.channel]
        length = utf16_length(sent.text)
        fields = _log_fields(sent.line) | {"length": length, "confirmed": message_id is not None}
        log.info("said", extra=fields)
        log.debug("said text", extra=fields | {"text": sent.text})
        self._report(Delivered(sent.line, sent.text, message_id, sent.sent_at_ms))

    def _refused(self, channel: str, notice_id: str) -> None:
        sent = self._under_way.get(channel)
        reason = why_refused(notice_id)
        if sent is None or reason is None:
            return
        del self._under_way[channel]
        if self._refusals.get(channel) != notice_id:
            self._refusals[channel] = notice_id
            extra = _log_fields(sent.line) | {"notice": notice_id, "reason": reason}
            log.warning("Twitch refused a message", extra=extra)
        self._report(Undelivered(sent.line, reason, notice_id))


def _log_fields(line: Outgoing) -> dict[str, object]:
    return {"channel": line.channel, "speech": line.speech.name.lower()}
