"""What is learned of a model: how fast it reads and writes, and what the server has kept."""

from __future__ import annotations

import json

import pytest

from clankbot.ollama.models import Model, Speed
from clankbot.ollama.prompt import Prompt, shared_beginning
from clankbot.ollama.protocol import DEADLINE, Generation
from clankbot.ollama.tokens import features

NUM_CTX = 8192
SYSTEM = "You are a bot in a chat of some size. " * 10


def prompt(lines: int, channel: str = "alpha") -> Prompt:
    """A prompt with so many lines of chat."""
    log = tuple(f"{channel}-viewer: remark number {i} of the evening\n" for i in range(lines))
    return Prompt(f"{channel}: {SYSTEM}", log, "Now write.")


def tokens(given: Prompt) -> int:
    """What the server counts for it."""
    return len(given.text) // 4


def answer(
    model: Model, given: Prompt, read: int, per_s: float = 50.0, writes_per_s: float = 10.0
) -> None:
    """The server reads so many of its tokens, and writes twenty."""
    write_s = 20 / writes_per_s
    generation = Generation("hi", "stop", tokens(given), False, 20, read / per_s, write_s)
    model.answered(given, generation)


def test_a_speed_follows_what_is_measured() -> None:
    speed = Speed()
    speed.measured(100, 2)
    assert speed.per_s == 50
    for _ in range(30):
        speed.measured(100, 1)
    assert speed.per_s == pytest.approx(100, rel=0.01)


def test_a_deadline_is_no_measurement() -> None:
    speed = Speed()
    speed.at_most(1000, 20)
    assert (speed.per_s, speed.is_bound) == (50, True)
    speed.at_most(3000, 20)
    assert speed.per_s == 50
    speed.measured(100, 1)
    assert (speed.per_s, speed.is_bound) == (100, False)


def test_nothing_is_readable_or_not_before_the_speed_is_known() -> None:
    assert Model("m", num_ctx=NUM_CTX).readable(30) is None


def test_what_can_be_read_leaves_time_for_a_line() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    answer(model, prompt(50), tokens(prompt(50)))
    readable = model.readable(30)
    assert readable is not None
    assert 50 * 15 < readable < 50 * 20
    assert model.readable(1) == 0


def test_only_what_is_new_counts_as_read() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    for lines in range(20, 200, 20):
        given = prompt(lines)
        answer(model, given, tokens(given) - (tokens(prompt(lines - 20)) if lines > 20 else 0))
        assert model.reading.per_s == pytest.approx(50, rel=0.1)
        assert model.kept == given.text


def test_it_is_noticed_when_the_server_has_dropped_what_it_read() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    for lines in (100, 110, 120):
        answer(model, prompt(lines), tokens(prompt(lines)))
        assert model.reading.per_s == pytest.approx(50, rel=0.05)
    assert model.forgot == 2
    assert model.kept == ""
    answer(model, prompt(130), tokens(prompt(130)) - tokens(prompt(120)))
    assert model.kept == prompt(130).text


def test_a_quick_server_that_has_all_of_a_prompt_takes_no_time_for_it() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    for lines, read in ((100, tokens(prompt(100))), (110, tokens(prompt(110)))):
        answer(model, prompt(lines), read, per_s=5_000)
    assert model.forgot == 1
    answer(model, prompt(111), 12, per_s=5_000)
    assert (model.forgot, model.reading.per_s) == (0, pytest.approx(5_000, rel=0.01))


@pytest.mark.parametrize("slower", [1.5, 3.0, 6.0, 12.0, 40.0])
def test_a_machine_that_became_slower_is_not_taken_for_one_that_keeps_nothing(
    slower: float,
) -> None:
    """It writes slower, too."""
    model = Model("m", num_ctx=NUM_CTX)
    for lines in (100, 110):
        answer(model, prompt(lines), tokens(prompt(lines)) - (lines > 100) * tokens(prompt(100)))
    before = model.reading.per_s
    for lines in range(120, 180, 10):
        new = tokens(prompt(lines)) - tokens(prompt(lines - 10))
        answer(model, prompt(lines), new, per_s=50 / slower, writes_per_s=10 / slower)
        assert model.forgot == 0
    assert before is not None
    assert model.reading.per_s is not None
    assert 50 / slower * 0.9 < model.reading.per_s < before / (slower**0.5)


