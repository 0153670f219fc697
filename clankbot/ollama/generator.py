"""From an assignment to one clean chat line: model loaded, prompt built, asked, answer judged.

Learns of each model what its server does not tell.  One thread writes and has the server read
ahead; loading may go on beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from clankbot.cancel import Cancel
from clankbot.errors import (
    Cancelled,
    ModelMissing,
    OllamaError,
    OllamaRefused,
    OllamaTimeout,
    PromptTooLong,
    Trouble,
)
from clankbot.ollama.client import NUM_BATCH, OllamaClient, is_cloud_model
from clankbot.ollama.drafts import best, drafts_wanted, line_from
from clankbot.ollama.models import Model, too_slow
from clankbot.ollama.prompt import Prompt, Room, build_prompt
from clankbot.ollama.protocol import Generation, model_key
from clankbot.ollama.steps import next_step
from clankbot.ollama.tokens import features
from clankbot.ollama.verdict import Refusal, Refused
from clankbot.ollama.window import prompt_room, reply_tokens, window_size
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import Assignment, Composed, ReadAhead

log = logging.getLogger(__name__)

# Ollama's own default was lowered to 1.0 in 0.32.10, which lets small models go in circles.
_REPEAT_PENALTY: Final = 1.1
# The least to allow a model that thinks whatever it is told: it pays for that from the limit.
_THINKING_TOKENS: Final = 1000
_NOTABLE_LOAD_S: Final = 1.0
# Another program's window that is smaller is not taken over: it would hold hardly any chat.
_LEAST_WINDOW: Final = 2048
# A step of reading ahead takes about so long, so that there is little to give way to; and at most
# this part of the time for a generation.
_STEP_S: Final = 2.0
_STEP_SHARE: Final = 0.25
# A look for what is new costs some 10 ms on a small computer: with the rest that follows a step,
# not more than one in two seconds, however quick the chat.
_LOOK_S: Final = 0.7
# For the first request of all to a model: its weights may still be on their way from the disk, and
# nobody is answered by it.  After that the instructions are read, and the speed is known.
_TRY_OUT_S: Final = 120.0
# The least time to try it with, when a mention has waited long.
_LEAST_S: Final = 1.0


class Generator:
    """Has the models of one server write; ``num_ctx`` replaces our own choice of a window."""

    def __init__(
        self, client: OllamaClient, num_ctx: int | None, clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._num_ctx = num_ctx
        self._clock = clock
        self._models: dict[str, Model] = {}
        # Where the prompts began of which nobody else knows yet: those that came to nothing.
        self._begun: dict[str, int] = {}
        # Of the prompts for lines that nobody was told of yet.
        self._read: list[tuple[int, int]] = []
        # Until then the server may still be reading what we have left.
        self._busy_until_s = 0.0

    def known(self, name: str) -> Model | None:
        """What is known of a model, however its name is spelt; any thread may look at it."""
        return self._models.get(model_key(name))

    def recall(self, figures: Mapping[str, str]) -> None:
        """What ``learned`` gave in earlier runs."""
        for name, kept in figures.items():
            self._model(name).recall(kept)

    def learned(self) -> Mapping[str, str]:
        """What is to be kept of each model, by its name."""
        kept = {name: model.to_keep() for name, model in self._models.items()}
        return {name: figures for name, figures in kept.items() if figures is not None}

    def _model(self, name: str) -> Model:
        """The same, to be asked for as it is spelt now: not every server knows ``model_key``."""
        model = self._models.setdefault(model_key(name), Model(name))
        model.name = name
        return model

    # -- writing -----------------------------------------------------------------------------------

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        """One clean line, or None with the reason; raises OllamaError."""
        until_s = None if assignment.within_s is None else self._clock() + assignment.within_s
        model = self.load(assignment.settings.model, cancel)
        self._client.wait(self._busy_s(), cancel)
        self._try_out(assignment, model, cancel)
        prompt, generation, is_cut = self._generate(assignment, model, cancel, until_s)
        ran_out = generation.only_thought and generation.done_reason == "length"
        if ran_out and not model.always_thinks:
            model.always_thinks = True
            prompt, generation, is_cut = self._generate(assignment, model, cancel, until_s)
        self._begun.pop(assignment.channel, None)
        composed = Composed(None, None, prompt.used_ids, prompt.begins_at)
        if is_cut:
            reason = Reason(Why.NO_LINE, "the prompt did not fit the window")
            return replace(composed, reason=reason)
        line = line_from(generation, assignment, prompt)
        drafts = [line] if isinstance(line, str) else []
        # A model that passes is not asked to think again.
        if not isinstance(line, Refusal) or line.code is not Refused.PASSED:
            drafts += self._more_drafts(assignment, model, prompt, cancel, until_s)
        if drafts:
            return replace(composed, text=best(drafts, assignment))
        assert isinstance(line, Refusal)
        return replace(composed, reason=Reason(line.code, line.text))

    def _more_drafts(
        self,
        assignment: Assignment,
        model: Model,
        prompt: Prompt,
        cancel: Cancel,
        until_s: float | None,
    ) -> list[str]:
        """What else the model writes to a prompt that it has read, until one fails."""
        lines: list[str] = []
        own, num_predict = assignment.settings.model_options, _num_predict(assignment, model)
        in_cloud = self._client.is_cloud or is_cloud_model(model.name)
        is_ours = self._client.keeps_models and not in_cloud
        wanted = drafts_wanted(assignment.settings.drafts, model) if is_ours else 1
        for number in range(1, wanted):
            # With the seed of the first one, it would be the first one.
            seeded = {"seed": own["seed"] + number} if "seed" in own else {}
            options = self._options(model, {**own, **seeded}, num_predict)
            try:
                generation = self._ask(model, prompt, options, cancel, self._within_s(until_s))
            except Cancelled:
                raise
            except OllamaError as error:
                log.info("no further draft", extra={"model": model.name, "problem": str(error)})
                break
            line = line_from(generation, assignment, prompt)
            if isinstance(line, str):
                lines.append(line)
        return lines

    def load(self, name: str, cancel: Cancel) -> Model:
        """Have the model in memory, with the window that its ``num_ctx`` says."""
        model = self._model(name)
        if model.facts.window is None:
            facts = self._client.facts(name)
            if facts.chats is False:
                raise OllamaRefused(Trouble.CANNOT_CHAT, "it is no model for chat: see ollama show")
            model.facts = facts
        wanted = model.num_ctx or window_size(self._num_ctx, model.facts.window)
        if not self._finds_loaded(model, wanted):
            model.num_ctx = window_size(self._num_ctx, model.facts.window)
            self._load(model, cancel)
        return model

    def _finds_loaded(self, model: Model, wanted: int) -> bool:
        """Whether the model is in memory, and its window will do: that one is used from now on.

        Another program may have had it loaded with another window than ours.  To have it loaded
        anew would make that program do the same, and the server would do little else.
        """
        found = self._client.in_memory(model.name)
        model.has_company = found.has_company
        window = found.window or wanted
        if window == wanted:
            model.num_ctx = wanted
            return found.is_loaded
        if self._num_ctx is not None or window < _LEAST_WINDOW:
            return False
        extra = {"model": model.name, "num_ctx": window, "ours": wanted}
        log.warning("another program has loaded the model with its own window", extra=extra)
        model.num_ctx, model.is_anothers = window, True
        return found.is_loaded

    def _load(self, model: Model, cancel: Cancel) -> None:
        """Have it loaded with our own window; a server that does not tell may have it already."""
        model.is_anothers = False
        model.loading_since_s = began_s = self._clock()
        try:
            self._client.load(model.name, model.num_ctx, cancel)
        except ModelMissing:
            raise
        except OllamaRefused as error:  # cloud models know no loading; the generation will tell
            log.debug("loading refused", extra={"model": model.name, "problem": error.in_full})
        finally:
            model.loading_since_s = None
            took_s = model.load_s = self._clock() - began_s
            if took_s >= _NOTABLE_LOAD_S:
                model.lost()
        if took_s >= _NOTABLE_LOAD_S:
            log.info("model loaded", extra={"model": model.name, "took_s": round(took_s, 1)})

    def _try_out(self, assignment: Assignment, model: Model, cancel: Cancel) -> None:
        """Before the first prompt of all, have its beginning read, which tells the speed.

        Nothing is lost: the server keeps it.  The cloud is quick, and may count what it is asked.
        """
        if model.was_tried or self._client.is_cloud or is_cloud_model(model.name):
            return
        room = Room(0)
        beginning = replace(build_prompt(assignment, model.estimate, room), log=(), task="")
        within_s = max(_TRY_OUT_S, self._client.timeout_s)
        try:
            self._ask(model, beginning, self._options(model, {}, 1), cancel, within_s)
        except OllamaTimeout:
            model.was_tried = True  # that tells the speed, too
            raise
        model.was_tried = True

    def _generate(
        self, assignment: Assignment, model: Model, cancel: Cancel, until_s: float | None
    ) -> tuple[Prompt, Generation, bool]:
        """A prompt that fits, what the model wrote to it, and whether the server cut the prompt.

        A cut prompt may lack the instructions.  If the server finds the prompt too long, it is
        asked once more with half of the chat.
        """
        options = self._options(
            model, assignment.settings.model_options, _num_predict(assignment, model)
        )
        within_s = self._within_s(until_s)
        room = Room(_tokens_room(assignment, model), model.readable(within_s), model.kept)
        prompt = self._prompt(assignment, model, room)
        self._note_narrowing(assignment, model, prompt)
        try:
            generation = self._ask(model, prompt, options, cancel, within_s)
        except PromptTooLong as error:
            self._overran(model)
            if error.tokens is not None:
                model.estimate.learn(features(prompt.text), error.tokens)
            prompt = build_prompt(assignment, model.estimate, room, len(prompt.log) // 2)
            generation = self._ask(model, prompt, options, cancel, self._within_s(until_s))
        self._read.append(model.prompt_read)
        return prompt, generation, model.was_cut

    def prompts_read(self) -> Sequence[tuple[int, int]]:
        """What servers had to read of the prompts for lines since the last call, and had kept."""
        told, self._read = self._read, []
        return told

    def _prompt(self, assignment: Assignment, model: Model, room: Room) -> Prompt:
        """The next prompt of a channel, which begins as the last one, also if that came to nothing.

        The server has read a part of it all the same.
        """
        channel = assignment.channel
        begins_at = self._begun.get(channel, assignment.begins_at)
        prompt = build_prompt(replace(assignment, begins_at=begins_at), model.estimate, room)
        if prompt.begins_at:
            self._begun[channel] = prompt.begins_at
        return prompt

    def _options(
        self, model: Model, own: Mapping[str, int | float], num_predict: int
    ) -> Mapping[str, int | float]:
        sizes = {"num_ctx": model.num_ctx, "num_predict": num_predict}
        # As it was loaded: with another size of batches the server would load the model anew.
        batch = {} if model.is_anothers else {"num_batch": NUM_BATCH}
        return {"repeat_penalty": _REPEAT_PENALTY, **own, **sizes, **batch}

    def _within_s(self, until_s: float | None) -> float:
        """The time that is left for a generation."""
        longest_s = self._client.timeout_s
        if until_s is None:
            return longest_s
        return max(_LEAST_S, min(longest_s, until_s - self._clock()))

    def _ask(
        self,
        model: Model,
        prompt: Prompt,
        options: Mapping[str, int | float],
        cancel: Cancel,
        within_s: float | None,
    ) -> Generation:
        """Have the model answer, and learn from how that went."""
        began_s, num_predict = self._clock(), int(options["num_predict"])
        try:
            generation = self._client.generate(
                model.name, prompt.system, prompt.user, options, cancel, within_s
            )
        except Cancelled:
            self._left(model, prompt, began_s, num_predict, was_late=False)
            raise
        except OllamaTimeout as error:
            self._left(model, prompt, began_s, num_predict, was_late=True)
            raise too_slow(model, prompt, error) from error
        except PromptTooLong:
            raise
        except OllamaError:
            model.lost()
            raise
        load_s = generation.load_s or 0.0
        if load_s >= _NOTABLE_LOAD_S:
            self._was_loaded_anew(model)
        wrote_on, took_s = model.writes_on, max(0.0, self._clock() - began_s - load_s)
        model.answered(prompt, generation, num_predict, took_s)
        if model.writes_on and not wrote_on:
            extra = {"model": model.name}
            log.info("the server writes on where it is only to read: not read ahead", extra=extra)
        if model.was_cut:
            self._overran(model)
        return generation

    def _was_loaded_anew(self, model: Model) -> None:
        """Though it was in memory: another program has it with the same window and other options.

        We take what is usual from now on, or the server would do little but load it.
        """
        model.lost()
        if not model.is_anothers:
            extra = {"model": model.name}
            log.warning("another program has the model loaded with other options", extra=extra)
        model.is_anothers = True

    def _left(
        self, model: Model, prompt: Prompt, began_s: float, num_predict: int, *, was_late: bool
    ) -> None:
        """The connection was closed while the server was at it."""
        now_s = self._clock()
        # A step is so small that rather something else has kept the server from it.
        tells_speed = num_predict > 1 or model.reading.per_s is None
        busy_s = model.left(prompt, now_s - began_s, was_late=was_late, tells_speed=tells_speed)
        self._busy_until_s = now_s + busy_s

    def _busy_s(self) -> float:
        """How long the server may still be at what we have left."""
        return max(0.0, self._busy_until_s - self._clock())

    def _overran(self, model: Model) -> None:
        """Said once for each model."""
        if not model.has_overrun:
            log.warning("a prompt did not fit the window", extra={"model": model.name})
        model.has_overrun = True

    def _note_narrowing(self, assignment: Assignment, model: Model, prompt: Prompt) -> None:
        """Told once for each model, and wherever somebody asks."""
        channel, limit = assignment.channel, assignment.settings.context_limit
        count = len(prompt.log)
        if prompt.is_narrowed and not model.was_narrowed:
            model.was_narrowed = True
            reads = round(model.reading.per_s or 0)
            extra = {"model": model.name, "lines": count, "of": limit, "tokens_per_s": reads}
            log.info("the context is cut to what can be read in time", extra=extra)
        # From half of the limit on it is as long as others, for old lines leave in blocks.
        is_short = count < min(len(assignment.lines), limit // 2)
        if prompt.is_narrowed or (channel in model.narrowed and is_short):
            model.narrowed[channel] = (count, limit)
        else:
            model.narrowed.pop(channel, None)

    # -- reading ahead -----------------------------------------------------------------------------

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        """Have the server read the next small part of what it will be asked next.

        Never has a model loaded, and leaves a server alone that may still be busy.
        """
        began_s = self._clock()
        model = self._model(assignment.settings.model)
        if not (model.num_ctx and self._finds_loaded(model, model.num_ctx)):
            return ReadAhead(assignment.begins_at, is_done=True, took_s=_LOOK_S)
        if busy_s := self._busy_s():
            return ReadAhead(assignment.begins_at, is_done=False, took_s=0.0, busy_s=busy_s)
        room = Room(_tokens_room(assignment, model), None, model.read)
        whole = replace(self._prompt(assignment, model, room), task="")
        step_s = min(_STEP_S, _STEP_SHARE * self._client.timeout_s)
        step = next_step(whole, model, step_s)
        if step is not None:
            options = self._options(model, assignment.settings.model_options, 1)
            self._ask(model, step, options, cancel, None)
            model.was_tried = True
        self._begun.pop(assignment.channel, None)
        is_done = step is None or step.text == whole.text
        return ReadAhead(whole.begins_at, is_done, max(_LOOK_S, self._clock() - began_s))


def _num_predict(assignment: Assignment, model: Model) -> int:
    """How many tokens the model may write."""
    wanted = assignment.settings.model_options.get("num_predict")
    return reply_tokens(wanted, model.num_ctx, _THINKING_TOKENS if model.always_thinks else 0)


def _tokens_room(assignment: Assignment, model: Model) -> int:
    """The tokens of the window that are left for the prompt; alike for reading and for writing."""
    return prompt_room(model.num_ctx, _num_predict(assignment, model))
