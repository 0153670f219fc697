"""A made-up week of a bot in two channels, for pictures of the status page."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from clankbot.errors import Trouble
from clankbot.records.answers import Decision
from clankbot.records.counts import COARSE_S, FINE_S, Count
from clankbot.records.reasons import Reason, Why
from clankbot.status.document import ALL, DAY_S, DatabaseSize, Document
from clankbot.status.facts import (
    ChatFacts,
    DatabaseFacts,
    Facts,
    ModelState,
    SignInFacts,
)
from clankbot.status.health import Health

NOW_MS: Final = 1_795_982_730_000
"""A Sunday, 20:05:30 UTC."""
CHECK: Final = ".venv/bin/python clankbot.py check"
_HOUR_MS: Final = 3_600_000
CHANNELS: Final = ("moth_kingdom", "cosy_crafts")

Stretch = Mapping[str, int]


def facts(**other: object) -> Facts:
    """All well, but for what is named."""
    values: dict[str, object] = {
        "at_ms": NOW_MS,
        "started_ms": NOW_MS - 52 * _HOUR_MS - 1_260_000,
        "version": "1.0",
        "channels": CHANNELS,
        "is_dry_run": False,
        "chat": ChatFacts(True, NOW_MS - 7 * _HOUR_MS, None, frozenset(CHANNELS)),
        "sign_in": SignInFacts("clankbot", 11_640.0, None),
        "database": DatabaseFacts(
            "SQLite at /var/lib/clankbot/chatbot.db", None, 2, 21_400_000_000, 62_000_000_000
        ),
        "models": (ModelState("llama3.1", "http://localhost:11434", None, None, 412.0, 31.0, 6.4),),
        "threads": dict.fromkeys(
            ("worker", "composer", "irc-sender", "irc-reader", "scheduler", "status-page"), True
        ),
        "round_age_s": 0.3,
        "word_list_trouble": None,
        "line_s": 4.2,
        "obstacles": {},
    }
    return Facts(**{**values, **other})  # type: ignore[arg-type]


def troubled() -> Facts:
    """Something to do in several places."""
    model = ModelState(
        *("llama3.1", "http://localhost:11434", Trouble.NOT_REACHABLE),
        "Ollama has not answered since 19:41 UTC (it cannot be reached)",
        *(412.0, 31.0, 6.4),
    )
    return facts(
        models=(model,),
        obstacles={"cosy_crafts": Reason(Why.FOLLOWERS_ONLY, "followers-only")},
        word_list_trouble="./blocked_words.txt, line 12: a star stands alone",
        database=DatabaseFacts(
            "SQLite at /var/lib/clankbot/chatbot.db", None, 2, 84_000_000, 62_000_000_000
        ),
    )


def document(known: Facts | None = None) -> Document:
    """The week, judged by what is known."""
    chance = random.Random(18)
    fine: dict[str, dict[int, Stretch]] = {}
    coarse: dict[str, dict[int, Stretch]] = {}
    for channel, pace in zip(CHANNELS, (1.0, 0.35), strict=True):
        fine[channel] = _stretches(chance, pace, FINE_S, DAY_S)
        coarse[channel] = _stretches(chance, pace, COARSE_S, 7 * DAY_S)
    fine[ALL] = _tokens(fine[CHANNELS[0]])
    coarse[ALL] = _tokens(coarse[CHANNELS[0]])
    looked_at = [facts(), replace(known or facts(), at_ms=NOW_MS - 24 * 60_000), known or facts()]
    health = Health(lambda: looked_at.pop(0), CHECK)
    state = [health.state() for _ in range(3)][-1]
    waits = {
        CHANNELS[0]: "18/30 messages, 121 s of the delay left",
        CHANNELS[1]: "4/30 messages, delay is over",
    }
    size = DatabaseSize(7_340_032, 18_204, NOW_MS - 39 * _HOUR_MS)
    return Document(state, fine, coarse, size, _decisions(chance), waits)


def _liveliness(at_ms: int) -> float:
    """How lively chat is: streams go from four in the afternoon until midnight."""
    hour = at_ms / _HOUR_MS % 24
    if not 16 <= hour < 24:
        return 0.0
    return 0.35 + 0.65 * math.sin((hour - 16) / 8 * math.pi) ** 2


def _stretches(
    chance: random.Random, pace: float, span_s: int, length_s: int
) -> dict[int, Stretch]:
    found = {}
    last = NOW_MS - NOW_MS % (span_s * 1000)
    for n in range(length_s // span_s):
        at = last - n * span_s * 1000
        # Only in the last week's first days nothing was: the bot is a few days old.
        lively = _liveliness(at) if at > NOW_MS - 6 * DAY_S * 1000 else 0.0
        if lively:
            found[at] = _one(chance, round(pace * lively * span_s / 60 * chance.uniform(9, 15)))
    return found


def _one(chance: random.Random, messages: int) -> Stretch:
    """What becomes of so many messages."""
    counts: Counter[str] = Counter({Count.MESSAGES: messages, Count.OCCASIONS: messages})
    started = sum(chance.random() < 0.045 for _ in range(messages))
    for _ in range(messages - started):
        code = chance.choices(
            (Why.MESSAGES, Why.DELAY, Why.ON_ITS_WAY, f"mention_{Why.COOLDOWN}", Why.SPEAKERS),
            (70, 22, 4, 3, 1),
        )[0]
        counts[f"{Count.NOT_THE_TIME}:{code}"] += 1
    counts[Count.STARTED] = started
    for _ in range(started):
        end = chance.choices(
            ("said", "echo", "assistant_manner", "filter", "repeat", "model", "slow", "silent"),
            (78, 7, 4, 1, 4, 3, 1, 2),
        )[0]
        if end == "model":
            counts[f"{Count.NO_DRAFT}:{Why.MODEL}"] += 1
            continue
        counts[Count.DRAFTED] += 1
        if end in ("echo", "assistant_manner"):
            counts[f"{Count.JUDGED}:{end}"] += 1
        elif end == "filter":
            counts[Count.FILTERED] += 1
        elif end == "repeat":
            counts[f"{Count.HELD_BACK}:{Why.REPEAT}"] += 1
        else:
            counts[Count.SENT] += 1
            if end == "slow":
                counts[f"{Count.REFUSED}:msg_slowmode"] += 1
                continue
            counts[Count.UNCONFIRMED if end == "silent" else Count.ACCEPTED] += 1
            counts[Count.LINE_MS] += round(1000 * chance.lognormvariate(1.4, 0.35))
            counts[Count.ANSWERED] += chance.random() < 0.4
    return +counts


def _tokens(stretches: Mapping[int, Stretch]) -> dict[int, Stretch]:
    return {
        at: {
            Count.TOKENS_READ: 210 * counts.get(Count.DRAFTED, 0),
            Count.TOKENS_REUSED: 2_350 * counts.get(Count.DRAFTED, 0),
        }
        for at, counts in stretches.items()
        if counts.get(Count.DRAFTED)
    }


def _decisions(chance: random.Random) -> list[tuple[str, Decision]]:
    found, at = [], NOW_MS - 4_000
    reasons = (
        *("18/30 messages", "121 s of the delay left", "said", "composing"),
        "mention not answered: cooldown",
        "the model only repeated what was said",
    )
    for n in range(50):
        reason = reasons[n % 4] if n < 4 else chance.choice(reasons)
        found.append((chance.choice(CHANNELS), Decision(at, reason)))
        at -= chance.randrange(9_000, 70_000)
    return found