@pytest.mark.parametrize("slower", [1.5, 3.0, 6.0, 12.0, 40.0])
def test_nor_is_it_by_the_steps_of_reading_ahead_that_write_nothing(slower: float) -> None:
    model = Model("m", num_ctx=NUM_CTX)
    for lines in (100, 110):
        answer(model, prompt(lines), tokens(prompt(lines)) - (lines > 100) * tokens(prompt(100)))
    had_read = 110
    for _ in range(12):
        given = prompt(had_read if model.is_doubtful else had_read + 10)
        read = 12 if model.is_doubtful else tokens(given) - tokens(prompt(had_read))
        had_read = len(given.log)
        model.answered(
            given, Generation("h", "length", tokens(given), False, 1, read * slower / 50)
        )
        assert not model.keeps_nothing
    assert model.reading.per_s is not None
    assert model.reading.per_s < 50 / slower**0.5


def test_an_answer_that_was_cut_off_tells_how_fast_the_model_writes_and_reads() -> None:
    """Small models write on to the end of their time: a whole answer may never come."""
    model, given = Model("m", num_ctx=NUM_CTX), prompt(50)
    cut_off = Generation("la la", DEADLINE, None, False, 80, tokens(given) / 40, 20.0)
    model.answered(given, cut_off, num_predict=200, took_s=30)
    assert model.writing.per_s == pytest.approx(4)
    learned = model.reading.per_s
    assert learned == pytest.approx(40, rel=0.5)
    model.answered(prompt(90), cut_off, num_predict=200, took_s=30)
    assert model.reading.per_s == learned


def test_a_prompt_that_the_server_has_parked_is_not_taken_for_a_quick_one() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    for channel in ("alpha", "beta"):
        answer(model, prompt(100, channel), tokens(prompt(100, channel)))
    for lines in range(110, 160, 10):
        for channel in ("alpha", "beta"):
            new = tokens(prompt(lines, channel)) - tokens(prompt(lines - 10, channel))
            answer(model, prompt(lines, channel), new)
    assert model.reading.per_s == pytest.approx(50, rel=0.1)


def test_a_deadline_tells_how_far_the_server_came() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    answer(model, prompt(10), tokens(prompt(10)))
    given = prompt(200)
    model.left(given, 20, was_late=True)
    came = model.estimate.expected(features(model.read))
    assert came == pytest.approx(50 * 20 + tokens(prompt(10)), rel=0.3)
    assert given.text.startswith(model.read)


def test_a_deadline_without_a_speed_bounds_it() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.left(prompt(200), 20, was_late=True)
    assert model.reading.is_bound
    readable = model.readable(20)
    assert readable is not None
    # The machine may be slower than that still: not as much is planned as with a measured speed.
    assert readable < 0.6 * model.estimate.expected(features(prompt(200).text))


def test_one_request_that_had_to_share_the_machine_says_little() -> None:
    speed = Speed()
    speed.measured(500, 10)
    speed.measured(500, 1000)
    assert speed.per_s == pytest.approx(50 * 0.01**0.3)
    for _ in range(6):
        speed.measured(500, 10)
    assert speed.per_s == pytest.approx(50, rel=0.25)


@pytest.mark.parametrize("seconds", [1e-9, 1e9])
def test_a_time_that_no_machine_needs_is_no_measurement(seconds: float) -> None:
    speed = Speed()
    speed.measured(500, seconds)
    assert speed.per_s is None
    speed.measured(500, 10)
    speed.measured(500, seconds)
    assert speed.per_s == 50


def test_a_deadline_halves_a_measured_speed_at_most_and_then_is_believed() -> None:
    speed = Speed()
    speed.measured(500, 10)
    speed.at_most(60, 30)
    assert (speed.per_s, speed.is_bound) == (25, True)
    speed.at_most(60, 30)
    assert speed.per_s == 2


def test_what_came_in_time_raises_a_bound_but_no_measured_speed() -> None:
    speed = Speed()
    speed.at_least(600, 10)
    assert speed.per_s is None
    speed.at_most(60, 30)
    speed.at_least(600, 10)
    assert (speed.per_s, speed.is_bound) == (60, True)
    speed.measured(500, 10)
    speed.at_least(600, 1)
    assert speed.per_s == 50


def test_deadlines_in_a_row_do_not_make_it_slower_and_slower() -> None:
    """What was read by then is less each time; a little of it tells nothing."""
    model = Model("m", num_ctx=NUM_CTX)
    answer(model, prompt(10), tokens(prompt(10)))
    for _ in range(20):
        model.left(prompt(100), 30, was_late=True)
    assert model.reading.per_s is not None
    assert model.reading.per_s > 1


@pytest.mark.parametrize(("before_its_end_s", "busy_s"), [(100, 256 / 50), (2, 2), (-1, 0)])
def test_a_server_is_busy_for_a_batch_at_most_and_not_for_longer_than_it_has_work(
    before_its_end_s: float, busy_s: float
) -> None:
    model = Model("m", num_ctx=NUM_CTX)
    answer(model, prompt(10), tokens(prompt(10)))
    given = prompt(700)
    unread = given.text[shared_beginning(given.text, model.read) :]
    reading_s = model.estimate.expected(features(unread)) / 50
    left_after_s = reading_s - before_its_end_s
    assert model.left(given, left_after_s, was_late=False) == pytest.approx(busy_s)


