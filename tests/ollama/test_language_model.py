"""The voice against a real HTTP server: one clean line, or a typed failure and a quick recovery."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import (
    Cancelled,
    ModelMissing,
    OllamaTimeout,
    OllamaUnavailable,
    PromptTooLong,
)
from clankbot.loopback.fake_behaviour import Manner
from clankbot.loopback.fake_ollama import OllamaStandIn
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import Health, LanguageModel
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Composed, ContextLine
from tests.ollama.assignments import assignment, chat, line

TOO_LONG = Manner(status=400, error="the input length exceeds the context length")
CHAT = chat("the boss is huge", "that music though", "who plays next week")


class Clock:
    """A clock that is set by hand."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The clock by which the voice waits between tries."""
    return Clock()


@pytest.fixture
def voice(ollama: OllamaStandIn, clock: Clock) -> Iterator[LanguageModel]:
    """A voice that speaks with the stand-in."""
    client = OllamaClient(ollama.url, timeout_s=5, load_timeout_s=10)
    voice = LanguageModel(client, clock=clock, now_ms=lambda: int(clock.now_s * 1000))
    yield voice
    voice.close()


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another thread."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def compose(voice: LanguageModel, policy: ChannelSettings | None = None) -> Composed:
    """One line about a little chat."""
    return voice.compose(assignment(*CHAT, policy=policy), Cancel())


