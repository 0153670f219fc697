"""What fits into a window."""

from __future__ import annotations

import pytest

from clankbot.ollama.window import (
    newest_that_fit,
    prompt_room,
    reply_tokens,
    tokens_at_most,
    was_cut,
    window_size,
)


@pytest.mark.parametrize(
    ("configured", "trained", "window"),
    [(None, None, 8192), (None, 131_072, 8192), (None, 2048, 2048), (16384, None, 16384),
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
    ("text", "tokens"),
    [("", 0), ("fours", 3), ("it is so", 5), ("a", 1), ("!!!", 3), ("1:01", 4), ("é", 2), ("中", 3),
     ("😀", 4), ("e\u0301", 3)],
)  # fmt: skip
def test_every_script_has_its_price(text: str, tokens: int) -> None:
    assert tokens_at_most(text) == tokens


@pytest.mark.parametrize(
    ("sizes", "room", "count"),
    [([], 10, 0), ([5, 5, 5], 15, 3), ([5, 5, 5], 14, 2), ([1, 99, 1], 50, 1), ([99], 50, 1),
     ([1, 1], -5, 1)],
)  # fmt: skip
def test_the_newest_lines_are_kept(sizes: list[int], room: int, count: int) -> None:
    assert newest_that_fit(sizes, room) == count


@pytest.mark.parametrize(
    ("counted", "estimate", "cut"),
    [(4096, 3500, True), (3900, 3500, True), (2050, 3500, True), (2048, 3500, True),
     (2500, 3500, False), (2050, 2040, False), (1500, 3500, False), (0, 3500, False)],
)  # fmt: skip
def test_the_servers_count_shows_a_cut(counted: int, estimate: int, cut: bool) -> None:
    assert was_cut(counted, estimate, 4096, 200) is cut
