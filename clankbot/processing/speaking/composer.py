"""The composer thread: one generation at a time, from a channel's context to a finished line.

Started by the wiring; ends after ``finish()``.  It alone waits for the language model, so storing
and forgetting never do.  What it composed is judged once more by the send gate when its turn to be
sent has come.  While no job waits, it has the model read ahead.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from clankbot.cancel import END, Cancel, End
from clankbot.clock import Clock
from clankbot.errors import Cancelled, DatabaseError, OllamaError
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.internal_messages import Job, NothingOffered, PromptChanged, PromptRead
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.contexts import ContextHistory, Contexts
from clankbot.processing.speaking.read_ahead import ReadingAhead
from clankbot.processing.speaking.send_gate import DATABASE_AWAY
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MAX_AGE_S, MAX_MESSAGE_UTF16, ContextLine, MessageKind, Outgoing
from clankbot.records.stream import Happening
from clankbot.records.writes import KeepModelFigures, KeepWindow

log = logging.getLogger(__name__)

Report = NothingOffered | PromptRead | KeepWindow | KeepModelFigures

# One turn a channel at a time and one piece of news, and Twitch lets an account join 100 channels.
_MOST_JOBS: Final = 1_000
_MODERATED: Final = Reason(Why.MODERATED, "moderated meanwhile")


class Composer:
    """Thread body: see the module's text."""

    def __init__(
        self,
        history: AbstractContextManager[ContextHistory],
        model: LanguageModel,
        live_state: LiveState,
        filters: ChannelFilters,
        offer: Callable[[Outgoing], bool],
        report: Callable[[Report], None],
        clock: Clock,
    ) -> None:
        """``history`` is a connection for the composer's thread alone, which closes it.

        ``offer`` gives a line to the sender; ``report`` tells the worker that there is none, and
        what is to be kept.
        """
        self._history = history
        self._model = model
        self._live_state = live_state
        self._offer = offer
        self._report = report
        self._clock = clock
        self._jobs: queue.Queue[Job | PromptChanged | End] = queue.Queue(_MOST_JOBS)
        # Channels whose news waits among the jobs.  The worker's thread adds to it alone, and the
        # composer's takes from it before it reads: so news is never lost.
        self._told: set[str] = set()
        self._stopped = Cancel()
        self._contexts = Contexts(live_state, filters, report)
        self._reading_ahead = ReadingAhead(
            model,
            live_state,
            self._contexts,
            is_wanted=lambda: not self._jobs.empty(),
            stopped=self._stopped,
            clock=clock,
        )
        self._has_recalled = False

    # -- for other threads -------------------------------------------------------------------------

    def submit(self, job: Job) -> None:
        """Take a job; never waits.  Reading ahead gives way."""
        self._jobs.put_nowait(job)
        self._reading_ahead.give_way()

    def prompt_changed(self, channel: str) -> None:
        """The channel has lines that the model has not read.  For the worker; never waits."""
        if channel not in self._told:
            self._told.add(channel)
            self._jobs.put_nowait(PromptChanged(channel))

    def stop(self) -> None:
        """Call off the generation under way and start no other."""
        self._stopped.cancel()

    def finish(self) -> None:
        """No job will come any more: end once those that wait are done."""
        self._jobs.put_nowait(END)
        self._reading_ahead.give_way()

    # -- the thread --------------------------------------------------------------------------------

    def run(self) -> None:
        """Have the model loaded, then work until ``finish``; the wiring guards and joins it."""
        with self._history as history:
            self._recall(history)
            self._model.preload()
            while self.step(history, self.wait_s()):
                continue

    def wait_s(self) -> float | None:
        """How long to wait for a job: until the next reading ahead is due; None: for ever."""
        return self._reading_ahead.wait_s()

    def step(self, history: ContextHistory, wait_s: float | None) -> bool:
        """One round: a job, or some reading ahead if none comes in time; False after END.

        ``wait_s`` None: it waits for as long as it takes.
        """
        try:
            taken = self._jobs.get(timeout=wait_s)
        except queue.Empty:
            self._recall(history)
            self._reading_ahead.step(history)
        else:
            if isinstance(taken, End):
                return False
            if isinstance(taken, PromptChanged):
                self._told.discard(taken.channel)
                self._reading_ahead.prompt_changed(taken.channel)
                return True
            self._recall(history)
            self.compose(taken, history)
        for model, figures in self._model.learned().items():
            self._report(KeepModelFigures(model, figures))
        for read, reused in self._model.prompts_read():
            self._report(PromptRead(read, reused))
        return True

    def _recall(self, history: ContextHistory) -> None:
        """Take what is kept of earlier runs: once, and as soon as the database can be read."""
        if self._has_recalled:
            return
        try:
            windows, figures = history.windows(), history.model_figures()
        except DatabaseError as error:
            log.warning("windows not read", extra={"problem": str(error)})
            return
        self._contexts.recall(windows)
        self._model.recall(figures)
        self._has_recalled = True

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
        if (within_s := self._left_s(job)) is not None and within_s < 0:
            return nothing(Why.TOO_LATE, "the mention waited too long")
        lines, style = self._contexts.lines_and_style(history, job.channel, job.settings)
        if not (lines or job.asked or job.requested):
            return nothing(Why.NO_CONTEXT, "nothing is left to speak about")
        made_of = lines
        if job.asked is not None and job.asked not in lines:
            if not self._contexts.may_be_seen(job.channel, job.asked):
                return nothing(Why.MODERATED, "the mention may not be seen any more")
            made_of = (*lines, job.asked)
        news = self._contexts.news(job.channel, job.settings)
        if not self._live_state.generations.bind(
            job.generation_id, (*made_of, *map(_as_line, news))
        ):
            return nothing(Why.MODERATED, _MODERATED.text)
        assignment = self._contexts.assignment(
            job.channel,
            job.settings,
            lines,
            job.asked,
            self._left_s(job),
            may_pass=job.asked is None and not job.requested,
            style=style,
            facts=self._contexts.facts(job.channel, job.settings, news),
        )
        composed = self._model.write(assignment, job.cancel)
        self._contexts.began_at(job.channel, composed.begins_at)
        self._reading_ahead.was_read(job.channel)
        if composed.text is None:
            reason = composed.reason or Reason(Why.NO_LINE, "the model wrote nothing")
            return NothingOffered(job.channel, job.generation_id, reason, was_usable=False)
        if not self._offer(self._outgoing(job, composed.text)):
            return nothing(Why.OUTBOX_FULL, "too many lines are waiting")
        return None

    def _left_s(self, job: Job) -> float | None:
        """The seconds in which the answer is still wanted; None: it answers nobody."""
        return None if job.since is None else job.since + MAX_AGE_S - self._clock.monotonic()

    def _outgoing(self, job: Job, text: str) -> Outgoing:
        if job.asked is not None and job.settings.disclose:
            most = min(job.settings.length_chars, MAX_MESSAGE_UTF16)
            told = self._live_state.disclosures
            text = told.marked(text, job.channel, job.asked.user_id, most)
        return Outgoing(
            channel=job.channel,
            text=text,
            kind=MessageKind.MENTION_ANSWER if job.asked else MessageKind.SPONTANEOUS,
            since=self._clock.monotonic() if job.since is None else job.since,
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


def _as_line(happening: Happening) -> ContextLine:
    """What a removal has to hit, for what was made of it to be dropped."""
    return ContextLine(
        happening.message_id or "",
        happening.user_id or "",
        happening.login,
        happening.display_name,
        happening.text,
        0,
    )
