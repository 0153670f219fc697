"""A start gets over any one call of the system that fails, as on a disk with a moment's trouble."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.database.database import Database
from clankbot.records.writes import OptOut
from tests.faults import preload
from tests.faults.preload import OPEN, READ, WRITE, FailingCalls
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]

# One start for each line: what ``run`` does before it connects to chat.
STARTS = """
import sys
from contextlib import ExitStack
from clankbot.database.database import Database, patiently
from clankbot.database.locks import hold_instance_lock

def begin(path):
    database = Database.sqlite(path)
    with ExitStack() as held:
        lock = lambda: held.enter_context(hold_instance_lock(database.engine, print))
        patiently(lock, PATIENCE_S, lambda seconds: None)
        database.make_ready(PATIENCE_S, lambda seconds: None)
        with database.open() as store:
            return store.load_tokens(), store.newest_time(), store.opted_out()

for line in sys.stdin:
    try:
        print(begin(line.strip()), flush=True)
    except Exception as error:
        print(repr(error), flush=True)
""".replace("PATIENCE_S", str(PATIENCE_S))


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[FailingCalls]:
    if preload.MISSING:
        pytest.skip(preload.MISSING)
    made = FailingCalls(tmp_path, "chatbot.db")
    yield made
    made.close()


@pytest.fixture
def left_behind(tmp_path: Path) -> Path:
    """The files of a program that was killed: a log lies beside the database."""
    folder = tmp_path / "left behind"
    folder.mkdir()
    database = Database.sqlite(tmp_path / "used.db")
    database.prepare()
    with database.open() as store:
        store.apply([OptOut("7", 1)])
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"used.db{end}", folder / f"kept.db{end}")
    return folder


def test_a_start_gets_over_any_one_call_that_fails(
    tmp_path: Path, calls: FailingCalls, left_behind: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS],
        cwd=ROOT,
        env=os.environ | calls.settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        for kind in (OPEN, READ, WRITE):
            for position in itertools.count():
                path = tmp_path / f"{kind} {position}" / "chatbot.db"
                path.parent.mkdir()
                for end in ("", "-wal"):
                    shutil.copy(left_behind / f"kept.db{end}", f"{path}{end}")
                with calls.failing(kind, errno.EIO, first=position, count=1):
                    print(path, file=child.stdin, flush=True)
                    found = child.stdout.readline()
                    is_past = calls.failed == 0
                where = f"call {position} of kind {kind} failed"
                assert found == "(None, None, frozenset({'7'}))\n", where
                if is_past:
                    break
            assert position > 3
