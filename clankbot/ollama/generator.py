"""From an assignment to one clean chat line: model loaded, prompt built, asked, answer judged.

Learns of each model what its server does not tell.  One thread writes; loading may go on beside it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clankbot.cancel import Cancel
from clankbot.errors import ModelMissing, OllamaRefused, PromptTooLong, Trouble
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.prompt import (
    Prompt,
    build_prompt,
    prompt_room,
    reply_tokens,
    was_cut,
    window_size,
)
from clankbot.ollama.protocol import DEADLINE, Generation, ModelFacts, model_key
from clankbot.ollama.reply import line_of
from clankbot.ollama.verdict import Refusal, Refused, Situation
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Assignment, Composed

log = logging.getLogger(__name__)

# Ollama's own default was lowered to 1.0 in 0.32.10, which lets small models go in circles.
_REPEAT_PENALTY: Final = 1.1
# The least to allow a model that thinks whatever it is told: it pays for that from the limit.
_THINKING_TOKENS: Final = 1000
_NOTABLE_LOAD_S: Final = 1.0

# How the estimate of a prompt's size follows what the server counts: up at once, down slowly.
_SCALE_UP: Final = 1.5
_SCALE_DOWN: Final = 0.98
_LARGEST_SCALE: Final = 4.0
_SMALLEST_SCALE: Final = 0.5
# How much more the next prompt of the same length may cost than the server counted.
_MARGIN: Final = 1.3
# In shorter prompts the instructions count for more than the chat.
_TELLING_TOKENS: Final = 1000

_CALLED: Final = re.compile(r"@(\w{2,25})", re.ASCII)


@dataclass(slots=True)
class _Model:
    """What is known and has been learned of one model."""

    name: str
    facts: ModelFacts = field(default_factory=ModelFacts)
    num_ctx: int = 0
    always_thinks: bool = False
    # What a prompt is taken to cost, as a share of what it costs at most.
    scale: float = 1.0
    has_overrun: bool = False

    def overran(self) -> None:
        """Estimate higher from now on; said once for each model."""
        self.scale = min(self.scale * _SCALE_UP, _LARGEST_SCALE)
        if not self.has_overrun:
            log.warning("a prompt did not fit the window", extra={"model": self.name})
        self.has_overrun = True

    def fitted(self, counted: int, estimate: int) -> None:
        """Come nearer to what the server counts, slowly and with a margin."""
        if counted > 0 and estimate >= _TELLING_TOKENS:
            least = max(_MARGIN * counted / estimate, _SMALLEST_SCALE)
            self.scale = max(self.scale * _SCALE_DOWN, least)


class Generator:
    """Has the models of one server write; ``num_ctx`` replaces our own choice of a window."""

    def __init__(
        self, client: OllamaClient, num_ctx: int | None, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._num_ctx = num_ctx
        self._clock = clock
        self._models: dict[str, _Model] = {}

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean line, or None with the reason; raises OllamaError."""
        model = self.load(assignment.settings.model, cancel)
        prompt, generation, is_cut = self._generate(assignment, model, cancel)
        ran_out = generation.only_thought and generation.done_reason == "length"
        if ran_out and not model.always_thinks:
            model.always_thinks = True
            prompt, generation, is_cut = self._generate(assignment, model, cancel)
        if is_cut:
            reason = Reason(Why.NO_LINE, "the prompt did not fit the window")
            return Composed(None, reason, prompt.used_ids)
        if generation.only_thought:
            refusal = Refusal(Refused.THOUGHT)
        else:
            line = line_of(generation.text, _situation(assignment, prompt, generation))
            if isinstance(line, str):
                return Composed(line, None, prompt.used_ids)
            refusal = line
        return Composed(None, Reason(refusal.code, refusal.text), prompt.used_ids)

    def load(self, name: str, cancel: Cancel) -> _Model:
        """Have the model in memory, with the window that its ``num_ctx`` says."""
        model = self._models.setdefault(model_key(name), _Model(name))
        if model.facts.window is None:
            facts = self._client.facts(name)
            if facts.chats is False:
                raise OllamaRefused(Trouble.CANNOT_CHAT, "it is no model for chat: see ollama show")
            model.facts = facts
        model.num_ctx = window_size(self._num_ctx, model.facts.window)
        if self._client.is_loaded(name, model.num_ctx):
            return model
        began_s = self._clock()
        try:
            self._client.load(name, model.num_ctx, cancel)
        except ModelMissing:
            raise
        except OllamaRefused as error:  # cloud models know no loading; the generation will tell
            log.debug("loading refused", extra={"model": name, "problem": error.in_full})
        took_s = self._clock() - began_s
        if took_s >= _NOTABLE_LOAD_S:
            log.info("model loaded", extra={"model": name, "took_s": round(took_s, 1)})
        return model

    def _generate(
        self, assignment: Assignment, model: _Model, cancel: Cancel
    ) -> tuple[Prompt, Generation, bool]:
        """A prompt that fits, what the model wrote to it, and whether the server cut the prompt.

        A cut prompt may lack the instructions.  If the server finds the prompt too long, it is
        asked once more with half of the chat.
        """
        name, own_options = assignment.settings.model, assignment.settings.model_options
        least_tokens = _THINKING_TOKENS if model.always_thinks else 0
        num_predict = reply_tokens(own_options.get("num_predict"), model.num_ctx, least_tokens)
        sizes = {"num_ctx": model.num_ctx, "num_predict": num_predict}
        options = {"repeat_penalty": _REPEAT_PENALTY, **own_options, **sizes}
        room = int(prompt_room(model.num_ctx, num_predict) / model.scale)
        prompt = build_prompt(assignment, room)
        ask = partial(self._client.generate, name, options=options, cancel=cancel)
        try:
            generation = ask(prompt.system, prompt.user)
        except PromptTooLong:
            model.overran()
            prompt = build_prompt(assignment, room, max_lines=prompt.line_count // 2)
            return prompt, ask(prompt.system, prompt.user), False
        counted = generation.prompt_tokens or 0
        if was_cut(counted, prompt.tokens, model.num_ctx, num_predict):
            model.overran()
            return prompt, generation, True
        model.fitted(counted, prompt.tokens)
        return prompt, generation, False


def _situation(assignment: Assignment, prompt: Prompt, generation: Generation) -> Situation:
    """The moment that an answer was written for, as the judge needs to know it."""
    asked, settings = assignment.asked, assignment.settings
    lines = assignment.lines if asked is None else (*assignment.lines, asked)
    others = [line for line in lines if not line.is_own]
    own_names = {line.speaker for line in lines if line.is_own} - {assignment.bot_name}
    # In whose stead the model might write: everybody who spoke, and everybody who was called.
    called = frozenset(name for line in lines for name in _CALLED.findall(line.text))
    return Situation(
        bot_names=(assignment.bot_name, *sorted(own_names)),
        speakers=called.union(name for line in others for name in (line.speaker, line.login)),
        lines=tuple(line.text for line in assignment.lines),
        own_lines=tuple(line.text for line in assignment.lines if line.is_own),
        asked=asked.text if asked else None,
        asker_names=(asked.login, asked.speaker) if asked else (),
        instructions=prompt.instructions,
        persona=settings.persona,
        limit_chars=settings.length_chars,
        was_cut_off=generation.done_reason in ("length", DEADLINE),
    )
