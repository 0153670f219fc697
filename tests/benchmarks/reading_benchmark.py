"""What a server has to read for the bot's lines, if windows slide and if they are like ours.

    python -m tests.benchmarks.reading_benchmark [--lines 200] [--per-second 50]

A made-up chat goes by, and a prompt is made every so many lines, or for a mention.  The server is
the slow one of the tests in thought: it keeps what it has read of the last prompt, and reads what
follows the first difference.  ``sliding`` is a prompt of always the newest lines, ``blocks`` is
ours, and ``ahead`` is ours with a server that reads ahead, five lines at a time, meanwhile.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean, median

from clankbot.ollama.prompt import Prompt, Room, build_prompt
from clankbot.ollama.tokens import TokenEstimate, features
from clankbot.records.settings import ChannelSettings
from clankbot.records.speech import Assignment, ContextLine
from tests.benchmarks.chat_lines import chat_lines
from tests.doubles.slow_ollama import TEMPLATE_END, shared, tokens_of

TOKENS = 4096 - 200 - 64
THRESHOLDS = (5, 10, 30)
TURNS = 200
AHEAD_EVERY = 5
CHATTERS = 40


class Server:
    """What a real one remembers, and counts."""

    def __init__(self) -> None:
        self._slot: list[str] = []

    def read(self, prompt: Prompt) -> tuple[int, int]:
        """The tokens of the prompt, and those of them that had to be read."""
        tokens = [*tokens_of(f"{prompt.system}\n{prompt.user}"), *TEMPLATE_END]
        anew = len(tokens) - shared(tokens, self._slot)
        self._slot = tokens
        return len(tokens), anew


def chat(count: int) -> list[ContextLine]:
    """So many stored lines of some viewers."""
    dice = random.Random(7)
    return [
        ContextLine(f"id-{row}", str(row), "viewer", f"Viewer{dice.randrange(CHATTERS)}", text,
                    row, row=row)
        for row, text in enumerate(chat_lines(count, seed=7), 1)
    ]  # fmt: skip


def run(
    lines: Sequence[ContextLine], limit: int, every: int, way: str, *, asked: bool
) -> Iterator[tuple[int, int, int]]:
    """Of each prompt: its tokens, those read for it, and those read ahead since the one before."""
    server, estimate, begins_at = Server(), TokenEstimate(), 0
    settings = ChannelSettings(context_limit=limit)
    ahead = 0
    for end in range(limit, limit + TURNS * every):
        given = Assignment("alpha", "clankbot", settings, tuple(lines[end - limit : end]))
        given = replace(given, begins_at=begins_at, asked=lines[end - 1] if asked else None)
        if way == "ahead" and end % AHEAD_EVERY == 0:
            given = replace(given, asked=None)
            prompt = replace(build_prompt(given, estimate, Room(TOKENS)), task="")
            begins_at = prompt.begins_at
            ahead += server.read(prompt)[1]
        if end % every:
            continue
        most = limit if way == "sliding" else None
        prompt = build_prompt(given, estimate, Room(TOKENS), most)
        begins_at = prompt.begins_at
        tokens, anew = server.read(prompt)
        estimate.learn(features(prompt.text), tokens)
        yield tokens, anew, ahead
        ahead = 0


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=200, help="the context in lines (200)")
    parser.add_argument("--per-second", type=float, default=50, help="tokens read a second (50)")
    options = parser.parse_args()
    lines = chat(options.lines + TURNS * max(THRESHOLDS) + 1)
    print(
        f"{'prompts':16}{'way':9}{'tokens':>8}{'alike, median':>15}{'mean':>7}"
        f"{'read a line':>13}{'of sliding':>12}{'first token':>13}"
    )
    occasions = [*((every, False) for every in THRESHOLDS), (30, True)]
    for every, asked in occasions:
        sliding = 0.0
        for way in ("sliding", "blocks", "ahead"):
            prompts = list(run(lines, options.lines, every, way, asked=asked))[1:]
            alike = [1 - anew / tokens for tokens, anew, _ in prompts]
            read = fmean(anew + ahead for _, anew, ahead in prompts)
            sliding = sliding or read
            wait_s = median(anew for _, anew, _ in prompts) / options.per_second
            print(
                f"{'a mention, ' if asked else ''}{f'every {every}':{5 if asked else 16}}"
                f"{way:9}{fmean(tokens for tokens, _, _ in prompts):8.0f}{median(alike):15.0%}"
                f"{fmean(alike):7.0%}{read:13.0f}{read / sliding:12.2f}{wait_s:11.1f} s"
            )


if __name__ == "__main__":
    main()
