"""Judges how the bot is doing: each part, what needs a person, and since when.

Passing errors are no repairs: what heals by itself is told beside its part alone.  For any thread;
nothing here waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from clankbot.errors import Trouble
from clankbot.files import LITTLE_ROOM_BYTES
from clankbot.records.reasons import Reason, Why
from clankbot.status.facts import ITSELF, Facts, Level, ModelState, Part, Repair, State
from clankbot.status.words import lasted, size
from clankbot.text import counted

# A worker that has not come round for so long hangs; one that is a little late is only busy.
_LATE_S: Final = 10.0
_HANGS_S: Final = 60.0
# Fewer are under way all the time in a quick chat.
_MANY_WRITES: Final = 1_000
# A line that takes longer comes after its moment.
_SLOW_LINE_S: Final = 30.0
_DAY_S: Final = 86_400.0
_JOINS_WITHIN_MS: Final = 60_000

_MODES: Final = frozenset({Why.FOLLOWERS_ONLY, Why.SUBSCRIBERS_ONLY})
# What passes by itself, or was wanted so by the channel's moderators.
_PASSING: Final = frozenset({Why.EMOTE_ONLY, Why.TIMED_OUT})
# What only a person can mend of a model's trouble, but for what ``check`` tells better.
_MODEL_FIXES: Final = {
    Trouble.MODEL_MISSING: "ollama pull {model}",
    Trouble.NOT_REACHABLE: "ollama serve",
}
_TOO_MUCH: Final = frozenset({Trouble.OUT_OF_MEMORY, Trouble.TOO_SLOW, Trouble.LOADS_TOO_SLOWLY})
_SMALLER: Final = "choose a smaller model: OLLAMA_MODEL, or !clank model NAME"
# Troubles that pass: the next request may well be answered.
_PASSING_TROUBLES: Final = frozenset(
    {
        *(Trouble.BUSY, Trouble.CONNECTION_BROKE, Trouble.BROKE_OFF, Trouble.TOO_MANY_REQUESTS),
        *(Trouble.CRASHED, Trouble.CALLED_OFF, Trouble.ENDLESS, Trouble.NONSENSE),
    }
)

# A part's name, its level and its words.
_Judged = tuple[str, Level, str]


class Health:
    """See the module's text.  ``collect`` gives what is known now, from any thread."""

    def __init__(self, collect: Callable[[], Facts], check: str) -> None:
        """``check`` is the command that tells more, as a line for the shell."""
        self._collect = collect
        self._check = check
        self._lock = threading.Lock()
        # By part, the level at which it was seen last, and since when it has been so.
        self._since: dict[str, tuple[Level, int]] = {}

    def state(self) -> State:
        """How the bot is doing now."""
        facts = self._collect()
        return State(
            facts.at_ms,
            facts.started_ms,
            facts.version,
            facts.channels,
            self._dated(facts, list(_parts(facts))),
            tuple(_repairs(facts, self._check)),
            _numbers(facts),
        )

    def stopped(self) -> State:
        """What is to be noted at the end of a run."""
        facts = self._collect()
        part = Part(ITSELF, Level.DOWN, "stopped", facts.at_ms)
        return State(facts.at_ms, facts.started_ms, facts.version, facts.channels, (part,), (), {})

    def _dated(self, facts: Facts, judged: Sequence[_Judged]) -> tuple[Part, ...]:
        """The parts, each with the time since which it has been at its level."""
        with self._lock:
            first_ms = facts.at_ms if self._since else facts.started_ms
            since = {}
            for name, level, _ in judged:
                before = self._since.get(name, (level, first_ms))
                since[name] = before if before[0] is level else (level, facts.at_ms)
            self._since = since
        moments = {name: at_ms for name, (_, at_ms) in since.items()}
        moments["chat"] = facts.chat.since_ms
        return tuple(Part(name, level, words, moments[name]) for name, level, words in judged)


# -- parts -----------------------------------------------------------------------------------------


def _parts(facts: Facts) -> Iterator[_Judged]:
    yield _chat(facts)
    yield _sign_in(facts)
    yield _database(facts)
    yield from (_model(state) for state in facts.models)
    yield _threads(facts)
    if (disk := _disk(facts)) is not None:
        yield disk
    if facts.word_list_trouble is not None:
        yield "word list", Level.DEGRADED, "the last change was not understood; the old one holds"


def _chat(facts: Facts) -> _Judged:
    chat, count = facts.chat, len(facts.channels)
    if not chat.is_connected:
        return "chat", Level.DOWN, f"not connected ({chat.trouble or 'connecting'})"
    missing = [name for name in facts.channels if name not in chat.joined]
    if missing and facts.at_ms - chat.since_ms > _JOINS_WITHIN_MS:
        absent = ", ".join(f"#{name}" for name in missing[:3]) + (" ..." if missing[3:] else "")
        return "chat", Level.DEGRADED, f"connected, but not let into {absent}"
    silent = "; it says nothing (DRY_RUN)" if facts.is_dry_run else ""
    return "chat", Level.WELL, f"connected, in {counted(count, 'channel')}{silent}"


