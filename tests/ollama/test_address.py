"""What is told of the server's address."""

from __future__ import annotations

from clankbot.ollama.address import port_hint, shown


def test_a_password_is_not_shown() -> None:
    assert shown("http://ann:s3cr@t@host:80/x") == "http://host:80/x"
    assert shown("http://host/x@y") == "http://host/x@y"


def test_an_address_without_a_port_gets_a_hint() -> None:
    assert "11434" in port_hint("http://host")
    assert port_hint("http://host:80") == ""
    assert port_hint("https://ollama.com") == ""
