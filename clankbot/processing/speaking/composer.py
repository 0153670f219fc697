"""The composer thread: one generation at a time, from a channel's context to a finished line.

Started by the wiring; ends after ``finish()``.  It alone waits for the language model, so storing
and forgetting never do.  What it composed is judged once more by the send gate when its turn to be
sent has come.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

from clankbot.cancel import END, Cancel, End
from clankbot.clock import Clock
from clankbot.errors import Cancelled, DatabaseError, OllamaError
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.internal_messages import Job, NothingOffered
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.send_gate import DATABASE_AWAY
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Assignment, ContextLine, MessageKind, Outgoing

log = logging.getLogger(__name__)

# One turn a channel at a time, and Twitch lets an account join 100 channels.
_MOST_JOBS: Final = 1_000
_MODERATED: Final = Reason(Why.MODERATED, "moderated meanwhile")


class ContextHistory(Protocol):
    """What a context is read from."""

    def recent_messages(self, channel: str, limit: int) -> Sequence[ContextLine]:
        """The newest ``limit`` messages of the channel, oldest first."""


class Composer:
    """Thread body: see the module's text."""

    def __init__(
        self,
        history: AbstractContextManager[ContextHistory],
        model: LanguageModel,
        live_state: LiveState,
        filters: ChannelFilters,
        offer: Callable[[Outgoing], bool],
        report: Callable[[NothingOffered], None],
        clock: Clock,
    ) -> None:
        """``history`` is a connection for the composer's thread alone, which closes it.

        ``offer`` gives a line to the sender, ``report`` tells the worker that there is none.
        """
        self._history = history
        self._model = model
        self._live_state = live_state
        self._filters = filters
        self._offer = offer
        self._report = report
        self._clock = clock
        self._jobs: queue.Queue[Job | End] = queue.Queue(_MOST_JOBS)
        self._stopped = Cancel()

    # -- for other threads -------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Take a job; never waits."""
        self._jobs.put_nowait(job)

    def stop(self) -> None:
        """Call off the generation under way and start no other."""
        self._stopped.cancel()

    def finish(self) -> None:
        """No job will come any more: end once those that wait are done."""
        self._jobs.put_nowait(END)

    # -- the thread --------------------------------------------------------------------------------

    def run(self) -> None:
        """Have the model loaded, then work until ``finish``; the wiring guards and joins it."""
        self._model.preload()
        with self._history as history:
            while isinstance(job := self._jobs.get(), Job):
                self.compose(job, history)

    def compose(self, job: Job, history: ContextHistory) -> None:
        """Do one job: a line is offered to the sender, or the reason is reported."""
        self._stopped.attach(job.cancel.cancel)
        report: NothingOffered | None = NothingOffered(
            job.channel, job.generation_id, Reason(Why.NO_LINE, "failed")
        )
        try:
            report = self._offer_line(job, history)
        except OllamaError as error:
            report = NothingOffered(job.channel, job.generation_id, self._failure(job, error))
        except DatabaseError as error:
            log.warning("context not read", extra={"channel": job.channel, "problem": str(error)})
            report = NothingOffered(job.channel, job.generation_id, DATABASE_AWAY)
        finally:
            self._stopped.detach(job.cancel.cancel)
            if report is not None:
                self._live_state.generations.release(job.generation_id)
                self._report(report)

    def _offer_line(self, job: Job, history: ContextHistory) -> NothingOffered | None:
        """Context, model, line; None if a line is on its way to the sender."""

        def nothing(code: Why, text: str) -> NothingOffered:
            return NothingOffered(job.channel, job.generation_id, Reason(code, text))

        if job.cancel.cancelled:
            return nothing(Why.CALLED_OFF, "called off")
        if job.answer_by is not None and self._clock.monotonic() > job.answer_by:
            return nothing(Why.TOO_LATE, "the mention waited too long")
        newest = history.recent_messages(job.channel, job.settings.context_limit)
        lines = tuple(line for line in newest if self._may_be_seen(job.channel, line))
        if not (lines or job.asked or job.requested):
            return nothing(Why.NO_CONTEXT, "nothing is left to speak about")
        made_of = lines
        if job.asked is not None and job.asked not in lines:
            if not self._may_be_seen(job.channel, job.asked):
                return nothing(Why.MODERATED, "the mention may not be seen any more")
            made_of = (*lines, job.asked)
        if not self._live_state.generations.bind(job.generation_id, made_of):
            return nothing(Why.MODERATED, _MODERATED.text)
        own_login = self._live_state.own.login
        assignment = Assignment(job.channel, own_login, job.settings, lines, job.asked)
        composed = self._model.write(assignment, job.cancel)
        if composed.text is None:
            reason = composed.reason or Reason(Why.NO_LINE, "the model wrote nothing")
            return NothingOffered(job.channel, job.generation_id, reason, was_usable=False)
        if not self._offer(self._outgoing(job, composed.text)):
            return nothing(Why.OUTBOX_FULL, "too many lines are waiting")
        return None

    def _may_be_seen(self, channel: str, line: ContextLine) -> bool:
        """The word list or the opt-outs may have changed since the line was taken in."""
        check = self._filters(channel).check
        return (
            check(line.text) is None
            and check(line.speaker) is None
            and not self._live_state.has_opted_out(line.user_id)
        )

    def _outgoing(self, job: Job, text: str) -> Outgoing:
        return Outgoing(
            channel=job.channel,
            text=text,
            kind=MessageKind.MENTION_ANSWER if job.asked else MessageKind.SPONTANEOUS,
            created_at=self._clock.monotonic(),
            reply_to_id=job.asked.message_id if job.asked else None,
            addressee_id=job.asked.user_id if job.asked else None,
            generation_id=job.generation_id,
            requested=job.requested,
        )

    def _failure(self, job: Job, error: OllamaError) -> Reason:
        """Why the model gave nothing: a removal, an order, or the trouble and since when."""
        if self._live_state.generations.is_invalid(job.generation_id):
            return _MODERATED
        if isinstance(error, Cancelled):
            return Reason(Why.CALLED_OFF, str(error))
        return Reason(Why.MODEL, self._model.outage(job.settings.model) or str(error))
