"""What becomes of models' answers: prints what is let through, what is lost, and what it costs.

    python -m tests.benchmarks.judge_benchmark

The answers are those of ``tests/data/model_answers.jsonl``.  The cost is that of a whole answer:
taking the line out of it and judging it, in a chat of as many lines as the corpus has and in one of
two hundred.  All times are the processor's, so that other programs count for little.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from statistics import fmean, quantiles

from clankbot.ollama.reply import line_of
from clankbot.ollama.verdict import Situation
from tests.ollama.answers import Answer, answers, situations
from tests.ollama.nasty_answers import nasty_answers

LINES = 200
NASTY = (1000, 4000, 16_000)  # characters


def main() -> None:
    """Print the figures."""
    print_recall()
    print_cost()


def print_recall() -> None:
    """By kind: how many answers, what is said or refused wrongly, or said otherwise."""
    print(f"{'kind':18}{'answers':>8}{'let through':>12}{'lost':>6}{'otherwise':>10}")
    kinds = sorted({answer.kind for answer in answers()})
    for kind in kinds:
        print(_row(kind, [answer for answer in answers() if answer.kind == kind]))
    print(_row("all", answers()))
    bad = [answer for answer in answers() if answer.line is None]
    good = [answer for answer in answers() if answer.kind == "good"]
    through = sum(answer.is_let_through() for answer in bad)
    lost = sum(answer.is_refused() for answer in good)
    print(f"recall of refusals {1 - through / len(bad):.1%} of {len(bad)}")
    print(f"good lines refused {lost / len(good):.1%} of {len(good)}")


def _row(name: str, some: Iterable[Answer]) -> str:
    some = list(some)
    through = sum(answer.is_let_through() for answer in some)
    lost = sum(answer.is_refused() for answer in some)
    wrong = sum(answer.problem() is not None for answer in some) - through - lost
    return f"{name:18}{len(some):8}{through:12}{lost:6}{wrong:10}"


def print_cost() -> None:
    """Milliseconds an answer, warm: the mean, and the slowest."""
    for name, turn in (("as in the corpus", _same), (f"{LINES} lines of chat", _long)):
        pairs = [(answer.raw, turn(answer.situation)) for answer in answers()]
        costs = [_cost_ms(raw, situation) for raw, situation in pairs * 2][len(pairs) :]
        print(
            f"{name}: mean {fmean(costs):.2f} ms, 99 of 100 below {quantiles(costs, n=100)[-1]:.2f}"
            f" ms, slowest {max(costs):.2f} ms"
        )
    for length in NASTY:
        costs = [_cost_ms(raw, situations()["boss"]) for raw in nasty_answers(length)]
        print(
            f"nasty, {length} characters: mean {fmean(costs):.1f} ms, slowest {max(costs):.1f} ms"
        )


def _same(situation: Situation) -> Situation:
    return situation


def _long(situation: Situation) -> Situation:
    more = (f"{text} {number}" for number in range(LINES) for text in situation.lines)
    return replace(situation, lines=(*more, *situation.lines)[-LINES:])


def _cost_ms(raw: str, situation: Situation) -> float:
    began = time.process_time_ns()
    line_of(raw, situation)
    return (time.process_time_ns() - began) / 1e6


if __name__ == "__main__":
    main()
