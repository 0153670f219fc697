"""The bot's voice: an assignment in, one clean chat line out, with all that may happen on the way.

The composer thread asks it to compose, one line at a time; the upkeep thread probes it; any thread
may ask for its health or close it.  It knows nothing of Twitch, and it remembers no chat.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaError, OllamaRefused, OllamaUnavailable
from clankbot.ollama.client import OllamaClient, Unreachable
from clankbot.ollama.cloud import is_cloud_address, is_cloud_model
from clankbot.ollama.generator import Draft, Generator
from clankbot.ollama.outages import Outage, Outages
from clankbot.ollama.prompt import told
from clankbot.ollama.protocol import model_key
from clankbot.ollama.reply import clean_reply, is_echo, is_enough, without_torn_end
from clankbot.records.speech import Assignment, Composed

_CALLED: Final = re.compile(r"@(\w{2,25})", re.ASCII)
_PROBE_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Health:
    """Whether generating works, as far as the last tries tell."""

    up: bool
    since_ms: int | None
    """When the trouble began; None while all is well."""
    problem: str | None


class LanguageModel:
    """Composes lines with the models of one server; ``num_ctx`` replaces our choice of a window."""

    def __init__(
        self,
        client: OllamaClient,
        *,
        num_ctx: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._client = client
        self._server = client.address
        self._generator = Generator(client, num_ctx, clock)
        self._outages = Outages(clock)
        self._clock = clock
        self._now_ms = now_ms

    def compose(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean line for the assignment, or None with the reason.

        Raises OllamaError when the server fails, and at once while the next try is not due; the log
        tells of it already, once for each outage.  A cancel ends it with Cancelled: at once, or
        while the model is loading as soon as it is loaded.
        """
        clean = partial(
            clean_reply,
            bot_name=assignment.bot_name,
            names=_names(assignment),
            limit_chars=assignment.policy.length_chars,
            instructions=told(assignment),
        )
        with self._watching(assignment.policy.model):
            draft = self._generator.write(assignment, cancel, partial(is_enough, clean=clean))
        text, reason = _judged(draft, clean, assignment)
        return Composed(text, reason, draft.prompt.used_ids)

    def preload(self, model: str) -> None:
        """Have the model in memory; takes as long as loading takes.

        Never raises for the server's sake: a failure shows in the log and in ``health``.
        """
        with contextlib.suppress(OllamaError), self._watching(model):
            self._generator.load(model, Cancel())

    def model_problem(self, name: str) -> str | None:
        """Why this model cannot be used, None when it can; asks the server, raises OllamaError."""
        if is_cloud_model(name) or self._client.has_model(name):  # the cloud's are not listed
            return None
        return f"{name} is not installed on the Ollama server"

    def choice_problem(self, name: str, own_model: str) -> str | None:
        """As ``model_problem``, for whoever may not choose where viewers' words are sent.

        ``own_model`` is the operator's, whose choice that is.
        """
        if is_cloud_model(name) and model_key(name) != model_key(own_model):
            return "cloud models are for the operator to choose (OLLAMA_MODEL)"
        return self.model_problem(name)

    def is_in_cloud(self, model: str) -> bool:
        """Whether what the model is asked leaves the streamer's machines for Ollama's."""
        return is_cloud_model(model) or is_cloud_address(self._server)

    def problem(self, model: str) -> str | None:
        """Why a model is not to be asked just now; None when it may be.  Never waits."""
        waits = self._outages.is_waiting(self._server) or self._outages.is_waiting(model)
        return self.outage(model) if waits else None

    def outage(self, model: str) -> str | None:
        """What is wrong with a model and since when, also while the next try is due; None: nothing.

        Never waits.
        """
        outage = self._outages.of(self._server) or self._outages.of(model)
        if outage is None:
            return None
        since = datetime.fromtimestamp(self._moment_ms(outage) / 1000, UTC)
        return f"Ollama has not answered since {since:%H:%M} UTC ({outage.problem})"

    def health(self) -> Health:
        """Whether generating works; does not ask the server."""
        outage = self._outages.oldest()
        if outage is None:
            return Health(True, None, None)
        return Health(False, self._moment_ms(outage), outage.problem)

    def _moment_ms(self, outage: Outage) -> int:
        """When it began."""
        return self._now_ms() - round(1000 * (self._clock() - outage.since_s))

    def probe(self) -> float:
        """Look whether a server that could not be reached is back; the seconds until the next look.

        Asks nothing while the server answers, and is done within a few seconds.
        """
        if self._outages.of(self._server) and self._is_reachable():
            self._outages.worked(self._server)
            self._outages.retry_now()
        return _PROBE_EVERY_S

    def close(self) -> None:
        """End what is under way, a load too: the program stops.  Later calls raise Cancelled."""
        self._client.close()

    def _is_reachable(self) -> bool:
        try:
            self._client.version()
        except OllamaRefused:  # even that is an answer
            return True
        except OllamaError:
            return False
        return True

    @contextlib.contextmanager
    def _watching(self, model: str) -> Iterator[None]:
        """Keep account of how asking a model goes; refuses while its next try is not due."""
        problem = self.problem(model)
        if problem is not None:
            raise OllamaUnavailable(problem)
        try:
            yield
        except Cancelled:
            raise
        except Unreachable as error:
            self._outages.failed(self._server, str(error))
            raise
        except OllamaError as error:
            self._outages.worked(self._server)
            self._outages.failed(model, str(error))
            raise
        self._outages.worked(self._server)
        self._outages.worked(model)


def _judged(
    draft: Draft, clean: Callable[[str], str | None], assignment: Assignment
) -> tuple[str | None, str]:
    """The line that is in a draft, or None; and in either case what came of it."""
    if draft.was_cut:
        return None, "the prompt did not fit the window"
    if draft.only_thought:
        return None, "the model only thought"
    raw = draft.generation.text
    text = clean(without_torn_end(raw) if draft.generation.done_reason == "length" else raw)
    if text is None:
        return None, "nothing usable was left of the answer"
    if is_echo(text, (line.text for line in assignment.lines)):
        return None, "the model only repeated what was said"
    return text, "composed"


def _names(assignment: Assignment) -> frozenset[str]:
    """Everybody in whose stead the model might write: who spoke, and who was called."""
    lines = assignment.lines if assignment.asked is None else (*assignment.lines, assignment.asked)
    others = [line for line in lines if not line.is_own]
    called = frozenset(name for line in lines for name in _CALLED.findall(line.text))
    return called.union(name for line in others for name in (line.speaker, line.login))
