"""The client against a real HTTP server: what it asks, what it understands, when it leaves."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.errors import (
    Cancelled,
    ModelMissing,
    OllamaError,
    OllamaRefused,
    OllamaTimeout,
    OllamaUnavailable,
    PromptTooLong,
)
from clankbot.ollama.client import OllamaClient, Unreachable
from clankbot.ollama.protocol import DEADLINE, Generation, InMemory, ModelFacts
from clankbot.records.accounts import Secret
from tests.auth.certificate import self_signed
from tests.doubles.drips import DripServer, drips_chunk, drips_lines, silent
from tests.doubles.fake_ollama import Behaviour, FakeOllama
from tests.doubles.pages import Page, PageServer
from tests.waiting import PATIENCE_S

OPTIONS = {"temperature": 0.5, "num_ctx": 8192, "num_predict": 200}


def generate(
    client: OllamaClient,
    cancel: Cancel | None = None,
    user: str = "hello",
) -> Generation:
    """One generation."""
    return client.generate("llama3.1", "be kind", user, OPTIONS, cancel or Cancel())


def cancel_after(wait: Callable[[], object], cancel: Cancel) -> None:
    """Call it off, from another thread, when the wait is over."""

    def work() -> None:
        wait()
        cancel.cancel()

    threading.Thread(target=work).start()


def test_the_whole_request_is_as_ollama_wants_it(ollama: FakeOllama) -> None:
    generate(OllamaClient(ollama.url))
    assert ollama.wait_asked().body == {
        "model": "llama3.1",
        "stream": True,
        "think": False,
        "truncate": False,
        "messages": [
            {"role": "system", "content": "be kind"},
            {"role": "user", "content": "hello"},
        ],
        "options": OPTIONS,
        "keep_alive": "30m",
    }


def test_an_answer_is_read_to_its_end(ollama: FakeOllama) -> None:
    ollama.once(Behaviour(text="one two\nthree", thinking="hm", done_reason="length"))
    assert generate(OllamaClient(ollama.url)) == Generation(
        "one two\nthree", "length", 3, True, written_tokens=3
    )


@pytest.mark.parametrize(
    ("keep_alive", "sent"),
    [("30m", "30m"), ("-1", -1), ("1.5", 1.5), ("0", 0), ("0s", "0s")],
)
def test_a_keep_alive_in_bare_digits_is_sent_as_a_number(
    ollama: FakeOllama, keep_alive: str, sent: str | float
) -> None:
    generate(OllamaClient(ollama.url, keep_alive=keep_alive))
    value = ollama.wait_asked().body["keep_alive"]
    assert value == sent
    assert type(value) is type(sent)


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (Behaviour(status=500, error="runner has unexpectedly stopped"), OllamaUnavailable),
        (Behaviour(status=503, error="server busy"), OllamaUnavailable),
        (Behaviour(status=502, body="<html>"), OllamaUnavailable),
        (Behaviour(status=400, error="invalid model name"), OllamaRefused),
        (Behaviour(status=301, body=""), OllamaRefused),
        (Behaviour(text="half an", error="boom"), OllamaUnavailable),
        (Behaviour(text="half an", without_done=True), OllamaUnavailable),
        (Behaviour(body="<html>Welcome</html>"), OllamaUnavailable),
        (Behaviour(body='{"done": true'), OllamaUnavailable),
        (Behaviour(body=""), OllamaUnavailable),
        (Behaviour(body='{"message": {"content": "\\udcff"}}'), OllamaUnavailable),
        (Behaviour(reset=True), OllamaUnavailable),
    ],
)
def test_every_failure_is_one_of_ours(
    ollama: FakeOllama, behaviour: Behaviour, kind: type[OllamaError]
) -> None:
    ollama.once(behaviour)
    with pytest.raises(OllamaError) as caught:
        generate(OllamaClient(ollama.url))
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    "body", ["x" * (1 << 21), f'{{"message":{{}},"x":"{"x" * 1000}"}}\n' * 2000]
)
def test_an_answer_without_end_is_given_up(ollama: FakeOllama, body: str) -> None:
    ollama.once(Behaviour(body=body))
    with pytest.raises(OllamaUnavailable) as error:
        generate(OllamaClient(ollama.url))
    assert "longer than" in error.value.detail


def test_one_json_object_without_a_line_end_is_an_answer_too(ollama: FakeOllama) -> None:
    ollama.once(Behaviour(body='{"message": {"content": "hi"}, "done": true}'))
    assert generate(OllamaClient(ollama.url)) == Generation("hi", None, None, False)


def test_line_separators_inside_a_text_do_not_end_a_line(ollama: FakeOllama) -> None:
    body = json.dumps({"message": {"content": "a\u2028b\x85c"}, "done": True}, ensure_ascii=False)
    ollama.once(Behaviour(body=f"\n{body}\n\n"))
    assert generate(OllamaClient(ollama.url)).text == "a\u2028b\x85c"


def test_a_missing_model_is_named(ollama: FakeOllama) -> None:
    ollama.models.clear()
    with pytest.raises(ModelMissing, match=r"ollama pull llama3\.1") as error:
        generate(OllamaClient(ollama.url))
    assert error.value.model == "llama3.1"


def test_too_long_a_prompt_is_told_apart(ollama: FakeOllama) -> None:
    with pytest.raises(PromptTooLong):
        generate(OllamaClient(ollama.url), user="word " * 8000)


def test_a_server_that_is_gone_is_unreachable(ollama: FakeOllama) -> None:
    ollama.down()
    with pytest.raises(Unreachable) as error:
        generate(OllamaClient(ollama.url))
    assert error.value.in_full == "Ollama cannot be reached (Connection refused)"


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable) as error:
        OllamaClient("http://nobody.invalid").version()
    assert "names no port" in error.value.detail


def test_an_address_without_a_port_gets_a_hint() -> None:
    assert "11434" in OllamaClient("http://host").port_hint
    assert OllamaClient("http://host:80").port_hint == ""
    assert OllamaClient("https://ollama.com").port_hint == ""


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://ann:s3cr@t@host:80/x", "http://host:80/x"),
        ("http://host/x@y", "http://host/x@y"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert OllamaClient(url).address == shown


def test_plain_http_behind_a_tls_address_is_unreachable(ollama: FakeOllama) -> None:
    with pytest.raises(Unreachable):
        OllamaClient(ollama.url.replace("http:", "https:")).version()


def test_a_load_asks_for_the_same_window_as_the_generation(ollama: FakeOllama) -> None:
    client = OllamaClient(ollama.url)
    assert client.in_memory("llama3.1") == InMemory()
    client.load("llama3.1", 8192, Cancel())
    assert client.in_memory("LLAMA3.1:latest") == InMemory(True, 8192)
    generate(client)
    assert ollama.loads == 1


@pytest.mark.parametrize("keep_alive", ["0", "0s", "0h0m0s", "0.0"])
def test_a_load_never_says_to_unload(ollama: FakeOllama, keep_alive: str) -> None:
    OllamaClient(ollama.url, keep_alive=keep_alive).load("llama3.1", 8192, Cancel())
    assert "keep_alive" not in ollama.load_bodies[0]


def test_a_load_says_how_long_to_keep(ollama: FakeOllama) -> None:
    for client in (OllamaClient(ollama.url, keep_alive="-1"), OllamaClient(ollama.url)):
        client.load("llama3.1", 8192, Cancel())
    assert [body["keep_alive"] for body in ollama.load_bodies] == [-1, "30m"]


def test_a_cancelled_load_is_not_left(ollama: FakeOllama) -> None:
    ollama.load_s = 0.1
    cancel = Cancel()
    cancel_after(lambda: ollama.wait_until(lambda: ollama.loads == 1), cancel)
    with pytest.raises(Cancelled):
        OllamaClient(ollama.url).load("llama3.1", 8192, cancel)
    assert ollama.loaded == {"llama3.1:latest": 8192}
    assert ollama.aborted_loads == 0


def test_closing_the_client_ends_even_a_load() -> None:
    with DripServer(silent) as server:
        client = OllamaClient(server.url)
        threading.Timer(0.08, client.close).start()
        with pytest.raises(Cancelled):
            client.load("m", 4096, Cancel())
        assert server.client_left.wait(PATIENCE_S)


def test_a_generation_ends_at_its_deadline_with_what_has_come() -> None:
    with DripServer(drips_lines) as server:
        generation = generate(OllamaClient(server.url, timeout_s=0.5))
        assert set(generation.text.split()) == {"drip"}
        assert generation.done_reason == DEADLINE
        assert server.client_left.wait(PATIENCE_S)


def test_a_generation_of_which_nothing_has_come_by_its_deadline_is_late() -> None:
    with DripServer(drips_chunk) as server:
        with pytest.raises(OllamaTimeout):
            generate(OllamaClient(server.url, timeout_s=0.15))
        assert server.client_left.wait(PATIENCE_S)


def test_a_certificate_of_its_own_can_be_trusted(tmp_path: Path) -> None:
    context, trusted = self_signed(tmp_path)
    with DripServer(drips_lines, context) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with pytest.raises(Unreachable):
            generate(OllamaClient(url, timeout_s=PATIENCE_S))
        client = OllamaClient(url, timeout_s=1, ca_file=str(trusted))
        assert generate(client).text.startswith("drip ")


def test_a_certificate_by_an_authority_nobody_knows_can_be_trusted_by_itself(
    tmp_path: Path,
) -> None:
    context, trusted = self_signed(tmp_path, issuer="our own authority")
    with PageServer({"/api/version": Page('{"version": "0.9"}')}, tls=context) as server:
        with pytest.raises(Unreachable):
            OllamaClient(server.url).version()
        assert OllamaClient(server.url, ca_file=str(trusted)).version() == "0.9"


def test_a_file_of_certificates_that_has_gone_is_told(tmp_path: Path) -> None:
    client = OllamaClient("https://localhost:9", ca_file=str(tmp_path / "gone.pem"))
    with pytest.raises(Unreachable) as error:
        client.version()
    assert "No such file" in error.value.detail


def test_a_quick_question_does_not_wait_longer_than_a_generation_may() -> None:
    with DripServer(silent) as server, pytest.raises(OllamaTimeout):
        OllamaClient(server.url, timeout_s=0.15).version()


def test_a_load_may_take_longer_than_a_generation(ollama: FakeOllama) -> None:
    ollama.load_s = 0.15
    OllamaClient(ollama.url, timeout_s=0.1).load("llama3.1", 8192, Cancel())
    assert ollama.loaded


def test_a_cancelled_generation_is_left_at_once(ollama: FakeOllama) -> None:
    ollama.once(Behaviour(after=threading.Event()))
    cancel = Cancel()
    cancel_after(ollama.wait_asked, cancel)
    with pytest.raises(Cancelled):
        generate(OllamaClient(ollama.url), cancel)
    ollama.wait_until(lambda: ollama.asked[0].hung_up)


def test_models_are_listed_and_found_however_they_are_spelt(ollama: FakeOllama) -> None:
    ollama.models["hf.co/User/Repo:Q4_K_M"] = 4096
    client = OllamaClient(ollama.url)
    assert client.models() == ("llama3.1:latest", "hf.co/User/Repo:Q4_K_M")
    assert client.has_model("LLaMa3.1")
    assert client.has_model("hf.co/user/repo:q4_k_m")
    assert not client.has_model("llama3.1:8b")


def test_facts_about_a_model(ollama: FakeOllama) -> None:
    ollama.thinkers.add("llama3.1:latest")
    client = OllamaClient(ollama.url)
    assert client.facts("llama3.1") == ModelFacts(131_072, True, True)
    assert client.facts("unknown") == ModelFacts()


def test_the_version_is_told(ollama: FakeOllama) -> None:
    assert OllamaClient(ollama.url).version() == "0.12.6"


def test_the_key_is_sent_as_a_bearer_token(ollama: FakeOllama) -> None:
    generate(OllamaClient(ollama.url, api_key=Secret(" k3y\n")))
    assert ollama.wait_asked().headers["Authorization"] == "Bearer k3y"


def test_a_password_in_the_address_is_sent_as_basic_authentication(ollama: FakeOllama) -> None:
    client = OllamaClient(ollama.url.replace("//", "//ann:pw@"))
    generate(client)
    assert ollama.wait_asked().headers["Authorization"] == "Basic YW5uOnB3"
    assert "pw" not in client.address


@pytest.mark.parametrize("key", ["s3cret\r\nX-Evil: 1", "s3cretłó"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as error:
        OllamaClient("localhost", api_key=Secret(key))
    assert "s3cret" not in str(error.value)


def test_the_environment_has_no_say(ollama: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert OllamaClient(ollama.url).version()


def test_a_redirect_is_told_not_followed(ollama: FakeOllama) -> None:
    def elsewhere() -> Iterator[bytes]:
        yield b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
        yield f"Location: {ollama.url}/api/version\r\n\r\n".encode()
        yield from silent()

    with DripServer(elsewhere) as server, pytest.raises(OllamaRefused) as error:
        OllamaClient(server.url).version()
    assert "set OLLAMA_URL to the final address" in error.value.detail
    assert ollama.others == []


def test_a_port_where_nobody_accepts_does_not_hold_anybody() -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.create_connection(listener.getsockname()),
        pytest.raises(OllamaUnavailable),
    ):
        port = listener.getsockname()[1]
        OllamaClient(f"127.0.0.1:{port}", timeout_s=0.3).version()
