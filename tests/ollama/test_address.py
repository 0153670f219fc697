"""Whatever is pasted as the server's address."""

from __future__ import annotations

import pytest

from clankbot.ollama.address import base_url, port_hint, shown


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("", "http://127.0.0.1:11434"),
        ("localhost", "http://localhost:11434"),
        ("10.0.0.5", "http://10.0.0.5:11434"),
        ("my_ollama", "http://my_ollama:11434"),
        ("gpu.example.org:1234", "http://gpu.example.org:1234"),
        (":1234", "http://127.0.0.1:1234"),
        ("::1", "http://[::1]:11434"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("http://host", "http://host"),
        ("https://host", "https://host"),
        ("HTTPS://Host:8443", "https://host:8443"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://0.0.0.0:11434", "http://127.0.0.1:11434"),
        ("[::]:11434", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        ("http://localhost:11434/", "http://localhost:11434"),
        ("  'http://localhost:11434//' ", "http://localhost:11434"),
        ('"localhost"', "http://localhost:11434"),
        ("http://localhost:11434/v1", "http://localhost:11434"),
        ("http://localhost:11434/v1/chat/completions", "http://localhost:11434"),
        ("localhost:11434/api/", "http://localhost:11434"),
        ("https://host/ollama/api/chat", "https://host/ollama"),
        ("https://host/api/generate", "https://host"),
        ("https://host/api/tags", "https://host"),
        ("https://host/ollama", "https://host/ollama"),
        ("ollama.com", "https://ollama.com"),
        ("https://ollama.com/", "https://ollama.com"),
        ("http://ann:s3cret@host:80/x", "http://ann:s3cret@host:80/x"),
    ],
)
def test_an_address_is_understood_as_ollama_itself_would(pasted: str, meant: str) -> None:
    assert base_url(pasted) == meant
    assert base_url(meant) == meant


@pytest.mark.parametrize(
    "nonsense",
    [
        "ftp://host",
        "http:/host",
        "http//host",
        "host:porto",
        "host:99999",
        "host:0",
        "two words",
        "http://",
        "://x",
        "http://[::1",
        "http://[1.2.3.4]",
        "host?x=1",
        "host#here",
        "a..b",
        "http://\u0141ukasz:has\u0142o@host",
    ],
)
def test_nonsense_is_refused_in_one_sentence_that_does_not_repeat_it(nonsense: str) -> None:
    with pytest.raises(ValueError, match="not the address of an Ollama server; accep") as error:
        base_url(nonsense)
    assert nonsense not in str(error.value)


def test_a_password_is_not_shown() -> None:
    assert shown("http://ann:s3cr@t@host:80/x") == "http://host:80/x"
    assert shown("http://host/x@y") == "http://host/x@y"


def test_an_address_without_a_port_gets_a_hint() -> None:
    assert "11434" in port_hint("http://host")
    assert port_hint("http://host:80") == ""
    assert port_hint("https://ollama.com") == ""
