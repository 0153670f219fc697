"""The bot's language model: an assignment in, one clean chat line out, and what is out of order.

The composer thread asks it to write, one line at a time; the scheduler thread probes it; any thread
may ask what is out of order, or close it.  It knows nothing of Twitch, and it remembers no chat.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clankbot.backoff import Backoff
from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaError, OllamaTimeout, OllamaUnavailable, Trouble
from clankbot.ollama.client import OllamaClient, Unreachable, answers_instead, is_cloud_model
from clankbot.ollama.generator import Generator
from clankbot.ollama.protocol import model_key
from clankbot.records.speech import Assignment, Composed, ReadAhead

log = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 1.0
# Generation is to resume within 15 s of the server being back.
_LONGEST_WAIT_S: Final = 10.0
_PROBE_EVERY_S: Final = 5.0
# What a chat line costs with its name, measured on chat logs: 13 to 15; and the instructions.
_LINE_TOKENS: Final = 14
_FRAME_TOKENS: Final = 300
# Reading a whole window takes longer: then it is worth reading ahead.
_SLOW_S: Final = 3.0
# After a step of reading ahead that took as long as a whole generation may: the server is busy with
# something else, or does what it likes.
_FIRST_STEP_WAIT_S: Final = 60.0
_LONGEST_STEP_WAIT_S: Final = 3600.0
# What tells nothing of now: a server that was restarted answers again at once.
_MOMENTARY: Final = frozenset({Trouble.CONNECTION_BROKE, Trouble.BROKE_OFF})
# Sizes, ports and the like: another number is no other trouble.
_FIGURE: Final = re.compile(r"\w*\d\w*")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast this machine is with a model, in tokens a second; None: not known."""

    reads_per_s: float | None
    writes_per_s: float | None
    # How many ordinary lines of chat can be read anew and answered within the timeout.
    lines_in_time: int | None
    # The time that the last load took.
    load_s: float | None = None

    def line_s(self, lines: int) -> float | None:
        """About how long reading so many ordinary lines anew and answering takes; None: unknown."""
        if not self.reads_per_s or not self.writes_per_s:
            return None
        read = _FRAME_TOKENS + lines * _LINE_TOKENS
        return read / self.reads_per_s + _LINE_TOKENS / self.writes_per_s


@dataclass(slots=True)
class _Outage:
    """The trouble with the server, or with one model on it, from its first failure on."""

    name: str
    began_s: float
    backoff: Backoff
    # What it is by now, and since when.
    error: OllamaError
    since_s: float
    next_try_s: float = 0.0
    # It was a moment's trouble: the server has answered since.
    is_back: bool = False


