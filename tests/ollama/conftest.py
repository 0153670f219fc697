"""Fixtures of the Ollama room's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from clankbot.loopback.fake_ollama import OllamaStandIn


@pytest.fixture
def ollama() -> Iterator[OllamaStandIn]:
    """A well-behaved server with llama3.1."""
    with OllamaStandIn() as server:
        yield server
