"""Bytes to lines."""

from __future__ import annotations

import logging
import random

import pytest

from clankbot.irc.framing import LineBuffer
from tests.irc.corpus import ROWS

LINES = [row["line"] for row in ROWS if row["line"]]
STREAM = "".join(f"{line}\r\n" for line in LINES).encode()


def test_lines_fed_byte_by_byte_come_out_whole() -> None:
    buffer = LineBuffer()
    assert [line for byte in STREAM for line in buffer.feed(bytes([byte]))] == LINES


def test_lines_cut_anywhere_come_out_whole() -> None:
    dice = random.Random(3)
    for _ in range(20):
        buffer = LineBuffer()
        cuts = sorted(dice.choices(range(len(STREAM)), k=40))
        pieces = [STREAM[a:b] for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]
        assert [line for piece in pieces for line in buffer.feed(piece)] == LINES


def test_a_line_may_end_without_a_carriage_return_but_loses_only_one() -> None:
    assert LineBuffer().feed(b"one\ntwo\r\nthree\r\r\n\r\n\n") == ["one", "two", "three\r"]


def test_invalid_bytes_harm_only_their_own_line() -> None:
    lines = LineBuffer().feed(b"a\xff\xfeb\r\n\xe6\xbc\r\n\xe6\xbc\xa2\r\n")
    assert lines == ["a\ufffd\ufffdb", "\ufffd", "\u6f22"]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_an_over_long_line_is_dropped_whole_and_the_next_one_read(
    size: int, caplog: pytest.LogCaptureFixture
) -> None:
    stream = b"before\r\n" + b"x" * 500 + b"\r\nafter\r\n" + b"y" * 98 + b"\r\n"
    buffer = LineBuffer(limit_bytes=100)
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    with caplog.at_level(logging.WARNING):
        lines = [line for piece in pieces for line in buffer.feed(piece)]
    assert lines == ["before", "after", "y" * 98]
    assert [record.getMessage() for record in caplog.records] == ["over-long line dropped"]


def test_a_line_that_never_ends_is_not_held() -> None:
    buffer = LineBuffer(limit_bytes=100)
    for _ in range(1000):
        assert buffer.feed(b"x" * 50) == []
        assert len(buffer._held) <= 100
