"""The composer thread: one generation at a time, from a channel's context to a finished line.

Started by the wiring; ends at the END marker on its queue of jobs.  It alone waits for the
language model, so storing and forgetting never do.  What it composed is judged once more by
``send_gate`` when its turn to be sent has come.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from clankbot.cancel import END, End
from clankbot.errors import Cancelled, DatabaseError, OllamaError
from clankbot.processing.internal_messages import Job, JobDone
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import CancelHandle, Compose, Filter, History, OpenHistory
from clankbot.records.speech import Assignment, ContextLine, MessageKind, Outgoing

log = logging.getLogger(__name__)

_REVOKED = "moderated meanwhile"


class Composer:
    """Thread body: see the module's text."""

    def __init__(
        self,
        *,
        jobs: queue.Queue[Job | End],
        open_history: OpenHistory,
        prepare: Callable[[], None],
        compose: Compose,
        voice_outage: Callable[[str], str | None],
        live_state: LiveState,
        filter_of: Callable[[str], Filter],
        bot_name: Callable[[], str],
        offer: Callable[[Outgoing], bool],
        report: Callable[[JobDone], None],
        clock: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._open_history = open_history
        self._prepare = prepare
        self._ask_model = compose
        self._voice_outage = voice_outage
        self._live_state = live_state
        self._filter_of = filter_of
        self._bot_name = bot_name
        self._offer = offer
        self._report = report
        self._clock = clock
        self._lock = threading.Lock()
        self._cancel: CancelHandle | None = None
        self._stopped = False

    def run(self) -> None:
        """Have the model loaded, then work until END; the wiring guards and joins the thread."""
        self._prepare()
        with self._open_history() as history:
            while (job := self._jobs.get()) is not END:
                assert isinstance(job, Job)
                self.step(job, history)

    def step(self, job: Job, history: History) -> None:
        """Do one job and report what came of it: what ``run`` does, for whoever has no thread."""
        self._report(self._compose(job, history))

    def stop(self) -> None:
        """Call off the generation under way and start no other.  Any thread."""
        with self._lock:
            self._stopped = True
            cancel = self._cancel
        if cancel is not None:
            cancel.cancel()

    def _compose(self, job: Job, history: History) -> JobDone:
        with self._lock:
            if self._stopped:
                job.cancel.cancel()
            self._cancel = job.cancel
        done = JobDone(job.channel, "failed")
        try:
            done = self._ask(job, history)
        except OllamaError as error:
            done = JobDone(job.channel, self._failure(job, error))
        except DatabaseError as error:
            done = JobDone(job.channel, f"the database is away: {error}")
        finally:
            with self._lock:
                self._cancel = None
            if not done.offered:
                self._live_state.release(job.generation_id)
        return done

    def _failure(self, job: Job, error: OllamaError) -> str:
        """Why the model gave nothing: a removal, an order, or the trouble and since when."""
        if self._live_state.is_invalid(job.generation_id):
            return _REVOKED
        outage = None if isinstance(error, Cancelled) else self._voice_outage(job.policy.model)
        return outage or str(error)

    def _ask(self, job: Job, history: History) -> JobDone:
        if job.cancel.cancelled:
            return JobDone(job.channel, "called off")
        if job.answer_by is not None and self._clock() > job.answer_by:
            return JobDone(job.channel, "the mention waited too long")
        lines = self._context(job, history)
        if not (lines or job.asked or job.requested):
            return JobDone(job.channel, "nothing is left to speak about")
        grounds = lines
        if job.asked is not None and job.asked not in lines:
            if not self._may_be_seen(job.channel, job.asked):
                return JobDone(job.channel, "the mention may not be seen any more")
            grounds = (*lines, job.asked)
        if not self._live_state.bind(job.generation_id, grounds):
            return JobDone(job.channel, _REVOKED)
        composed = self._ask_model(
            Assignment(job.channel, self._bot_name(), job.policy, lines, job.asked), job.cancel
        )
        if composed.text is None:
            return JobDone(job.channel, composed.reason, usable=False)
        offered = self._offer(self._outgoing(job, composed.text))
        reason = "composed" if offered else "too many lines are waiting"
        return JobDone(job.channel, reason, offered=offered)

    def _outgoing(self, job: Job, text: str) -> Outgoing:
        return Outgoing(
            channel=job.channel,
            text=text,
            speech=MessageKind.MENTION_ANSWER if job.asked else MessageKind.SPONTANEOUS,
            created_at=self._clock(),
            reply_to_id=job.asked.message_id if job.asked else None,
            addressee_id=job.asked.user_id if job.asked else None,
            generation_id=job.generation_id,
            requested=job.requested,
        )

    def _context(self, job: Job, history: History) -> tuple[ContextLine, ...]:
        """The channel's newest messages that may still be seen."""
        newest = history.recent_messages(job.channel, job.policy.context_limit)
        return tuple(line for line in newest if self._may_be_seen(job.channel, line))

    def _may_be_seen(self, channel: str, line: ContextLine) -> bool:
        """The word list or the opt-outs may have changed since the line was taken in."""
        check = self._filter_of(channel).check
        return (
            check(line.text) is None
            and check(line.speaker) is None
            and not self._live_state.has_opted_out(line.user_id)
        )
