"""Servers that answer as none should, and viewers who send what costs most."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Iterable, Iterator

from clankbot.loopback.room_lines import now_ms
from tests.benchmarks.dearest_line import Candidate, search
from tests.doubles import hostile_answers
from tests.doubles.drips import DripServer, Script
from tests.doubles.fake_ollama import Behaviour
from tests.faults.scene import USUAL, Scene
from tests.waiting import wait_until

_FEW = (
    hostile_answers.REDIRECTS["to no address"],
    hostile_answers.REDIRECTS["with an endless body"],
    hostile_answers.TOO_LONG["an endless body"],
    hostile_answers.NO_ANSWER["another protocol"],
)
_LINES_A_SECOND = 500
_AT_ONCE = 25
_IDS = itertools.count()  # of the lines of all floods
_WRITERS = 40  # each may be answered, and Twitch lets the bot say a hundred lines in 30 s


class _InTurn:
    """Another script for each connection, and how many there were."""

    def __init__(self, scripts: Iterable[Script]) -> None:
        self._scripts = list(scripts)
        self.count = 0

    def __call__(self) -> Iterator[bytes]:
        self.count += 1
        return self._scripts[(self.count - 1) % len(self._scripts)]()


def ollama_fails(scene: Scene) -> None:
    """Ollama says 500 with words of its own, then nonsense, then breaks off."""
    words = "quendolin has no memory left at 10.20.30.40"
    scene.forbidden.append("quendolin")
    for behaviour in (
        Behaviour(status=500, error=words),
        Behaviour(body='{"quendolin": ['),
        Behaviour(text="quendolin", error=words),
        Behaviour(reset=True),
    ):
        asked = len(scene.ollama.asked)
        scene.ollama.behave(behaviour)
        scene.ollama.wait_until(lambda known=asked: len(scene.ollama.asked) > known)  # type: ignore[misc]
    scene.ollama.behave(USUAL)


def ollama_is_down(scene: Scene) -> None:
    """Ollama ends, and is started again some seconds later."""
    since = len(scene.program.log)
    scene.ollama.down()
    scene.wait_log("generation fails", since)
    with scene.silent():
        scene.let_flow(60)
    scene.ollama.up()


def _hostile_ollama(scene: Scene, scripts: Iterable[Script]) -> None:
    turns = _InTurn(scripts)
    scene.forbidden += ["html", "SSH-2.0", "xxxxx"]
    with DripServer(turns) as hostile, scene.ollama_front.replaced(hostile.url):
        wait_until(lambda: turns.count >= len(turns._scripts), 300.0)


def ollama_is_hostile(scene: Scene) -> None:
    """Redirects to nowhere and answers without an end."""
    _hostile_ollama(scene, _FEW)


def ollama_is_hostile_in_every_way(scene: Scene) -> None:
    """Everything that tests/doubles/hostile_answers.py knows."""
    _hostile_ollama(scene, hostile_answers.ALL.values())


def sign_in_is_hostile(scene: Scene) -> None:
    """At each of many starts the sign-in service gives another answer that is none."""
    for script in (*hostile_answers.REDIRECTS.values(), *hostile_answers.TOO_LONG.values()):
        scene.stop()
        with DripServer(script) as hostile, scene.sign_in_front.replaced(hostile.url):
            scene.start()


@functools.cache
def _dearest(candidates: int) -> list[Candidate]:
    return [one for _, one in search(candidates)[:20]]


def _flood(scene: Scene, candidates: int, seconds: int) -> None:
    lines = _dearest(candidates)
    began = time.monotonic()
    for number in range(seconds * _LINES_A_SECOND):
        user = 7000 + number % _WRITERS
        scene.room.raw(lines[number % len(lines)].line(next(_IDS), user, now_ms()))
        if number % _AT_ONCE == _AT_ONCE - 1:
            due = began + number / _LINES_A_SECOND
            wait_until(lambda due=due: time.monotonic() > due)  # type: ignore[misc]


def viewers_send_the_dearest(scene: Scene) -> None:
    """Viewers send the dearest lines of a small search as fast as Twitch could pass them on."""
    _flood(scene, candidates=100, seconds=2)


def viewers_send_the_dearest_for_long(scene: Scene) -> None:
    """The same with a large search, for half a minute."""
    _flood(scene, candidates=20_000, seconds=30)
