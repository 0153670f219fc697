"""What is counted of each channel: the stages between an occasion to speak and an answer to it.

They add up, at any moment and over any time: every occasion was either not the time, or a turn was
started; of every turn that has ended there was no draft, or one; and so on.  All that becomes of an
occasion is counted in the stretch of time in which that was.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Final

# The two lengths of a stretch of time, in seconds: for the last hours, and for the last days.
FINE_S: Final = 300
COARSE_S: Final = 3600


class Count(enum.StrEnum):
    """The names of counters.  Behind those with reasons stands a colon and the code of one."""

    MESSAGES = enum.auto()  # of viewers, that count towards the threshold

    OCCASIONS = enum.auto()  # the bot looked whether to speak
    NOT_THE_TIME = enum.auto()  # by reason
    STARTED = enum.auto()  # a turn began
    NO_DRAFT = enum.auto()  # by reason: the model was not asked, or gave no answer
    DRAFTED = enum.auto()  # the model wrote something
    JUDGED = enum.auto()  # by reason: refused by the judge
    FILTERED = enum.auto()  # refused by the word filter
    HELD_BACK = enum.auto()  # by reason: refused at the last look, or by the sender
    WOULD_HAVE_BEEN_SENT = enum.auto()  # DRY_RUN
    SENT = enum.auto()
    REFUSED = enum.auto()  # by reason: by Twitch, or kept from chat by it
    UNCONFIRMED = enum.auto()  # Twitch has said nothing of it
    ACCEPTED = enum.auto()
    ANSWERED = enum.auto()  # somebody spoke to the bot within a minute of it

    LINE_MS = enum.auto()  # from the occasion to the line, all of them added up
    TOKENS_READ = enum.auto()  # of the prompts for lines: read anew
    TOKENS_REUSED = enum.auto()  # of the prompts for lines: kept by the server


def for_reason(count: Count, code: str) -> str:
    """The name of a counter for one reason."""
    return f"{count}:{code}"


def total(counts: Mapping[str, int], count: Count) -> int:
    """Of a counter, whatever its reasons."""
    return sum(number for name, number in counts.items() if name.partition(":")[0] == count)


def reasons(counts: Mapping[str, int], count: Count) -> dict[str, int]:
    """Of a counter, by the code of the reason, the most frequent first."""
    found = {
        name.partition(":")[2]: number
        for name, number in counts.items()
        if name.startswith(f"{count}:") and number
    }
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
