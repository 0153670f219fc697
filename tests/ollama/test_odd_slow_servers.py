"""Slow servers that count, keep or write otherwise than Ollama usually does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import OllamaTimeout
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment
from tests.doubles.slow_ollama import SlowOllama
from tests.ollama.test_slow_servers import read_all, talk, task

READS_PER_S = 4_000


@pytest.fixture
def slow() -> Iterator[SlowOllama]:
    """Slow enough that its speed can be learned."""
    with SlowOllama(READS_PER_S, 2_000) as server:
        server.say(*(f"what a river number {i} this is" for i in range(50)))
        yield server


def language_model(
    server: SlowOllama, timeout_s: float = 30.0, keep_alive: str | None = None
) -> LanguageModel:
    """A language model that reads ahead wherever that is of any use."""
    client = OllamaClient(server.url, timeout_s=timeout_s, keep_alive=keep_alive)
    return LanguageModel(client, "llama3.1", reading_ahead=True)


def reads_per_s(model: LanguageModel) -> float:
    """What it takes the server's speed for."""
    speed = model.pace("llama3.1").reads_per_s
    assert speed is not None
    return speed


def without_what_was_cached(figures: dict[str, int]) -> dict[str, int]:
    """As Ollama counts up to 0.3 and in 0.30."""
    cached = figures.pop("prompt_eval_cached_count")
    return figures | {"prompt_eval_count": figures["prompt_eval_count"] - cached}


# -- counts ----------------------------------------------------------------------------------------

ALL = ("prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration")
ODD_FIGURES = {
    "none": dict.fromkeys(ALL),
    "zero": dict.fromkeys(ALL, 0),
    "one": dict.fromkeys(ALL, 1),
    "negative": dict.fromkeys(ALL, -5),
    "huge": dict.fromkeys(ALL, 10**18),
    "millions": dict.fromkeys(("prompt_eval_count", "eval_count"), 10**7),
    "texts": dict.fromkeys(ALL, "17"),
    "no times": dict.fromkeys(("prompt_eval_duration", "eval_duration")),
    "times of 1 ns": dict.fromkeys(("prompt_eval_duration", "eval_duration"), 1),
}


@pytest.mark.parametrize("odd", ODD_FIGURES.values(), ids=ODD_FIGURES)
def test_a_server_that_cannot_count_is_heard_and_its_speed_taken_by_our_own_clock(
    slow: SlowOllama, odd: dict[str, object]
) -> None:
    slow.figures = lambda figures: figures | odd  # type: ignore[assignment,return-value,operator]
    model, lines, begins_at = language_model(slow), talk(300), 0
    for end in range(200, 300, 20):
        composed = model.write(task(lines[:end], begins_at), Cancel())
        assert composed.text
        begins_at = composed.begins_at
    assert READS_PER_S / 20 < reads_per_s(model) < READS_PER_S * 1.1
    assert len(slow.asked[-1].user) > 2000
    assert model.outage("llama3.1") is None


@pytest.mark.parametrize("tells_cached", [True, False])
def test_what_was_cached_is_told_apart_where_the_server_tells_it(
    slow: SlowOllama, *, tells_cached: bool
) -> None:
    if tells_cached:
        slow.figures = lambda figures: figures
    model, lines, begins_at = language_model(slow), talk(300), 0
    for end in range(200, 300, 10):
        begins_at = model.write(task(lines[:end], begins_at), Cancel()).begins_at
        assert READS_PER_S / 2 < reads_per_s(model) < READS_PER_S * 1.2


def test_counts_that_leave_out_what_was_cached_do_not_spoil_the_estimate(slow: SlowOllama) -> None:
    slow.figures = without_what_was_cached
    model, lines, begins_at, sizes = language_model(slow), talk(500), 0, []
    for end in range(200, 500, 10):
        begins_at = model.write(task(lines[:end], begins_at), Cancel()).begins_at
        sizes.append(slow.read[-1][0])
        assert READS_PER_S / 2 < reads_per_s(model) < READS_PER_S * 1.2
    assert max(sizes) < 4096 - 200


# -- what is kept ----------------------------------------------------------------------------------


