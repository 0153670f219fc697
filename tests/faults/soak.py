"""A day in minutes: chat, moderation, lost connections and outages of Ollama, and what grows.

    python -m tests.faults.soak [LINES]

A busy chat has some hundred thousand lines in a day; they come as fast as the program takes them.
In between, as often as in a day of a bad network, the connection is lost, Ollama is away, and
another program writes to the database.  At the end the figures of each quarter are printed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.children import let_children_hear
from tests.faults import on_database
from tests.faults.invariants import Account, broken_promises
from tests.faults.row import Never, Row
from tests.faults.scene import Scene, World

DAY_LINES: Final = 100_000
MOST_GROWTH_MB: Final = 3.0
"""Between the first quarter and the last."""
_ROUNDS: Final = 40
_LINES_A_SECOND: Final = 1500.0

ROW: Final = Row(
    "soak",
    "an accelerated day",
    lambda scene: None,
    never=Never.USUAL,
    log=("chat not connected", "chat connected", "generation fails", "generation works again"),
    may_log=("database away", "own words not read", "context not read"),
    most_entries=2 * _ROUNDS,
)


@dataclass(frozen=True)
class Figures:
    """What the program uses at one moment."""

    lines: int
    resident_mb: float
    descriptors: int
    threads: int
    log_lines: int

    @classmethod
    def of(cls, scene: Scene) -> Figures:
        """The program's, now."""
        status = Path(f"/proc/{scene.pid}/status").read_text(encoding="ascii")
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return cls(
            lines=len(scene.chat.lines),
            resident_mb=int(fields["VmRSS"].split()[0]) / 1024,
            descriptors=len(os.listdir(f"/proc/{scene.pid}/fd")),
            threads=int(fields["Threads"]),
            log_lines=scene.program.log.count("\n"),
        )


@dataclass(frozen=True)
class Soaked:
    """What a day came to."""

    quarters: tuple[Figures, ...]
    """At the end of each; before them those after the start."""
    broken: tuple[str, ...]

    @property
    def growth_mb(self) -> float:
        """Between the end of the first quarter and that of the last."""
        return self.quarters[-1].resident_mb - self.quarters[1].resident_mb


def _reset(scene: Scene) -> None:
    joined = len(scene.room.joins)
    with scene.chat.held():
        scene.room.drop()
    scene.wait_joined_since(joined)


def _ollama_away(scene: Scene) -> None:
    scene.ollama.down()
    scene.let_flow(200)
    scene.ollama.up()


def _moment_locked(scene: Scene) -> None:
    with on_database.locked(scene):
        scene.let_flow(100)


_TROUBLES: Final[tuple[Callable[[Scene], None], ...]] = (_reset, _ollama_away, _moment_locked)


def soak(lines: int, show: Callable[[str], object] = print) -> Soaked:
    """Have so many lines pass."""
    with tempfile.TemporaryDirectory() as folder, Scene(Path(folder), World.SQLITE) as scene:
        scene.wait_well(30.0)
        figures = [Figures.of(scene)]
        for number in range(_ROUNDS):
            _pass(scene, lines // _ROUNDS)
            scene.wait_proved()
            _TROUBLES[number % len(_TROUBLES)](scene)
            if (number + 1) % (_ROUNDS // 4) == 0:
                scene.wait_well(30.0)
                figures.append(Figures.of(scene))
                show(f"{figures[-1].lines:,} lines have passed")
        scene.wait_well(30.0)
        with scene.chat.held():
            scene.settle()
            account = Account(
                scene.chat.lines,
                scene.stored(),
                scene.room.messages,
                heard_at=scene.room.heard_at,
                log=scene.program.log,
                is_running=scene.is_running,
            )
            broken = broken_promises(account, ROW)
        scene.stop()
        broken += [f"exit status {each}" for each in scene.statuses if each]
        return Soaked(tuple(figures), tuple(broken))


def _pass(scene: Scene, count: int) -> None:
    """So many lines, no faster than they are stored."""
    with scene.chat.flowing_at(_LINES_A_SECOND):
        while count > 0:
            scene.let_flow(min(count, 1000))
            count -= 1000
            scene.room.barrier()
            probe = scene.chat.say("vera", "so far")
            scene.let_flow(1, lambda line=probe: scene.is_stored(line))  # type: ignore[misc]


def table(soaked: Soaked) -> str:
    """The figures, quarter by quarter."""
    rows = ["            lines   memory  descriptors  threads  log lines of this quarter"]
    before = 0
    for number, each in enumerate(soaked.quarters):
        name = f"quarter {number}" if number else "start"
        rows.append(
            f"{name:9} {each.lines:>7,} {each.resident_mb:5.1f} MB {each.descriptors:>12}"
            f" {each.threads:>8} {each.log_lines - before:>10,}"
        )
        before = each.log_lines
    rows.append(f"growth from the first quarter to the last: {soaked.growth_mb:+.1f} MB")
    return "\n".join((*rows, *(f"BROKEN: {each}" for each in soaked.broken)))


def main() -> int:
    """0 when it is as well in the end as it was."""
    let_children_hear()
    soaked = soak(int(sys.argv[1]) if len(sys.argv) > 1 else DAY_LINES)
    print(table(soaked))
    return 1 if soaked.broken or soaked.growth_mb > MOST_GROWTH_MB else 0


if __name__ == "__main__":
    sys.exit(main())
