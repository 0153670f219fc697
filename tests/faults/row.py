"""What a row of the table says, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.faults.scene import Scene, World


class Lost(Enum):
    """What of the chat that Twitch delivers may be missing afterwards.

    What is said while the bot is cut off from chat was never delivered: Twitch does not repeat it.
    """

    NOTHING = "nothing"
    HALF_A_SECOND = "the last half second"
    AFTER_THE_SIGNAL = "what comes after the signal"
    MEANWHILE = "what comes meanwhile"


class Never(Enum):
    """What the bot must not say; removed and blocked words, and anything twice, never at all."""

    USUAL = "what is removed, blocked, or said"
    SERVERS_WORDS = "what the server says"
    ANYTHING = "anything meanwhile"


class Half(Enum):
    """When a row is made."""

    FAST = "always"
    LONG = "with the long half"


class Need(Enum):
    """What a row cannot be made without."""

    NOTHING = ""
    COMPILER = "a C compiler"
    MARIADB = "MariaDB"
    FILE_WATCHED = "a bot that watches its file"


@dataclass(frozen=True)
class Row:
    """One fault, and what is promised of it."""

    where: str
    fault: str
    make: Callable[[Scene], None]
    """Lets it happen; returns when it is over."""
    lost: Lost = Lost.NOTHING
    never: Never = Never.USUAL
    well_within_s: float = 5.0
    """From the end of the fault until a viewer's question is stored and answered, on a machine with
    nothing else to do; tests allow ten seconds more."""
    log: tuple[str, ...] = ()
    """Phrases that the log holds; no other warning or error may be in it, but for these:"""
    may_log: tuple[str, ...] = ()
    most_entries: int = 25
    """Of one phrase: what repeats is to be summed up."""
    statuses: tuple[int, ...] = (0,)
    """Those with which the program may end, where the fault has it end."""
    world: World = World.SQLITE
    half: Half = Half.FAST
    need: Need = Need.NOTHING

    @property
    def name(self) -> str:
        """Where and what."""
        return f"{self.where}: {self.fault}"


@dataclass(frozen=True)
class Outcome:
    """What making a row came to."""

    row: Row
    well_after_s: float | None
    broken: tuple[str, ...]
    """The promises that were not kept."""
    skipped: str = ""