def test_no_server_is_waited_for_longer_than_ten_seconds() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.reading.at_most(48, 300)
    assert model.left(prompt(100), 300, was_late=True) == 10


def test_a_cancel_says_nothing_about_the_speed() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.left(prompt(200), 0.1, was_late=False)
    assert model.reading.per_s is None
    assert model.read == ""


def test_a_server_reads_on_to_the_end_of_what_is_left_or_of_a_batch() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    assert model.left(prompt(5), 0.1, was_late=False) == pytest.approx(1, rel=0.5)
    answer(model, prompt(10), tokens(prompt(10)))
    few, many = prompt(14), prompt(200)
    left_s = (tokens(few) - tokens(prompt(10))) / 50
    assert model.left(few, 0.1, was_late=False) == pytest.approx(left_s, rel=0.5)
    assert model.left(few, 60, was_late=False) == 0
    assert model.left(many, 0.1, was_late=False) == pytest.approx(256 / 50, rel=0.1)
    assert model.left(many, 20, was_late=True) > 4


@pytest.mark.parametrize("counted", [None, 5])
def test_a_server_that_tells_no_times_teaches_no_speed(counted: int | None) -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.answered(prompt(50), Generation("hi", "stop", counted, False))
    assert (model.reading.per_s, model.writing.per_s) == (None, None)
    assert model.kept == prompt(50).text


def test_what_was_learned_outlives_a_restart() -> None:
    model, again = Model("m", num_ctx=NUM_CTX), Model("m", num_ctx=NUM_CTX)
    for lines in (50, 60, 70):
        answer(model, prompt(lines), tokens(prompt(lines)))
    kept = model.to_keep()
    assert kept is not None
    assert len(kept) <= 3500
    again.recall(kept)
    assert again.reading.per_s == pytest.approx(50, rel=0.01)
    assert again.writing.per_s == pytest.approx(10, rel=0.01)
    size = features(prompt(90).text)
    assert again.estimate.expected(size) == pytest.approx(model.estimate.expected(size), rel=0.01)
    assert again.was_tried


def test_a_bound_is_not_kept_as_if_it_were_measured() -> None:
    model, again = Model("m", num_ctx=NUM_CTX), Model("m", num_ctx=NUM_CTX)
    answer(model, prompt(50), tokens(prompt(50)))
    model.left(prompt(90, "beta"), 1000.0, was_late=True)
    model.left(prompt(90, "gamma"), 1000.0, was_late=True)
    assert model.reading.is_bound
    for _ in range(20):
        model.answered(prompt(50), Generation("hi", "stop", tokens(prompt(50)), False))
    kept = model.to_keep()
    assert kept is not None
    again.recall(kept)
    assert (again.reading.per_s, again.was_tried) == (None, False)


def test_only_what_is_notable_is_kept_anew() -> None:
    model = Model("m", num_ctx=NUM_CTX)
    assert model.to_keep() is None
    answer(model, prompt(50), tokens(prompt(50)))
    assert model.to_keep()
    assert model.to_keep() is None
    for _ in range(3):
        answer(model, prompt(60), tokens(prompt(60)), per_s=52)
    assert model.to_keep() is None
    for number in range(5):
        another = prompt(60, f"channel{number}")
        answer(model, another, tokens(another), per_s=200)
    assert model.to_keep()


@pytest.mark.parametrize(
    "figures",
    ["", "{", "[]", "{}", '{"reading": 50}', '{"reading": "x", "writing": 1, "tokens": []}',
     '{"reading": 50, "writing": 10, "tokens": 7}', '{"reading": [], "writing": {}, "tokens": []}',
     '{"reading": 50, "writing": 10, "tokens": [null]}', "[" * 100_000, "null", "7", "9" * 5000,
     '{"reading": 1e999, "writing": 10, "tokens": [1e999]}', '{"reading": NaN}', "\x00\ufffd"],
)  # fmt: skip
def test_what_does_not_fit_is_passed_over(figures: str) -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.recall(figures)
    assert model.reading.per_s is None


@pytest.mark.parametrize("speed", [-1, 0, 1e300, float("nan")])
def test_a_speed_of_no_machine_is_passed_over(speed: float) -> None:
    model = Model("m", num_ctx=NUM_CTX)
    model.recall(json.dumps({"reading": speed, "writing": speed, "tokens": []}))
    assert (model.reading.per_s, model.writing.per_s) == (None, None)
