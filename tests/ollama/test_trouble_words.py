"""The words of a trouble are fit for chat, and what a server said is cleaned for the log."""

from __future__ import annotations

import json
import logging

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import OllamaError, Trouble
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.ollama.troubles import cleaned
from clankbot.records.accounts import Secret
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.doubles.pages import Page, PageServer
from tests.ollama.assignments import Clock, assignment, line
from tests.waiting import PATIENCE_S

PLACE = "ann@10.20.30.40:/srv/models"


@pytest.mark.parametrize("trouble", Trouble)
def test_the_words_for_chat_are_short_and_name_no_place(trouble: Trouble) -> None:
    words = OllamaError(trouble, f"detail at {PLACE}").args[0]
    assert words == trouble.value == str(OllamaError(trouble, PLACE))
    assert len(words) < 80
    assert not any(mark in words for mark in ("/", "@", "127.", "http"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("two\r\nlines\x1b[31m \u202eback", "two lines [31m back"),
        ("Authorization: Bearer abcdef123456 refused", "Authorization: Bearer <secret> refused"),
        ("https://ann:pw@host/x", "https://<secret>@host/x"),
        ('{"api_key": "abc123", "n": 1}', '{"api_key": "<secret>", "n": 1}'),
        ("https://ollama.com/connect?name=x&key=abc123&a=b", None),
        ("Incorrect API key provided: sk-proj-abcdefghijkl.", None),
        ("password=hunter2; host=db", "password=<secret>; host=db"),
        ("n_prompt_tokens: 12030", "n_prompt_tokens: 12030"),
    ],
)
def test_what_a_server_said_is_cleaned_for_the_log(said: str, kept: str | None) -> None:
    clean = cleaned(said)
    assert kept is None or clean == kept
    for secret in ("abc123", "abcdef123456", "sk-proj-abcdefghijkl", "hunter2", "ann:pw"):
        assert secret not in clean


def test_a_key_that_the_server_repeats_is_seen_nowhere() -> None:
    body = json.dumps({"error": "I was sent hush-hush-hush by you, and geheim99"})
    with PageServer({"*": Page(body, 500)}) as server:
        url = server.url.replace("//", "//ann:geheim99@")
        with pytest.raises(OllamaError) as caught:
            OllamaClient(url, api_key=Secret("hush-hush-hush")).version()
    assert caught.value.detail.endswith("I was sent <secret> by you, and <secret>")


# -- since when ------------------------------------------------------------------------------------


def fail(model: LanguageModel) -> None:
    """A line that is not written."""
    with pytest.raises(OllamaError):
        model.write(assignment(line("hello")), Cancel())


def test_only_what_has_not_answered_is_said_not_to_have_answered(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    ollama.down()
    fail(model)
    clock.now_s += 60
    ollama.up()
    ollama.behave(Behaviour(status=500, error="out of memory"))
    fail(model)
    assert model.outage("llama3.1") == "Ollama is out of memory (since 00:17 UTC)"
    assert model.outage("another") is None


def test_a_trouble_that_becomes_another_is_told_from_then_on(
    model: LanguageModel, ollama: FakeOllama, clock: Clock
) -> None:
    for text in ("out of memory", "out of memory: 5 GiB", "signal: killed"):
        ollama.once(Behaviour(status=500, error=text))
        fail(model)
        told = model.outage("llama3.1")
        clock.now_s += 60
        assert (
            told
            == {
                "out of memory": "Ollama is out of memory (since 00:16 UTC)",
                "out of memory: 5 GiB": "Ollama is out of memory (since 00:16 UTC)",
                "signal: killed": "the model crashed in Ollama (since 00:18 UTC)",
            }[text]
        )


def test_other_figures_are_no_other_trouble(
    model: LanguageModel, ollama: FakeOllama, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for size in ("5.0", "5.1", "12.75"):
        error = f"needs {size} GiB, port 4{size[0]}123, request 9f{size[0]}c: no memory"
        ollama.once(Behaviour(status=500, error=error))
        fail(model)
        clock.now_s += 60
    assert [record.getMessage() for record in caplog.records] == ["generation fails"]


@pytest.mark.parametrize("page", [Page("", 401), Page("<html>", 502), Page("<html>hello</html>")])
def test_whatever_a_server_answers_it_is_back(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with PageServer({"*": page}) as server:
        url = server.url
    clock = Clock()
    model = LanguageModel(OllamaClient(url, timeout_s=PATIENCE_S), "llama3.1", clock=clock)
    fail(model)
    assert str(model.outage("llama3.1")).startswith("Ollama has not answered since")
    with PageServer({"*": page}, port=int(url.rpartition(":")[2])):
        model.probe()
    assert model.outage("llama3.1") is None
    assert [record.getMessage() for record in caplog.records] == [
        "generation fails",
        "generation works again",
    ]