def _sign_in(facts: Facts) -> _Judged:
    sign_in = facts.sign_in
    if sign_in.login is None:
        return "sign-in", Level.WELL, "nobody is signed in; chat is read anonymously"
    left = ""
    if sign_in.good_for_s is not None:
        left = f", good for {lasted(max(0.0, sign_in.good_for_s))}"
    if sign_in.trouble is not None:
        words = f"{sign_in.login}{left}, and cannot be renewed just now ({sign_in.trouble})"
        return "sign-in", Level.DEGRADED, words
    renewed = " and renewed by itself" if left else ""
    return "sign-in", Level.WELL, f"{sign_in.login}{left}{renewed}"


def _database(facts: Facts) -> _Judged:
    database = facts.database
    waiting = counted(database.writes_waiting, "write")
    if database.trouble is not None:
        return "database", Level.DOWN, f"{database.trouble}; {waiting} waiting"
    level = Level.DEGRADED if database.writes_waiting > _MANY_WRITES else Level.WELL
    return "database", level, f"{database.kind}, {waiting} waiting"


def _model(state: ModelState) -> _Judged:
    name = f"model {state.model}"
    if state.trouble is not None:
        return name, Level.DEGRADED, f"{state.told or state.trouble.value} ({state.server})"
    if state.told is not None:
        return name, Level.WELL, f"{state.told} ({state.server})"
    figures = [f"ready at {state.server}"]
    if state.reads_per_s and state.writes_per_s:
        reads, writes = round(state.reads_per_s), round(state.writes_per_s)
        figures.append(f"reads {reads:,} and writes {writes:,} tokens a second")
    if state.load_s is not None and state.load_s >= 1:
        figures.append(f"took {lasted(state.load_s)} to load")
    return name, Level.WELL, ", ".join(figures)


def _threads(facts: Facts) -> _Judged:
    dead = sorted(name for name, is_alive in facts.threads.items() if not is_alive)
    if dead:
        return "threads", Level.DOWN, f"{', '.join(dead)} ended"
    late = f"the worker has not come round for {lasted(facts.round_age_s)}"
    if facts.round_age_s > _HANGS_S:
        return "threads", Level.DOWN, late
    if facts.round_age_s > _LATE_S:
        return "threads", Level.DEGRADED, late
    return "threads", Level.WELL, f"all {len(facts.threads)} at work"


def _disk(facts: Facts) -> _Judged | None:
    free, whole = facts.database.disk_free, facts.database.disk_size
    if free is None or whole is None:
        return None
    level = Level.DEGRADED if free < LITTLE_ROOM_BYTES else Level.WELL
    return "disk", level, f"{size(free)} of {size(whole)} free"


# -- repairs ---------------------------------------------------------------------------------------


def _repairs(facts: Facts, check: str) -> Iterator[Repair]:
    """What needs a person, the most urgent first."""
    if facts.database.trouble is not None:
        yield Repair(f"the database cannot be used: {facts.database.trouble}", check)
    sign_in = facts.sign_in
    if sign_in.trouble is not None and (sign_in.good_for_s or 0.0) < _DAY_S:
        left = lasted(max(0.0, sign_in.good_for_s or 0.0))
        yield Repair(f"the sign-in ends in {left} and cannot be renewed", check)
    yield from (repair for state in facts.models if (repair := _model_repair(state, check)))
    if facts.line_s is not None and facts.line_s > _SLOW_LINE_S:
        words = f"the model takes {facts.line_s:.0f} s a line"
        yield Repair(words, _SMALLER, is_command=False)
    for channel, reason in facts.obstacles.items():
        if reason.code not in _PASSING:
            yield _let_in(facts, channel, reason)
    if (disk := _disk(facts)) is not None and disk[1]:
        yield Repair(f"the disk is nearly full: {disk[2]}", "df -h")
    if facts.word_list_trouble is not None:
        yield Repair(f"the word list was not understood: {facts.word_list_trouble}", check)


def _model_repair(state: ModelState, check: str) -> Repair | None:
    if state.trouble is None or state.trouble in _PASSING_TROUBLES:
        return None
    words = f"{state.model}: {state.told or state.trouble.value}"
    if state.trouble in _TOO_MUCH:
        return Repair(words, _SMALLER, is_command=False)
    return Repair(words, _MODEL_FIXES.get(state.trouble, check).format(model=state.model))


def _let_in(facts: Facts, channel: str, reason: Reason) -> Repair:
    """What a moderator, or the account's owner, can do about it."""
    login, code = facts.sign_in.login or "the bot", reason.code
    words = f"#{channel}: {reason.text} shuts the bot out"
    if code in _MODES or "followers" in code or "subs" in code:
        return Repair(words, f"/mod {login}")
    if code == "msg_banned":
        return Repair(words, f"/unban {login}")
    return Repair(words, f"sign in to Twitch as {login} and see to it", is_command=False)


def _numbers(facts: Facts) -> dict[str, float]:
    """The figures behind the words, by their names in ``/metrics`` without the program's."""
    database, sign_in = facts.database, facts.sign_in
    found: dict[str, float | None] = {
        "chat_connected": facts.chat.is_connected,
        "channels_joined": len(facts.chat.joined & set(facts.channels)),
        "database_up": database.trouble is None,
        "database_writes_waiting": database.writes_waiting,
        "disk_free_bytes": database.disk_free,
        "sign_in_valid_seconds": sign_in.good_for_s,
        "worker_round_age_seconds": facts.round_age_s,
    }
    return {name: float(value) for name, value in found.items() if value is not None}
