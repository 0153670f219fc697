"""Reading ahead: while nothing is to be written, the model reads growing prompts in small steps.

When it is time to speak, only the newest lines are left to read.  A step is a generation like any
other: a removal cancels it, and nothing removed is in what is read.  It gives way to a job at once.
Owned by the composer's thread, but for ``give_way``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from clankbot.cancel import Cancel
from clankbot.clock import Clock
from clankbot.errors import DatabaseError, OllamaError
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.contexts import ContextHistory, Contexts
from clankbot.processing.speaking.send_gate import is_silenced
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import ReadAhead

log = logging.getLogger(__name__)

# After a step the server is left alone three times as long as that took: others want it, too, and a
# fan of a small computer is to have its rest.
_REST: Final = 3.0


class ReadingAhead:
    """See the module's text."""

    def __init__(
        self,
        model: LanguageModel,
        live_state: LiveState,
        contexts: Contexts,
        is_wanted: Callable[[], bool],
        stopped: Cancel,
        clock: Clock,
    ) -> None:
        """``is_wanted`` tells whether something else waits for the composer's thread."""
        self._model = model
        self._live_state = live_state
        self._contexts = contexts
        self._is_wanted = is_wanted
        self._stopped = stopped
        self._clock = clock
        # Channels that have news which is not read yet, that of the oldest news first.
        self._unread: dict[str, None] = {}
        self._may_begin_at = clock.monotonic()
        # Of the step under way, or of the last one; set by the composer's thread.
        self._under_way = Cancel()

    # -- for any thread ----------------------------------------------------------------------------

    def give_way(self) -> None:
        """End the step under way.  To be called once ``is_wanted`` is true."""
        self._under_way.cancel()

    # -- for the composer's thread -----------------------------------------------------------------

    def prompt_changed(self, channel: str) -> None:
        """There are lines that the model has not read, or it has read what is no longer there."""
        self._unread.setdefault(channel)

    def was_read(self, channel: str) -> None:
        """The whole prompt was read, for a line was written."""
        self._unread.pop(channel, None)

    def wait_s(self) -> float | None:
        """Seconds until the next step may begin; None if there is nothing to read."""
        if not self._unread or self._stopped.cancelled:
            return None
        return max(0.0, self._may_begin_at - self._clock.monotonic())

    def step(self, history: ContextHistory) -> None:
        """Have a little read for the channel of the oldest news, if it is time for that."""
        if self.wait_s() != 0.0:
            return
        channel = next(iter(self._unread))
        settings = self._live_state.view(channel).settings
        if not self._may_read(channel, settings):
            self.was_read(channel)  # until there is more, and it may be read
            return
        # Only then is it asked whether something waits: ``give_way`` is called after it has begun
        # to wait, so either this step notices it, or it is cancelled.
        cancel = self._under_way = Cancel()
        self._stopped.attach(cancel.cancel)
        try:
            if not (cancel.cancelled or self._is_wanted()):
                self._read(history, channel, settings, cancel)
        finally:
            self._stopped.detach(cancel.cancel)

    def _may_read(self, channel: str, settings: ChannelSettings) -> bool:
        """Whether the bot may speak in the channel now, and the model is to read ahead for that."""
        return (
            not is_silenced(self._live_state.view(channel), self._clock)
            and self._live_state.outage is None
            and self._model.obstacle(settings.model) is None
            and self._model.reads_ahead(settings.model)
        )

    def _read(
        self, history: ContextHistory, channel: str, settings: ChannelSettings, cancel: Cancel
    ) -> None:
        """One step; afterwards the channel waits for more news, or for its next turn."""
        generations = self._live_state.generations
        began = self._clock.monotonic()
        number = generations.register(channel, cancel)
        try:
            before, came = self._have_read(history, channel, settings, number, cancel)
            self.was_read(channel)
            took_s, busy_s = (came.took_s, came.busy_s) if came else (0.0, 0.0)
            if came is not None and not came.is_done:
                self._go_on(channel, is_first=came.begins_at == before)
        except (OllamaError, DatabaseError) as error:
            took_s, busy_s = self._clock.monotonic() - began, 0.0
            # After a job it goes on.  After a removal the worker tells when the words are gone.
            if not cancel.cancelled or generations.is_invalid(number):
                self.was_read(channel)
            log.debug("not read ahead", extra={"channel": channel, "problem": str(error)})
        finally:
            generations.release(number)
        self._may_begin_at = self._clock.monotonic() + busy_s + _REST * took_s

    def _go_on(self, channel: str, *, is_first: bool) -> None:
        """More of the channel is to be read: before the others, or behind them.

        Before them as long as its prompt only grows: it shares one place of the server with them,
        and who reads a little there has the rest thrown out.
        """
        others = self._unread
        self._unread = {channel: None, **others} if is_first else {**others, channel: None}

    def _have_read(
        self,
        history: ContextHistory,
        channel: str,
        settings: ChannelSettings,
        number: int,
        cancel: Cancel,
    ) -> tuple[int, ReadAhead | None]:
        """Where the prompt began before a step and what came of it; None: nothing may be read."""
        # A removal of thousands of messages counts as carried out from its first step on.  One that
        # begins after this question makes the generation invalid, as it is registered already.
        if history.is_removing():
            return 0, None
        lines = self._contexts.lines(history, channel, settings)
        if not lines or not self._live_state.generations.bind(number, lines):
            return 0, None
        assignment = self._contexts.assignment(channel, settings, lines)
        came = self._model.read_ahead(assignment, cancel)
        self._contexts.began_at(channel, came.begins_at)
        return assignment.begins_at, came
