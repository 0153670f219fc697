"""Every figure that the project promises, measured anew: prints one table.

    python -m tests.benchmarks [--quick] [NAME ...]

It takes a quarter of an hour, and a free machine; ``--quick`` takes a tenth of the lines, for a
look that is not to be quoted.  What is measured beside something else is measured in the same run,
and the ratio is what holds on another machine.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import parsing, questions, running
from tests.benchmarks.table import Figure, table

SECTIONS = {
    "flood": running.flood,
    "paced": running.paced,
    "parser": parsing.parser,
    "filter": parsing.word_filter,
    "history": questions.history,
    "server": questions.server,
    "start": running.start_up,
    "idle": running.idle,
    "memory": running.memory,
}
_QUICK = 0.1


def main() -> None:
    """Print the table; what has been measured so far goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="a tenth of the lines")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SECTIONS]:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(SECTIONS)}")
    figures: list[Figure] = []
    for name in options.names or SECTIONS:
        for figure in SECTIONS[name](_QUICK if options.quick else 1.0):
            figures.append(figure)
            print(f"{figure.what}: {figure.value:.2f} {figure.unit}", file=sys.stderr)
    print(table(figures))


if __name__ == "__main__":
    main()
