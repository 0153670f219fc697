"""What is known of the bot at one moment, as the wiring collects it; and how it is judged.

Values only, without a viewer's words or name.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from clankbot.errors import Trouble
from clankbot.records.reasons import Reason


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """The connection to Twitch chat."""

    is_connected: bool
    since_ms: int
    trouble: str | None  # why it was lost
    joined: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """The account; ``login`` is None for a bot that reads anonymously."""

    login: str | None
    good_for_s: float | None
    trouble: str | None  # why it cannot be renewed


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """Where the data is, and whether it can be used."""

    kind: str
    trouble: str | None
    writes_waiting: int
    disk_free: int | None  # bytes where the file is; None for a server
    disk_size: int | None


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model on its server; speeds in tokens a second, None: not known."""

    model: str
    server: str
    trouble: Trouble | None
    told: str | None  # the trouble and since when, or that it is loading
    reads_per_s: float | None
    writes_per_s: float | None
    load_s: float | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it."""

    at_ms: int
    started_ms: int
    version: str
    channels: tuple[str, ...]
    is_dry_run: bool
    chat: ChatFacts
    sign_in: SignInFacts
    database: DatabaseFacts
    models: tuple[ModelState, ...]
    threads: Mapping[str, bool]  # whether each is alive
    round_age_s: float  # since the worker came round last
    word_list_trouble: str | None
    line_s: float | None  # that the newest lines took
    # What Twitch or a moderator has against the bot's speaking, by channel.
    obstacles: Mapping[str, Reason] = field(default_factory=dict)


# The part that stands for the whole bot; only one that runs no more has it.
ITSELF: Final = "bot"


class Level(enum.IntEnum):
    """How well a part is; the whole is as well as its worst part."""

    WELL = 0
    DEGRADED = 1
    DOWN = 2

    @property
    def word(self) -> str:
        """For people and programs."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bot, in words; ``since_ms`` is when it came to be at this level."""

    name: str
    level: Level
    words: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that needs a person, and what to do about it: a command, or a sentence."""

    words: str
    fix: str
    is_command: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """How the bot is doing."""

    at_ms: int
    started_ms: int
    version: str
    channels: tuple[str, ...]
    parts: tuple[Part, ...]
    repairs: tuple[Repair, ...]
    numbers: Mapping[str, float]  # for programs

    @property
    def level(self) -> Level:
        """That of the worst part."""
        return max(part.level for part in self.parts)

    @property
    def ended_ms(self) -> int | None:
        """When it was seen last, if it runs no more."""
        return self.parts[0].since_ms if self.parts[0].name == ITSELF else None

    @property
    def verdict(self) -> Repair:
        """The one sentence for the top, and what to do, if there is anything."""
        ill = sorted((p for p in self.parts if p.level), key=lambda part: -part.level)
        first = self.repairs[0] if self.repairs else None
        if ill and ill[0].level is Level.DOWN:
            words = f"Down: {ill[0].name}: {ill[0].words}"
            return replace(first, words=words) if first else Repair(words, "")
        if first:
            count = len(self.repairs)
            todo = "One thing to do" if count == 1 else f"{count} things to do, first"
            return replace(first, words=f"{todo}: {first.words}")
        if ill:
            return Repair(f"Running, but {ill[0].name}: {ill[0].words}", "")
        return Repair("All well", "")

    def to_json(self) -> str:
        """For the database, and for ``from_json``."""
        return json.dumps(asdict(self), separators=(",", ":"))


def state_from_json(text: str) -> State:
    """What ``State.to_json`` gave; ValueError, KeyError or TypeError for anything else."""
    value = json.loads(text)
    if not value["parts"]:
        raise ValueError("a state has parts")
    parts = tuple(
        Part(each["name"], Level(each["level"]), each["words"], each["since_ms"])
        for each in value["parts"]
    )
    repairs = tuple(Repair(**each) for each in value["repairs"])
    channels = tuple(value["channels"])
    return State(**{**value, "channels": channels, "parts": parts, "repairs": repairs})
