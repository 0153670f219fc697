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
    "http",
    "records",
    "text",
    "twitch_notices",
}
"""What every module may import, and what itself imports only its like and the standard library; ""
is the package's own ``__init__``."""

HEAVIER: Final[Mapping[str, tuple[str, ...]]] = {"http": ("requests", "urllib3")}
"""What modules of the ground floor may import beyond that."""

WIRING: Final = {"app", "bot", "parts", "services", "cli", "replay"}
"""What may import every room."""

ALSO_ALLOWED: Final = {
    ("loopback", "irc.message"),
    ("rehearsal", "loopback"),
    ("auth", "runtime.redaction"),
}
"""The arrows between rooms: the loopback Twitch reads lines as the bot does, the rehearsal plays
on it, and whoever gets to know a secret has it kept out of the log."""

BORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "socket": ("irc.connection", "loopback", "http", "database.mysql", "runtime.systemd"),
    "ssl": ("irc", "loopback", "http", "database.mysql"),
    "select": ("irc.connection", "loopback", "http"),
    "selectors": ("irc.connection", "loopback", "http"),
    "requests": ("http",),
    "urllib3": ("http",),
    "sqlite3": ("database",),
    "pymysql": ("database",),
    "dotenv": ("config",),
    "cryptography": ("auth",),
    "os.environ": ("config",),
    "os.getenv": ("config",),
    "time.sleep": (),
    "importlib": ("app", "parts", "rehearsal.conversation"),
}
"""What reaches out of the process, and the modules or rooms that may use it.  Packages that are
neither here nor in the standard library may be used nowhere."""

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
        """The first part of the name: a room, or a module of its own at the top."""
        return self.name.split(".")[0]

    def at(self, node: ast.stmt | ast.expr, what: str) -> str:
        """One finding, as a place to click on and a reason."""
        return f"{self.name or '__init__'}:{node.lineno}: {what}"


Package = Mapping[str, Module]


def parsed(sources: Mapping[str, str]) -> Package:
    """Modules by name, from source text by path below the package's folder."""
    modules = {}
    for path, source in sources.items():
        parts = path.removesuffix(".py").split("/")
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, source, ast.parse(source), is_package)
    return modules


def imports(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Every imported name in full, as ``os.environ`` for ``from os import environ``.

    Our own come as ``clankbot.…``, relative ones resolved.
    """
    own = ["clankbot", *filter(None, module.name.split("."))]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - module.is_package
            start = own[: len(own) - up] if node.level else []
            origin = ".".join([*start, *filter(None, [node.module])])
            yield from ((node, f"{origin}.{alias.name}") for alias in node.names)


def own_imports(module: Module, package: Package) -> Iterator[tuple[ast.stmt, str]]:
    """The modules of the package that a module imports, by their names here."""
    for node, full in imports(module):
        if full.split(".")[0] == "clankbot":
            name = full.partition(".")[2]
            yield node, name if name in package else name.rpartition(".")[0]


def may_import(module: Module, target: str) -> bool:
    """Whether the arrow from one module to another is on the map."""
    room = target.split(".")[0]
    if room in GROUND or module.room in GROUND:
        return room in GROUND
    also = (module.room, target) in ALSO_ALLOWED or (module.room, room) in ALSO_ALLOWED
    return room == module.room or module.room in WIRING or also


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
            if node not in module.tree.body:
                yield module.at(node, f"imports {full} out of sight")


def crossed_borders(package: Package) -> Iterator[str]:
    """Sockets, HTTP, SQL drivers, the environment and the like, used out of their places."""
    for module in package.values():
        for node, border in reaches_out(module):
            places = BORDERS[border]
            if not any(f"{module.name}.".startswith(f"{place}.") for place in places):
                yield module.at(node, f"uses {border}, which is for {places or 'nobody'}")


def reaches_out(module: Module) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Every use of a border: by import, or as an attribute such as ``os.environ``."""
    for node, full in imports(module):
        yield from ((node, border) for border in BORDERS if f"{full}.".startswith(f"{border}."))
    for part in ast.walk(module.tree):
        if isinstance(part, ast.Attribute) and (dotted := ast.unparse(part)) in BORDERS:
            yield part, dotted


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
        for node in ast.walk(module.tree):
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
        for node in ast.walk(module.tree):
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


LONG_FUNCTION = "def long() -> None:\n" + "    pass\n" * 60
PLANTED: Final[list[tuple[Callable[[Package], Iterator[str]], str, str]]] = [
    (crossing_arrows, "irc/x.py", "from clankbot.database.store import Store"),
    (crossing_arrows, "irc/x.py", "from clankbot.database import store"),
    (crossing_arrows, "irc/x.py", "import clankbot.database.store"),
    (crossing_arrows, "irc/x.py", "from clankbot.runtime import logging_setup"),
    (crossing_arrows, "irc/x.py", "from ..database import store"),
    (crossing_arrows, "irc/__init__.py", "from ..runtime import logging_setup"),
    (crossing_arrows, "irc/x.py", "from clankbot import app"),
    (crossing_arrows, "runtime/x.py", "from clankbot.irc import message"),
    (crossing_arrows, "records.py", "from clankbot.irc.message import parse_line"),
    (crossing_arrows, "loopback/x.py", "from clankbot.irc.reader import Reader"),
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
    (crossed_borders, "processing/x.py", "import sqlite3"),
    (crossed_borders, "app.py", "import pymysql.cursors"),
    (crossed_borders, "auth/x.py", "import os\nkey = os.environ['KEY']"),
    (crossed_borders, "auth/x.py", "from os import environ"),
    (crossed_borders, "app.py", "import os\nkey = os.getenv('KEY')"),
    (crossed_borders, "irc/x.py", "import time\ntime.sleep(1)"),
    (crossed_borders, "irc/x.py", "from time import sleep"),
    (crossed_borders, "irc/x.py", "import importlib"),
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
    ("app.py", "from clankbot.database import store\nfrom clankbot.irc.message import parse_line"),
    ("irc/x.py", "from clankbot import __version__\nfrom clankbot.irc import message"),
    ("irc/x.py", "from . import message\nfrom ..records import End"),
    ("loopback/x.py", "import socket\nfrom clankbot.irc.message import parse_line"),
    ("irc/connection.py", "import socket\nimport ssl\nfrom select import select"),
    ("http.py", "import requests.adapters\nfrom clankbot.errors import Cancelled"),
    ("database/x.py", "import sqlite3\nimport os\nhere = os.path.join('a')"),
    ("irc/x.py", "def _send(socket, requests):\n    socket.send(requests.get())"),
    ("processing/x.py", "help_text = 'Delete from the list, or select a model from it'"),
    ("irc/x.py", "class _Hidden:\n    def deed(self): ...\ndef _own(): ..."),
    ("irc/x.py", LONG_FUNCTION.replace("    pass\n", "", 1).replace(" long", " _long")),
]


def world_with(path: str, source: str) -> Package:
    """A small package that keeps every rule, and one more file."""
    names = "__init__ records errors http app runtime/logging_setup irc/__init__ irc/message"
    more = ("database/__init__", "database/store")
    sources = {f"{name}.py": '"""Doc."""' for name in [*names.split(), *more]}
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
    world = world_with(path, f'"""Doc."""\n{source}')
    assert [finding for rule in RULES for finding in rule(world)] == []
