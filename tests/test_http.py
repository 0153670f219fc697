"""A request ends at its deadline, at a cancel and at its size, wherever it stands."""

from __future__ import annotations

import _thread
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.http import Deadline, Failure, HttpError, Response, certificates_problem
from tests.auth.certificate import self_signed
from tests.doubles import drips, hostile_answers
from tests.doubles.drips import DripServer, Script
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until

ROOT = Path(__file__).resolve().parents[1]

LIMIT_S = 0.15
# Over TLS the handshake has to be over by then, on a busy machine, too: where the connection is
# reset before, Python leaves a socket to its garbage collector, which warns of it.
TLS_LIMIT_S = 1.0
# How long a request is under way before it is called off.
MEANWHILE_S = 0.08

SCRIPTS: list[Script] = [
    drips.silent,
    drips.drips_header,
    drips.drips_body,
    drips.drips_chunk,
    drips.drips_lines,
    drips.drips_until_closed,
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's context for localhost, and the file that makes a client trust it."""
    return self_signed(tmp_path_factory.mktemp("tls"))


def read_lines(response: Response) -> None:
    """Read the body line by line."""
    for _ in response.lines():
        pass


def failure(
    url: str, *cancels: Cancel, seconds: float = 30.0, ca_file: Path | None = None
) -> tuple[float, HttpError]:
    """How long a request for all lines took, and the error it ended with."""
    began_s = time.monotonic()
    with pytest.raises(HttpError) as caught, Deadline(seconds, *cancels) as deadline:
        read_lines(deadline.send("GET", url, ca_file=str(ca_file) if ca_file else None))
    return time.monotonic() - began_s, caught.value


def body(script: Script, **options: bool) -> bytes:
    """What is read from a server that plays the script."""
    with DripServer(script) as server, Deadline(PATIENCE_S) as deadline:
        return deadline.send("GET", server.url, **options).body()


def answer_with(*pieces: bytes) -> Script:
    """A script that sends a body in these pieces and then nothing more."""

    def script() -> Iterator[bytes]:
        length = sum(map(len, pieces))
        yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length
        yield from pieces
        yield from drips.silent()

    return script


@pytest.mark.parametrize("script", SCRIPTS)
def test_lines_end_at_the_deadline_however_the_server_drips(script: Script) -> None:
    with DripServer(script) as server:
        took_s, error = failure(server.url, seconds=LIMIT_S)
        assert error.failure is Failure.LATE
        assert LIMIT_S <= took_s < LIMIT_S + AT_ONCE_S
        assert server.client_left.wait(PATIENCE_S)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_whole_body_ends_at_the_deadline_however_the_server_drips(script: Script) -> None:
    with DripServer(script) as server:
        began_s = time.monotonic()
        with pytest.raises(HttpError) as caught, Deadline(LIMIT_S) as deadline:
            deadline.send("GET", server.url).body()
        assert caught.value.failure is Failure.LATE
        assert LIMIT_S <= time.monotonic() - began_s < LIMIT_S + AT_ONCE_S
        assert server.client_left.wait(PATIENCE_S)


@pytest.mark.parametrize("script", [drips.drips_header, drips.drips_lines])
def test_a_request_over_tls_ends_at_its_deadline(
    script: Script, certificate: tuple[ssl.SSLContext, Path]
) -> None:
    context, trusted = certificate
    with DripServer(script, context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        took_s, error = failure(url, seconds=TLS_LIMIT_S, ca_file=trusted)
        assert error.failure is Failure.LATE
        assert TLS_LIMIT_S <= took_s < TLS_LIMIT_S + AT_ONCE_S


def test_a_tls_handshake_that_nobody_answers_ends_in_time() -> None:
    with DripServer(drips.silent) as server:
        took_s, error = failure(server.url.replace("http:", "https:"), seconds=LIMIT_S)
        assert error.connected
        assert took_s < LIMIT_S + AT_ONCE_S


def test_a_cancel_ends_a_tls_handshake() -> None:
    with DripServer(drips.silent) as server:
        cancel = Cancel()
        threading.Timer(MEANWHILE_S, cancel.cancel).start()
        took_s, error = failure(server.url.replace("http:", "https:"), cancel)
        assert error.failure is Failure.CANCELLED
        assert took_s < MEANWHILE_S + AT_ONCE_S


@pytest.mark.parametrize("script", SCRIPTS)
def test_any_of_its_cancels_closes_the_connection_at_once(script: Script) -> None:
    with DripServer(script) as server:
        cancel = Cancel()
        threading.Timer(MEANWHILE_S, cancel.cancel).start()
        took_s, error = failure(server.url, Cancel(), cancel)
        assert error.failure is Failure.CANCELLED
        assert took_s < MEANWHILE_S + AT_ONCE_S
        assert server.client_left.wait(PATIENCE_S)


def test_what_was_cancelled_before_it_began_ends_at_once() -> None:
    with DripServer(drips.silent) as server:
        cancel = Cancel()
        cancel.cancel()
        took_s, error = failure(server.url, cancel)
        assert error.failure is Failure.CANCELLED
        assert took_s < AT_ONCE_S


def test_lines_come_as_soon_as_they_are_complete() -> None:
    with DripServer(drips.drips_lines) as server, Deadline(PATIENCE_S) as deadline:
        lines = deadline.send("GET", server.url).lines()
        assert b"drip" in next(lines)
        assert b"drip" in next(lines)


def test_lines_are_told_apart_wherever_they_are_torn() -> None:
    pieces = (b"one\n\n \r\ntw", b"o", b"\nthree\nfour ", b"\xe2\x80\xa8 four")
    with DripServer(answer_with(*pieces)) as server, Deadline(PATIENCE_S) as deadline:
        lines = list(deadline.send("GET", server.url).lines())
    assert lines == [b"one", b"two", b"three", b"four \xe2\x80\xa8 four"]


def test_a_body_is_read_whole() -> None:
    assert body(answer_with(b"one\n\ntw", b"o ")) == b"one\n\ntwo "


def test_a_body_without_end_is_given_up() -> None:
    with DripServer(answer_with(*[b"x" * 100_000] * 11)) as server:
        _, error = failure(server.url)
    assert error.failure is Failure.TOO_LONG


def test_a_body_that_ends_too_early_is_no_answer() -> None:
    def half() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"

    with DripServer(half) as server:
        _, error = failure(server.url)
    assert (error.failure, error.connected) == (Failure.CONNECTION, True)


@pytest.mark.parametrize(
    "script", hostile_answers.REDIRECTS.values(), ids=hostile_answers.REDIRECTS
)
def test_a_redirect_is_an_answer_without_a_body_wherever_it_leads(script: Script) -> None:
    with DripServer(script) as server, Deadline(5) as deadline:
        response = deadline.send("GET", server.url)
        assert (response.is_redirect, response.body()) == (True, b"")


@pytest.mark.parametrize("script", hostile_answers.TOO_LONG.values(), ids=hostile_answers.TOO_LONG)
def test_what_comes_is_bounded_wherever_in_an_answer_it_stands(script: Script) -> None:
    with DripServer(script) as server:
        _, error = failure(server.url)
    assert (error.failure, error.connected) == (Failure.TOO_LONG, True)


@pytest.mark.parametrize(
    "script", hostile_answers.NO_ANSWER.values(), ids=hostile_answers.NO_ANSWER
)
def test_whatever_is_no_answer_is_no_traceback_either(script: Script) -> None:
    with DripServer(script) as server:
        _, error = failure(server.url)
    assert (error.failure, error.connected) == (Failure.CONNECTION, True)
    assert str(error).isprintable()
    assert "SSH" not in str(error)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "script", hostile_answers.ODD_BUT_AN_ANSWER.values(), ids=hostile_answers.ODD_BUT_AN_ANSWER
)
def test_what_is_odd_about_an_answer_and_not_needed_is_not_looked_at(script: Script) -> None:
    assert body(script) == b"{}"


def test_a_proxy_that_never_ends_its_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with DripServer(hostile_answers.NO_ANSWER["endless headers"]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(HttpError) as caught, Deadline(30) as deadline:
            deadline.send("GET", "https://twitch.invalid/", obeys_environment=True)
    assert caught.value.failure is Failure.TOO_LONG


def test_the_words_of_a_proxy_are_one_line_without_unseen_characters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refusal = b"HTTP/1.1 407 \x1b[31mno\xad\r\n\r\n"
    with DripServer(hostile_answers.whole(refusal)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(HttpError) as caught, Deadline(5) as deadline:
            deadline.send("GET", "https://twitch.invalid/", obeys_environment=True)
    assert caught.value.failure is Failure.PROXY
    assert str(caught.value) == "Tunnel connection failed: 407 [31mno"


@pytest.mark.parametrize("host", ["a..b", f"{'a' * 70}.test", "nobody.invalid", "127.0.0.1:9"])
def test_a_host_that_cannot_be_reached_is_no_traceback(host: str) -> None:
    _, error = failure(f"http://{host}/")
    assert (error.failure, error.connected) == (Failure.CONNECTION, False)


@pytest.mark.parametrize(
    ("host", "hours_left", "is_trusted", "told"),
    [
        ("localhost", 1, False, "self-signed certificate"),
        ("localhost", -1, True, "certificate has expired"),
        ("elsewhere.test", 1, True, "Hostname mismatch"),
    ],
)
def test_a_certificate_that_is_refused_is_told_apart_and_without_an_address(
    tmp_path: Path, host: str, hours_left: int, is_trusted: bool, told: str
) -> None:
    context, trusted = self_signed(tmp_path, host, hours_left)
    with DripServer(drips.silent, context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        _, error = failure(url, ca_file=trusted if is_trusted else None)
    assert error.failure is Failure.CERTIFICATE
    assert str(error).partition(" (this machine's clock says ")[0] == told
    assert ("is that right?" in str(error)) is (hours_left < 0)


def test_trusting_one_certificate_leaves_the_usual_ones_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "usual").mkdir()
    context, usual = self_signed(tmp_path / "usual")
    _, trusted = self_signed(tmp_path / "one")
    monkeypatch.setattr("requests.utils.DEFAULT_CA_BUNDLE_PATH", str(usual))
    with DripServer(drips.drips_lines, context) as server, Deadline(PATIENCE_S) as deadline:
        url = server.url.replace("127.0.0.1", "localhost")
        assert b"drip" in next(deadline.send("GET", url, ca_file=str(trusted)).lines())


def test_a_file_of_certificates_is_looked_into_before_it_is_needed(tmp_path: Path) -> None:
    _, trusted = self_signed(tmp_path)
    assert certificates_problem(str(trusted)) is None
    for name, content in (("empty.pem", ""), ("key.pem", (tmp_path / "private.pem").read_text())):
        (tmp_path / name).write_text(content)
        assert certificates_problem(str(tmp_path / name))
    assert certificates_problem(str(tmp_path / "none.pem")) == "No such file or directory"
    assert certificates_problem(str(tmp_path)) is not None


def test_the_time_is_for_a_proxy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with DripServer(drips.drips_header) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        began_s = time.monotonic()
        with pytest.raises(HttpError) as caught, Deadline(0.2) as deadline:
            deadline.send("GET", "https://twitch.invalid/", obeys_environment=True)
        assert caught.value.failure is Failure.LATE
        assert time.monotonic() - began_s < AT_ONCE_S


def test_the_environment_has_a_say_only_if_it_is_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert body(answer_with(b"direct")) == b"direct"
    with pytest.raises(HttpError) as caught:
        body(answer_with(b"through the proxy"), obeys_environment=True)
    assert caught.value.failure is Failure.PROXY


def test_the_first_reason_to_end_is_the_one_that_counts() -> None:
    cancel, before = Cancel(), _thread._count()
    with Deadline(0.05, cancel) as deadline:
        deadline.check()
        cancel.cancel()
        wait_until(lambda: _thread._count() == before)
        with pytest.raises(HttpError) as caught:
            deadline.check()
        assert caught.value.failure is Failure.CANCELLED


def test_a_deadline_that_was_kept_leaves_no_thread() -> None:
    before = _thread._count()
    with Deadline(60):
        assert _thread._count() == before + 1
    wait_until(lambda: _thread._count() == before)


def test_a_request_that_finds_no_room_for_its_deadline_is_an_outage() -> None:
    former = threading.stack_size(1 << 46)  # more than there are addresses
    try:
        with pytest.raises(HttpError) as caught, Deadline(5):
            pass
    finally:
        threading.stack_size(former)
    assert (caught.value.failure, str(caught.value)) == (
        Failure.CONNECTION,
        "no room for another thread",
    )


WITHOUT_MEMORY = """
import _testcapi
from clankbot.http import Deadline, HttpError

for number in range(1000):
    try:
        _testcapi.set_nomemory(number, number + 1)  # one allocation of this or the new thread fails
        with Deadline(60):
            _testcapi.remove_mem_hooks()
    except HttpError as error:
        _testcapi.remove_mem_hooks()
        print(error)
        break
    except (MemoryError, RuntimeError):
        _testcapi.remove_mem_hooks()
"""


def test_a_thread_that_dies_before_it_has_begun_holds_nobody_up() -> None:
    """``Thread.start`` waits for it for ever, and the bot would never speak again."""
    pytest.importorskip("_testcapi")
    command = [sys.executable, "-c", WITHOUT_MEMORY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout) == (0, "no room for another thread\n")
