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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clankbot.backoff import Backoff
from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaError, OllamaTimeout, OllamaUnavailable, Trouble
from clankbot.ollama.client import OllamaClient, Unreachable, answers_instead, is_cloud_model
from clankbot.ollama.generator import Generator
from clankbot.ollama.protocol import model_key
from clankbot.records.speech import Assignment, Composed

log = logging.getLogger(__name__)

_FIRST_WAIT_S: Final = 1.0
# Generation is to resume within 15 s of the server being back.
_LONGEST_WAIT_S: Final = 10.0
_PROBE_EVERY_S: Final = 5.0
# Sizes, ports and the like: another number is no other trouble.
_FIGURE: Final = re.compile(r"\w*\d\w*")


@dataclass(slots=True)
class _Outage:
    """The trouble with the server, or with one model on it, from its first failure on."""

    began_s: float
    backoff: Backoff
    # What it is by now, and since when.
    error: OllamaError
    since_s: float
    next_try_s: float = 0.0


class LanguageModel:
    """Writes lines with the models of one server; ``own_model`` is the operator's choice.

    What fails is left alone until its next try is due, so that a dead server costs nobody time.
    An outage is logged when it begins and when it ends.  ``num_ctx`` replaces our own choice of a
    window.
    """

    def __init__(
        self,
        client: OllamaClient,
        own_model: str,
        *,
        num_ctx: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._client = client
        self._own_model = own_model
        self._generator = Generator(client, num_ctx, clock)
        self._clock = clock
        self._now_ms = now_ms
        self._lock = threading.Lock()
        # By what fails by itself: the server's address, or the name of a model.
        self._outages: dict[str, _Outage] = {}

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

    def runs_in_cloud(self, model: str) -> bool:
        """Whether what the model is asked leaves the streamer's machines for Ollama's."""
        return is_cloud_model(model) or self._client.is_cloud

    def probe(self) -> float:
        """Look whether a server that could not be reached is back; the seconds until the next look.

        Asks nothing while the server answers, and is done within a few seconds.
        """
        if self._client.address not in self._outages:
            return _PROBE_EVERY_S
        try:
            self._client.version()
        except (Unreachable, OllamaTimeout, Cancelled):
            return _PROBE_EVERY_S
        except OllamaError as error:  # even that is an answer
            log.debug("the server is back", extra={"problem": error.in_full})
        self._worked(self._client.address)
        with self._lock:
            for outage in self._outages.values():
                outage.next_try_s = self._clock()
                outage.backoff.reset()
        return _PROBE_EVERY_S

    def close(self) -> None:
        """End what is under way, a load too: the program stops.  Later calls raise Cancelled."""
        self._client.close()

    @contextlib.contextmanager
    def _watched(self, model: str) -> Iterator[None]:
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
            self._failed(self._client.address, error)
            raise
        except OllamaError as error:
            self._worked(self._client.address)
            explained = self._client.explained(error)
            self._failed(model, explained)
            raise explained from error.__cause__
        self._worked(self._client.address)
        self._worked(model)

    def _outages_of(self, model: str) -> list[_Outage]:
        """What keeps a model from writing: the server's outage before its own."""
        with self._lock:
            subjects = (self._client.address, model)
            return [outage for subject in subjects if (outage := self._outages.get(subject))]

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
        return f"{outage.error} (since {since} UTC)"

    def _failed(self, subject: str, error: OllamaError) -> None:
        """The start of an outage, or one more failed try; said if the trouble is a new one."""
        now_s = self._clock()
        with self._lock:
            outage = self._outages.get(subject)
            before = None if outage is None else outage.error
            if outage is None:
                backoff = Backoff(_FIRST_WAIT_S, _LONGEST_WAIT_S)
                outage = self._outages[subject] = _Outage(now_s, backoff, error, now_s)
            elif outage.error.trouble is not error.trouble:
                outage.since_s = now_s
            outage.error = error
            outage.next_try_s = now_s + outage.backoff.next_s()
        if before is None or _kind(before) != _kind(error):
            log.warning(
                "generation fails",
                extra={
                    "subject": subject,
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
            log.info("generation works again", extra={"subject": subject, "lasted_s": lasted_s})


def _kind(error: OllamaError) -> tuple[str, str]:
    """What makes a trouble another one, worth a line in the log."""
    return str(error), _FIGURE.sub("#", error.detail)
