"""The ways of five values through the program's files, followed while it runs: prints figures.

    python -m tests.benchmarks.walks

Be the value, and follow the calls.  A walk begins with a call that is named below and follows each
call of a function in ``clankbot`` that is given the value, or what was made of it: the words that
mark it stand in one of its arguments (a text, a number, a frozen record, or a collection of
these).

- A *stay* is the entry into a file by such a call.  Calls within the file are no new stay.
- A *return* is a stay in a file that was left before.
- A function is followed once.  Who has read it knows what it does, and a loop is read once.
- No stays are the ground floor's helpers and the records, since every file speaks in them; helpers
  of a room that do nothing but change a text; the one file that every SQL statement goes through;
  and properties, lambdas, comprehensions and methods that Python calls by itself.
- The filter counts as one place: it has one address.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import threading
from collections import deque
from collections.abc import Callable, Hashable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType, TracebackType
from typing import Self

import clankbot
from clankbot.cancel import Cancel
from clankbot.irc.connection import Link
from clankbot.irc.sender import Sender
from clankbot.ollama.client import OllamaClient
from clankbot.ollama.language_model import LanguageModel
from clankbot.records.chat import Event, LinkUp, MessageDeleted, OwnState, RoomState
from tests.doubles.fake_ollama import FakeOllama
from tests.ollama.assignments import assignment, chat
from tests.processing.desk import BOT, BOT_ID, Desk

PACKAGE = f"{Path(clankbot.__file__).parent}/"
GROUND_FLOOR = {"backoff", "bounded_dict", "cancel", "clock", "errors", "text", "twitch_notices"}
TEXT_HELPERS = {"ollama/markdown", "ollama/special_tokens"}
SQL = {"database/session"}
ONE_PLACE = ("processing/filter/",)
VALUES = (str, bytes, int, list, tuple, dict, deque, set, frozenset)


class Walk:
    """One value's way; inside the ``with`` block it is followed on this thread.

    ``begins`` is a file and a function in it.  ``ends`` is the name of the function at whose call
    the walk is over, if it is not followed to the end of the block.
    """

    def __init__(self, begins: str, *marks: str, ends: str = "") -> None:
        self._begins = begins
        self._marks = marks
        self._ends = ends
        self._state = "before"
        self._known: set[CodeType | FrameType] = set()
        # Each stay: the place, and the functions called there.
        self.stays: list[tuple[str, list[str]]] = []

    def __enter__(self) -> Self:
        sys.setprofile(self._profile)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        sys.setprofile(None)

    @property
    def returns(self) -> int:
        """How many of the stays were in a file that was left before."""
        return len(self.stays) - len({place for place, _ in self.stays})

    def _profile(self, frame: FrameType, event: str, _: object) -> None:
        if event != "call" or self._state == "over":
            return
        code = frame.f_code
        if self._state == "under way" and code.co_name == self._ends:
            self._state = "over"
            return
        if not code.co_filename.startswith(PACKAGE):
            return
        file = code.co_filename.removeprefix(PACKAGE).removesuffix(".py")
        if f"{file}:{code.co_qualname}" == self._begins:
            self._state = "under way"
        if self._state == "under way" and not self._is_known(frame) and self._carries(frame):
            self._known.add(code)
            self._enter(file, code, frame)

    def _is_known(self, frame: FrameType) -> bool:
        """Whether it was called before; a generator that goes on is not called."""
        if frame.f_code in self._known or frame in self._known:
            return True
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            self._known.add(frame)
        return False

    def _carries(self, frame: FrameType) -> bool:
        """Whether the value is among the arguments, or among what a closure holds."""
        return any(
            any(mark in f"{name}={given!r}" for mark in self._marks)
            for name, given in frame.f_locals.items()
            if name != "self" and (isinstance(given, VALUES) or is_record(given))
        )

    def _enter(self, file: str, code: CodeType, frame: FrameType) -> None:
        if file.startswith("records/") or file in GROUND_FLOOR | TEXT_HELPERS | SQL:
            return
        if code.co_name.startswith("<") or is_special(code.co_name) or is_property(frame):
            return
        place = next((place for place in ONE_PLACE if file.startswith(place)), file)
        if not self.stays or self.stays[-1][0] != place:
            self.stays.append((place, []))
        self.stays[-1][1].append(code.co_qualname)


def is_record(given: object) -> bool:
    """Whether it is a frozen dataclass: a value, and no part of the program."""
    return dataclasses.is_dataclass(given) and isinstance(given, Hashable)


def is_special(name: str) -> bool:
    """Whether Python calls it by itself."""
    return name.startswith("__") and name != "__call__"


def is_property(frame: FrameType) -> bool:
    """Whether the frame is that of a property."""
    owner = type(frame.f_locals.get("self"))
    return isinstance(inspect.getattr_static(owner, frame.f_code.co_name, None), property)


# -- the five ----------------------------------------------------------------------------------


def chat_line(desk: Desk) -> Walk:
    """From intake to the end of the worker's round in which it is stored."""
    desk.fill(1)
    desk.arrive(desk.viewer("good evening to all", message_id="mark-1"))
    with Walk("processing/intake:Intake.handle", "good evening", "mark-1") as walk:
        desk.worker.step(0)
    assert "good evening to all" in desk.stored()
    return walk


