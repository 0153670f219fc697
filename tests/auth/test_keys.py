"""Where the key comes from, that nobody else ever reads it, and what only it decrypts."""

from __future__ import annotations

import base64
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.auth.keys import Encryption, KeySource
from clankbot.errors import ConfigError, KeyRefused
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import redact
from tests.auth.rig import KEY, NEWER_KEY
from tests.waiting import PATIENCE_S

TOKEN = Secret("token0123456789")


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A process that would let everybody read and write what it makes."""
    former = os.umask(0)
    yield
    os.umask(former)


def test_the_variable_goes_before_the_file(tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_bytes(NEWER_KEY)
    key = Secret(KEY.decode())
    assert KeySource(key, key_file, tmp_path / "default").find(may_create=True) == [KEY]
    assert KeySource(None, key_file, tmp_path / "default").find(may_create=True) == [NEWER_KEY]
    assert not (tmp_path / "default").exists()


def test_several_keys_are_read_in_their_order(tmp_path: Path) -> None:
    both = Secret(f" {NEWER_KEY.decode()} , {KEY.decode()}\n")
    assert KeySource(both, None, tmp_path / "default").find(may_create=False) == [NEWER_KEY, KEY]
    assert redact(f"{KEY.decode()} {NEWER_KEY.decode()}") == "<secret> <secret>"


def test_a_key_from_openssl_is_as_good(tmp_path: Path) -> None:
    raw = bytes(range(224, 256))
    printed = base64.b64encode(raw).decode()
    assert set("+/") & set(printed)
    expected = [base64.urlsafe_b64encode(raw)]
    for spelling in (printed, printed.rstrip("=")):
        assert KeySource(Secret(spelling), None, tmp_path / "k").find(may_create=False) == expected


@pytest.mark.parametrize("text", ["", ",", "secret-but-no-key", KEY.decode()[1:], "ü" * 44])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"^TOKEN_ENCRYPTION_KEY: .*openssl rand") as refused:
        KeySource(Secret(text), None, tmp_path / "default").find(may_create=True)
    assert not text.strip(",") or text not in str(refused.value)
    path = tmp_path / "key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"^TOKEN_ENCRYPTION_KEY_FILE.*openssl rand"):
        KeySource(None, path, tmp_path / "default").find(may_create=True)


def test_a_given_file_that_is_missing_is_never_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"TOKEN_ENCRYPTION_KEY_FILE: cannot read .*No such file"):
        KeySource(None, tmp_path / "missing", tmp_path / "default").find(may_create=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("open_umask")
def test_a_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "clankbot.key"
    keys = KeySource(None, None, path).find(may_create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeySource(None, None, path).find(may_create=False) == keys
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("open_umask")
def test_at_no_moment_can_others_read_a_new_key(tmp_path: Path) -> None:
    """A watcher opens every file of the folder as fast as it can and notes what it may."""
    seen: set[int] = set()
    stopping = threading.Event()

    def watch() -> None:
        while not stopping.is_set():
            for entry in os.scandir(tmp_path):
                try:
                    seen.add(stat.S_IMODE(entry.stat().st_mode))
                except FileNotFoundError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(50):
        KeySource(None, None, tmp_path / f"{number}.key").find(may_create=True)
    stopping.set()
    watcher.join()
    assert seen == {0o600}


@pytest.mark.parametrize("_attempt", range(10))
def test_two_that_make_a_key_at_once_end_up_with_the_same(tmp_path: Path, _attempt: int) -> None:
    found: list[list[bytes]] = []
    barrier = threading.Barrier(4)

    def make() -> None:
        barrier.wait(PATIENCE_S)
        found.append(KeySource(None, None, tmp_path / "clankbot.key").find(may_create=True))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 4


def test_a_lost_key_is_not_replaced_while_tokens_are_stored(tmp_path: Path) -> None:
    path = tmp_path / "clankbot.key"
    with pytest.raises(KeyRefused, match=r"missing.*put it back.*logout.*login"):
        KeySource(None, None, path).find(may_create=False)
    assert not path.exists()


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be made \(No such file"):
        KeySource(None, None, tmp_path / "nowhere" / "clankbot.key").find(may_create=True)


@pytest.mark.parametrize(
    ("mode", "warns"), [(0o600, 0), (0o400, 0), (0o440, 0), (0o640, 1), (0o644, 1), (0o404, 1)]
)
def test_a_key_file_that_others_may_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warns: int
) -> None:
    path = tmp_path / "my key"
    path.write_bytes(KEY)
    path.chmod(mode)
    assert KeySource(None, path, tmp_path / "default").find(may_create=False) == [KEY]
    assert [vars(record)["do"] for record in caplog.records] == [f"chmod 600 '{path}'"] * warns


@pytest.mark.parametrize(
    ("key", "key_file", "default_file", "begins"),
    [
        (None, "missing", "good", ["TOKEN_ENCRYPTION_KEY_FILE: cannot read "]),
        (None, "wrong", "good", ["TOKEN_ENCRYPTION_KEY_FILE /"]),
        (None, None, "wrong", ["The key file /"]),
        (None, None, "missing", []),
        (None, "good", "wrong", []),
        (Secret(KEY.decode()), None, "wrong", []),
    ],
)
def test_what_is_wrong_with_the_key_file_is_told_beforehand(
    tmp_path: Path, key: Secret | None, key_file: str | None, default_file: str, begins: list[str]
) -> None:
    (tmp_path / "wrong").write_text("no key")
    (tmp_path / "good").write_bytes(KEY)
    given = tmp_path / key_file if key_file else None
    problems = KeySource(key, given, tmp_path / default_file).problems()
    assert len(problems) == len(begins)
    assert all(p.startswith(begin) for p, begin in zip(problems, begins, strict=True))
    assert not (tmp_path / "missing").exists()


def test_what_was_encrypted_is_decrypted_again() -> None:
    encryption = Encryption([KEY])
    encrypted = encryption.encrypt(TOKEN)
    assert TOKEN.reveal() not in encrypted
    assert encryption.decrypt(encrypted) == TOKEN
    assert encryption.encrypt(TOKEN) != encrypted
    assert redact(TOKEN.reveal()) == "<secret>"


def test_another_key_does_not_decrypt_it() -> None:
    with pytest.raises(KeyRefused, match=r"TOKEN_ENCRYPTION_KEY.*logout.*login"):
        Encryption([NEWER_KEY]).decrypt(Encryption([KEY]).encrypt(TOKEN))


@pytest.mark.parametrize("damaged", ["", "nonsense", "gAAAAAA=", "ü"])
def test_a_damaged_text_does_not_decrypt(damaged: str) -> None:
    with pytest.raises(KeyRefused):
        Encryption([KEY]).decrypt(damaged)
    with pytest.raises(KeyRefused):
        Encryption([KEY]).rotate(damaged)


def test_a_text_that_was_tampered_with_does_not_decrypt() -> None:
    encrypted = Encryption([KEY]).encrypt(TOKEN)
    tampered = encrypted[:40] + ("A" if encrypted[40] != "A" else "B") + encrypted[41:]
    with pytest.raises(KeyRefused):
        Encryption([KEY]).decrypt(tampered)


def test_an_old_key_still_decrypts_and_the_newest_encrypts() -> None:
    before = Encryption([KEY]).encrypt(TOKEN)
    rotated = Encryption([NEWER_KEY, KEY])
    assert rotated.decrypt(before) == TOKEN
    assert not rotated.is_current(before)
    now = rotated.encrypt(TOKEN)
    assert rotated.is_current(now)
    assert Encryption([NEWER_KEY]).decrypt(now) == TOKEN
    rotated_text = rotated.rotate(before)
    assert rotated.is_current(rotated_text)
    assert Encryption([NEWER_KEY]).decrypt(rotated_text) == TOKEN
