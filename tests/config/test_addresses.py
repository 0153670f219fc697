"""Addresses that people paste, and those that would send a sign-in over the wire in the clear."""

from __future__ import annotations

import pytest

from clankbot.config.addresses import (
    IRC_SERVER,
    LISTENER,
    OLLAMA_URL,
    SERVICE_URL,
    IrcServer,
    Listener,
    without_password,
)
from clankbot.config.kinds import Kind, Refused

PASTED = [
    ("localhost", "http://localhost:11434"),
    ("10.0.0.5", "http://10.0.0.5:11434"),
    ("ollama_server:1234", "http://ollama_server:1234"),
    (":1234", "http://127.0.0.1:1234"),
    ("::1", "http://[::1]:11434"),
    ("[::1]:1234", "http://[::1]:1234"),
    ("http://host", "http://host"),
    ("HTTPS://Host/", "https://host"),
    ("http://localhost:11434/", "http://localhost:11434"),
    ("0.0.0.0", "http://127.0.0.1:11434"),
    ("http://0.0.0.0:11434", "http://127.0.0.1:11434"),
    ("http://[::]:11434", "http://[::1]:11434"),
    ("localhost:11434/v1", "http://localhost:11434"),
    ("localhost:11434/v1/chat/completions", "http://localhost:11434"),
    ("http://localhost:11434/v1/models", "http://localhost:11434"),
    ("http://localhost:11434/v1/completions", "http://localhost:11434"),
    ("http://localhost:11434/v1/messages/", "http://localhost:11434"),
    ("http://localhost:1234/api/v1", "http://localhost:1234"),
    ("http://localhost:1234/api/v1/", "http://localhost:1234"),
    ("http://localhost:1234/api/v0/models", "http://localhost:1234"),
    ("https://host/api/v1/chat/completions", "https://host"),
    ("http://localhost:3000/api/chat/completions", "http://localhost:3000"),
    ("http://localhost:3000/ollama/v1", "http://localhost:3000/ollama"),
    ("http://localhost:3000/ollama/api", "http://localhost:3000/ollama"),
    ("https://host/api/v1/ollama", "https://host/api/v1/ollama"),
    ("https://host/v1/tenant", "https://host/v1/tenant"),
    ("https://host/apiary", "https://host/apiary"),
    ("localhost:11434/api/pull", "http://localhost:11434"),
    ("localhost:11434/api/", "http://localhost:11434"),
    ("localhost:11434/api/chat", "http://localhost:11434"),
    ("localhost:11434/api/generate", "http://localhost:11434"),
    ("localhost:11434/api/tags", "http://localhost:11434"),
    ("https://host/ollama", "https://host/ollama"),
    ("https://host/ollama/api/chat/", "https://host/ollama"),
    ("https://host/api/ollama", "https://host/api/ollama"),
    ("ollama.com", "https://ollama.com"),
    ("https://ollama.com/", "https://ollama.com"),
    ("https://Me:Pw@host:8443", "https://Me:Pw@host:8443"),
    ("me:pw@host", "http://me:pw@host:11434"),
]


@pytest.mark.parametrize(("text", "url"), PASTED)
def test_whatever_is_pasted_becomes_a_base_url(text: str, url: str) -> None:
    assert OLLAMA_URL.read(text) == url
    assert OLLAMA_URL.read(url) == url


IRC_SERVERS = [
    ("ircs://irc.chat.twitch.tv:6697", IrcServer("irc.chat.twitch.tv", 6697, True)),
    ("IRCS://Chat.Example/", IrcServer("chat.example", 6697, True)),
    ("ircs://localhost:40123", IrcServer("localhost", 40123, True)),
    ("irc://127.0.0.1:6667", IrcServer("127.0.0.1", 6667, False)),
    ("irc://127.8.9.1", IrcServer("127.8.9.1", 6667, False)),
    ("irc://[::1]:7000", IrcServer("::1", 7000, False)),
    ("irc://localhost", IrcServer("localhost", 6667, False)),
]


@pytest.mark.parametrize(("text", "server"), IRC_SERVERS)
def test_chat_is_found_with_its_usual_port(text: str, server: IrcServer) -> None:
    assert IRC_SERVER.read(text) == server


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://id.twitch.tv/oauth2/", "https://id.twitch.tv/oauth2"),
        ("https://host:8443", "https://host:8443"),
        ("https://id.twitch.tv./oauth2", "https://id.twitch.tv./oauth2"),
        ("http://localhost:8080/helix", "http://localhost:8080/helix"),
        ("http://127.0.0.1:8080/helix", "http://127.0.0.1:8080/helix"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_service_is_https_or_on_this_machine(text: str, url: str) -> None:
    assert SERVICE_URL.read(text) == url


@pytest.mark.parametrize(
    ("text", "listener"),
    [
        ("127.0.0.1:8787", Listener("127.0.0.1", 8787)),
        ("0.0.0.0:80", Listener("0.0.0.0", 80)),
        ("[::1]:8787", Listener("::1", 8787)),
        ("8787", Listener("127.0.0.1", 8787)),
    ],
)
def test_a_listener_is_a_host_and_a_port(text: str, listener: Listener) -> None:
    assert LISTENER.read(text) == listener
    assert str(listener).endswith(text)  # as a URL has it, an IPv6 address in brackets


REFUSED: list[tuple[Kind[object], str]] = [
    *[
        (SERVICE_URL, text)
        for text in (
            "http://id.twitch.tv/oauth2",
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1\\@evil.example/",
            "http://localhost@evil.example",
            "http://192.168.1.5/oauth2",
            "https://me:pw@id.twitch.tv/oauth2",
            "https://host/path?query=1",
            "https://host/#fragment",
            "https://",
            "https:///oauth2",
            "https://ho st/",
            "https://host:99999/",
            "https://a..b/",
            "https://.host/",
            f"https://{'a' * 64}.tv/",
            f"https://{'a.' * 130}tv/",
            "https://[::1",
            "ftp://host/",
            "id.twitch.tv/oauth2",
        )
    ],
    *[
        (IRC_SERVER, text)
        for text in (
            "irc://irc.chat.twitch.tv:6667",
            "irc://192.168.1.5",
            "irc://localhost.evil.example",
            "ircs://host/path",
            "ircs://me@host",
            "ircs://host:0",
            "wss://irc-ws.chat.twitch.tv:443",
            "irc.chat.twitch.tv:6697",
            "ircs://",
        )
    ],
    *[
        (OLLAMA_URL, text)
        for text in (
            "http:/host",
            "https//host",
            "http://",
            "ftp://host",
            "host:port",
            "host:0",
            "http://host?x=1",
            "http://host/#x",
            "two words",
            "hö.example",
            "http://host\r\nX: y",
            "/",
        )
    ],
    *[(LISTENER, text) for text in ("here", "host:", "host:99999", "http://host:1", "host:1/x")],
]


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_anything_else_is_refused(kind: Kind[object], text: str) -> None:
    with pytest.raises(Refused):
        kind.read(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:pw@host:1/x", "http://<secret>@host:1/x"),
        ("http://token@host", "http://<secret>@host"),
        ("me:pw@host", "<secret>@host"),
        ("http://me:p@w@host", "http://<secret>@host"),
        ("http://host/x", "http://host/x"),
        ("b@d", "b@d"),
    ],
)
def test_a_password_is_hidden(text: str, shown: str) -> None:
    assert without_password(text) == shown
