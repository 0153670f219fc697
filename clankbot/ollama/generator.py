"""Having a model write: loaded first, with a prompt that fits, asked again where that helps.

Learns of each model what its server does not tell.  One thread writes; loading may go on beside it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from clankbot.cancel import Cancel
from clankbot.errors import ModelMissing, OllamaRefused, PromptTooLong
from clankbot.ollama.client import ChatRequest, Generation, OllamaClient
from clankbot.ollama.prompt import Prompt, build_prompt
from clankbot.ollama.protocol import ModelFacts, model_key
from clankbot.ollama.window import prompt_room, reply_tokens, was_cut, window_size
from clankbot.records.speech import Assignment

log = logging.getLogger(__name__)

_REPEAT_PENALTY: Final = 1.1
"""Ollama's own default was lowered to 1.0 in 0.32.10, which lets small models go in circles."""
_THINKING_TOKENS: Final = 1000
"""The least to allow a model that thinks whatever it is told: it pays for that from the limit."""
_SCALE_UP: Final = 1.5
_SCALE_DOWN: Final = 0.98
_LARGEST_SCALE: Final = 4.0
_SMALLEST_SCALE: Final = 0.5
_MARGIN: Final = 1.3
"""So much more than the server counted the next prompt may cost for its length."""
_TELLING_TOKENS: Final = 1000
"""In shorter prompts the instructions count for more than the chat."""
_NOTABLE_LOAD_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Draft:
    """What a model wrote, and to which prompt."""

    prompt: Prompt
    generation: Generation
    was_cut: bool = False
    """The server read less than it was given, and perhaps not the instructions."""

    @property
    def only_thought(self) -> bool:
        """Whether the model came to no answer for all its thinking."""
        return self.generation.had_thinking and not self.generation.text.strip()


@dataclass(slots=True)
class _Model:
    """What has been learned of one model."""

    facts: ModelFacts = field(default_factory=ModelFacts)
    always_thinks: bool = False
    scale: float = 1.0
    """What a prompt is taken to cost, as a share of what it costs at most."""
    has_overrun: bool = False

    def overran(self, name: str) -> None:
        """Estimate higher from now on; said once for each model."""
        self.scale = min(self.scale * _SCALE_UP, _LARGEST_SCALE)
        if not self.has_overrun:
            log.warning("a prompt did not fit the window", extra={"model": name})
        self.has_overrun = True

    def fitted(self, counted: int, estimate: int) -> None:
        """Come nearer to what the server counts, slowly and with a margin."""
        if counted > 0 and estimate >= _TELLING_TOKENS:
            least = max(_MARGIN * counted / estimate, _SMALLEST_SCALE)
            self.scale = max(self.scale * _SCALE_DOWN, least)


class Generator:
    """Has the models of one server write; ``num_ctx`` replaces our own choice of a window."""

    def __init__(
        self,
        client: OllamaClient,
        num_ctx: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._num_ctx = num_ctx
        self._clock = clock
        self._models: dict[str, _Model] = {}

    def write(self, assignment: Assignment, cancel: Cancel, enough: Callable[[str], bool]) -> Draft:
        """What the model writes, read no further than ``enough``; raises OllamaError."""
        name = assignment.policy.model
        model = self._model(name)
        num_ctx = self.load(name, cancel)
        if model.facts.thinks:  # what it writes first may be a thought
            enough = _never
        draft = self._draft(assignment, num_ctx, cancel, enough)
        ran_out = draft.only_thought and draft.generation.done_reason == "length"
        if ran_out and not model.always_thinks:
            model.always_thinks = True
            draft = self._draft(assignment, num_ctx, cancel, enough)
        return draft

    def load(self, name: str, cancel: Cancel) -> int:
        """Have the model in memory; the window that it is loaded with."""
        model = self._model(name)
        if model.facts.window is None:
            model.facts = self._client.facts(name)
        num_ctx = window_size(self._num_ctx, model.facts.window)
        if self._client.is_loaded(name, num_ctx):
            return num_ctx
        began = self._clock()
        try:
            self._client.load(name, num_ctx, cancel)
        except ModelMissing:
            raise
        except OllamaRefused as error:  # cloud models know no loading; the generation will tell
            log.debug("loading refused", extra={"model": name, "problem": str(error)})
        took_s = self._clock() - began
        if took_s >= _NOTABLE_LOAD_S:
            log.info("model loaded", extra={"model": name, "took_s": round(took_s, 1)})
        return num_ctx

    def _draft(
        self,
        assignment: Assignment,
        num_ctx: int,
        cancel: Cancel,
        enough: Callable[[str], bool],
    ) -> Draft:
        """One draft, or one with half of the chat when the server finds the prompt too long."""
        model = self._model(assignment.policy.model)
        request = _request(assignment, num_ctx, _THINKING_TOKENS if model.always_thinks else 0)
        room = int(prompt_room(num_ctx, request.num_predict) / model.scale)
        prompt = build_prompt(assignment, room)
        try:
            generation = self._client.generate(_with(request, prompt), cancel, enough)
        except PromptTooLong:
            model.overran(request.model)
            prompt = build_prompt(assignment, room, max_lines=prompt.line_count // 2)
            return Draft(prompt, self._client.generate(_with(request, prompt), cancel, enough))
        counted = generation.prompt_tokens or 0
        cut = was_cut(counted, prompt.tokens, num_ctx, request.num_predict)
        if cut:
            model.overran(request.model)
        else:
            model.fitted(counted, prompt.tokens)
        return Draft(prompt, generation, cut)

    def _model(self, name: str) -> _Model:
        return self._models.setdefault(model_key(name), _Model())


def _request(assignment: Assignment, num_ctx: int, least_tokens: int) -> ChatRequest:
    """The request for an assignment, still without its words."""
    options = assignment.policy.model_options
    wanted = options.get("num_predict")
    return ChatRequest(
        model=assignment.policy.model,
        system="",
        user="",
        num_ctx=num_ctx,
        num_predict=reply_tokens(wanted, num_ctx, least_tokens),
        options={"repeat_penalty": _REPEAT_PENALTY, **options},
    )


def _with(request: ChatRequest, prompt: Prompt) -> ChatRequest:
    return replace(request, system=prompt.system, user=prompt.user)


def _never(text: str) -> bool:
    """That there is never enough."""
    return False
