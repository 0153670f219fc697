"""What servers, other programs with their API, and proxies answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from clankbot.errors import (
    ModelMissing,
    OllamaError,
    OllamaRefused,
    OllamaTimeout,
    OllamaUnavailable,
    PromptTooLong,
    Trouble,
)
from clankbot.ollama.protocol import (
    DEADLINE,
    Generation,
    InMemory,
    ModelFacts,
    answer_part,
    in_memory,
    json_object,
    model_facts,
    model_key,
    model_names,
    read_generation,
)
from clankbot.ollama.troubles import status_failure

NESTED = json.dumps(
    {"error": {"code": 400, "message": "request (12030 tokens) exceeds the available context size"}}
)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (400, '{"error": "invalid model name"}', OllamaRefused, "invalid model name"),
        (400, '{"error": "\\"m\\" does not support thinking"}', OllamaRefused, "thinking"),
        (400, '{"error": "\\"m\\" does not support chat"}', OllamaRefused, "support chat"),
        (400, '{"error": "the input length exceeds the context length"}', PromptTooLong, "400"),
        (400, json.dumps({"error": NESTED}), PromptTooLong, "12030 tokens"),
        (400, NESTED, PromptTooLong, "12030 tokens"),
        (401, '{"error": "unauthorized", "signin_url": "x"}', OllamaRefused, "OLLAMA_API_KEY"),
        (403, "", OllamaRefused, "does not allow"),
        (404, '{"error": "model \'m\' not found"}', ModelMissing, "ollama pull m"),
        (404, '{"error": "model \\"m\\" not found, try pulling it first"}', ModelMissing, "pull"),
        (404, "404 page not found", OllamaRefused, "is there an Ollama server"),
        (405, "405 method not allowed", OllamaRefused, "405"),
        (301, "", OllamaRefused, "final address"),
        (429, '{"error": "you have reached your session usage limit"}', OllamaUnavailable, "usage"),
        (500, '{"error": "model requires more system memory"}', OllamaUnavailable, "memory"),
        (
            500,
            '{"error": "option \\"temperature\\" must be of type float32"}',
            OllamaRefused,
            "float32",
        ),
        (502, "<html>Bad Gateway</html>", OllamaUnavailable, "the server answered 502"),
        (503, '{"error": "server busy, please try again.  maximum"}', OllamaUnavailable, "busy"),
        (504, "", OllamaUnavailable, "504"),
        (500, '{"error": {"message": "odd"}}', OllamaUnavailable, "odd"),
        (500, '["list"]', OllamaUnavailable, "500"),
        (500, "[" * 100_000, OllamaUnavailable, "500"),
    ],
)
def test_each_status_means_one_kind_of_error(
    status: int, body: str, kind: type[OllamaError], said: str
) -> None:
    error = status_failure(status, body.encode(), "m")
    assert type(error) is kind
    assert said in error.in_full


def test_an_error_does_not_repeat_a_page_of_text() -> None:
    body = json.dumps({"error": "line\n" * 1000}).encode()
    text = status_failure(500, body, None).in_full
    assert len(text) < 400
    assert "\n" not in text


def test_an_answer_is_put_together_from_its_lines() -> None:
    lines = [
        b'{"message": {"role": "assistant", "content": "h"}, "done": false}',
        b'{"message": {"content": "i"}, "done": true, "done_reason": "stop",'
        b' "prompt_eval_count": 26}',
    ]
    assert read_generation(lines, "m") == Generation("hi", "stop", 26, False)


def test_a_thought_is_told_apart() -> None:
    lines = [
        b'{"message": {"content": "", "thinking": "hm"}, "done": false}',
        b'{"message": {"content": ""}, "done": true}',
    ]
    generation = read_generation(lines, "m")
    assert generation == Generation("", None, None, True)
    assert generation.only_thought


@pytest.mark.parametrize(("apart_s", "told"), [(0.25, (7.0, 40, 10.0)), (0.001, (7.0, None, None))])
def test_an_answer_cut_off_by_the_deadline_tells_how_fast_it_came(
    apart_s: float, told: tuple[float, int | None, float | None]
) -> None:
    """But not if a proxy has let all of it through at once."""
    now_s = [100.0]

    def pieces() -> Iterator[bytes]:
        now_s[0] += 7.0
        for _ in range(41):
            yield b'{"message": {"content": " la"}, "done": false}'
            now_s[0] += apart_s
        raise OllamaTimeout(Trouble.TOO_SLOW)

    came = read_generation(pieces(), "m", clock=lambda: now_s[0])
    assert came.done_reason == DEADLINE
    assert (came.read_s, came.written_tokens, came.write_s) == pytest.approx(told)


def test_an_answer_that_never_says_it_is_done_is_no_answer() -> None:
    with pytest.raises(OllamaUnavailable):
        read_generation([b'{"message": {"content": "half"}, "done": false}'], "m")


@pytest.mark.parametrize(
    "line",
    [b"<html>", b"", b"[]", b"null", b"{}", b'{"message": "text"}', b"\xff\xfe", b"{"],
)
def test_nonsense_is_a_failing_server(line: bytes) -> None:
    with pytest.raises(OllamaUnavailable):
        answer_part(line, "m")


def test_odd_values_in_an_answer_do_no_harm() -> None:
    lines = [
        b'{"message": {"content": 5}, "done": "yes", "done_reason": 1, "prompt_eval_count": "x"}',
        b'{"message": {"content": 5}, "done": true, "done_reason": 1, "prompt_eval_count": "x"}',
    ]
    generation = read_generation(lines, "m")
    assert generation == Generation("", None, None, False)


@pytest.mark.parametrize(
    "number", [-1, 10**400, True, 1e300, float("inf"), float("nan"), "26", [26], {}]
)
def test_a_number_that_no_model_can_mean_is_none(number: object) -> None:
    last = {"done": True, "done_reason": "stop", "prompt_eval_count": number}
    assert read_generation([json.dumps(last).encode()], "m").prompt_tokens is None
    info = {"general.architecture": "a", "a.context_length": number}
    assert model_facts({"model_info": info}).window is None


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b'{"error": "an error was encountered while running the model"}', OllamaUnavailable),
        (b'{"error": "the input length exceeds the context length"}', PromptTooLong),
    ],
)
def test_an_error_in_the_middle_of_an_answer_is_raised(
    line: bytes, kind: type[OllamaError]
) -> None:
    with pytest.raises(kind):
        answer_part(line, "m")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("llama3.1", "llama3.1:latest"),
        (" LLaMa3.1:Latest ", "llama3.1"),
        ("registry.ollama.ai/library/llama3.1", "llama3.1"),
        ("library/llama3.1:8b", "llama3.1:8b"),
        ("hf.co/user/repo:Q4_K_M", "hf.co/User/repo:q4_k_m"),
        ("localhost:5000/team/model", "localhost:5000/team/model:latest"),
    ],
)
def test_two_spellings_are_one_model(one: str, other: str) -> None:
    assert model_key(one) == model_key(other)


def test_a_tag_makes_another_model() -> None:
    assert model_key("llama3.2") != model_key("llama3.2:3b")


def test_a_list_of_models_may_be_null() -> None:
    assert model_names({"models": None}) == ()
    assert model_names({"models": [{"name": "a:latest"}, {"name": None}, 5]}) == ("a:latest",)


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([], InMemory()),
        ([{"name": "M:latest", "context_length": 8192}], InMemory(True, 8192)),
        ([{"model": "m", "name": "other", "context_length": 8192}], InMemory(True, 8192)),
        ([{"name": "m"}], InMemory(True)),
        ([{"name": "m", "context_length": 0}], InMemory(True)),
        ([{"name": "m", "context_length": "8192"}], InMemory(True)),
        ([{"name": "m:7b", "context_length": 8192}], InMemory(has_company=True)),
        ([{"name": "m:7b"}, {"name": "m"}], InMemory(True, None, has_company=True)),
    ],
)
def test_what_is_in_memory_is_told_with_its_window(
    entries: list[dict[str, object]], found: InMemory
) -> None:
    assert in_memory({"models": entries}, "m") == found


def test_the_last_line_tells_what_was_read_and_how_long_it_took() -> None:
    last = {
        "message": {"content": "hi"},
        "done": True,
        "prompt_eval_count": 2611,
        "prompt_eval_duration": 1_502_000_000,
        "eval_count": 3,
        "eval_duration": 91_000_000,
    }
    generation = read_generation([json.dumps(last).encode()], "m")
    assert (generation.prompt_tokens, generation.written_tokens) == (2611, 3)
    assert (generation.read_s, generation.write_s) == (1.502, 0.091)


@pytest.mark.parametrize("odd", [None, "12", 1.5, -3, 0, 10**400, [], float("inf")])
def test_counts_and_times_that_can_be_none_are_passed_over(odd: object) -> None:
    last = {"done": True} | dict.fromkeys(
        ("prompt_eval_count", "prompt_eval_duration", "eval_count", "eval_duration"), odd
    )
    assert read_generation([json.dumps(last).encode()], "m") == Generation("", None, None, False)


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        ({}, ModelFacts()),
        ({"model_info": None, "capabilities": None}, ModelFacts()),
        ({"model_info": {"general.architecture": "llama"}}, ModelFacts()),
        (
            {
                "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
                "capabilities": ["completion", "thinking"],
            },
            ModelFacts(40960, True, True),
        ),
        ({"model_info": {"general.architecture": "a", "a.context_length": 1}}, ModelFacts()),
        ({"capabilities": ["completion"]}, ModelFacts(None, False, True)),
        ({"capabilities": ["embedding"]}, ModelFacts(None, False, False)),
        ({"capabilities": []}, ModelFacts(None, False, None)),
    ],
)
def test_facts_are_told_where_the_server_tells_them(
    value: dict[str, object], facts: ModelFacts
) -> None:
    assert model_facts(value) == facts


def test_json_of_endless_depth_is_nonsense() -> None:
    with pytest.raises(OllamaUnavailable):
        json_object(b"[" * 100_000)