class LanguageModel:
    """Writes lines with the models of one server; ``own_model`` is the operator's choice.

    What fails is left alone until its next try is due, so that a dead server costs nobody time.
    An outage is logged when it begins and when it ends.  ``num_ctx`` replaces our own choice of a
    window; ``reading_ahead`` None leaves it to the speed of the machine.
    """

    def __init__(
        self,
        client: OllamaClient,
        own_model: str,
        *,
        num_ctx: int | None = None,
        reading_ahead: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._client = client
        self._own_model = own_model
        self._generator = Generator(client, num_ctx, clock)
        self._reading_ahead = reading_ahead
        self._clock = clock
        self._now_ms = now_ms
        self._lock = threading.Lock()
        # By what fails by itself: the server's address, or a model's ``model_key``.
        self._outages: dict[str, _Outage] = {}
        # Of the thread that writes.
        self._step_backoff = Backoff(_FIRST_STEP_WAIT_S, _LONGEST_STEP_WAIT_S)
        self._next_step_s = clock()

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean line for the assignment, or None with the reason.

        Raises OllamaError if the server fails, and at once while the next try is not due; the log
        tells of it already, once for each outage.  A cancel ends it with Cancelled: at once, or
        while the model is loading as soon as it is loaded.
        """
        with self._watched(assignment.settings.model):
            return self._generator.write(assignment, cancel)

    def preload(self) -> None:
        """Have the operator's model in memory; takes as long as loading takes.

        Never raises for the server's sake: a failure is in the log and in ``outage``.
        """
        with contextlib.suppress(OllamaError), self._watched(self._own_model):
            self._generator.load(self._own_model, Cancel())

    def reads_ahead(self, model: str) -> bool:
        """Whether to have this model read ahead just now.  Never waits.

        Left to us, that is where it is worth it, and the server's time is nobody else's: reading is
        slow, and the server is on this machine or has no other model loaded.  A model that was too
        slow needs it most.  Never where nothing would be kept of it.
        """
        if self._reading_ahead is False or self.runs_in_cloud(model):
            return False
        outages = self._outages_of(model)
        if any(not (each.is_back or each.error.trouble is Trouble.TOO_SLOW) for each in outages):
            return False
        if not self._client.keeps_models or self._clock() < self._next_step_s:
            return False
        known = self._generator.known(model)
        if known is not None and known.keeps_nothing:
            return False
        if self._reading_ahead or known is None or known.reading.per_s is None:
            return True
        is_unshared = self._client.is_on_this_machine or not known.has_company
        return is_unshared and known.num_ctx / known.reading.per_s > _SLOW_S

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        """Have the server read the next small part of what it will be asked next.

        For the thread that writes.  Raises OllamaError; a cancel ends it at once.  That a model was
        too slow is over only once it has written.  A step that is late is no outage, for a line may
        yet come in time; but it is left alone for some time.
        """
        late: OllamaTimeout | None = None
        with self._watched(assignment.settings.model, only_reads=True):
            try:
                came = self._generator.read_ahead(assignment, cancel)
                self._step_backoff.reset()
                return came
            except OllamaTimeout as error:
                late = error
        self._next_step_s = self._clock() + self._step_backoff.next_s()
        raise late

    def recall(self, figures: Mapping[str, str]) -> None:
        """What was learned of models in earlier runs; to be called before anything is asked."""
        self._generator.recall(figures)

    def learned(self) -> Mapping[str, str]:
        """What has notably changed of what is known of models since the last call, by model.

        For the thread that writes.
        """
        return self._generator.learned()

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        """Of each prompt for a line since the last call: the tokens that were read, and those kept.

        For the thread that writes.
        """
        return self._generator.prompts_read()

    def pace(self, model: str) -> Pace:
        """How fast a model has proved to be so far.  Never waits."""
        known = self._generator.known(model)
        if known is None:
            return Pace(None, None, None)
        readable = known.readable(self._client.timeout_s)
        lines = None if readable is None else int((readable - _FRAME_TOKENS) / _LINE_TOKENS)
        lines = lines and max(0, lines)
        return Pace(known.reading.per_s, known.writing.per_s, lines, known.load_s)

    def loading(self, model: str) -> str | None:
        """That the model is being loaded, and since when; None if it is not.  Never waits."""
        known = self._generator.known(model)
        since_s = known.loading_since_s if known else None
        if since_s is None:
            return None
        return f"loading the model, {round(self._clock() - since_s)} s so far"

    def condition(self, model: str, channel: str) -> str:
        """How a model is doing with a channel's prompts, in words for chat.  Never waits."""
        known = self._generator.known(model)
        told = self.outage(model) or self.loading(model)
        narrowed = known.narrowed.get(channel) if known else None
        if told is not None or known is None or narrowed is None:
            return told or "ready"
        lines, limit = narrowed
        return (
            f"ready, with {lines} of {limit} lines: this machine reads"
            f" {round(known.reading.per_s or 0)} tokens a second; a smaller model or a GPU would"
            " read more"
        )

    def obstacle(self, model: str) -> str | None:
        """Why a model is not to be asked just now; None if it may be.  Never waits."""
        outages = self._outages_of(model)
        return self._told(outages[0]) if self._is_waiting(outages) else None

    def outage(self, model: str) -> str | None:
        """What is wrong with a model and since when, also while the next try is due; None: nothing.

        In words that may be said in chat.  Never waits.
        """
        outages = self._outages_of(model)
        return self._told(outages[0]) if outages else None

    def trouble(self, model: str) -> Trouble | None:
        """The kind of what ``outage`` tells.  Never waits."""
        outages = self._outages_of(model)
        return outages[0].error.trouble if outages else None

    def check_choice(self, model: str) -> str | None:
        """Why a moderator may not choose this model; asks the server, raises OllamaError.

        Only the operator chooses where viewers' words are sent; the operator's own model may be in
        the cloud.  The server does not list the cloud's models.
        """
        if is_cloud_model(model):
            if model_key(model) == model_key(self._own_model):
                return None
            return "cloud models are for the operator to choose (OLLAMA_MODEL)"
        program = self._client.program()
        if program is not None and not (program.speaks_ollama or program.is_guess):
            raise answers_instead(program)
        try:
            has_model = self._client.has_model(model)
        except OllamaError as error:
            raise self._client.explained(error) from error.__cause__
        if not has_model:
            return f"{model} is not installed on the Ollama server"
        if self._client.facts(model).chats is False:
            return f"{model} cannot chat: it is a model for embeddings or the like"
        return None

    def choices(self) -> Sequence[str]:
        """The models that the server has and runs itself, by name; asks it, raises OllamaError.

        One for embeddings may be among them: only a question for each would tell.
        """
        try:
            names = self._client.models()
        except OllamaError as error:
            raise self._client.explained(error) from error.__cause__
        return sorted(name.removesuffix(":latest") for name in names if not is_cloud_model(name))

    def runs_in_cloud(self, model: str) -> bool:
        """Whether what the model is asked leaves the streamer's machines for Ollama's."""
        return is_cloud_model(model) or self._client.is_cloud

    def probe(self) -> float:
        """Look whether a server that could not be reached is back; the seconds until the next look.

        The same after a connection broke: it may be down.  Asks nothing while the server answers,
        and is done within a few seconds.
        """
        with self._lock:
            was_away = self._client.address in self._outages
            broken = [
                outage
                for outage in self._outages.values()
                if outage.error.trouble in _MOMENTARY and not outage.is_back
            ]
        if not (was_away or broken):
            return _PROBE_EVERY_S
        try:
            self._client.version()
        except Unreachable as error:
            if not was_away:
                self._failed(self._client.address, self._client.address, error)
            return _PROBE_EVERY_S
        except (OllamaTimeout, Cancelled):
            return _PROBE_EVERY_S
        except OllamaError as error:  # even that is an answer
            log.debug("the server is back", extra={"problem": error.in_full})
        self._worked(self._client.address)
        with self._lock:
            for outage in broken:
                outage.is_back = True
            for outage in self._outages.values() if was_away else ():
                outage.next_try_s = self._clock()
                outage.backoff.reset()
        return _PROBE_EVERY_S

    def close(self) -> None:
        """End what is under way, a load too: the program stops.  Later calls raise Cancelled."""
        self._client.close()

    @contextlib.contextmanager
    def _watched(self, model: str, *, only_reads: bool = False) -> Iterator[None]:
        """Keep account of how asking a model goes; refuses while its next try is not due."""
        outages = self._outages_of(model)
        if self._is_waiting(outages):
            error = outages[0].error
            raise OllamaUnavailable(error.trouble, error.detail, text=self._told(outages[0]))
        try:
            yield
        except Cancelled:
            raise
        except Unreachable as error:
            self._failed(self._client.address, self._client.address, error)
            raise
        except OllamaError as error:
            self._worked(self._client.address)
            explained = self._client.explained(error)
            self._failed(model_key(model), model, explained)
            raise explained from error.__cause__
        self._worked(self._client.address)
        if not (only_reads and self._is_too_slow(model)):
            self._worked(model_key(model))

    def _outages_of(self, model: str) -> list[_Outage]:
        """What keeps a model from writing: the server's outage before its own."""
        with self._lock:
            subjects = (self._client.address, model_key(model))
            return [outage for subject in subjects if (outage := self._outages.get(subject))]

    def _is_too_slow(self, model: str) -> bool:
        outage = self._outages.get(model_key(model))
        return outage is not None and outage.error.trouble is Trouble.TOO_SLOW

    def _is_waiting(self, outages: list[_Outage]) -> bool:
        """Whether the next try of any of them is not due yet."""
        now_s = self._clock()
        return any(now_s < outage.next_try_s for outage in outages)

    def _told(self, outage: _Outage) -> str:
        """What it is and since when, in words for chat."""
        since_ms = self._now_ms() - 1000 * (self._clock() - outage.since_s)
        since = f"{datetime.fromtimestamp(since_ms / 1000, UTC):%H:%M}"
        if outage.error.trouble is Trouble.NOT_REACHABLE:
            return f"Ollama has not answered since {since} UTC (it cannot be reached)"
        if outage.is_back:
            return f"{outage.error} at {since} UTC, and it answers again"
        return f"{outage.error} (since {since} UTC)"

    def _failed(self, subject: str, name: str, error: OllamaError) -> None:
        """The start of an outage, or one more failed try; said if the trouble is a new one."""
        now_s = self._clock()
        with self._lock:
            outage = self._outages.get(subject)
            before = None if outage is None else outage.error
            if outage is None:
                backoff = Backoff(_FIRST_WAIT_S, _LONGEST_WAIT_S)
                outage = self._outages[subject] = _Outage(name, now_s, backoff, error, now_s)
            elif outage.error.trouble is not error.trouble or outage.is_back:
                outage.since_s = now_s
            outage.error, outage.is_back = error, False
            outage.next_try_s = now_s + outage.backoff.next_s()
        if before is None or _kind(before) != _kind(error):
            log.warning(
                "generation fails",
                extra={
                    "subject": name,
                    "trouble": error.trouble.code,
                    "problem": str(error),
                    "detail": error.detail,
                },
            )

    def _worked(self, subject: str) -> None:
        """A success, which ends the outage."""
        with self._lock:
            outage = self._outages.pop(subject, None)
        if outage is not None:
            lasted_s = round(self._clock() - outage.began_s, 1)
            extra = {"subject": outage.name, "lasted_s": lasted_s}
            log.info("generation works again", extra=extra)


def _kind(error: OllamaError) -> tuple[str, str]:
    """What makes a trouble another one, worth a line in the log."""
    return _FIGURE.sub("#", str(error)), _FIGURE.sub("#", error.detail)
