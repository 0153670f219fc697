"""What a setting names and is no file is refused with a sentence, and nobody waits for it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from clankbot.auth.keys import KeySource
from clankbot.config.env_file import read_env_file
from clankbot.database.mysql import MySqlEngine, MySqlSettings
from clankbot.errors import DatabaseError
from clankbot.files import read_bytes
from clankbot.processing.filter.content_filter import list_problems
from clankbot.records.accounts import Secret
from clankbot.services import certificate_problems


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _long(path: Path) -> None:
    path.touch()
    os.truncate(path, (16 << 20) + 1)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "it is a pipe, not a file"),
        (_socket, "it is a socket, not a file"),
        (os.mkdir, "it is a folder, not a file"),
        (_endless, "it is a device, not a file"),
        (_long, "it is longer than 16 MB"),
    ],
)
def test_what_is_no_file_is_told(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    make(tmp_path / "odd")
    with pytest.raises(OSError) as caught:
        read_bytes(tmp_path / "odd")
    assert caught.value.strerror == reason


def _mysql_problems(path: Path) -> tuple[str, ...]:
    server = MySqlSettings(
        host="127.0.0.1", port=1, user="u", password=Secret("p"), database="d", ssl_ca=path
    )
    with pytest.raises(DatabaseError) as caught:
        MySqlEngine(server).connect()
    return (str(caught.value),)


@pytest.mark.parametrize(
    "problems",
    [
        list_problems,
        certificate_problems,
        _mysql_problems,
        lambda path: read_env_file(path, ()).problems,
        lambda path: KeySource(None, path, path).problems(),
        lambda path: KeySource(None, None, path).problems(),
    ],
    ids=["BLOCKED_WORDS_FILE", "OLLAMA_CA_FILE", "MYSQL_SSL_CA", ".env", "key", "default key"],
)
def test_whatever_setting_names_it(
    tmp_path: Path, problems: Callable[[Path], tuple[str, ...]]
) -> None:
    os.mkfifo(tmp_path / "odd")
    (problem,) = problems(tmp_path / "odd")
    assert "it is a pipe, not a file" in problem
