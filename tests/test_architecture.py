"""The shape of the package, held by reading its source: arrows, borders, sizes, docstrings.

Each rule is a function from the whole package to the places that break it.  That every rule can
find what it looks for is tested, too, with a planted violation of each kind.
"""

from __future__ import annotations

import ast
import graphlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 60

GROUND: Final = {
    "",
    "backoff",
    "bounded_dict",
    "cancel",
    "clock",
    "errors",
    "files",
    "http",
    "http_adapter",
    "own_command",
    "records",
    "text",
    "twitch_notices",
    "zones",
}
"""What every module may import, and what itself imports only its like and the standard library; ""
is the package's own ``__init__``."""

HEAVIER: Final[Mapping[str, tuple[str, ...]]] = {
    "http": ("requests", "urllib3"),
    "http_adapter": ("requests", "urllib3"),
}
"""What modules of the ground floor may import beyond that."""

SUB_ROOMS: Final = ("processing.commands", "processing.filter", "processing.speaking")
"""The folders of processing; each is a room like any other."""

ARROWS: Final[Mapping[str, tuple[str, ...]]] = {
    # The wiring.
    "app": ("arguments", "runtime"),
    "parts": ("config", "database", "processing.filter", "runtime"),
    "services": ("auth", "config", "database", "ollama"),
    "bot": (
        *("monitoring", "services", "auth", "config", "database", "irc", "ollama", "runtime"),
        *("processing", "processing.filter", "processing.speaking", "status"),
    ),
    "monitoring": (
        *("services", "config", "database", "ollama", "runtime"),
        *("processing", "processing.filter", "processing.speaking", "status"),
    ),
    "cli": (
        *("app", "bot", "parts", "services"),
        *("auth", "config", "database", "irc", "ollama", "processing.filter", "runtime"),
        *("status", "loopback", "rehearsal", "saved_chat"),
    ),
    # Reads IRC lines as the bot does.
    "saved_chat": ("irc.events", "irc.message"),
    "replay": (
        *("app", "parts", "services", "config", "database", "ollama"),
        *("processing", "processing.filter", "processing.speaking"),
        "saved_chat",
    ),
    # Whoever gets to know a secret has it kept out of the log.
    "auth": ("runtime.redaction",),
    # The loopback Twitch reads lines as the bot does, and the rehearsal plays on it.
    "loopback": ("irc.message",),
    "rehearsal": ("loopback",),
    # Inside processing: the filter knows none of the others, speaking does not know commands.
    "processing.speaking": (
        *("processing.channels", "processing.live_state", "processing.write_queue"),
        *("processing.internal_messages", "processing.ports", "processing.recent_removals"),
        *("processing.heard", "processing.filter"),
    ),
    "processing.commands": (
        *("processing.channels", "processing.live_state", "processing.write_queue"),
        *("processing.internal_messages", "processing.ports"),
        *("processing.filter", "processing.speaking"),
    ),
    "processing.moderation": ("processing.speaking",),
    "processing.intake": SUB_ROOMS,
    "processing.reports": ("processing.commands", "processing.speaking"),
    "processing.rounds": ("processing.filter", "processing.speaking"),
    "processing.worker": ("processing.speaking",),
    "processing.assembly": SUB_ROOMS,
}
"""Which rooms or modules a room or module may import beside the ground floor and its own room.
Any that it does not import is to be taken off."""

_PROCESSES: Final = ("subprocess", "multiprocessing", "asyncio", "os.system", "os.popen", "os.fork")
_OTHER_HTTP: Final = ("urllib.request", "socketserver", "asyncore")
_WALL_CLOCK: Final = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")

BORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    # The network.
    "socket": (
        *("irc.connection", "http", "http_adapter", "database.mysql", "runtime.systemd"),
        "status.server",
        *("loopback.room_client", "loopback.twitch_room"),
    ),
    "ssl": ("irc.connection", "http", "http_adapter", "database.mysql"),
    "select": ("irc.connection",),
    "selectors": ("status.server",),
    "http.client": ("http", "http_adapter"),
    "requests": ("http", "http_adapter"),
    "urllib3": ("http_adapter",),
    "http.server": ("loopback.fake_ollama",),
    **dict.fromkeys(_OTHER_HTTP, ()),
    # Databases.
    "sqlite3": ("database.sqlite", "database.file_connection", "database.backup"),
    "pymysql": ("database.mysql",),
    "fcntl": ("database.file_lock",),
    # The machine.
    "os.environ": ("config.settings", "own_command"),
    "os.getenv": (),
    "dotenv": ("config.env_file",),
    "signal": ("app", "cli.run", "runtime.threads", "rehearsal.conversation"),
    **dict.fromkeys(_PROCESSES, ()),
    "threading.Thread": (
        *("runtime.threads", "runtime.line_writer", "database.locks", "loopback"),
    ),
    "_thread": ("http",),
    "concurrent.futures.ThreadPoolExecutor": (),
    "importlib": ("app", "auth.keys", "parts", "rehearsal.conversation", "status.builder"),
    # Clock and chance: whoever decides by them is given them.
    "time": (
        *("bot", "clock", "cli.rehearse", "database.session", "irc.connection", "irc.reader"),
        *("loopback.room_lines", "ollama.language_model"),
        *("rehearsal.conversation", "rehearsal.stage", "replay.command", "cli.import_chat"),
        *("runtime.scheduler", "runtime.threads"),
    ),
    "time.sleep": (),
    **dict.fromkeys(_WALL_CLOCK, ()),
    "random": (
        *("auth.tokens", "irc.reader", "services", "cli.rehearse"),
        "loopback.fake_ollama",
        *("rehearsal.conversation", "rehearsal.viewers"),
    ),
    "secrets": ("irc.sender", "cli.export"),
    "uuid": ("loopback.room_lines",),
    "cryptography": ("auth.keys",),
}
"""What reaches out of the program, and the modules or rooms that may use it; any that does not is
to be taken off.  Packages that are neither here nor in the standard library may be used nowhere."""

NOT_EMPTY: Final = {"", "processing.filter"}
"""Packages whose ``__init__`` holds something: the version, and an address that others rely on."""

SQL: Final = re.compile(
    r"\s*(SELECT\s.*\sFROM\s|INSERT\s+(OR\s+\w+\s+|IGNORE\s+)?INTO\s|REPLACE\s+INTO\s"
    r"|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|(UNIQUE\s+)?INDEX)\s"
    r"|(ALTER|DROP)\s+TABLE\s|PRAGMA\s|BEGIN\s+IMMEDIATE)",
    re.DOTALL,
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Module:
    """One source file: ``name`` is dotted and without the package's own name."""

    name: str
    source: str
    tree: ast.Module
    is_package: bool

    @property
    def room(self) -> str:
        """The room it belongs to, or itself if it stands at the top."""
        return room_of(self.name)

    def at(self, node: ast.stmt | ast.expr, what: str) -> str:
        """One finding, as a place to click on and a reason."""
        return f"{self.name or '__init__'}:{node.lineno}: {what}"


Package = Mapping[str, Module]


def room_of(name: str) -> str:
    """The room of a module: a folder, or a module of its own at the top."""
    first_two = ".".join(name.split(".")[:2])
    return first_two if first_two in SUB_ROOMS else name.split(".")[0]


def parsed(sources: Mapping[str, str]) -> Package:
    """Modules by name, from source text by path below the package's folder."""
    modules = {}
    for path, source in sources.items():
        parts = path.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, source, ast.parse(source), is_package)
    return modules


@cache
def nodes(module: Module) -> tuple[ast.AST, ...]:
    """All of its tree, walked once for all the rules."""
    return tuple(ast.walk(module.tree))


