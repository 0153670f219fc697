"""docs/architecture.md is held to the code: every name on it exists, and its tables are complete.

What is in backticks is looked up in the source.  Threads, queues, locks, stop signals and tables of
the database are found there by parsing; one without a row, and a row without one, are reported.
Each check is a function from the text of the page to what is wrong with it, and is tried on a page
that was spoiled on purpose.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final, get_args

import pytest

from clankbot.database.copying import TABLES
from clankbot.database.schema import MIGRATIONS
from clankbot.records.writes import Write
from tests.test_architecture import ARROWS, GROUND, room_of

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "clankbot"
PAGE: Final = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

LOCKS: Final = {"Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Barrier"}
QUEUES: Final = {"Queue", "SimpleQueue", "LifoQueue", "PriorityQueue"}
STOPS: Final = {"Event", "Cancel"}
MADE_BY_THE_LIBRARY: Final = "process_request_thread"
"""The thread of one request to a ThreadingHTTPServer."""
NAMELESS: Final = "without a name"
"""One that is started without a ``Thread``."""

MERE_MEMORIES: Final = {
    ("irc/privmsg.py", "_said"),
    ("processing/retention.py", "_round"),
    ("replay/bot.py", "_jobs"),
}
"""Where a deque is emptied from its front and yet nothing waits for another to take it."""

# --- the source -----------------------------------------------------------------------------------


@dataclass
class Source:
    """One file of the package: what it defines, and what it calls to make what."""

    tree: ast.Module
    names: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    bases: dict[str, set[str]] = field(default_factory=dict)
    literals: set[object] = field(default_factory=set)
    made: list[tuple[str | None, str, ast.Call]] = field(default_factory=list)
    """The variable or attribute that a call's result is put into, the name called, the call."""


