"""What becomes of a line that was written: Twitch's verdict on it.

Twitch accepts a message with USERSTATE, which carries the id of the new message, and refuses one
with a NOTICE.  Neither tells the text or, for certain, our nonce.  Hence one line at a time in each
channel: the answer is about that one.  https://dev.twitch.tv/docs/chat/irc/#userstate

Belongs to the sender's thread.  Times are monotonic seconds and passed in.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Final

from clankbot.records.chat import Event, LinkDown, LinkUp, Notice, OwnState
from clankbot.records.reasons import Reason
from clankbot.records.speech import Delivered, Outgoing, Undelivered
from clankbot.text import utf16_length
from clankbot.twitch_notices import meaning_of

log = logging.getLogger(__name__)

# Twitch answers within a fraction of a second, or, when it drops a line in silence, never.
_VERDICT_WITHIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A line that was written."""

    line: Outgoing
    text: str
    nonce: str
    sent_at: float
    sent_at_ms: int


class Delivery:
    """The line under way in one channel, if there is one."""

    def __init__(self) -> None:
        self._sent: Sent | None = None
        # The notice last logged, so that a run of the same refusals is logged once.
        self._refusal: str | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a verdict is still to come."""
        return self._sent is not None

    @property
    def overdue_at(self) -> float:
        """When the line under way will have waited long enough for its verdict."""
        return self._sent.sent_at + _VERDICT_WITHIN_S if self._sent else math.inf

    def begin(self, sent: Sent) -> None:
        """The line was written; there was none under way."""
        self._sent = sent

    def handle(self, event: Event) -> Delivered | Undelivered | None:
        """How the line under way ends, if the event of any channel ends it."""
        sent = self._sent
        if sent is None:
            return None
        match event:
            case LinkUp() | LinkDown():
                return self._said(sent, message_id=None)  # none can come any more
            # Without an id it answers a JOIN; with a foreign nonce, an earlier line.
            case OwnState(message_id=str(message_id)) if event.nonce in (None, sent.nonce):
                if event.channel == sent.line.channel:
                    self._refusal = None
                    return self._said(sent, message_id)
            case Notice(notice_id=str(notice_id)) if event.channel == sent.line.channel:
                return self._refused(sent, notice_id)
        return None

    def give_up_overdue(self, now: float) -> Delivered | None:
        """Without a verdict in time the line counts as said: a second try may say it twice."""
        if self._sent is None or now < self.overdue_at:
            return None
        return self._said(self._sent, message_id=None)

    def _said(self, sent: Sent, message_id: str | None) -> Delivered:
        self._sent = None
        fields = log_fields(sent.line) | {"length": utf16_length(sent.text)}
        fields["confirmed"] = message_id is not None
        if sent.line.addressee_id is not None:
            fields["after_s"] = round(sent.sent_at - sent.line.since, 1)  # since it was asked
        log.info("said", extra={"spoken": sent.text, **fields})
        log.debug("said text", extra=fields | {"text": sent.text})
        return Delivered(sent.line, sent.text, message_id, sent.sent_at_ms, sent.sent_at)

    def _refused(self, sent: Sent, notice_id: str) -> Undelivered | None:
        meaning = meaning_of(notice_id)
        if meaning is None:
            return None
        self._sent = None
        # That it is shut out of the channel is logged with that (see irc/joins.py).
        if self._refusal != notice_id and not meaning.rejoin_after_s:
            self._refusal = notice_id
            extra = log_fields(sent.line) | {"notice": notice_id, "reason": meaning.refusal}
            log.warning("Twitch refused a message", extra=extra)
        return Undelivered(sent.line, Reason(notice_id, meaning.refusal), was_sent=True)


def log_fields(line: Outgoing) -> dict[str, object]:
    """What tells in the log which line it was."""
    return {"channel": line.channel, "speech": line.kind.name.lower()}
