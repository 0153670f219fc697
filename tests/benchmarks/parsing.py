"""How fast lines are taken apart, beside the parser of TwitchIO 2.10, and judged."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from clankbot.irc.message import parse_line
from tests.benchmarks.chat_lines import chat_lines
from tests.benchmarks.chat_stream import wire_lines
from tests.benchmarks.filter_benchmark import loaded, word_list
from tests.benchmarks.table import Figure

OTHER = "twitchio==2.10.0"
ENTRIES = 1_000
REPEATS = 7


def _best_us(deed: Callable[[str], object], lines: list[str]) -> float:
    best = float("inf")
    for _ in range(REPEATS):
        began = time.process_time()
        for line in lines:
            deed(line)
        best = min(best, time.process_time() - began)
    return best / len(lines) * 1e6


def _other_parser(folder: Path) -> Callable[[str, str], object] | None:
    """TwitchIO's, fetched for this run and not installed; None if there is no way to have it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    if subprocess.run([*command, str(folder), OTHER], check=False).returncode:
        return None
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        path = packed.extract("twitchio/parse.py", folder)
    spec = importlib.util.spec_from_file_location("other_parser", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    parser: Callable[[str, str], object] = module.parser
    return parser


def parser(scale: float) -> Iterator[Figure]:
    """Both take the same lines; ours gets all of the 200 and more conformance cases right."""
    lines = [line.decode().rstrip("\r\n") for line in wire_lines(round(10_000 * scale), seed=6)]
    ours = _best_us(parse_line, lines)
    with TemporaryDirectory() as folder:
        other = _other_parser(Path(folder))
        if other is None:
            yield Figure("parser", ours, "us a line", about=f"{OTHER} could not be fetched")
            return
        theirs = _best_us(lambda line: other(line, "clankbot"), lines)
    about = f"{ours:.1f} us beside {theirs:.1f} of TwitchIO 2.10"
    yield Figure("parser, speed", theirs / ours, "x", at_least=1.8, about=about)


def word_filter(scale: float) -> Iterator[Figure]:
    """A message through a word list of ordinary length."""
    lines = chat_lines(round(10_000 * scale), seed=8)
    judged = _best_us(loaded(word_list(ENTRIES)).verdict, lines)
    yield Figure("filter", judged, "us a message", about=f"{ENTRIES:,} entries")