@cache
def sources() -> Mapping[str, Source]:
    """Every file of the package by its path."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        source = Source(ast.parse(path.read_text(encoding="utf-8")))
        for node in ast.walk(source.tree):
            _take(source, node)
        found[path.relative_to(PACKAGE).as_posix()] = source
    return found


def _take(source: Source, node: ast.AST) -> None:
    match node:
        case ast.ClassDef():
            source.names.add(node.name)
            source.bases[node.name] = {ast.unparse(base).split("[")[0] for base in node.bases}
            for part in ast.walk(node):
                source.members[node.name] |= set(_defined(part))
        case ast.Constant():
            source.literals.add(node.value)
        case ast.Assign(targets=[target], value=ast.Call() as call):
            source.made.append((_last_name(target), _last_name(call.func) or "", call))
        case ast.AnnAssign(target=target, value=ast.Call() as call):
            source.made.append((_last_name(target), _last_name(call.func) or "", call))
        case ast.Call():
            source.made.append((None, _last_name(node.func) or "", node))
    source.names |= set(_defined(node))


def _defined(node: ast.AST) -> Iterator[str]:
    """The names that a node gives to something."""
    match node:
        case ast.FunctionDef() | ast.ClassDef():
            yield node.name
        case ast.arg():
            yield node.arg
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr


def _last_name(node: ast.expr) -> str | None:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Subscript():
            return _last_name(node.value)
    return None


@cache
def members(class_name: str) -> frozenset[str]:
    """What a class of the package has, its bases included."""
    found: set[str] = set()
    for source in sources().values():
        if class_name in source.bases:
            found |= source.members[class_name]
            for base in source.bases[class_name]:
                found |= members(base)
    return frozenset(found)


Site = tuple[str, str | None]


def made_with(kinds: set[str]) -> set[Site]:
    """(file, variable or attribute) of all that is made by calling one of these names.

    A call inside another expression has no variable of its own.
    """
    found: set[Site] = set()
    for path, source in sources().items():
        named = {id(call) for name, kind, call in source.made if name}
        found |= {
            (path, name)
            for name, kind, call in source.made
            if kind in kinds and (name or id(call) not in named)
        }
    return found


@cache
def deques_used_as_queues() -> set[Site]:
    """Those of which something is taken from the front."""
    popped = {
        (path, _last_name(node.value))
        for path, source in sources().items()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "popleft"
    }
    return (popped & made_with({"deque"})) - MERE_MEMORIES


@cache
def threads() -> set[Site]:
    """(file, name) of every thread that is started."""
    found: set[Site] = set()
    for path, source in sources().items():
        for _, kind, call in source.made:
            keywords = {keyword.arg: keyword.value for keyword in call.keywords}
            if kind == "Thread" and not isinstance(keywords.get("name"), ast.Name):
                found.add((path, _text(keywords.get("name"))))
            if kind == "start_new_thread":
                found.add((path, NAMELESS))
            # BotThreads names its threads as it is told.
            if kind == "start" and len(call.args) == 2:
                found.add((path, _text(call.args[0])))
        for node in ast.walk(source.tree):
            match node:
                case ast.ClassDef() if "ThreadingHTTPServer" in source.bases[node.name]:
                    found.add((path, MADE_BY_THE_LIBRARY))
    return found


def _text(node: ast.expr | None) -> str | None:
    return str(node.value) if isinstance(node, ast.Constant) else None


def tables() -> set[str]:
    """The tables that the migrations leave behind."""
    text = "; ".join(MIGRATIONS)
    text += (PACKAGE / "database" / "schema.py").read_text("utf-8").split("_VERSION_TABLE", 1)[1]
    made = set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text))
    return made - set(re.findall(r"DROP TABLE (?:IF EXISTS )?(\w+)", text))


# --- the page -------------------------------------------------------------------------------------

Row = Mapping[str, str]


def rows(page: str, first_head: str) -> list[Row]:
    """The rows of the table whose first column has this head, by the heads of all columns."""
    lines = page.split(f"\n| {first_head} |", 1)[1].split("\n\n", 1)[0].splitlines()
    heads = [first_head, *_cells(f"|{lines[0]}")]
    return [dict(zip(heads, _cells(line), strict=True)) for line in lines[2:]]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def ticked(text: str) -> list[str]:
    """What is in backticks."""
    return re.findall(r"`([^`]+)`", text)


def without_drawings(page: str) -> str:
    """The page without what is fenced."""
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


# --- the checks -----------------------------------------------------------------------------------


def unknown_names(page: str) -> Iterator[str]:
    """Names in backticks that mean nothing in the code."""
    for text in dict.fromkeys(ticked(without_drawings(page))):
        if not (text.startswith("!clank") or is_known(text)):
            yield f"`{text}` is neither a file nor defined anywhere"


def is_known(text: str) -> bool:
    """Whether a file, a module, a definition, a table, a type of the schema or a string is so
    called."""
    if text.startswith("{"):
        return text.strip("{}") in sources()["database/schema.py"].literals
    module = PACKAGE / text.replace(".", "/")
    places = (ROOT / text, PACKAGE / text, module, module.with_suffix(".py"))
    if any(place.exists() for place in places) or text in {
        *tables(),
        MADE_BY_THE_LIBRARY,
        NAMELESS,
    }:
        return True
    first, _, rest = text.partition(".")
    if rest and first in sys.stdlib_module_names:
        return hasattr(importlib.import_module(first), rest)
    if rest and first:
        return rest in members(first)
    if any(text in source.names or text in source.literals for source in sources().values()):
        return True
    return re.search(rf"^{re.escape(text)}\b", text_of_tests(), re.MULTILINE) is not None


@cache
def text_of_tests() -> str:
    """All files of tests, one after the other."""
    paths = (ROOT / "tests").rglob("test_*.py")
    return "\n".join(path.read_text("utf-8") for path in paths)


def wrong_rooms(page: str) -> Iterator[str]:
    """Rooms without a row, rows without a room, and arrows that the map does not have."""
    on_page = {ticked(row["room"])[0]: row for row in rows(page, "room")}
    expected = {room_of(_module(path)) for path in sources()} - GROUND
    yield from _differences("the table of rooms", set(on_page), expected)
    for room, row in on_page.items():
        written = {room_of(arrow) for arrow in ticked(row["may also import"])}
        allowed = {
            room_of(arrow)
            for source, arrows in ARROWS.items()
            for arrow in arrows
            if room in (source, room_of(source))
        }
        yield from _differences(f"what {room} may import", written, allowed)
    drawing = page.split("```", 2)[1]
    for name in {*expected, *GROUND} - {""}:
        if not re.search(rf"\b{name.split('.')[-1]}\b", drawing):
            yield f"{name} is not in the picture"
    ground = page.split("\nThe ground floor: ", 1)[1].split("\n\n", 1)[0]
    yield from _differences("the ground floor", set(ticked(ground)), GROUND - {""})


def _module(path: str) -> str:
    return path.removesuffix("__init__.py").removesuffix(".py").strip("/").replace("/", ".")


def wrong_threads(page: str) -> Iterator[str]:
    """Threads without a row, and rows without a thread."""
    on_page = {
        (ticked(row["started in"])[0], ticked(row["thread"])[0])
        for row in rows(page, "thread")
        if row["thread"] != "`main`"
    }
    yield from _differences("the table of threads", on_page, threads())


def wrong_queues(page: str) -> Iterator[str]:
    """Queues without a row, rows without a queue, and bounds that are others in the code."""
    yield from _uncovered("queue", page, made_with(QUEUES) | deques_used_as_queues())
    for row in rows(page, "queue"):
        paths = ticked(row["in"])
        numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", row["room for"])]
        for number in numbers:
            if not any(number in sources()[path].literals for path in paths):
                yield f"{row['queue']}: {number} is not in {paths}"
        is_unbounded = row["room for"] == "unbounded"
        kinds = ("Queue", "SimpleQueue", "deque")
        bounded, *others = (any(path in paths for path, _ in made_with({kind})) for kind in kinds)
        if is_unbounded and (bounded or not any(others)):
            yield f"{row['queue']} has a bound"
        if not numbers and not is_unbounded:
            yield f"{row['queue']}: how much room is there?"


def wrong_locks(page: str) -> Iterator[str]:
    """Locks without a row, and rows without a lock."""
    on_page = {
        (ticked(row["in"])[0], ticked(row["lock"])[0].split(".")[-1]) for row in rows(page, "lock")
    }
    yield from _differences("the table of locks", on_page, made_with(LOCKS))
    known = [ticked(row["lock"])[0] for row in rows(page, "lock")]
    for row in rows(page, "lock"):
        for outer in ticked(row["taken while holding"]):
            if outer not in known[: known.index(ticked(row["lock"])[0])]:
                yield f"{row['lock']} stands above {outer}, which is taken before it"
    between = page.split("\nBetween processes: ", 1)[1].split("\n\n", 1)[0]
    on_server = {
        _text(call.args[0])
        for source in sources().values()
        for _, kind, call in source.made
        if kind == "named_lock"
    }
    files = {
        _text(call.args[1])
        for source in sources().values()
        for _, kind, call in source.made
        if kind == "FileLock"
    }
    names = {name for name in ticked(between) if "TokenKeeper" not in name}
    yield from _differences("the locks between processes", names, on_server | files)


def wrong_stop_signals(page: str) -> Iterator[str]:
    """Events and cancels without a row, and rows that name nothing."""
    yield from _uncovered("signal", page, made_with(STOPS))


def _uncovered(table: str, page: str, sites: set[Site]) -> Iterator[str]:
    """Sites that no row of a table has, and what a row has without need."""
    covered: set[Site] = set()
    for row in rows(page, table):
        paths = ticked(row["in"])
        names = {name.split(".")[-1] for name in ticked(row[table])}
        covered |= {(path, name) for path in paths for name in (*names, None)}
        for name in names:
            if not any(path in sources() and name in sources()[path].names for path in paths):
                yield f"{row[table]}: {name} is not in {paths}"
        for path in paths:
            has_site = any(site[0] == path for site in sites)
            if not (has_site or (path in sources() and names & sources()[path].names)):
                yield f"{row[table]}: nothing of it is in {path}"
    yield from (
        f"{path}: {name} has no row in the table of {table}s" for path, name in sites - covered
    )


def wrong_tables(page: str) -> Iterator[str]:
    """Tables of the database without a row, rows without a table, and what is wrong in a row."""
    on_page = {ticked(row["table"])[0]: row for row in rows(page, "table")}
    yield from _differences("the tables of the database", set(on_page), tables())
    copied = {name for name, row in on_page.items() if row["copied"] == "yes"}
    yield from _differences("the tables that are copied", copied, {table.name for table in TABLES})
    writers = {name for row in on_page.values() for name in ticked(row["written by"])}
    for kind in get_args(Write):
        if kind.__name__ not in writers:
            yield f"nothing is written by {kind.__name__}"


def _differences(what: str, on_page: set[object], in_code: set[object]) -> Iterator[str]:
    yield from (f"{what}: {each} is missing" for each in in_code - on_page)
    yield from (f"{what}: {each} is too many" for each in on_page - in_code)


CHECKS: Final = (
    unknown_names,
    wrong_rooms,
    wrong_threads,
    wrong_queues,
    wrong_locks,
    wrong_stop_signals,
    wrong_tables,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_page_tells_what_is(check: Callable[[str], Iterator[str]]) -> None:
    found = sorted(check(PAGE))
    assert not found, "\n".join(found)


def test_the_library_still_starts_the_threads_of_a_server_so() -> None:
    assert hasattr(ThreadingHTTPServer, MADE_BY_THE_LIBRARY)
    for path, name in MERE_MEMORIES:
        assert (path, name) in made_with({"deque"})


# --- pages that were spoiled ----------------------------------------------------------------------

SPOILED: Final[list[tuple[Callable[[str], Iterator[str]], str, str]]] = [
    (unknown_names, "`Intake._keep`", "`Intake._store`"),
    (unknown_names, "`clankbot/bot.py`", "`clankbot/robot.py`"),
    (unknown_names, "`parse_line`", "`parse_lines`"),
    (unknown_names, "`ContentFilter.verdict`", "`ContentFilter.judge`"),
    (unknown_names, "`typing.Protocol`", "`typing.Port`"),
    (unknown_names, "`OptOut`", "`OptedOut`"),
    (unknown_names, "`{word}`", "`{words}`"),
    (unknown_names, "`.sign-in.lock`", "`.login.lock`"),
    (unknown_names, "`RELEASED`", "`RELEASES`"),
    (wrong_rooms, "\n| `irc` |", "\n| `chat` |"),
    (wrong_rooms, "| `irc.message` |", "| `irc.message`, `auth` |"),
    (wrong_rooms, ", `loopback`, `rehearsal`, `saved_chat` |", ", `rehearsal` |"),
    (wrong_rooms, "`bounded_dict`, ", ""),
    (wrong_rooms, "  twitch_notices", ""),
    (wrong_threads, "\n| `scheduler` |", "\n| `upkeep` |"),
    (wrong_threads, "| `without a name` | `http.py` |", "| `without a name` | `bot.py` |"),
    (wrong_queues, "| `Sender._offers` |", "| `Sender._lines` |"),
    (wrong_queues, "| 3,000,000 bytes of chat |", "| 20,000 records |"),
    (wrong_queues, "| 1,000 jobs |", "| unbounded |"),
    (wrong_queues, "| 100 lines |", "| some |"),
    (wrong_queues, "`cli/run.py`, `cli/rehearse.py` | unbounded", "`cli/run.py` | unbounded"),
    (wrong_locks, "| `Cancel._lock` |", "| `Cancel._guard` |"),
    (wrong_locks, "| `TokenKeeper._turn` |", "| `TokenKeeper._lock` |"),
    (wrong_locks, "`.lock` beside", "a file beside"),
    (wrong_locks, "`schema` on MySQL", "`instance` on MySQL"),
    (wrong_stop_signals, "| `Reader.drained` |", "| `Reader.done` |"),
    (wrong_stop_signals, "`cli/login.py`, ", ""),
    (wrong_stop_signals, "`cli/login.py`, ", "`cli/login.py`, `cli/stats.py`, "),
    (wrong_tables, "\n| `hints` |", "\n| `nudges` |"),
    (
        wrong_tables,
        "the deletion epoch | `Store.note_backup`, `RaiseDeletionEpoch` | no |",
        "the epoch | | yes |",
    ),
]


@pytest.mark.parametrize(("check", "right", "wrong"), SPOILED)
def test_what_is_wrong_on_the_page_is_found(
    check: Callable[[str], Iterator[str]], right: str, wrong: str
) -> None:
    assert right in PAGE
    assert list(check(PAGE.replace(right, wrong))) != []


@pytest.mark.parametrize(
    ("check", "first_head"),
    [
        (wrong_rooms, "room"),
        (wrong_threads, "thread"),
        (wrong_queues, "queue"),
        (wrong_locks, "lock"),
        (wrong_stop_signals, "signal"),
        (wrong_tables, "table"),
    ],
)
def test_a_row_that_is_missing_or_is_there_twice_under_another_name_is_found(
    check: Callable[[str], Iterator[str]], first_head: str
) -> None:
    head, _, table = PAGE.partition(f"\n| {first_head} |")
    lines = table.splitlines(keepends=True)
    row = next(n for n, line in enumerate(lines) if line == "\n") - 1
    without = "".join([*lines[:row], *lines[row + 1 :]])
    assert list(check(f"{head}\n| {first_head} |{without}")) != []
    renamed = re.sub(r"`[^`]+`", "`nothing`", lines[row], count=1)
    more = "".join([*lines[:row], renamed, *lines[row:]])
    assert list(check(f"{head}\n| {first_head} |{more}")) != []
