"""A server that needs time for each token, as small machines do: in time, and reading ahead."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaTimeout
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, Composed, ContextLine
from tests.doubles.fake_ollama import Asked
from tests.doubles.slow_ollama import SlowOllama
from tests.ollama.assignments import line
from tests.waiting import PATIENCE_S, wait_until

# A machine of 50 tokens a second with 30 seconds, in quick motion.
QUICKER = 25
TIMEOUT_S = 30 / QUICKER
LIMIT = 200


def talk(count: int) -> tuple[ContextLine, ...]:
    """So many stored lines."""
    words = ("the boss of this level is so huge", "lol that music though, who made all of it")
    return tuple(
        replace(line(f"{words[row % 2]} {row}", f"viewer{row % 9}", row), row=row)
        for row in range(1, count + 1)
    )


def task(lines: tuple[ContextLine, ...], begins_at: int = 0, channel: str = "alpha") -> Assignment:
    """A remark about the newest of these lines."""
    settings = ChannelSettings(context_limit=LIMIT, drafts=1)  # time runs quicker here
    return Assignment(channel, "clankbot", settings, lines[-LIMIT:], begins_at=begins_at)


@pytest.fixture
def slow() -> Iterator[SlowOllama]:
    """The server."""
    with SlowOllama(50 * QUICKER, 10 * QUICKER) as server:
        server.say(*(f"what a river number {i} this is" for i in range(50)))
        yield server


@pytest.fixture
def quick() -> Iterator[SlowOllama]:
    """A server where only what it reads is of interest."""
    with SlowOllama(20_000, 5_000) as server:
        server.say(*(f"what a river number {i} this is" for i in range(50)))
        yield server


def language_model(server: SlowOllama, *, reading_ahead: bool | None = None) -> LanguageModel:
    """A language model that knows nothing of the server."""
    client = OllamaClient(server.url, timeout_s=TIMEOUT_S)
    return LanguageModel(client, "llama3.1", reading_ahead=reading_ahead)


@pytest.fixture
def model(slow: SlowOllama) -> LanguageModel:
    return language_model(slow)


def read(server: SlowOllama) -> list[int]:
    """The tokens that were read for each request that was answered."""
    return [tokens for _, tokens in server.read]


def read_all(model: LanguageModel, lines: tuple[ContextLine, ...], begins_at: int = 0) -> int:
    """Have the model read ahead until it has read all; where the prompt begins now."""
    for _ in range(50):
        step = model.read_ahead(task(lines, begins_at), Cancel())
        begins_at = step.begins_at
        if step.is_done:
            return begins_at
    raise AssertionError("it never ends")


def test_with_the_defaults_it_speaks_the_first_time_and_in_time(
    model: LanguageModel, slow: SlowOllama, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert model.write(task(talk(LIMIT)), Cancel()).text
    assert len(slow.asked) == 1
    (record,) = [r for r in caplog.records if "cut to what can be read" in r.getMessage()]
    lines = record.__dict__["lines"]
    assert 10 < lines < LIMIT // 2
    assert model.condition("llama3.1", "alpha").startswith(
        f"ready, with {lines} of 200 lines: this machine"
    )


def test_later_prompts_begin_alike_and_only_what_is_new_is_read(quick: SlowOllama) -> None:
    model, lines, begins_at = language_model(quick), talk(400), 0
    for end in range(200, 400, 20):
        composed = model.write(task(lines[:end], begins_at), Cancel())
        assert composed.text
        begins_at = composed.begins_at
    shares = sorted(tokens / whole for whole, tokens in quick.read[1:])
    assert shares[len(shares) // 2] < 0.25


def test_after_reading_ahead_there_is_hardly_anything_left_to_read(quick: SlowOllama) -> None:
    model, lines = language_model(quick), talk(60)
    model.preload()
    begins_at = read_all(model, lines)
    assert quick.asked == []
    model.write(task(lines, begins_at), Cancel())
    (whole, tokens) = quick.read[-1]
    assert tokens < whole / 5


def test_reading_ahead_goes_in_small_steps(slow: SlowOllama) -> None:
    slow.reads_per_s = 200
    model = LanguageModel(OllamaClient(slow.url), "llama3.1")
    model.preload()
    read_all(model, talk(50))
    steps = read(slow)
    assert len(steps) > 1
    assert max(steps) < slow.reads_per_s * 3
    assert min(steps[1:-1]) > slow.reads_per_s * 1.25


def test_the_instructions_are_read_in_small_steps_too(slow: SlowOllama) -> None:
    slow.reads_per_s = 500
    model = LanguageModel(OllamaClient(slow.url, timeout_s=0.8), "llama3.1")
    model.preload()
    given = replace(task(talk(20)), settings=ChannelSettings(persona="You like owls. " * 60))
    for _ in range(3):
        assert not model.read_ahead(given, Cancel()).is_done
    assert not any("viewer" in asked.user for asked in slow.readings)
    lengths = [len(asked.system) for asked in slow.readings]
    assert lengths == sorted(set(lengths))
    assert max(read(slow)) < 200


def test_the_first_request_of_all_has_a_time_of_its_own_and_teaches_the_speed(
    slow: SlowOllama,
) -> None:
    slow.reads_per_s = 1_000
    model = LanguageModel(OllamaClient(slow.url, timeout_s=0.1), "llama3.1")
    with pytest.raises(OllamaTimeout):
        model.write(task(talk(LIMIT)), Cancel())
    assert (len(slow.readings), len(slow.asked)) == (1, 1)
    assert read(slow)[0] > 100


def test_a_first_request_that_was_called_off_is_made_again(
    model: LanguageModel, slow: SlowOllama, elsewhere: ThreadPoolExecutor
) -> None:
    model.preload()
    cancel = Cancel()
    with slow.place:
        first = elsewhere.submit(model.write, task(talk(20)), cancel)
        slow.wait_until(lambda: len(slow.readings) == 1)
        cancel.cancel()
        assert isinstance(first.exception(PATIENCE_S), Cancelled)
    assert model.write(task(talk(20)), Cancel()).text
    assert len(slow.readings) == 2


def test_what_is_already_read_is_not_asked_for_again(
    model: LanguageModel, slow: SlowOllama
) -> None:
    model.preload()
    begins_at = read_all(model, talk(60))
    count = len(slow.readings)
    step = model.read_ahead(task(talk(60), begins_at), Cancel())
    assert step.is_done
    assert len(slow.readings) == count
    assert [asked.only_reads for asked in slow.readings] == [True] * count


def test_nothing_is_read_ahead_by_a_model_that_is_not_loaded(
    model: LanguageModel, slow: SlowOllama
) -> None:
    step = model.read_ahead(task(talk(60)), Cancel())
    assert step.is_done
    assert step.took_s > 0.5  # a look at each line of a quick chat would cost too much
    model.preload()
    slow.loaded.clear()
    assert model.read_ahead(task(talk(60)), Cancel()).is_done
    assert (slow.readings, slow.loads) == ([], 1)


def test_reading_ahead_gives_way_at_once(slow: SlowOllama, elsewhere: ThreadPoolExecutor) -> None:
    slow.reads_per_s = 200
    model = LanguageModel(OllamaClient(slow.url, timeout_s=60), "llama3.1")
    model.preload()
    cancel = Cancel()
    step = elsewhere.submit(model.read_ahead, task(talk(60)), cancel)
    slow.wait_until(lambda: len(slow.readings) == 1)
    began = time.monotonic()
    cancel.cancel()
    with pytest.raises(Cancelled):
        step.result(5)
    assert time.monotonic() - began < 2
    slow.reads_per_s = 10_000
    assert model.read_ahead(task(talk(60)), Cancel()) is not None


def test_a_server_that_is_still_busy_is_waited_for_and_not_read_ahead_with(
    slow: SlowOllama, elsewhere: ThreadPoolExecutor
) -> None:
    model = LanguageModel(OllamaClient(slow.url, timeout_s=60), "llama3.1")
    assert model.write(task(talk(20)), Cancel()).text
    slow.reads_per_s = 100
    cancel = Cancel()
    work = elsewhere.submit(model.write, task(talk(150), channel="beta"), cancel)
    slow.wait_until(lambda: len(slow.asked) == 2)
    cancel.cancel()
    with pytest.raises(Cancelled):
        work.result(5)
    count = len(slow.readings)
    step = model.read_ahead(task(talk(20)), Cancel())
    assert not step.is_done
    assert (step.took_s, step.busy_s > 0) == (0, True)
    assert len(slow.readings) == count
    slow.reads_per_s = 100_000
    assert model.write(task(talk(20)), Cancel()).text


def test_a_deadline_means_less_to_read_next_time_and_figures(slow: SlowOllama) -> None:
    model = language_model(slow)
    assert model.write(task(talk(30)), Cancel()).text
    slow.slot.clear()
    slow.reads_per_s /= 3
    with pytest.raises(OllamaTimeout) as error:
        model.write(task(talk(LIMIT)), Cancel())
    assert "too slow: no word in time, with" in str(error.value)
    assert "tokens a second" in str(error.value)
    told = str(model.outage("llama3.1"))
    assert "too slow" in told
    late = len(slow.asked[-1].user)
    composed = None
    for _ in range(12):
        try:
            composed = write_once_due(model, task(talk(LIMIT)))
            break
        except OllamaTimeout:
            continue
    assert composed is not None
    assert composed.text
    assert len(slow.asked[-1].user) <= late
    assert slow.read[-1][1] < slow.read[-1][0] / 2


def test_after_a_deadline_the_next_prompt_begins_with_what_was_read(quick: SlowOllama) -> None:
    model, lines = language_model(quick), talk(LIMIT)
    assert model.write(task(lines[:60]), Cancel()).begins_at == 1
    quick.slot.clear()
    quick.reads_per_s = 400
    with pytest.raises(OllamaTimeout):
        model.write(task(lines, begins_at=1), Cancel())
    began = first_line(quick.asked[-1])
    quick.reads_per_s = 20_000
    written = write_once_due(model, task(lines, begins_at=1))
    assert first_line(quick.asked[-1]) == began
    assert lines[written.begins_at - 1].text in began


def first_line(asked: Asked) -> str:
    """The first line of the chat in a prompt."""
    return asked.user.splitlines()[1]


def test_a_model_that_was_too_slow_reads_ahead_until_it_can_write(slow: SlowOllama) -> None:
    model, lines = language_model(slow), talk(60)
    assert model.write(task(lines[:20]), Cancel()).text
    slow.slot.clear()
    slow.reads_per_s /= 4
    with pytest.raises(OllamaTimeout):
        model.write(task(lines), Cancel())
    wait_until(lambda: not model.obstacle("llama3.1"))
    slow.reads_per_s = 20_000
    assert model.reads_ahead("llama3.1")
    count = len(slow.readings)
    wait_until(lambda: not model.read_ahead(task(lines), Cancel()).busy_s)
    read_all(model, lines)
    assert len(slow.readings) > count
    assert "too slow" in str(model.outage("llama3.1"))
    assert model.write(task(lines), Cancel()).text
    assert model.outage("llama3.1") is None


def write_once_due(model: LanguageModel, given: Assignment) -> Composed:
    """Write as soon as the next try is due."""
    while model.obstacle("llama3.1"):
        time.sleep(0.01)
    return model.write(given, Cancel())


def test_a_mention_that_has_waited_long_gets_a_shorter_prompt(slow: SlowOllama) -> None:
    slow.reads_per_s *= 2
    model = language_model(slow)
    assert model.write(task(talk(10)), Cancel()).text
    sizes = []
    for within_s in (TIMEOUT_S, TIMEOUT_S / 2):
        slow.slot.clear()
        model.write(replace(task(talk(LIMIT), channel=str(within_s)), within_s=within_s), Cancel())
        sizes.append(len(slow.asked[-1].user))
    assert sizes[1] < sizes[0]


def test_what_was_learned_is_handed_over_and_taken_back(
    model: LanguageModel, slow: SlowOllama
) -> None:
    model.write(task(talk(100)), Cancel())
    figures = model.learned()
    assert list(figures) == ["llama3.1:latest"]
    assert model.learned() == {}
    again = language_model(slow)
    again.recall(figures)
    slow.slot.clear()
    count = len(slow.readings)
    assert again.write(task(talk(LIMIT)), Cancel()).text
    assert len(slow.readings) == count


@pytest.mark.parametrize("reading_ahead", [None, True, False])
def test_reading_ahead_is_worth_it_where_reading_is_slow(
    slow: SlowOllama, *, reading_ahead: bool | None
) -> None:
    model = language_model(slow, reading_ahead=reading_ahead)
    assert model.reads_ahead("llama3.1") is (reading_ahead is not False)
    slow.reads_per_s = 800
    assert model.read_ahead(task(talk(10)), Cancel()).is_done
    model.preload()
    read_all(model, talk(10))
    assert model.reads_ahead("LLAMA3.1") is (reading_ahead is not False)
    model = language_model(slow, reading_ahead=reading_ahead)
    slow.reads_per_s = 100_000
    slow.slot.clear()
    assert model.write(task(talk(30)), Cancel()).text
    assert model.reads_ahead("llama3.1") is (reading_ahead is True)


def test_nothing_is_read_ahead_while_the_model_is_out_of_order_or_in_the_cloud(
    model: LanguageModel, slow: SlowOllama
) -> None:
    assert model.reads_ahead("llama3.1")
    assert not model.reads_ahead("big:cloud")
    slow.down()
    model.preload()
    assert not model.reads_ahead("llama3.1")


def test_a_load_under_way_is_told(slow: SlowOllama, elsewhere: ThreadPoolExecutor) -> None:
    slow.load_s = 60
    model = language_model(slow)
    work = elsewhere.submit(model.preload)
    slow.wait_until(lambda: slow.loads == 1)
    assert model.condition("llama3.1:latest", "alpha") == "loading the model, 0 s so far"
    assert model.loading("llama3.1") == model.condition("llama3.1", "alpha")
    model.close()
    work.result(5)
    assert model.loading("llama3.1") is None


def test_another_programs_window_is_used_and_not_fought_over(
    slow: SlowOllama, caplog: pytest.LogCaptureFixture
) -> None:
    model = language_model(slow)
    slow.loaded["llama3.1:latest"] = 8192
    for _ in range(2):
        assert model.write(task(talk(20)), Cancel()).text
    assert slow.loads == 0
    assert {asked.options["num_ctx"] for asked in slow.asked} == {8192}
    warnings = [r for r in caplog.records if "with its own window" in r.getMessage()]
    assert len(warnings) == 1


@pytest.mark.parametrize(("window", "num_ctx"), [(1024, None), (8192, 4096)])
def test_a_window_that_is_too_small_or_not_what_the_operator_set_is_replaced(
    slow: SlowOllama, window: int, num_ctx: int | None
) -> None:
    client = OllamaClient(slow.url, timeout_s=TIMEOUT_S)
    model = LanguageModel(client, "llama3.1", num_ctx=num_ctx)
    slow.loaded["llama3.1:latest"] = window
    assert model.write(task(talk(20)), Cancel()).text
    assert slow.loads == 1
    assert slow.loaded["llama3.1:latest"] == 4096