def removal(desk: Desk) -> Walk:
    """From the worker, once the reader has made the generation invalid, to the row gone."""
    desk.chat("good evening to all", message_id="mark-1")
    desk.fill(2)
    number = desk.job().generation_id
    desk.live_state.generations.bind(number, tuple(desk.store.recent_messages("alpha", 9)))
    desk.arrive(MessageDeleted("alpha", "mark-1"))
    with Walk("processing/moderation:Moderation.handle", "mark-1") as walk:
        desk.worker.step(0)
    assert "good evening to all" not in desk.stored()
    assert desk.live_state.generations.is_invalid(number)
    return walk


def delivered_line(desk: Desk) -> Walk:
    """From the sender writing it to the turn ended and the row stored.

    Twitch's verdict, which does not hold the line, is no part of its way: the line waits for it.
    """
    wire: list[str] = []

    class WireLink(Link):
        def send_line(self, line: str) -> bool:
            wire.append(line)
            return True

    sender = Sender(
        link=WireLink(threading.Event()),
        channels=["alpha"],
        send_gate=desk.send_gate,
        report=desk.inbox.put,
        clock=desk.clock,
    )

    def arrive(*events: Event) -> None:
        for event in events:
            desk.live_state.handle(event)
            sender.handle(event)
            desk.inbox.put_event(event)
        sender.step(desk.clock())
        desk.clock.forward(10)

    arrive(LinkUp(BOT, BOT_ID))
    arrive(OwnState("alpha", False, None, None), RoomState("alpha", 0))
    desk.fill(3)
    line = desk.compose_line("what a calm quayside")
    turn = f"generation_id={line.generation_id}"  # all that the end of the turn is told
    sender.offer(line)
    with Walk("irc/sender:Sender._write", "quayside", turn) as walk:
        sender.step(desk.clock())
        nonce = wire[-1].partition("client-nonce=")[2].partition(" ")[0]
        arrive(OwnState("alpha", False, "own-1", nonce))
        desk.worker.step(0)
    assert desk.channels["alpha"].turn is None
    assert "what a calm quayside" in desk.stored()
    return walk


def assigned(desk: Desk) -> Walk:
    """From an assignment to the line composed, with a model that is loaded."""
    lines = chat("the boss is huge", "that music though", "who plays next week")
    with FakeOllama() as ollama:
        model = LanguageModel(OllamaClient(ollama.url), "llama3.1")
        model.preload()
        ollama.say("what a calm quayside")
        with Walk("ollama/language_model:LanguageModel.write", "the boss", "quayside") as walk:
            composed = model.write(assignment(*lines), Cancel())
        assert composed.text == "what a calm quayside"
    return walk


def command(desk: Desk) -> Walk:
    """``!clank threshold 7``, from intake to the answer offered."""
    desk.arrive(desk.viewer("!clank threshold 7", user_id="1", login="mona", is_mod=True))
    with Walk("processing/intake:Intake.handle", "threshold", ends="_offer") as walk:
        desk.worker.step(0)
    assert desk.answers == ["threshold is now 7 messages"]
    return walk


WALKS: dict[str, Callable[[Desk], Walk]] = {
    "a chat line": chat_line,
    "a removal": removal,
    "a delivered line": delivered_line,
    "an assignment": assigned,
    "!clank threshold 7": command,
}


def main() -> None:
    """Print each way, and then all figures."""
    table = [f"{'':20} stays  returns  files"]
    for name, follow in WALKS.items():
        with TemporaryDirectory() as folder, Desk(Path(folder)) as desk:
            walk = follow(desk)
        print(f"{name}\n")
        for place, functions in walk.stays:
            print(f"    {place:36} {', '.join(functions[:3])}{', ...' if functions[3:] else ''}")
        print()
        files = len(walk.stays) - walk.returns
        table.append(f"{name:20} {len(walk.stays):5} {walk.returns:8} {files:6}")
    print("\n".join(table))


if __name__ == "__main__":
    main()
