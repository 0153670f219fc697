"""A deadline and a cancel end a request wherever it stands."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clankbot.cancel import Cancel
from clankbot.errors import Cancelled, OllamaError, OllamaTimeout, OllamaUnavailable
from clankbot.http import Deadline
from clankbot.ollama.client import ChatRequest, OllamaClient
from tests.doubles import drips
from tests.doubles.drips import DripServer, Script

LIMIT_S = 0.15
MEANWHILE_S = 0.08
"""How long a request is under way before it is called off."""
SLACK_S = 1.0
"""For a busy machine; without the deadline these would last for ever."""
REQUEST = ChatRequest("m", "", "hi", 4096, 100)

SCRIPTS: list[Script] = [
    drips.silent,
    drips.drips_header,
    drips.drips_body,
    drips.drips_chunk,
    drips.drips_lines,
    drips.drips_until_closed,
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "loopback.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def timed_failure(work: Callable[[], object]) -> tuple[float, OllamaError]:
    """How long the work took, and the error it ended with."""
    began = time.monotonic()
    with pytest.raises(OllamaError) as caught:
        work()
    return time.monotonic() - began, caught.value


def generation(client: OllamaClient, cancel: Cancel) -> Callable[[], object]:
    """A generation that never has enough."""
    return lambda: client.generate(REQUEST, cancel, lambda text: False)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_generation_ends_at_its_deadline_however_the_server_drips(script: Script) -> None:
    with DripServer(script) as server:
        client = OllamaClient(server.url, timeout_s=LIMIT_S)
        took_s, error = timed_failure(generation(client, Cancel()))
        assert isinstance(error, OllamaTimeout)
        assert LIMIT_S <= took_s < LIMIT_S + SLACK_S
        assert server.client_left.wait(5)


@pytest.mark.parametrize("script", [drips.drips_header, drips.drips_lines])
def test_a_generation_over_tls_ends_at_its_deadline(script: Script, certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with DripServer(script, tls) as server:
        client = OllamaClient(server.url, timeout_s=LIMIT_S, ca_file=str(certificate))
        took_s, error = timed_failure(generation(client, Cancel()))
        assert isinstance(error, OllamaTimeout)
        assert LIMIT_S <= took_s < LIMIT_S + SLACK_S


def test_a_tls_handshake_that_nobody_answers_ends_in_time() -> None:
    with DripServer(drips.silent) as server:
        client = OllamaClient(server.url.replace("http:", "https:"), timeout_s=LIMIT_S)
        took_s, error = timed_failure(generation(client, Cancel()))
        assert isinstance(error, OllamaUnavailable)
        assert took_s < LIMIT_S + SLACK_S


def test_a_cancel_ends_a_tls_handshake() -> None:
    with DripServer(drips.silent) as server:
        cancel = Cancel()
        threading.Timer(MEANWHILE_S, cancel.cancel).start()
        client = OllamaClient(server.url.replace("http:", "https:"))
        took_s, error = timed_failure(generation(client, cancel))
        assert isinstance(error, Cancelled)
        assert took_s < MEANWHILE_S + SLACK_S


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_cancel_closes_the_connection_at_once(script: Script) -> None:
    with DripServer(script) as server:
        cancel = Cancel()
        threading.Timer(MEANWHILE_S, cancel.cancel).start()
        took_s, error = timed_failure(generation(OllamaClient(server.url), cancel))
        assert isinstance(error, Cancelled)
        assert took_s < MEANWHILE_S + SLACK_S
        assert server.client_left.wait(5)


def test_what_was_cancelled_before_it_began_ends_at_once() -> None:
    with DripServer(drips.silent) as server:
        cancel = Cancel()
        cancel.cancel()
        took_s, error = timed_failure(generation(OllamaClient(server.url), cancel))
        assert isinstance(error, Cancelled)
        assert took_s < SLACK_S


def test_closing_the_client_ends_even_a_load() -> None:
    with DripServer(drips.silent) as server:
        client = OllamaClient(server.url)
        threading.Timer(MEANWHILE_S, client.close).start()
        took_s, error = timed_failure(lambda: client.load("m", 4096, Cancel()))
        assert isinstance(error, Cancelled)
        assert took_s < MEANWHILE_S + SLACK_S


def test_a_quick_question_does_not_wait_longer_than_a_generation_may() -> None:
    with DripServer(drips.silent) as server:
        took_s, error = timed_failure(OllamaClient(server.url, timeout_s=LIMIT_S).version)
        assert isinstance(error, OllamaTimeout)
        assert took_s < LIMIT_S + SLACK_S


def test_a_callback_attached_after_the_cancel_runs_at_once() -> None:
    cancel, ran = Cancel(), []
    cancel.attach(lambda: ran.append("before"))
    cancel.cancel()
    cancel.cancel()
    cancel.attach(lambda: ran.append("after"))
    assert ran == ["before", "after"]
    assert cancel.cancelled


def test_a_detached_callback_does_not_run() -> None:
    cancel, ran = Cancel(), []

    def note() -> None:
        ran.append("ran")

    cancel.attach(note)
    cancel.detach(note)
    cancel.detach(note)
    cancel.cancel()
    assert ran == []


def deadline_thread() -> threading.Thread:
    """The thread of the only deadline there is."""
    (timer,) = (t for t in threading.enumerate() if t.name == "deadline")
    return timer


def test_the_first_reason_to_end_is_the_one_that_counts() -> None:
    cancel = Cancel()
    with Deadline(0.05, cancel, late=OllamaTimeout) as deadline:
        deadline.check()
        timer = deadline_thread()
        cancel.cancel()
        timer.join(5)
        with pytest.raises(Cancelled):
            deadline.check()


def test_a_deadline_that_was_kept_leaves_no_thread() -> None:
    with Deadline(60, late=OllamaTimeout):
        timer = deadline_thread()
    timer.join(5)
    assert not timer.is_alive()