def imports(module: Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Every imported name in full, as ``os.environ`` for ``from os import environ``.

    Our own come as ``clankbot.…``, relative ones resolved.  Those made only when they are needed,
    by ``import_module`` and the name itself, are imports like any other.
    """
    yield from late_imports(module)
    own = ["clankbot", *filter(None, module.name.split("."))]
    for node in import_statements(module):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        else:
            up = node.level - module.is_package
            start = own[: len(own) - up] if node.level else []
            origin = ".".join([*start, *filter(None, [node.module])])
            yield from ((node, f"{origin}.{alias.name}") for alias in node.names)


def late_imports(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """What it imports by name in the course of its work."""
    for node in nodes(module):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name))]
            ):
                yield node, name


@cache
def import_statements(module: Module) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Wherever in the file they stand."""
    return tuple(node for node in nodes(module) if isinstance(node, ast.Import | ast.ImportFrom))


def own_imports(module: Module, package: Package) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """The modules of the package that a module imports, by their names here."""
    for node, full in imports(module):
        if full.split(".")[0] == "clankbot":
            name = full.partition(".")[2]
            yield node, name if name in package else name.rpartition(".")[0]


def allowing(module: Module, target: str) -> Iterator[tuple[str, str]]:
    """The entries of ARROWS by which a module may import another."""
    for source in {module.name, module.room, module.name.split(".")[0]}:
        for allowed in ARROWS.get(source, ()):
            if allowed in (target, room_of(target)):
                yield source, allowed


def may_import(module: Module, target: str) -> bool:
    """Whether the arrow from one module to another is on the map."""
    room = room_of(target)
    if room in GROUND or module.room in GROUND:
        return room in GROUND
    return room == module.room or any(allowing(module, target))


def crossing_arrows(package: Package) -> Iterator[str]:
    """Imports from one room into another."""
    for module in package.values():
        for node, target in own_imports(module, package):
            if not may_import(module, target):
                yield module.at(node, f"imports {target}, of another room")


def heavy_ground(package: Package) -> Iterator[str]:
    """Imports of the ground floor from beyond the standard library."""
    for module in package.values():
        if module.room in GROUND:
            for node, full in imports(module):
                own = full.split(".")[0] == "clankbot" and full.split(".")[1] in GROUND
                known = any(f"{full}.".startswith(f"{n}.") for n in HEAVIER.get(module.room, ()))
                if not (own or known) and full.split(".")[0] not in sys.stdlib_module_names:
                    yield module.at(node, f"imports {full}; the ground floor needs nothing")


def rings(package: Package) -> Iterator[str]:
    """Modules that import one another in a circle."""
    arrows = {
        module.name: {target for _, target in own_imports(module, package)} - {module.name}
        for module in package.values()
    }
    try:
        graphlib.TopologicalSorter(arrows).prepare()
    except graphlib.CycleError as error:
        yield f"a ring: {' -> '.join(error.args[1])}"


def hidden_imports(package: Package) -> Iterator[str]:
    """Imports anywhere but at the top level of a file: they hide rings."""
    for module in package.values():
        for node, full in imports(module):
            if isinstance(node, ast.stmt) and node not in module.tree.body:
                yield module.at(node, f"imports {full} out of sight")


def crossed_borders(package: Package) -> Iterator[str]:
    """Sockets, HTTP, SQL drivers, the environment and the like, used out of their places."""
    for module in package.values():
        for node, border in reaches_out(module):
            if not any(is_in(module, place) for place in BORDERS[border]):
                yield module.at(node, f"uses {border}, which is for {BORDERS[border] or 'nobody'}")


def is_in(module: Module, place: str) -> bool:
    """Whether a place, which is a module or a room, holds the module."""
    return f"{module.name}.".startswith(f"{place}.")


@cache
def reaches_out(module: Module) -> tuple[tuple[ast.stmt | ast.expr, str], ...]:
    """Every use of a border: by import, or as an attribute such as ``os.environ``."""
    return (*imported_borders(module), *named_borders(module))


def imported_borders(module: Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """The imports among them."""
    for node, full in imports(module):
        yield from ((node, border) for border in BORDERS if f"{full}.".startswith(f"{border}."))


def named_borders(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """The attributes among them."""
    named = [border for border in BORDERS if "." in border]
    for part in nodes(module):
        if isinstance(part, ast.Attribute):
            dotted = f".{ast.unparse(part)}"
            yield from ((part, border) for border in named if dotted.endswith(f".{border}"))


def idle_permissions(package: Package) -> Iterator[str]:
    """What the tables above allow and nobody does: each narrows the map when it is taken off."""
    arrows = {(source, allowed) for source, targets in ARROWS.items() for allowed in targets}
    borders = {(border, place) for border, places in BORDERS.items() for place in places}
    for module in package.values():
        for _, target in own_imports(module, package):
            arrows.difference_update(allowing(module, target))
        for _, border in reaches_out(module):
            borders -= {(border, place) for place in BORDERS[border] if is_in(module, place)}
    yield from (f"ARROWS: {source} does not import {allowed}" for source, allowed in arrows)
    yield from (f"BORDERS: {place} does not use {border}" for border, place in borders)
    yield from (f"NOT_EMPTY: {name} is" for name in NOT_EMPTY if not package[name].tree.body)


def full_packages(package: Package) -> Iterator[str]:
    """An ``__init__`` that holds something: a name has one address, its module."""
    for module in package.values():
        if module.is_package and module.tree.body and module.name not in NOT_EMPTY:
            yield f"{module.name}: its __init__ is not empty"


def unknown_packages(package: Package) -> Iterator[str]:
    """Imports that the requirements do not name."""
    known = {"clankbot", *BORDERS, *sys.stdlib_module_names}
    for module in package.values():
        for node, full in imports(module):
            if full.split(".")[0] not in known:
                yield module.at(node, f"imports {full}, which is not required")


def stray_sql(package: Package) -> Iterator[str]:
    """SQL in a string outside the database room."""
    for module in package.values():
        for node in nodes(module):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and SQL.match(node.value)
                and module.room != "database"
            ):
                yield module.at(node, "holds SQL")


def oversized(package: Package) -> Iterator[str]:
    """Files and functions that hide a second subject."""
    for module in package.values():
        lines = len(module.source.splitlines())
        if lines > LINES_MAX:
            yield f"{module.name}: {lines} lines"
        for node in nodes(module):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    yield module.at(node, f"{node.name} has {length} lines")


def undocumented(package: Package) -> Iterator[str]:
    """Modules that hold anything, and public classes and functions, without a docstring."""
    for module in package.values():
        if module.tree.body and not ast.get_docstring(module.tree):
            yield f"{module.name}: the module has no docstring"
        for node in public_definitions(module.tree):
            if not ast.get_docstring(node):
                yield module.at(node, f"{node.name} has no docstring")


def public_definitions(parent: ast.Module | ast.ClassDef) -> Iterator[Definition]:
    """The public definitions of a file and of its public classes; a setter is its property."""
    for node in parent.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            if not any(ast.unparse(each).endswith(".setter") for each in node.decorator_list):
                yield node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node)


RULES: Final[tuple[Callable[[Package], Iterator[str]], ...]] = (
    crossing_arrows,
    heavy_ground,
    rings,
    hidden_imports,
    crossed_borders,
    full_packages,
    unknown_packages,
    stray_sql,
    oversized,
    undocumented,
)


@pytest.fixture(scope="module")
def package() -> Package:
    """Clankbot as it stands."""
    folder = ROOT / "clankbot"
    return parsed(
        {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(folder.rglob("*.py"))
        }
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(
    rule: Callable[[Package], Iterator[str]], package: Package
) -> None:
    assert len(package) > 10
    found = dict.fromkeys(rule(package))
    assert not found, "\n".join(found)


def test_no_more_is_allowed_than_is_needed(package: Package) -> None:
    assert list(idle_permissions(package)) == []


@pytest.mark.parametrize(
    "module", ["irc.connection", "processing.intake", "loopback.room_client", "auth.keys"]
)
def test_a_permission_that_nobody_needs_any_more_is_found(package: Package, module: str) -> None:
    assert list(idle_permissions({name: package[name] for name in package if name != module})) != []


LONG_FUNCTION = "def long() -> None:\n" + "    pass\n" * 60
PLANTED: Final[list[tuple[Callable[[Package], Iterator[str]], str, str]]] = [
    (crossing_arrows, "irc/x.py", "from clankbot.database.store import Store"),
    (crossing_arrows, "irc/x.py", "from clankbot.database import store"),
    (crossing_arrows, "irc/x.py", "import clankbot.database.store"),
    (crossing_arrows, "irc/x.py", "from clankbot.runtime import logging_setup"),
    (crossing_arrows, "irc/x.py", "from ..database import store"),
    (crossing_arrows, "irc/__init__.py", "from ..runtime import logging_setup"),
    (crossing_arrows, "irc/x.py", "from clankbot import app"),
    (crossing_arrows, "ollama/x.py", "from clankbot.records import End\nimport clankbot.database"),
    (crossing_arrows, "config/x.py", "from clankbot.auth.keys import Encryption"),
    (crossing_arrows, "runtime/x.py", "from clankbot.irc import message"),
    (crossing_arrows, "auth/x.py", "from clankbot.runtime import logging_setup"),
    (crossing_arrows, "records.py", "from clankbot.irc.message import parse_line"),
    (crossing_arrows, "loopback/x.py", "from clankbot.irc.reader import Reader"),
    (crossing_arrows, "rehearsal/x.py", "from clankbot.irc.message import parse_line"),
    (crossing_arrows, "cli/x.py", "from clankbot.processing.speaking.turns import Turns"),
    (crossing_arrows, "replay/x.py", "from clankbot.bot import Bot"),
    (crossing_arrows, "app.py", "from clankbot.bot import Bot"),
    (crossing_arrows, "database/x.py", "from clankbot.processing.live_state import LiveState"),
    (crossing_arrows, "processing/x.py", "from clankbot.config.settings import Settings"),
    (crossing_arrows, "processing/x.py", "from clankbot.ollama.client import OllamaClient"),
    (crossing_arrows, "processing/x.py", "from clankbot.processing.filter import load_filter"),
    (crossing_arrows, "processing/worker.py", "import clankbot.processing.commands.handler"),
    (crossing_arrows, "processing/channels.py", "from clankbot.processing.speaking import turns"),
    (crossing_arrows, "processing/filter/x.py", "from clankbot.processing.channels import Channel"),
    (crossing_arrows, "processing/filter/x.py", "from clankbot.processing.speaking import turns"),
    (crossing_arrows, "processing/speaking/x.py", "import clankbot.processing.commands.handler"),
    (crossing_arrows, "processing/speaking/x.py", "from clankbot.processing.intake import Intake"),
    (crossing_arrows, "processing/speaking/x.py", "from clankbot.processing import moderation"),
    (crossing_arrows, "processing/commands/x.py", "from clankbot.processing.worker import Worker"),
    (crossing_arrows, "processing/commands/x.py", "import clankbot.processing.assembly"),
    (heavy_ground, "records.py", "import requests"),
    (heavy_ground, "errors.py", "from clankbot.irc.message import parse_line"),
    (heavy_ground, "errors.py", "import requests"),
    (heavy_ground, "http.py", "import pymysql"),
    (rings, "irc/reader.py", "import clankbot.irc.message\nimport clankbot.irc.x"),
    (hidden_imports, "irc/x.py", "def f() -> None:\n    import json"),
    (hidden_imports, "irc/x.py", "if TYPE_CHECKING:\n    import json"),
    (hidden_imports, "irc/x.py", "try:\n    import json\nexcept ImportError:\n    json = None"),
    (crossed_borders, "irc/reader.py", "import socket"),
    (crossed_borders, "database/sqlite.py", "import ssl"),
    (crossed_borders, "ollama/client.py", "from select import select"),
    (crossed_borders, "processing/x.py", "import requests.adapters"),
    (crossed_borders, "irc/x.py", "from urllib3.util import Timeout"),
    (crossed_borders, "auth/x.py", "from urllib.request import urlopen"),
    (crossed_borders, "auth/x.py", "import http.client"),
    (crossed_borders, "cli/x.py", "from http.server import HTTPServer"),
    (crossed_borders, "processing/x.py", "import sqlite3"),
    (crossed_borders, "database/store.py", "import sqlite3"),
    (crossed_borders, "app.py", "import pymysql.cursors"),
    (crossed_borders, "database/x.py", "from fcntl import flock"),
    (crossed_borders, "auth/x.py", "import os\nkey = os.environ['KEY']"),
    (crossed_borders, "auth/x.py", "from os import environ"),
    (crossed_borders, "config/x.py", "import os\nkey = os.environ['KEY']"),
    (crossed_borders, "app.py", "import os\nkey = os.getenv('KEY')"),
    (crossed_borders, "cli/x.py", "import dotenv"),
    (crossed_borders, "cli/x.py", "import subprocess"),
    (crossed_borders, "cli/x.py", "import os\nos.system('true')"),
    (crossed_borders, "irc/x.py", "import asyncio"),
    (crossed_borders, "bot.py", "import threading\nthreading.Thread(target=print).start()"),
    (crossed_borders, "irc/x.py", "import _thread"),
    (crossed_borders, "bot.py", "from signal import signal"),
    (crossed_borders, "processing/worker.py", "import time"),
    (crossed_borders, "processing/filter/x.py", "from time import monotonic"),
    (crossed_borders, "irc/connection.py", "import time\ntime.sleep(1)"),
    (crossed_borders, "irc/x.py", "from time import sleep"),
    (crossed_borders, "processing/x.py", "from datetime import datetime\nat = datetime.now()"),
    (crossed_borders, "database/x.py", "import datetime\nat = datetime.datetime.now()"),
    (crossed_borders, "cli/x.py", "from datetime import date\nday = date.today()"),
    (crossed_borders, "processing/x.py", "import random"),
    (crossed_borders, "auth/x.py", "import secrets"),
    (crossed_borders, "irc/x.py", "from uuid import uuid4"),
    (crossed_borders, "database/x.py", "from cryptography.fernet import Fernet"),
    (crossed_borders, "parts.py", "import importlib\nimportlib.import_module('pymysql')"),
    (crossing_arrows, "app.py", "import importlib\nimportlib.import_module('clankbot.irc.joins')"),
    (crossed_borders, "irc/x.py", "import importlib"),
    (full_packages, "irc/__init__.py", '"""Doc."""'),
    (full_packages, "irc/__init__.py", "from clankbot.irc.message import parse_line"),
    (unknown_packages, "ollama/x.py", "import numpy.linalg"),
    (stray_sql, "processing/x.py", "ask = 'SELECT id FROM messages WHERE channel = ?'"),
    (stray_sql, "app.py", "ask = f'DELETE FROM {table} WHERE id = 1'"),
    (stray_sql, "cli/x.py", "ask = '''\n    INSERT INTO messages VALUES (1)'''"),
    (oversized, "irc/x.py", "x = 1\n" * 401),
    (oversized, "irc/x.py", LONG_FUNCTION),
    (undocumented, "irc/x.py", "x = 1"),
    (undocumented, "irc/x.py", '"""Doc."""\ndef deed() -> None: ...'),
    (undocumented, "irc/x.py", '"""Doc."""\nclass Thing: ...'),
    (undocumented, "irc/x.py", '"""Doc."""\nclass T:\n    """Doc."""\n    def deed(self): ...'),
]

INNOCENT: Final[list[tuple[str, str]]] = [
    ("bot.py", "from clankbot.database import store\nfrom clankbot.irc.message import parse_line"),
    ("irc/x.py", "from clankbot import __version__\nfrom clankbot.irc import message"),
    ("irc/x.py", "from . import message\nfrom ..records import End"),
    ("loopback/room_client.py", "import socket\nfrom clankbot.irc.message import parse_line"),
    ("auth/x.py", "from clankbot.runtime.redaction import remember"),
    ("processing/intake.py", "from clankbot.processing.filter.word_list import Match"),
    ("processing/speaking/x.py", "from clankbot.processing.filter import load_filter"),
    ("processing/x.py", "from datetime import UTC, datetime\nat = datetime.fromtimestamp(0, UTC)"),
    ("processing/x.py", "def _due(event, self):\n    return event.time + self.random.signal"),
    ("irc/__init__.py", ""),
    ("irc/connection.py", "import socket\nimport ssl\nfrom select import select"),
    ("http.py", "import requests.adapters\nfrom clankbot.errors import Cancelled"),
    ("database/sqlite.py", "import sqlite3\nimport os\nhere = os.path.join('a')"),
    ("irc/x.py", "def _send(socket, requests):\n    socket.send(requests.get())"),
    ("processing/x.py", "help_text = 'Delete from the list, or select a model from it'"),
    ("irc/x.py", "class _Hidden:\n    def deed(self): ...\ndef _own(): ..."),
    ("irc/x.py", LONG_FUNCTION.replace("    pass\n", "", 1).replace(" long", " _long")),
]


def world_with(path: str, source: str) -> Package:
    """A small package that keeps every rule, and one more file."""
    names = "__init__ records errors http app runtime/logging_setup irc/message database/store"
    sources = {f"{name}.py": '"""Doc."""' for name in names.split()}
    sources |= {f"{room}/__init__.py": "" for room in ("irc", "database")}
    sources["irc/message.py"] += "\nfrom clankbot.records import End"
    sources["irc/x.py"] = '"""Doc."""\nimport clankbot.irc.reader'
    return parsed(sources | {path: source})


@pytest.mark.parametrize(("rule", "path", "source"), PLANTED)
def test_a_planted_violation_is_found(
    rule: Callable[[Package], Iterator[str]], path: str, source: str
) -> None:
    assert list(rule(world_with(path, source))) != []


@pytest.mark.parametrize(("path", "source"), INNOCENT)
def test_what_is_allowed_is_not_reported(path: str, source: str) -> None:
    world = world_with(path, source and f'"""Doc."""\n{source}')
    assert [finding for rule in RULES for finding in rule(world)] == []