def test_one_clean_line_is_composed_from_the_chat(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.say('clankbot: "nice one"\nalice: thanks')
    composed = compose(voice)
    assert composed == Composed("nice one", "composed", frozenset({"id-0", "id-1", "id-2"}))
    assert "Bruno: that music though" in ollama.asked[0].user


def test_somebody_who_was_only_called_is_not_written_for(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.say("Dora: I am here")
    called = assignment(line("where is @dora tonight"), line("no idea", "bruno", 1))
    composed = voice.compose(called, Cancel())
    assert (composed.text, composed.reason) == (None, "nothing usable was left of the answer")


def test_the_channels_options_are_sent_beside_ours(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    policy = ChannelSettings(model_options={"temperature": 0.2, "num_predict": 50})
    compose(voice, policy)
    assert ollama.asked[0].options == {
        "temperature": 0.2,
        "repeat_penalty": 1.1,
        "num_ctx": 8192,
        "num_predict": 50,
    }


def test_the_line_obeys_the_channels_length(voice: LanguageModel, ollama: OllamaStandIn) -> None:
    ollama.say("First sentence here. Second sentence here.")
    assert compose(voice, ChannelSettings(length_chars=25)).text == "First sentence here."


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        (Manner(text="***"), "nothing usable was left of the answer"),
        (Manner(text=""), "nothing usable was left of the answer"),
        (Manner(text="Alice: I say this"), "nothing usable was left of the answer"),
        (Manner(text="That music, though!"), "composed"),
        (Manner(text="Who plays next week?"), "the model only repeated what was said"),
        (Manner(text="a torn sent", done_reason="length"), "nothing usable was left of the answer"),
        (Manner(text="", thinking="hm"), "the model only thought"),
    ],
)
def test_an_answer_that_is_no_line_is_told_why(
    voice: LanguageModel, ollama: OllamaStandIn, manner: Manner, reason: str
) -> None:
    ollama.once(manner)
    composed = compose(voice)
    assert composed.reason == reason
    assert (composed.text is None) == (reason != "composed")


@pytest.mark.parametrize("asked", [None, line("@clankbot who plays next week?")])
def test_the_task_is_not_said_either(
    voice: LanguageModel, ollama: OllamaStandIn, asked: ContextLine | None
) -> None:
    """A small real model wrote this."""
    ollama.say("That was the chat, the newest line last; lines of clankbot are your own. Now wri")
    given = assignment(*CHAT, asked=asked)
    assert voice.compose(given, Cancel()).text is None


def test_an_answer_may_take_up_the_words_of_the_question(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    question = "is the volcano level the one that comes right after the river?"
    ollama.say("the volcano level is the one that comes right after the river, yes")
    given = assignment(*CHAT, asked=line(f"@clankbot {question}"))
    assert voice.compose(given, Cancel()).text is not None


def test_a_line_is_taken_as_soon_as_it_is_complete(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.say("nice one\n" + "and an explanation " * 2000)
    assert compose(voice).text == "nice one"
    ollama.wait_until(lambda: ollama.asked[0].finished or ollama.asked[0].hung_up)


def test_a_model_that_can_think_is_read_to_its_end(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.thinkers.add("llama3.1:latest")
    ollama.say("Okay, the user wants a line.\nLet me see.\n</think>\nnice one")
    assert compose(voice).text == "nice one"


# --- loading ---


def test_a_cold_model_is_loaded_first_under_the_deadline_for_loading(ollama: OllamaStandIn) -> None:
    ollama.load_s = 0.25
    voice = LanguageModel(OllamaClient(ollama.url, timeout_s=0.2, load_timeout_s=10))
    assert compose(voice).text
    assert compose(voice).text
    assert (ollama.loads, ollama.aborted_loads) == (1, 0)


def test_a_cancel_while_the_model_loads_lets_the_load_end(
    voice: LanguageModel, ollama: OllamaStandIn, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.load_s = 0.1
    cancel = Cancel()
    work = elsewhere.submit(voice.compose, assignment(*CHAT), cancel)
    ollama.wait_until(lambda: ollama.loads == 1)
    cancel.cancel()
    with pytest.raises(Cancelled):
        work.result(5)
    assert (ollama.aborted_loads, ollama.asked) == (0, [])
    assert ollama.loaded == {"llama3.1:latest": 8192}
    assert voice.health().up


def test_a_cancel_while_it_generates_closes_the_connection_at_once(
    voice: LanguageModel, ollama: OllamaStandIn, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.once(Manner(after=threading.Event()))
    cancel = Cancel()
    work = elsewhere.submit(voice.compose, assignment(*CHAT), cancel)
    asked = ollama.wait_asked()
    cancel.cancel()
    with pytest.raises(Cancelled):
        work.result(5)
    ollama.wait_until(lambda: asked.hung_up)
    assert voice.health().up


def test_closing_ends_even_a_load(
    voice: LanguageModel, ollama: OllamaStandIn, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.load_s = 60
    work: Future[None] = elsewhere.submit(voice.preload, "llama3.1")
    ollama.wait_until(lambda: ollama.loads == 1)
    voice.close()
    work.result(5)
    with pytest.raises(Cancelled):
        compose(voice)


def test_preloading_uses_the_window_of_the_generations(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    voice.preload("llama3.1")
    compose(voice)
    assert ollama.loads == 1


def test_preloading_never_raises(
    voice: LanguageModel, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    ollama.down()
    voice.preload("llama3.1")
    assert [record.getMessage() for record in caplog.records] == ["generation fails"]
    assert not voice.health().up


def test_a_missing_model_is_noticed_when_it_is_preloaded(voice: LanguageModel) -> None:
    voice.preload("nope")
    assert "ollama pull nope" in str(voice.health().problem)


def test_a_model_that_cannot_be_preloaded_may_still_generate(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.load_refusal = "messages must not be empty"
    assert compose(voice).text


def test_the_window_is_no_larger_than_the_models(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.models["small:latest"] = 2048
    compose(voice, ChannelSettings(model="small"))
    assert ollama.asked[0].options["num_ctx"] == 2048


def test_the_window_can_be_set(ollama: OllamaStandIn) -> None:
    compose(LanguageModel(OllamaClient(ollama.url), num_ctx=16384))
    assert ollama.asked[0].options["num_ctx"] == 16384


# --- prompts that do not fit ---


def test_a_prompt_found_too_long_is_halved_once(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.once(TOO_LONG)
    lines = chat(*(f"remark {i}" for i in range(8)))
    composed = voice.compose(assignment(*lines), Cancel())
    assert composed.text
    assert composed.used_ids == {"id-4", "id-5", "id-6", "id-7"}
    assert "remark 3" not in ollama.asked[1].user


def test_a_prompt_too_long_twice_is_given_up(voice: LanguageModel, ollama: OllamaStandIn) -> None:
    ollama.once(TOO_LONG)
    ollama.once(TOO_LONG)
    with pytest.raises(PromptTooLong):
        compose(voice)


def test_what_a_model_made_of_a_cut_prompt_is_not_said(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.once(Manner(text="nice one", prompt_tokens=8190))
    composed = compose(voice)
    assert (composed.text, composed.reason) == (None, "the prompt did not fit the window")
    assert compose(voice).text


def test_estimates_grow_when_the_server_counts_more(
    voice: LanguageModel, ollama: OllamaStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    long_chat = assignment(*chat(*(f"{i} {'word ' * 60}" for i in range(100))))
    ollama.behave(Manner(text="nice one", prompt_tokens=8190))
    sizes = []
    for _ in range(3):
        voice.compose(long_chat, Cancel())
        sizes.append(len(ollama.asked[-1].user))
    assert sizes[0] > sizes[1] > sizes[2]
    warnings = [r for r in caplog.records if r.getMessage() == "a prompt did not fit the window"]
    assert len(warnings) == 1


def test_estimates_shrink_slowly_when_the_server_counts_less(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    russian = assignment(*chat(*["привет всем, как дела? " * 5] * 200))
    ollama.behave(Manner(text="nice one", prompt_tokens=2000))
    counts = [len(voice.compose(russian, Cancel()).used_ids) for _ in range(40)]
    assert counts[1] - counts[0] <= 2
    assert 1.5 * counts[0] < counts[-1] <= 2 * counts[0] + 5


def test_even_the_longest_chat_fits_the_window(voice: LanguageModel, ollama: OllamaStandIn) -> None:
    for text in ("x" * 500, "中文字" * 160, "🎉🎊" * 120, "1!2?" * 120):
        composed = voice.compose(assignment(*chat(*[text] * 500)), Cancel())
        assert composed.text
    assert len(ollama.asked) == 4


# --- models that think ---


def test_a_model_that_runs_out_of_room_while_thinking_gets_more(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.once(Manner(text="", thinking="hm", done_reason="length"))
    ollama.behave(Manner(text="nice one", thinking="hm"))
    assert compose(voice).text == "nice one"
    assert compose(voice).text == "nice one"
    assert [asked.options["num_predict"] for asked in ollama.asked] == [200, 1000, 1000]


def test_a_model_that_only_thinks_says_nothing(voice: LanguageModel, ollama: OllamaStandIn) -> None:
    ollama.behave(Manner(text="", thinking="hm", done_reason="length"))
    assert compose(voice).reason == "the model only thought"
    assert len(ollama.asked) == 2


# --- failures ---


def test_a_slow_server_is_a_timeout(ollama: OllamaStandIn) -> None:
    ollama.behave(Manner(drip_s=0.05))
    voice = LanguageModel(OllamaClient(ollama.url, timeout_s=0.2))
    with pytest.raises(OllamaTimeout):
        compose(voice)
    ollama.wait_until(lambda: ollama.asked[0].hung_up)


def test_a_failing_server_is_not_asked_again_before_its_time(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock
) -> None:
    ollama.behave(Manner(status=500, error="crash"))
    for _ in range(5):
        with pytest.raises(OllamaUnavailable, match="crash"):
            compose(voice)
    assert len(ollama.asked) == 1
    clock.now_s += 1
    with pytest.raises(OllamaUnavailable):
        compose(voice)
    assert len(ollama.asked) == 2


def test_after_a_long_outage_it_speaks_again_within_ten_seconds(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock
) -> None:
    ollama.down()
    for _ in range(20):
        with pytest.raises(OllamaUnavailable):
            compose(voice)
        clock.now_s += 10
    ollama.up()
    assert compose(voice).text
    assert voice.health() == Health(True, None, None)


def test_an_outage_is_said_once_and_its_end_with_its_length(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ollama.down()
    for _ in range(5):
        with pytest.raises(OllamaUnavailable):
            compose(voice)
        clock.now_s += 10
    ollama.up()
    compose(voice)
    began, ended = (record.__dict__ for record in caplog.records)
    assert (began["msg"], began["subject"]) == ("generation fails", ollama.url)
    assert (ended["msg"], ended["lasted_s"]) == ("generation works again", 50.0)


def test_a_probe_notices_that_the_server_is_back(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock
) -> None:
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        compose(voice)
    assert voice.probe() <= 10
    assert not voice.health().up
    ollama.up()
    assert voice.probe() <= 10
    assert voice.health().up
    assert compose(voice).text


def test_a_server_that_is_back_is_asked_at_once(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.once(Manner(status=500, error="crash"))
    with pytest.raises(OllamaUnavailable):
        compose(voice)
    ollama.down()
    voice.preload("another")
    ollama.up()
    assert voice.problem("llama3.1")
    voice.probe()
    assert voice.problem("llama3.1") is None
    assert compose(voice).text


def test_a_probe_asks_nothing_while_all_is_well(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    assert voice.probe() <= 10
    assert ollama.others == []


def test_a_missing_model_is_said_once_and_stops_no_other(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    missing = ChannelSettings(model="nope")
    for _ in range(3):
        with pytest.raises(ModelMissing):
            compose(voice, missing)
        assert voice.problem("nope")
        assert compose(voice).text
        clock.now_s += 10
    assert [r.__dict__["subject"] for r in caplog.records] == ["nope"]
    ollama.models["nope:latest"] = 4096
    assert compose(voice, missing).text
    assert caplog.records[-1].getMessage() == "generation works again"


def test_health_tells_the_problem_and_since_when(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock
) -> None:
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        compose(voice)
    clock.now_s += 30
    assert voice.health() == Health(False, 1_000_000, "no connection to Ollama: Connection refused")


def test_no_problem_tells_the_address(ollama: OllamaStandIn) -> None:
    ollama.behave(Manner(reset=True))
    voice = LanguageModel(OllamaClient(ollama.url))
    for _ in range(2):
        with pytest.raises(OllamaUnavailable) as error:
            compose(voice)
        assert "127.0.0.1" not in str(error.value)
        ollama.down()


def test_a_model_is_looked_up_on_the_server(voice: LanguageModel, ollama: OllamaStandIn) -> None:
    assert voice.model_problem("LLaMA3.1") is None
    assert voice.model_problem("big:cloud") is None
    assert voice.model_problem("nope") == "nope is not installed on the Ollama server"
    assert voice.model_problem("soundcloud") == "soundcloud is not installed on the Ollama server"


def test_whoever_may_not_choose_the_cloud_chooses_among_the_installed_models(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    ollama.models["big:1t-cloud"] = 4096
    own = "Own:CLOUD"
    assert voice.choice_problem("llama3.1", own) is None
    assert voice.choice_problem("own:cloud", own) is None
    assert voice.choice_problem("nope", own) == "nope is not installed on the Ollama server"
    for name in ("big:cloud", "big:1t-cloud", "BIG:Cloud", "my-cloud"):
        problem = voice.choice_problem(name, own)
        assert problem == "cloud models are for the operator to choose (OLLAMA_MODEL)"


@pytest.mark.parametrize(
    ("url", "model", "in_cloud"),
    [
        ("http://localhost:11434", "llama3.1", False),
        ("http://localhost:11434", "soundcloud", False),
        ("http://localhost:11434", "glm-4.6:cloud", True),
        ("http://localhost:11434", "gpt-oss:120b-cloud", True),
        ("https://ollama.com", "gpt-oss:120b", True),
        ("https://me:secret@ollama.com", "gpt-oss:120b", True),
        ("https://ollama.com.example.org", "gpt-oss:120b", False),
    ],
)
def test_it_knows_what_leaves_the_streamers_machines(url: str, model: str, in_cloud: bool) -> None:
    assert LanguageModel(OllamaClient(url)).is_in_cloud(model) is in_cloud


def test_an_outage_is_told_with_its_beginning_also_while_a_next_try_is_due(
    voice: LanguageModel, ollama: OllamaStandIn, clock: Clock
) -> None:
    told = "Ollama has not answered since 00:16 UTC (no connection to Ollama: Connection refused)"
    assert voice.outage("llama3.1") is None
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        compose(voice)
    assert (voice.problem("llama3.1"), voice.outage("llama3.1")) == (told, told)
    clock.now_s += 3600
    assert (voice.problem("llama3.1"), voice.outage("llama3.1")) == (None, told)
    ollama.up()
    compose(voice)
    assert voice.outage("llama3.1") is None


def test_an_outage_of_one_model_is_no_others(voice: LanguageModel, clock: Clock) -> None:
    voice.preload("nope")
    clock.now_s += 60
    assert "ollama pull nope" in str(voice.outage("nope"))
    assert voice.outage("llama3.1") is None


def test_a_mention_is_answered_though_other_lines_came_later(
    voice: LanguageModel, ollama: OllamaStandIn
) -> None:
    asked = replace(line("@clankbot how are you?", "Dora", 9))
    composed = voice.compose(assignment(*CHAT, asked=asked), Cancel())
    assert composed.text is not None
    assert composed.text.startswith("how are you? ")
    assert "id-9" in composed.used_ids
