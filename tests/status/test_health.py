"""How facts are judged: levels, verdicts, and what needs a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clankbot.errors import Trouble
from clankbot.records.reasons import Reason, Why
from clankbot.status.builder import health
from clankbot.status.facts import (
    ChatFacts,
    DatabaseFacts,
    Facts,
    Level,
    ModelState,
    SignInFacts,
    State,
    state_from_json,
)
from clankbot.status.health import Health
from clankbot.status.words import ago, lasted, moment, size
from tests.pictures.busy_hour import CHANNELS, CHECK, NOW_MS, facts, troubled

THREADS = ("worker", "composer")


def judged(**other: object) -> State:
    return Health(lambda: facts(**other), CHECK).state()


def database(trouble: str | None = None, waiting: int = 0, free: int = 10**12) -> DatabaseFacts:
    return DatabaseFacts("SQLite at chat.db", trouble, waiting, free, 2 * 10**12)


def chat(*, connected: bool, joined: tuple[str, ...] = CHANNELS, minutes: int = 10) -> ChatFacts:
    return ChatFacts(connected, NOW_MS - minutes * 60_000, "it was reset", frozenset(joined))


def model(trouble: Trouble | None, told: str | None = None) -> tuple[ModelState, ...]:
    return (ModelState("tiny", "http://box:11434", trouble, told, None, None, None),)


def test_all_is_well() -> None:
    state = judged()
    assert (state.level, state.verdict.words, state.verdict.fix) == (Level.WELL, "All well", "")
    assert health(state).status == 200
    assert health(state).body == b"well\n"


@pytest.mark.parametrize(
    ("other", "part", "level"),
    [
        ({"chat": chat(connected=False)}, "chat", Level.DOWN),
        ({"chat": chat(connected=True, joined=())}, "chat", Level.DEGRADED),
        ({"chat": chat(connected=True, joined=(), minutes=0)}, "chat", Level.WELL),
        ({"database": database("the disk is full")}, "database", Level.DOWN),
        ({"database": database(waiting=5000)}, "database", Level.DEGRADED),
        ({"database": database(free=50_000_000)}, "disk", Level.DEGRADED),
        ({"threads": {"worker": True, "composer": False}}, "threads", Level.DOWN),
        ({"round_age_s": 75.0}, "threads", Level.DOWN),
        ({"round_age_s": 15.0}, "threads", Level.DEGRADED),
        ({"sign_in": SignInFacts("bot", 900.0, "no answer")}, "sign-in", Level.DEGRADED),
        ({"sign_in": SignInFacts(None, None, None)}, "sign-in", Level.WELL),
        ({"models": model(Trouble.BUSY)}, "model tiny", Level.DEGRADED),
        ({"models": model(None, "loading the model, 20 s so far")}, "model tiny", Level.WELL),
        ({"word_list_trouble": "line 12"}, "word list", Level.DEGRADED),
    ],
)
def test_each_part_is_judged(other: dict[str, object], part: str, level: Level) -> None:
    state = judged(**other)
    (found,) = (each for each in state.parts if each.name == part)
    assert (found.level, state.level) == (level, level)
    reply = health(state)
    assert reply.status == (503 if level is Level.DOWN else 200)
    assert reply.body.decode().splitlines()[0] == level.word
    assert (f"{level.word}: {part}: " in reply.body.decode()) is (level is not Level.WELL)


@pytest.mark.parametrize(
    ("other", "phrase", "fix"),
    [
        ({"sign_in": SignInFacts("bot", 900.0, "no answer")}, "ends in 15 min", "check"),
        ({"models": model(Trouble.MODEL_MISSING)}, "not installed", "ollama pull tiny"),
        ({"models": model(Trouble.NOT_REACHABLE, "no answer")}, "no answer", "ollama serve"),
        ({"line_s": 41.3}, "the model takes 41 s a line", "smaller model"),
        ({"database": database(free=50_000_000)}, "the disk is nearly full", "df -h"),
        ({"database": database("damaged")}, "damaged", "check"),
        ({"word_list_trouble": "words.txt, line 12"}, "line 12", "check"),
        (
            {"obstacles": {"moth": Reason(Why.FOLLOWERS_ONLY, "followers-only")}},
            "#moth: followers-only",
            "/mod clankbot",
        ),
        (
            {"obstacles": {"moth": Reason("msg_banned", "banned")}},
            "#moth: banned",
            "/unban clankbot",
        ),
        (
            {"obstacles": {"moth": Reason("msg_verified_email", "wants a verified address")}},
            "verified",
            "sign in to Twitch as clankbot",
        ),
    ],
)
def test_what_needs_a_person_is_told_with_its_fix(
    other: dict[str, object], phrase: str, fix: str
) -> None:
    (repair,) = judged(**other).repairs
    assert phrase in repair.words
    assert fix in repair.fix
    assert judged(**other).verdict.fix == repair.fix


@pytest.mark.parametrize(
    "other",
    [
        {"models": model(Trouble.BUSY)},
        {"obstacles": {"moth": Reason(Why.TIMED_OUT, "timed out for 30 s")}},
        {"chat": chat(connected=False)},
        {"sign_in": SignInFacts("bot", 10 * 86_400.0, "no answer")},
    ],
)
def test_what_passes_by_itself_needs_nobody(other: dict[str, object]) -> None:
    assert judged(**other).repairs == ()


def test_the_verdict_names_the_worst_first_and_counts_the_rest() -> None:
    state = Health(troubled, CHECK).state()
    assert state.verdict.words.startswith("4 things to do, first: llama3.1: Ollama has not")
    down = judged(chat=chat(connected=False), line_s=99.0)
    assert down.verdict.words == "Down: chat: not connected (it was reset)"
    assert judged(models=model(Trouble.BUSY)).verdict.words.startswith("Running, but model tiny: ")


def test_since_when_is_remembered_until_it_changes() -> None:
    now = [facts()]
    told = Health(lambda: now[0], CHECK)

    def since(part: str) -> int:
        return next(each.since_ms for each in told.state().parts if each.name == part)

    assert since("threads") == facts().started_ms
    now[0] = facts(at_ms=NOW_MS + 1000, round_age_s=70.0)
    assert since("threads") == NOW_MS + 1000
    now[0] = facts(at_ms=NOW_MS + 2000, round_age_s=71.0)
    assert since("threads") == NOW_MS + 1000
    now[0] = facts(at_ms=NOW_MS + 3000)
    assert since("threads") == NOW_MS + 3000
    assert since("chat") == facts().chat.since_ms
    now[0] = facts(at_ms=NOW_MS + 4000, word_list_trouble="line 12")
    assert since("word list") == NOW_MS + 4000


@pytest.mark.parametrize("known", [facts, troubled])
def test_a_state_comes_back_from_its_json(known: Callable[[], Facts]) -> None:
    state = Health(known, CHECK).state()
    again = state_from_json(state.to_json())
    assert again == state
    assert again.verdict == state.verdict


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"parts": []}', '{"parts": 1}', '{"parts": [{}]}']
)
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        state_from_json(text)


def test_lengths_sizes_and_moments_are_short() -> None:
    assert [lasted(s) for s in (0, 59.6, 61, 3600, 12_000, 90_061, 20 * 86_400)] == [
        *("0 s", "1 min", "1 min 1 s", "1 h", "3 h 20 min", "1 d 1 h", "20 d"),
    ]
    assert [size(n) for n in (9, 2_048, 7_340_032, 21_400_000_000)] == [
        *("9 bytes", "2.05 kB", "7.34 MB", "21.4 GB"),
    ]
    assert moment(NOW_MS, NOW_MS) == "20:05 UTC"
    assert moment(NOW_MS - 86_400_000, NOW_MS) == "28 Nov 20:05 UTC"
    assert ago(NOW_MS - 120_000, NOW_MS) == "2 min ago"
