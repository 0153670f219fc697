"""The language model against a real HTTP server: one clean line, or a typed failure."""

from __future__ import annotations

import logging
import threading
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
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.ollama.verdict import Refused
from clankbot.records.reasons import Why
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Composed, ContextLine
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.ollama.assignments import Clock, assignment, chat, line
from tests.waiting import PATIENCE_S

TOO_LONG = Behaviour(status=400, error="the input length exceeds the context length")
CHAT = chat("the boss is huge", "that music though", "who plays next week")


def write(model: LanguageModel, settings: ChannelSettings | None = None) -> Composed:
    """One line about a little chat."""
    return model.write(assignment(*CHAT, settings=settings), Cancel())


def code(composed: Composed) -> str | None:
    """Why nothing came of it."""
    return composed.reason.code if composed.reason else None


def is_well(model: LanguageModel) -> bool:
    """Whether nothing is known to be out of order."""
    return model.outage("llama3.1") is None


def test_one_clean_line_is_composed_from_the_chat(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.say('clankbot: "nice one"\nalice: thanks')
    composed = write(model)
    assert composed == Composed("nice one", None, frozenset({"id-0", "id-1", "id-2"}))
    assert "Bruno: that music though" in ollama.asked[0].user


def test_somebody_who_was_only_called_is_not_written_for(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.say("Dora: I am here")
    called = assignment(line("where is @dora tonight"), line("no idea", "bruno", 1))
    composed = model.write(called, Cancel())
    assert composed.text is None
    assert code(composed) == Refused.OTHER_SPEAKER


def test_the_channels_options_are_sent_beside_ours(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    settings = ChannelSettings(model_options={"temperature": 0.2, "num_predict": 50})
    write(model, settings)
    assert ollama.asked[0].options == {
        "temperature": 0.2,
        "repeat_penalty": 1.1,
        "num_ctx": 4096,
        "num_predict": 50,
        "num_batch": 256,
    }


def test_the_line_obeys_the_channels_length(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.say("First sentence here. Second sentence here.")
    assert write(model, ChannelSettings(length_chars=25)).text == "First sentence here."


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(text="***"), Refused.NOTHING),
        (Behaviour(text=""), Refused.NOTHING),
        (Behaviour(text="Alice: I say this"), Refused.OTHER_SPEAKER),
        (Behaviour(text="That music, though!"), None),
        (Behaviour(text="Who plays next week?"), Refused.ECHO),
        (Behaviour(text="a torn sent", done_reason="length"), Refused.TORN),
        (Behaviour(text="", thinking="hm"), Refused.THOUGHT),
    ],
)
def test_an_answer_that_is_no_line_is_told_why(
    model: LanguageModel, ollama: FakeOllama, behaviour: Behaviour, reason: Refused | None
) -> None:
    ollama.once(behaviour)
    composed = write(model)
    assert code(composed) == reason
    assert (composed.text is None) == (reason is not None)


@pytest.mark.parametrize("asked", [None, line("@clankbot who plays next week?")])
def test_the_task_is_not_said_either(
    model: LanguageModel, ollama: FakeOllama, asked: ContextLine | None
) -> None:
    """A small real model wrote this."""
    ollama.say("That was the chat, the newest line last; lines of clankbot are your own. Now wri")
    given = assignment(*CHAT, asked=asked)
    assert model.write(given, Cancel()).text is None


def test_an_answer_may_take_up_the_words_of_the_question(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    question = "is the volcano level the one that comes right after the river?"
    ollama.say("the volcano level is the one that comes right after the river, yes")
    given = assignment(*CHAT, asked=line(f"@clankbot {question}"))
    assert model.write(given, Cancel()).text is not None


def test_a_line_is_taken_as_soon_as_it_is_complete(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.say("nice one\n" + "and an explanation " * 2000)
    assert write(model).text == "nice one"
    ollama.wait_until(lambda: ollama.asked[0].finished or ollama.asked[0].hung_up)


def test_a_model_that_can_think_is_read_to_its_end(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.thinkers.add("llama3.1:latest")
    ollama.say("Okay, the user wants a line.\nLet me see.\n</think>\nnice one")
    assert write(model).text == "nice one"


# --- loading ---


def test_a_cold_model_is_loaded_first_under_the_deadline_for_loading(ollama: FakeOllama) -> None:
    ollama.load_s = 0.25
    model = LanguageModel(OllamaClient(ollama.url, timeout_s=0.2, load_timeout_s=10), "llama3.1")
    assert write(model).text
    assert write(model).text
    assert (ollama.loads, ollama.aborted_loads) == (1, 0)


def test_a_cancel_while_the_model_loads_lets_the_load_end(
    model: LanguageModel, ollama: FakeOllama, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.load_s = 0.1
    cancel = Cancel()
    work = elsewhere.submit(model.write, assignment(*CHAT), cancel)
    ollama.wait_until(lambda: ollama.loads == 1)
    cancel.cancel()
    with pytest.raises(Cancelled):
        work.result(PATIENCE_S)
    assert (ollama.aborted_loads, ollama.asked) == (0, [])
    assert ollama.loaded == {"llama3.1:latest": 4096}
    assert is_well(model)


def test_a_cancel_while_it_generates_closes_the_connection_at_once(
    model: LanguageModel, ollama: FakeOllama, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.once(Behaviour(after=threading.Event()))
    cancel = Cancel()
    work = elsewhere.submit(model.write, assignment(*CHAT), cancel)
    asked = ollama.wait_asked()
    cancel.cancel()
    with pytest.raises(Cancelled):
        work.result(PATIENCE_S)
    ollama.wait_until(lambda: asked.hung_up)
    assert is_well(model)


def test_closing_ends_even_a_load(
    model: LanguageModel, ollama: FakeOllama, elsewhere: ThreadPoolExecutor
) -> None:
    ollama.load_s = 60
    work: Future[None] = elsewhere.submit(model.preload)
    ollama.wait_until(lambda: ollama.loads == 1)
    model.close()
    work.result(PATIENCE_S)
    with pytest.raises(Cancelled):
        write(model)


def test_preloading_uses_the_window_of_the_generations(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    model.preload()
    write(model)
    assert ollama.loads == 1


def test_preloading_never_raises(
    model: LanguageModel, ollama: FakeOllama, caplog: pytest.LogCaptureFixture
) -> None:
    ollama.down()
    model.preload()
    assert [record.getMessage() for record in caplog.records] == ["generation fails"]
    assert not is_well(model)


def test_a_missing_model_is_noticed_when_it_is_preloaded(ollama: FakeOllama) -> None:
    model = LanguageModel(OllamaClient(ollama.url), "nope")
    model.preload()
    assert "ollama pull nope" in str(model.outage("nope"))


def test_a_model_that_cannot_be_preloaded_may_still_generate(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.load_refusal = "messages must not be empty"
    assert write(model).text


def test_the_window_is_no_larger_than_the_models(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.models["small:latest"] = 2048
    write(model, ChannelSettings(model="small"))
    assert ollama.asked[0].options["num_ctx"] == 2048


def test_the_window_can_be_set(ollama: FakeOllama) -> None:
    write(LanguageModel(OllamaClient(ollama.url), "llama3.1", num_ctx=16384))
    assert ollama.asked[0].options["num_ctx"] == 16384


# --- prompts that do not fit ---


def test_a_prompt_found_too_long_is_halved_once(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.once(TOO_LONG)
    lines = chat(*(f"remark {i}" for i in range(8)))
    composed = model.write(assignment(*lines), Cancel())
    assert composed.text
    assert composed.used_ids == {"id-4", "id-5", "id-6", "id-7"}
    assert "remark 3" not in ollama.asked[1].user


def test_a_prompt_too_long_twice_is_given_up(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.once(TOO_LONG)
    ollama.once(TOO_LONG)
    with pytest.raises(PromptTooLong):
        write(model)


def test_what_a_model_made_of_a_cut_prompt_is_not_said(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.once(Behaviour(text="nice one", prompt_tokens=4090))
    composed = model.write(assignment(*chat(*("word " * 60,) * 20)), Cancel())
    assert composed.text is None
    assert code(composed) == Why.NO_LINE
    assert write(model).text


def test_a_cut_prompt_makes_the_next_ones_shorter_and_is_warned_of_once(
    model: LanguageModel, ollama: FakeOllama, caplog: pytest.LogCaptureFixture
) -> None:
    settings = ChannelSettings(context_limit=39)
    long_chat = assignment(*chat(*(f"{i} {'word ' * 60}" for i in range(39))), settings=settings)
    ollama.behave(Behaviour(text="nice one", prompt_tokens=4090))
    sizes = []
    for _ in range(3):
        model.write(long_chat, Cancel())
        sizes.append(len(ollama.asked[-1].user))
    assert sizes[0] > sizes[1] > sizes[2]
    warnings = [r for r in caplog.records if r.getMessage() == "a prompt did not fit the window"]
    assert len(warnings) == 1


def test_the_exact_size_in_a_refusal_is_learned_from(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    told = "request (9000 tokens) exceeds the available context size (4096 tokens)"
    ollama.once(Behaviour(status=400, error=told))
    lines = chat(*(f"{i} {'word ' * 30}" for i in range(39)))
    settings = ChannelSettings(context_limit=39)
    model.write(assignment(*lines, settings=settings), Cancel())
    refused, second = (len(asked.user) for asked in ollama.asked)
    assert second < refused
    assert len(ollama.asked) == 2


def test_even_the_longest_chat_fits_the_window(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.behave(Behaviour(text="nice one"))
    for text in ("x" * 500, "中文字" * 160, "🎉🎊" * 120, "1!2?" * 120):
        composed = model.write(assignment(*chat(*[text] * 500)), Cancel())
        assert composed.text
    assert len(ollama.asked) == 4


# --- models that think ---


def test_a_model_that_runs_out_of_room_while_thinking_gets_more(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    ollama.once(Behaviour(text="", thinking="hm", done_reason="length"))
    ollama.behave(Behaviour(text="nice one", thinking="hm"))
    assert write(model).text == "nice one"
    assert write(model).text == "nice one"
    assert [asked.options["num_predict"] for asked in ollama.asked] == [200, 1000, 1000]


def test_a_model_that_only_thinks_says_nothing(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.behave(Behaviour(text="", thinking="hm", done_reason="length"))
    assert code(write(model)) == Refused.THOUGHT
    assert len(ollama.asked) == 2


# --- failures ---


def test_a_slow_server_is_a_timeout(ollama: FakeOllama) -> None:
    ollama.behave(Behaviour(delay_s=60))
    model = LanguageModel(OllamaClient(ollama.url, timeout_s=0.2), "llama3.1")
    with pytest.raises(OllamaTimeout):
        write(model)
    ollama.wait_until(lambda: ollama.asked[0].hung_up)


def test_a_failing_server_is_not_asked_again_before_its_time(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.behave(Behaviour(status=500, error="crash"))
    for _ in range(5):
        with pytest.raises(OllamaUnavailable) as error:
            write(model)
        assert "crash" in error.value.detail
    assert len(ollama.asked) == 1
    clock.now_s += 1
    with pytest.raises(OllamaUnavailable):
        write(model)
    assert len(ollama.asked) == 2


def test_after_a_long_outage_it_speaks_again_within_ten_seconds(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.down()
    for _ in range(20):
        with pytest.raises(OllamaUnavailable):
            write(model)
        clock.now_s += 10
    ollama.up()
    assert write(model).text
    assert is_well(model)


def test_the_wait_for_the_next_try_doubles_up_to_ten_seconds(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.behave(Behaviour(status=500, error="crash"))
    waits_s = []
    for _ in range(7):
        with pytest.raises(OllamaUnavailable):
            write(model)
        began_s = clock.now_s
        while model.obstacle("llama3.1"):
            clock.now_s += 0.5
        waits_s.append(clock.now_s - began_s)
    assert waits_s == [1, 2, 4, 8, 10, 10, 10]


def test_another_problem_is_worth_another_line(
    model: LanguageModel, ollama: FakeOllama, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for error in ("crash", "crash", "no memory", "no memory"):
        ollama.once(Behaviour(status=500, error=error))
        with pytest.raises(OllamaUnavailable):
            write(model)
        clock.now_s += 10
    crash, no_memory = (record.__dict__["detail"] for record in caplog.records)
    assert ("crash" in crash, "no memory" in no_memory) == (True, True)


def test_an_outage_is_said_once_and_its_end_with_its_length(
    model: LanguageModel, ollama: FakeOllama, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ollama.down()
    for _ in range(5):
        with pytest.raises(OllamaUnavailable):
            write(model)
        clock.now_s += 10
    ollama.up()
    write(model)
    began, ended = (record.__dict__ for record in caplog.records)
    assert (began["msg"], began["subject"]) == ("generation fails", ollama.url)
    assert (ended["msg"], ended["lasted_s"]) == ("generation works again", 50.0)


def test_a_probe_notices_that_the_server_is_back(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        write(model)
    assert model.probe() <= 10
    assert not is_well(model)
    ollama.up()
    assert model.probe() <= 10
    assert is_well(model)
    assert write(model).text


def test_a_server_that_is_back_is_asked_at_once(model: LanguageModel, ollama: FakeOllama) -> None:
    ollama.once(Behaviour(status=500, error="crash"))
    with pytest.raises(OllamaUnavailable):
        write(model)
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        write(model, ChannelSettings(model="another"))
    ollama.up()
    assert model.obstacle("llama3.1")
    model.probe()
    assert model.obstacle("llama3.1") is None
    assert model.outage("llama3.1")
    assert write(model).text


def test_after_a_probe_the_waits_begin_anew(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.behave(Behaviour(status=500, error="crash"))
    for _ in range(4):
        with pytest.raises(OllamaUnavailable):
            write(model)
        clock.now_s += 10
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        write(model)
    ollama.up()
    model.probe()
    with pytest.raises(OllamaUnavailable):
        write(model)
    clock.now_s += 1
    assert model.obstacle("llama3.1") is None


def test_a_server_that_refuses_one_model_is_there_for_the_others(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        write(model)
    clock.now_s += 1
    ollama.up()
    with pytest.raises(ModelMissing):
        write(model, ChannelSettings(model="nope"))
    assert model.outage("nope")
    assert is_well(model)


def test_after_a_connection_broke_it_is_told_what_holds(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.behave(Behaviour(reset=True))
    for _ in range(2):
        with pytest.raises(OllamaUnavailable):
            write(model)
        assert model.outage("llama3.1") == "the connection to Ollama broke (since 00:16 UTC)"
        assert not model.reads_ahead("llama3.1")
        model.probe()
        told = "the connection to Ollama broke at 00:16 UTC, and it answers again"
        assert model.condition("llama3.1", "alpha") == told
        assert model.obstacle("llama3.1")
        clock.now_s += 10
        assert model.obstacle("llama3.1") is None
        assert model.reads_ahead("llama3.1")
    asked = len(ollama.others)
    model.probe()
    assert len(ollama.others) == asked
    with pytest.raises(OllamaUnavailable):
        write(model)
    ollama.down()
    model.probe()
    assert "it cannot be reached" in str(model.outage("llama3.1"))


def test_a_probe_asks_nothing_while_all_is_well(model: LanguageModel, ollama: FakeOllama) -> None:
    assert model.probe() <= 10
    assert ollama.others == []


@pytest.mark.parametrize("name", ["Llama3.1", "llama3.1", "LLAMA3.1:latest"])
def test_a_model_is_asked_for_as_it_is_spelt_also_after_a_restart(
    ollama: FakeOllama, name: str
) -> None:
    """The form in which names are equal is unknown to servers that take names exactly."""
    for figures in ({}, {"llama3.1:latest": "{}"}, {"llama3.1:latest": ""}):
        model = LanguageModel(OllamaClient(ollama.url), name)
        model.recall(figures)
        ollama.loaded.clear()
        settings = ChannelSettings(model=name)
        assert write(model, settings).text
        lines = chat("what a long river that is", "and so very wet all over, too") * 10
        model.read_ahead(assignment(*lines, settings=settings), Cancel())
    requests = [*ollama.asked, *ollama.readings]
    assert {asked.body["model"] for asked in requests} == {name}
    assert {body["model"] for body in ollama.load_bodies} == {name}
    assert ollama.readings != []


def test_a_missing_model_is_said_once_and_stops_no_other(
    model: LanguageModel, ollama: FakeOllama, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    missing = ChannelSettings(model="nope")
    for _ in range(3):
        with pytest.raises(ModelMissing):
            write(model, missing)
        assert model.obstacle("nope")
        assert write(model).text
        clock.now_s += 10
    assert [r.__dict__["subject"] for r in caplog.records] == ["nope"]
    ollama.models["nope:latest"] = 4096
    assert write(model, missing).text
    assert caplog.records[-1].getMessage() == "generation works again"


def test_no_problem_tells_the_address(ollama: FakeOllama) -> None:
    ollama.behave(Behaviour(reset=True))
    model = LanguageModel(OllamaClient(ollama.url), "llama3.1")
    for _ in range(2):
        with pytest.raises(OllamaUnavailable) as error:
            write(model)
        assert "127.0.0.1" not in error.value.in_full
        ollama.down()


def test_a_moderator_chooses_among_the_installed_models(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    assert model.check_choice("LLaMA3.1") is None
    for name in ("nope", "soundcloud"):
        assert model.check_choice(name) == f"{name} is not installed on the Ollama server"
    ollama.models |= {"zeta:1b": 4096, "zeta:1b-cloud": 4096}
    assert list(model.choices()) == ["llama3.1", "zeta:1b"]
    ollama.down()
    for ask in (lambda: model.check_choice("llama3.1"), model.choices):
        with pytest.raises(OllamaUnavailable):
            ask()


def test_only_the_operator_chooses_a_model_in_the_cloud(ollama: FakeOllama) -> None:
    ollama.models["big:1t-cloud"] = 4096
    model = LanguageModel(OllamaClient(ollama.url), "Own:CLOUD")
    assert model.check_choice("own:cloud") is None
    assert model.check_choice("llama3.1") is None
    for name in ("big:cloud", "big:1t-cloud", "BIG:Cloud", "my-cloud"):
        assert "OLLAMA_MODEL" in str(model.check_choice(name))


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
    assert LanguageModel(OllamaClient(url), "llama3.1").runs_in_cloud(model) is in_cloud


def test_an_outage_is_told_with_its_beginning_also_while_a_next_try_is_due(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    told = "Ollama has not answered since 00:16 UTC (it cannot be reached)"
    assert model.outage("llama3.1") is None
    ollama.down()
    with pytest.raises(OllamaUnavailable):
        write(model)
    assert (model.obstacle("llama3.1"), model.outage("llama3.1")) == (told, told)
    clock.now_s += 3600
    assert (model.obstacle("llama3.1"), model.outage("llama3.1")) == (None, told)
    ollama.up()
    write(model)
    assert model.outage("llama3.1") is None


def test_an_outage_of_one_model_is_no_others(model: LanguageModel, clock: Clock) -> None:
    with pytest.raises(ModelMissing):
        write(model, ChannelSettings(model="nope"))
    assert model.obstacle("nope")
    assert model.obstacle("llama3.1") is None
    clock.now_s += 60
    assert "ollama pull nope" in str(model.outage("nope"))
    assert model.outage("llama3.1") is None


def test_a_mention_is_answered_though_other_lines_came_later(
    model: LanguageModel, ollama: FakeOllama
) -> None:
    asked = replace(line("@clankbot how are you?", "Dora", 9))
    composed = model.write(assignment(*CHAT, asked=asked), Cancel())
    assert composed.text is not None
    assert composed.text.startswith("how are you? ")
    assert "id-9" in composed.used_ids
