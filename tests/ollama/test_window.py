"""The sizes that are asked of a server, and what its counts say of a prompt."""

from __future__ import annotations

import pytest

from clankbot.ollama.window import prompt_room, reply_tokens, was_cut, window_size


@pytest.mark.parametrize(
    ("configured", "trained", "window"),
    [(None, None, 4096), (None, 131_072, 4096), (None, 2048, 2048), (16384, None, 16384),
     (16384, 131_072, 16384), (16384, 4096, 4096)],
)  # fmt: skip
def test_the_window_is_never_larger_than_the_model(
    configured: int | None, trained: int | None, window: int
) -> None:
    assert window_size(configured, trained) == window


@pytest.mark.parametrize(
    ("wanted", "num_ctx", "least", "tokens"),
    [(None, 8192, 0, 200), (50, 8192, 0, 50), (-1, 8192, 0, 200), (0, 8192, 0, 200),
     (5000, 8192, 0, 2048), (None, 512, 0, 128), (50, 8192, 1000, 1000), (1500, 8192, 1000, 1500)],
)  # fmt: skip
def test_an_answer_always_has_a_limit(
    wanted: int | None, num_ctx: int, least: int, tokens: int
) -> None:
    assert reply_tokens(wanted, num_ctx, least) == tokens
    assert prompt_room(num_ctx, tokens) + tokens < num_ctx


@pytest.mark.parametrize(
    ("counted", "expected", "cut"),
    [(4096, 3500, True), (3900, 3500, True), (2050, 3500, True), (2048, 3500, True),
     (2500, 3500, False), (2050, 2100, False), (1500, 3500, False), (0, 3500, False)],
)  # fmt: skip
def test_the_servers_count_shows_a_cut(counted: int, expected: int, cut: bool) -> None:
    assert was_cut(counted, expected, 4096, 200) is cut
