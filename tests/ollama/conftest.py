"""Fixtures of the Ollama room's tests: a server, a clock, and a language model between them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from tests.doubles.fake_ollama import FakeOllama
from tests.ollama.assignments import Clock
from tests.waiting import PATIENCE_S


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    """A well-behaved server with llama3.1."""
    with FakeOllama() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    """The clock by which the model waits between tries."""
    return Clock()


@pytest.fixture
def model(ollama: FakeOllama, clock: Clock) -> Iterator[LanguageModel]:
    """The models of the server; llama3.1 is the operator's."""
    client = OllamaClient(ollama.url, timeout_s=PATIENCE_S, load_timeout_s=PATIENCE_S)
    model = LanguageModel(client, "llama3.1", clock=clock, now_ms=lambda: int(clock.now_s * 1000))
    yield model
    model.close()


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Another thread."""
    with ThreadPoolExecutor(1) as executor:
        yield executor