def test_a_server_that_does_not_tell_what_is_loaded_seems_no_quicker_than_it_is(
    slow: SlowOllama,
) -> None:
    """It is asked to load each time, which says nothing about what it has read."""
    model, lines, begins_at = language_model(slow), talk(300), 0
    for end in range(200, 300, 10):
        slow.loaded.clear()
        begins_at = model.write(task(lines[:end], begins_at), Cancel()).begins_at
        assert READS_PER_S / 2 < reads_per_s(model) < READS_PER_S * 1.2
    shares = sorted(tokens / whole for whole, tokens in slow.read[1:])
    assert shares[len(shares) // 2] < 0.25


def test_after_a_restart_the_server_still_has_what_it_read_before(slow: SlowOllama) -> None:
    """A step that holds a part of that alone would have the rest of it thrown out."""
    model = language_model(slow)
    model.preload()
    begins_at = read_all(model, talk(100))
    again = language_model(slow)
    again.recall(model.learned())
    again.preload()
    assert again.read_ahead(task(talk(105), begins_at), Cancel()).is_done
    whole, tokens = slow.read[-1]
    assert tokens < whole / 10
    assert READS_PER_S / 2 < reads_per_s(again) < READS_PER_S * 1.2


def test_after_a_restart_with_a_model_that_is_loaded_anew_it_is_read_in_steps(
    slow: SlowOllama,
) -> None:
    model = language_model(slow)
    model.preload()
    begins_at = read_all(model, talk(100))
    again = language_model(slow)
    slow.loaded.clear()
    slow.slot.clear()
    slow.load_s, slow.reads_per_s = 1.1, 500
    again.recall({"llama3.1": model_figures(500)})
    again.preload()
    assert not again.read_ahead(task(talk(100), begins_at), Cancel()).is_done


def model_figures(reads_per_s: int) -> str:
    """What is kept of a model."""
    return json.dumps({"reading": reads_per_s, "writing": 100, "tokens": []})


def test_nothing_is_read_ahead_by_a_server_that_keeps_nothing(slow: SlowOllama) -> None:
    model, begins_at = language_model(slow, timeout_s=1.0), 0
    model.preload()
    slow.keeps_nothing = True
    for count in range(100, 200, 10):
        if model.reads_ahead("llama3.1"):
            begins_at = model.read_ahead(task(talk(count), begins_at), Cancel()).begins_at
    assert not model.reads_ahead("llama3.1")
    assert len(slow.readings) <= 5
    slow.keeps_nothing = False
    for count in (200, 210):
        begins_at = model.write(task(talk(count), begins_at), Cancel()).begins_at
    assert model.reads_ahead("llama3.1")


def test_a_model_that_is_not_to_stay_in_memory_is_not_loaded_more_often_for_reading(
    slow: SlowOllama,
) -> None:
    model = language_model(slow, keep_alive="0")
    model.preload()
    assert not model.reads_ahead("llama3.1")
    assert model.write(task(talk(60)), Cancel()).text
    slow.wait_until(lambda: not slow.loaded)
    assert slow.loads == 1


# -- what it writes --------------------------------------------------------------------------------


@pytest.mark.parametrize("thinks_aloud", [True, False])
def test_a_server_that_writes_on_is_left_at_once_and_not_read_ahead_with(
    slow: SlowOllama, *, thinks_aloud: bool
) -> None:
    slow.writes_on, slow.writes_per_s, slow.thinks_aloud = 2_000, 100, thinks_aloud
    model = language_model(slow)
    model.preload()
    began_s = time.monotonic()
    model.read_ahead(task(talk(60)), Cancel())
    assert time.monotonic() - began_s < 10
    assert not model.reads_ahead("llama3.1")
    assert slow.written < 100
    slow.writes_on, slow.thinks_aloud = 0, False
    assert model.write(task(talk(60)), Cancel()).text


def test_the_first_line_does_not_wait_for_a_server_that_writes_on(slow: SlowOllama) -> None:
    slow.writes_on, slow.writes_per_s = 300, 100
    model = language_model(slow)
    model.write(task(talk(60)), Cancel())
    assert slow.written < 400


def test_a_model_that_only_thinks_until_its_time_is_up_has_not_read_too_slowly(
    slow: SlowOllama,
) -> None:
    model = language_model(slow, timeout_s=1.0)
    model.preload()
    read_all(model, talk(60))
    before = reads_per_s(model)
    slow.writes_on, slow.writes_per_s, slow.thinks_aloud = 2_000, 50, True
    composed = model.write(task(talk(60)), Cancel())
    assert composed.reason is not None
    assert "thought" in composed.reason.text
    assert reads_per_s(model) == before


# -- other clients ---------------------------------------------------------------------------------


def test_a_late_step_is_no_outage_and_is_not_tried_again_at_once(slow: SlowOllama) -> None:
    model = language_model(slow, timeout_s=1.0)
    assert model.write(task(talk(60)), Cancel()).text
    before = reads_per_s(model)
    with slow.place, pytest.raises(OllamaTimeout):
        model.read_ahead(task(talk(120)), Cancel())
    assert model.outage("llama3.1") is None
    assert model.obstacle("llama3.1") is None
    assert reads_per_s(model) == before
    assert not model.reads_ahead("llama3.1")
    assert model.write(task(talk(120)), Cancel()).text


def test_a_line_that_was_late_halves_what_is_read_at_most_and_a_success_restores_it(
    slow: SlowOllama,
) -> None:
    model = language_model(slow, timeout_s=1.0)
    assert model.write(task(talk(60)), Cancel()).text
    before = reads_per_s(model)
    with slow.place, pytest.raises(OllamaTimeout) as error:
        model.write(task(talk(60), channel="beta"), Cancel())
    assert before / 2 <= reads_per_s(model) < before
    assert "reads hardly more than" in str(error.value)
    while model.obstacle("llama3.1"):
        time.sleep(0.01)
    assert model.write(task(talk(60), channel="gamma"), Cancel()).text
    assert reads_per_s(model) > before / 1.5


def test_after_a_step_that_gave_way_a_line_waits_no_longer_than_the_step_would_have_taken(
    slow: SlowOllama, elsewhere: ThreadPoolExecutor
) -> None:
    model = language_model(slow)
    model.preload()
    begins_at = read_all(model, talk(60))
    slow.reads_per_s = 100  # by what it knows, a batch takes 256 / 4,000 s
    cancel = Cancel()
    step = elsewhere.submit(model.read_ahead, task(talk(90), begins_at), cancel)
    count = len(slow.readings)
    slow.wait_until(lambda: len(slow.readings) > count)
    cancel.cancel()
    assert step.exception(5) is not None
    slow.reads_per_s = 100_000
    began_s = time.monotonic()
    assert model.write(task(talk(90), begins_at), Cancel()).text
    assert time.monotonic() - began_s < 8


def test_what_another_program_has_loaded_is_asked_with_its_own_batches(slow: SlowOllama) -> None:
    """With another ``num_batch`` the server would load it anew, and then for the other program."""
    model = language_model(slow)
    slow.loaded["llama3.1:latest"] = 8192
    assert model.write(task(talk(20)), Cancel()).text
    assert all("num_batch" not in asked.options for asked in [*slow.asked, *slow.readings])
    slow.loaded.clear()
    assert model.write(task(talk(21)), Cancel()).text
    assert slow.asked[-1].options["num_batch"] == 256
    assert slow.load_bodies[-1]["options"]["num_batch"] == 256


def test_a_model_that_was_loaded_anew_for_us_is_asked_as_is_usual_from_then_on(
    slow: SlowOllama,
) -> None:
    model = language_model(slow)
    slow.figures = lambda figures: figures | {"load_duration": 50_000_000}
    assert model.write(task(talk(20)), Cancel()).text
    assert slow.asked[-1].options["num_batch"] == 256
    slow.figures = lambda figures: figures | {"load_duration": 9_000_000_000}
    assert model.write(task(talk(21)), Cancel()).text
    assert model.write(task(talk(22)), Cancel()).text
    assert "num_batch" not in slow.asked[-1].options
    assert slow.asked[-1].options["num_ctx"] == 4096


@pytest.mark.parametrize("name", ["big:cloud", "gpt-oss:20b-cloud"])
def test_the_cloud_is_asked_for_lines_alone(slow: SlowOllama, name: str) -> None:
    slow.models[name] = 8192
    settings = ChannelSettings(model=name, context_limit=200)
    given = Assignment("alpha", "clankbot", settings, talk(30))
    model = language_model(slow)
    assert model.write(given, Cancel()).text
    assert not model.reads_ahead(name)
    assert (len(slow.asked), slow.readings) == (1, [])


# -- what is told ----------------------------------------------------------------------------------


def test_each_channel_is_told_of_its_own_lines_until_they_are_as_many_as_usual(
    slow: SlowOllama,
) -> None:
    slow.reads_per_s = 600
    model = language_model(slow, timeout_s=2.0)
    model.write(task(talk(200)), Cancel())
    small = replace(task(talk(10), channel="beta"), settings=ChannelSettings(context_limit=10))
    model.write(small, Cancel())
    assert "of 200 lines" in model.condition("llama3.1", "alpha")
    assert model.condition("llama3.1", "beta") == "ready"
    slow.reads_per_s, begins_at = 100_000, 0
    for count in range(201, 205):
        begins_at = model.write(task(talk(count), begins_at), Cancel()).begins_at
        lines = slow.asked[-1].user.count("viewer") - slow.asked[-1].user.count("@viewer")
        assert ("of 200 lines" in model.condition("llama3.1", "alpha")) is (lines < 100)
    assert model.condition("llama3.1", "beta") == "ready"
