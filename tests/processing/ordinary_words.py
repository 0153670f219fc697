"""Ordinary words, for tests and benchmarks: ``tests/data/ordinary_words.txt``."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "ordinary_words.txt"


def ordinary_words() -> list[str]:
    """Some five thousand words that any filter must leave alone."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#")).split()
