"""The reader against a Twitch chat on loopback: signing in, following, losing, leaving."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from clankbot.errors import AuthUnavailable, TokenRefused
from clankbot.records.accounts import Credentials, Secret
from clankbot.records.chat import (
    ChatCleared,
    ChatMessage,
    Event,
    LinkDown,
    LinkUp,
    MessageDeleted,
    Notice,
    OwnState,
    Reconnect,
    UserCleared,
)
from tests.doubles.twitch_room import TwitchRoom
from tests.irc.certificates import make_certificate
from tests.irc.rigs import (
    FakeAccount,
    FakeClock,
    ReaderThread,
    RecordedPauses,
    known_credentials,
)
from tests.waiting import AT_ONCE_S, PATIENCE_S, wait_until


def shorter_waits() -> float:
    """A chance that makes the waits shorter than they may be: 0.2, 0.4, 0.8 s ..."""
    return -0.6


def no_waits() -> float:
    """A chance that makes them nothing."""
    return -1.0


def longest_waits() -> float:
    """A chance that makes them as long as they may be: 1, 2, 4 s ..."""
    return 1.0


PROVED_S = 21.0
"""A connection that has lasted longer has proved itself."""


@pytest.fixture
def room() -> Iterator[TwitchRoom]:
    with TwitchRoom(bot_user_id="99") as made:
        yield made


# --- signing in and following ---


def test_the_reader_signs_in_and_delivers_what_chat_says(room: TwitchRoom) -> None:
    with ReaderThread(room) as reading:
        room.wait_joined(["harbour"])
        room.say("harbour", "vera", "good evening")
        room.barrier()
        assert reading.events[0] == LinkUp("clankbot", "99")
        assert reading.texts() == ["good evening"]
    assert room.lines[:3] == [
        "CAP REQ :twitch.tv/tags twitch.tv/commands",
        "PASS oauth:good",
        "NICK clankbot",
    ]


def test_an_anonymous_reader_signs_in_without_a_password(room: TwitchRoom) -> None:
    with ReaderThread(room, FakeAccount(lambda: Credentials("justinfan77", None, None))) as reading:
        room.wait_joined(["harbour"])
        assert reading.events[0] == LinkUp("justinfan77", None)
    assert not [line for line in room.lines if line.startswith("PASS")]


def test_chat_is_read_over_tls_however_it_is_cut(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    texts = ["a\u2028b\u0085c\u00a0d\u3000e", "f\u00fcr \U0001f98a " * 30, "  two  blanks  "]
    with TwitchRoom(tls_context=certificate.server_context()) as room:
        room.split_writes = True
        with ReaderThread(room, tls_context=certificate.client_context()) as reading:
            room.wait_joined(["harbour"])
            for text in texts:
                room.say("harbour", "vera", text)
            room.barrier()
            assert reading.texts() == texts


def test_damaged_lines_are_survived(room: TwitchRoom) -> None:
    with ReaderThread(room) as reading:
        room.wait_joined(["harbour"])
        room.raw_bytes(b"@only=tags\r\n:\xff\r\n \r\n:x PRIVMSG\r\n@tmi-sent-ts=x;id CLEARMSG\r\n")
        room.raw_bytes(b":vera!v@v PRIVMSG #harbour :\xff\xfe ok\r\n" + b"x" * 100_000 + b"\r\n")
        room.say("harbour", "vera", "still there")
        room.barrier()
        assert reading.texts() == ["\ufffd\ufffd ok", "still there"]
        assert len(room.connections) == 1


def test_ping_is_answered_with_its_own_text(room: TwitchRoom) -> None:
    with ReaderThread(room):
        room.wait_joined(["harbour"])
        room.raw("PING :tmi.twitch.tv")
        assert room.wait_line("PONG") == "PONG :tmi.twitch.tv"


# --- losing the connection ---


@pytest.mark.parametrize("fault", ["drop", "hang_up", "reconnect"])
def test_a_lost_connection_is_made_anew_within_two_seconds(room: TwitchRoom, fault: str) -> None:
    stopping = RecordedPauses()
    with ReaderThread(room, choose=longest_waits, stopping=stopping) as reading:
        room.wait_joined(["harbour"])
        getattr(room, fault)()
        reading.wait_connected(2)
        assert stopping.pauses == [1.0]
        room.wait_for(lambda: len(room.joins) == 2)
        kinds = [type(e) for e in reading.events if isinstance(e, LinkUp | LinkDown | Reconnect)]
        asked = [Reconnect] if fault == "reconnect" else []
        assert kinds == [LinkUp, *asked, LinkDown, LinkUp]


def test_before_the_next_try_a_while_really_passes(room: TwitchRoom) -> None:
    room.refuse_connections(1)
    with ReaderThread(room, choose=shorter_waits) as reading:
        reading.wait_connected(1)
        first, second = room.connections
        assert second - first > 0.19


def test_the_old_connection_is_closed_before_the_next_begins(room: TwitchRoom) -> None:
    with ReaderThread(room, choose=no_waits) as reading:
        room.wait_joined(["harbour"])
        old = room.everybody()[0]
        room.reconnect()
        reading.wait_connected(2)
        assert old not in room.everybody()
        assert len(room.everybody()) == 1


def test_there_is_no_way_out_while_there_is_no_connection(room: TwitchRoom) -> None:
    with ReaderThread(room, choose=shorter_waits) as reading:
        room.wait_joined(["harbour"])
        room.refuse_connections(1000)
        room.drop()
        wait_until(lambda: reading.all(LinkDown))
        assert not reading.link.send_line("PRIVMSG #harbour :into the void")
        room.refuse_connections(0)
        reading.wait_connected(2)
        assert reading.link.send_line("PRIVMSG #harbour :hello again")
        assert room.wait_message().text == "hello again"


def test_a_silent_server_is_asked_and_then_left(room: TwitchRoom) -> None:
    clock = FakeClock()
    with ReaderThread(room, idle_timeout_s=60, clock=clock, choose=no_waits) as reading:
        room.wait_joined(["harbour"])
        for _ in range(2):
            room.barrier()  # all that was said has been heard
            before = len(room.lines)
            clock.now_s += 61
            room.wait_line("PING :clankbot", since=before)
        room.barrier()
        assert len(room.connections) == 1, "a server that answers is kept"
        room.freeze()
        clock.move_until(lambda: reading.all(LinkDown), step_s=61)
        assert reading.all(LinkDown) == [LinkDown("Twitch chat fell silent")]
        reading.wait_connected(2)


def test_tries_become_rarer_while_twitch_is_away_and_no_longer(room: TwitchRoom) -> None:
    room.refuse_connections(3)
    stopping, clock = RecordedPauses(), FakeClock()
    with ReaderThread(room, stopping=stopping, clock=clock) as reading:
        reading.wait_connected(1)
        assert stopping.pauses == [0.5, 1.0, 2.0]
        clock.now_s += PROVED_S
        room.drop()
        reading.wait_connected(2)
        assert stopping.pauses == [0.5, 1.0, 2.0, 0.5]


def serve_one(
    listener: socket.socket, context: ssl.SSLContext | None, answers: Sequence[str], until: str
) -> None:
    """Let one client in, answer it, hear it until a line of its own, and drop it."""
    sock, _ = listener.accept()
    with contextlib.suppress(OSError), sock:
        sock.settimeout(5)
        if context is not None:
            sock = context.wrap_socket(sock, server_side=True)
        with sock, sock.makefile("r") as lines:
            sock.sendall("".join(f"{answer}\r\n" for answer in answers).encode())
            while until and not next(lines, until).startswith(until):
                continue


CAP = ":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands"
WELCOME = ":tmi.twitch.tv 001 clankbot :Welcome, GLHF!"
COMPLETE = ":tmi.twitch.tv 376 clankbot :>"
JOINED = "@emote-only=0;room-id=1;slow=0 :tmi.twitch.tv ROOMSTATE #harbour"


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize(
    ("answers", "until"),
    [
        ((), ""),
        ((), "NICK"),
        ((CAP,), "NICK"),
        ((CAP, WELCOME), "NICK"),
        ((CAP, WELCOME, COMPLETE), "JOIN"),
        ((CAP, WELCOME, COMPLETE, JOINED), "JOIN"),
    ],
    ids=["at once", "silent", "after CAP", "after 001", "after the login", "after JOIN"],
)
def test_a_peer_that_drops_is_left_in_peace_ever_longer(
    tmp_path: Path, answers: Sequence[str], until: str, tls: bool
) -> None:
    certificate = make_certificate(tmp_path) if tls else None
    stopping = RecordedPauses()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = ("localhost", listener.getsockname()[1])
        client = certificate.client_context() if certificate else None
        server = certificate.server_context() if certificate else None
        with ReaderThread(address, tls_context=client, stopping=stopping):
            for _ in range(6):
                serve_one(listener, server, answers, until)
            wait_until(lambda: len(stopping.pauses) >= 6)
            stopping.set()
            listener.close()  # or one more handshake would be waited for
    assert stopping.pauses[:6] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]


def test_a_refused_login_between_short_connections_costs_one_refresh(room: TwitchRoom) -> None:
    refreshes: list[float] = []
    account = FakeAccount(login_refused=partial(refreshes.append, 0))
    with ReaderThread(room, account, stopping=RecordedPauses()) as reading:
        for ups in (1, 2, 3):
            reading.wait_connected(ups)
            room.refuse_logins(1)
            room.drop()
        reading.wait_connected(4)
        assert len(refreshes) == 1


# --- what came before the end ---

CHAT = "".join(
    f"@id=m-{number};room-id=1;user-id=7 :vera!v@v PRIVMSG #harbour :line {number}\r\n"
    for number in range(5)
)
DELETION = "@login=vera;target-msg-id=m-0 :tmi.twitch.tv CLEARMSG #harbour :line 0\r\n"
LINES = [f"line {number}" for number in range(5)]


def test_what_comes_behind_reconnect_is_handled_first(room: TwitchRoom) -> None:
    with ReaderThread(room, choose=no_waits) as reading:
        room.wait_joined(["harbour"])
        room.raw_bytes(f":tmi.twitch.tv RECONNECT\r\n{CHAT}{DELETION}".encode())
        reading.wait_connected(2)
        assert reading.texts() == LINES
        kinds = [type(event) for event in reading.events if not isinstance(event, ChatMessage)]
        ends = [Reconnect, MessageDeleted, LinkDown, LinkUp]
        assert [kind for kind in kinds if kind in ends] == [LinkUp, *ends]


def test_chat_that_never_pauses_puts_a_reconnection_off_for_a_moment_only(
    room: TwitchRoom,
) -> None:
    with ReaderThread(room, choose=no_waits) as reading:
        room.wait_joined(["harbour"])
        room.reconnect()
        deadline = time.monotonic() + 5
        while len(reading.all(LinkUp)) < 2 and time.monotonic() < deadline:
            room.raw_bytes(CHAT.encode())
        assert len(reading.all(LinkUp)) >= 2


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("end", ["drop", "hang_up"])
def test_what_comes_before_the_end_of_a_connection_is_handled(
    tmp_path: Path, end: str, tls: bool
) -> None:
    """Among it a PING, whose answer the peer that is gone does not take any more."""
    certificate = make_certificate(tmp_path) if tls else None
    server = certificate.server_context() if certificate else None
    client = certificate.client_context() if certificate else None
    with (
        TwitchRoom(tls_context=server) as room,
        ReaderThread(room, tls_context=client, choose=no_waits) as reading,
    ):
        room.wait_joined(["harbour"])
        room.raw_bytes(f"PING :x\r\n{CHAT}PING :y\r\n{DELETION}".encode())
        getattr(room, end)()
        reading.wait_connected(2)
        assert reading.texts() == LINES
        assert reading.all(MessageDeleted) == [MessageDeleted("harbour", "m-0", "vera")]


def test_a_line_without_its_end_is_none(room: TwitchRoom) -> None:
    with ReaderThread(room, choose=no_waits) as reading:
        room.wait_joined(["harbour"])
        room.raw_bytes(b":tmi.twitch.tv CLEARCHAT #harbour")
        room.hang_up()
        reading.wait_connected(2)
        assert not reading.all(ChatCleared)


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    room: TwitchRoom, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "clankbot.irc.reader"),
        ReaderThread(room, choose=shorter_waits) as reading,
    ):
        room.wait_joined(["harbour"])
        room.hang_up()
        reading.wait_connected(2)
    logged = [record for record in caplog.records if record.name == "clankbot.irc.reader"]
    assert [(record.levelname, record.getMessage()) for record in logged] == [
        ("INFO", "chat connected"),
        ("WARNING", "chat not connected"),
        ("INFO", "chat connected"),
    ]
    assert logged[1].__dict__["reason"] == "the server closed the connection"
    assert 0.2 <= logged[2].__dict__["out_s"] < 5


def test_each_reason_of_an_outage_is_told_once(room: TwitchRoom) -> None:
    reasons = iter(["first", "second", "first", "second"])

    def credentials() -> Credentials:
        if reason := next(reasons, None):
            raise AuthUnavailable(reason)
        return known_credentials()

    with ReaderThread(room, FakeAccount(credentials), choose=no_waits) as reading:
        reading.wait_connected(1)
        assert reading.all(LinkDown) == [LinkDown("first"), LinkDown("second")]


# --- refused logins ---


def test_a_refused_login_leads_to_one_refresh_and_one_new_try_at_once(room: TwitchRoom) -> None:
    refreshed = threading.Event()
    room.refuse_logins(1)
    account, stopping = FakeAccount(login_refused=refreshed.set), RecordedPauses()
    with ReaderThread(room, account, stopping=stopping) as reading:
        reading.wait_connected(1)
        assert refreshed.is_set()
        assert [login.accepted for login in room.logins] == [False, True]
        assert stopping.pauses == [0.0]


def test_a_login_refused_again_is_tried_again_with_patience(room: TwitchRoom) -> None:
    refreshes: list[float] = []
    room.refuse_logins(100)
    refresh, stopping = partial(refreshes.append, 0), RecordedPauses()
    with ReaderThread(room, FakeAccount(login_refused=refresh), stopping=stopping) as reading:
        room.wait_for(lambda: len(room.logins) == 4)
        assert stopping.pauses[:3] == [0.0, 30.0, 60.0]
        assert len(refreshes) == 1
        reason = "Twitch chat refused the login: Login authentication failed"
        assert reading.all(LinkDown) == [LinkDown(reason)]


def test_a_later_refusal_leads_to_a_refresh_of_its_own(room: TwitchRoom) -> None:
    refreshes: list[float] = []
    refresh, clock = partial(refreshes.append, 0), FakeClock()
    account = FakeAccount(login_refused=refresh)
    with ReaderThread(room, account, choose=no_waits, clock=clock) as reading:
        for ups in (1, 2):
            reading.wait_connected(ups)
            clock.now_s += PROVED_S
            room.refuse_logins(1)
            room.drop()
        reading.wait_connected(3)
        assert len(refreshes) == 2


def test_the_refresh_being_refused_ends_the_reader(room: TwitchRoom) -> None:
    def refuse() -> None:
        raise TokenRefused("a person must sign in")

    room.refuse_logins(1)
    with ReaderThread(room, FakeAccount(login_refused=refuse)) as reading:
        reading.thread.join(PATIENCE_S)
        assert str(reading.ended_by) == "a person must sign in"
        assert len(room.logins) == 1
        assert reading.reader.drained.is_set()


def test_missing_credentials_end_the_reader(room: TwitchRoom) -> None:
    def refuse() -> Credentials:
        raise TokenRefused("nobody is signed in")

    with ReaderThread(room, FakeAccount(refuse)) as reading:
        reading.thread.join(PATIENCE_S)
        assert str(reading.ended_by) == "nobody is signed in"
        assert not room.connections


def test_sign_in_out_of_order_is_waited_for(room: TwitchRoom) -> None:
    reasons = iter(["sign-in is out of order"])

    def credentials() -> Credentials:
        if reason := next(reasons, None):
            raise AuthUnavailable(reason)
        return known_credentials()

    stopping = RecordedPauses()
    with ReaderThread(room, FakeAccount(credentials), stopping=stopping) as reading:
        reading.wait_connected(1)
        assert reading.all(LinkDown) == [LinkDown("sign-in is out of order")]
        assert stopping.pauses == [0.5]


def test_a_refresh_that_did_not_come_about_is_tried_again(room: TwitchRoom) -> None:
    tries: list[float] = []

    def refresh() -> None:
        tries.append(time.monotonic())
        if len(tries) == 1:
            raise AuthUnavailable("sign-in is out of order")

    room.refuse_logins(2)
    with ReaderThread(room, FakeAccount(login_refused=refresh), choose=no_waits) as reading:
        reading.wait_connected(1)
        assert len(tries) == 2


def test_credentials_are_asked_for_before_every_connect(room: TwitchRoom) -> None:
    tokens = iter(["first", "second"])
    fresh = lambda: Credentials("clankbot", "99", Secret(next(tokens)))  # noqa: E731
    with ReaderThread(room, FakeAccount(fresh), choose=no_waits) as reading:
        reading.wait_connected(1)
        room.drop()
        reading.wait_connected(2)
    passwords = [line for line in room.lines if line.startswith("PASS")]
    assert passwords == ["PASS oauth:first", "PASS oauth:second"]


@pytest.mark.parametrize(
    "words",
    [
        ":tmi.twitch.tv NOTICE * :Your account has been suspended",
        "@msg-id=tos :tmi.twitch.tv NOTICE * :Your account has been suspended",
        "ERROR :Your account has been suspended",
        ":tmi.twitch.tv NOTICE clankbot :Your account has been suspended",
    ],
)
def test_a_login_refused_in_unknown_words_is_told_in_them_and_refreshed_once(words: str) -> None:
    refreshes: list[float] = []
    account = FakeAccount(login_refused=partial(refreshes.append, 0))
    stopping = RecordedPauses()
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        ReaderThread(listener.getsockname(), account, stopping=stopping) as reading,
    ):
        for _ in range(3):
            serve_one(listener, None, (CAP, words), "NICK")
        wait_until(lambda: len(stopping.pauses) >= 3)
        stopping.set()
    assert len(refreshes) == 1
    assert stopping.pauses[:3] == [0.0, 30.0, 60.0]
    reason = "Twitch chat ended the login: Your account has been suspended"
    assert reading.all(LinkDown)[0] == LinkDown(reason)


# --- leaving ---


def test_leaving_waits_for_the_senders_last_lines_and_hears_what_confirms_them(
    room: TwitchRoom,
) -> None:
    with ReaderThread(room) as reading:
        room.wait_joined(["harbour"])
        room.say("harbour", "vera", "before")
        room.barrier()
        reading.stopping.set()
        assert reading.reader.drained.wait(PATIENCE_S)
        before = len(reading.events)
        room.say("harbour", "vera", "too late")
        room.notice("harbour", "msg_duplicate", "No.")
        assert reading.link.send_line("PRIVMSG #harbour :goodbye")
        spoken = room.wait_message()
        room.barrier()
        assert [type(event) for event in reading.events[before:]] == [Notice, OwnState]
        assert reading.all(OwnState)[-1].message_id == spoken.message_id
        assert reading.thread.is_alive()
        assert reading.link.send_line("QUIT")
        reading.link.is_finished = True
        reading.thread.join(PATIENCE_S)
        assert not reading.thread.is_alive()
        assert reading.texts() == ["before"]
        assert not reading.all(LinkDown)
    assert room.wait_line("QUIT")


def test_chat_that_has_arrived_before_the_stop_is_delivered(room: TwitchRoom) -> None:
    with ReaderThread(room) as reading:
        room.wait_joined(["harbour"])
        for number in range(300):
            room.say("harbour", "vera", str(number))
        reading.stopping.set()
        assert reading.reader.drained.wait(PATIENCE_S)
        assert reading.texts() == [str(number) for number in range(300)]


def test_so_it_is_over_tls_where_lines_come_in_pieces(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with TwitchRoom(tls_context=certificate.server_context()) as room:
        room.split_writes = True
        with ReaderThread(room, tls_context=certificate.client_context()) as reading:
            room.wait_joined(["harbour"])
            for number in range(20):
                room.say("harbour", "vera", str(number))
            reading.stopping.set()
            assert reading.reader.drained.wait(PATIENCE_S)
            assert reading.texts() == [str(number) for number in range(20)]


def test_what_is_read_is_delivered_however_slowly(room: TwitchRoom) -> None:
    class SlowReaderThread(ReaderThread):
        def _handle(self, event: Event) -> None:
            super()._handle(event)
            if isinstance(event, ChatMessage):
                self.stopping.set()
                clock.now_s += 10

    clock = FakeClock()
    with SlowReaderThread(room, clock=clock) as reading:
        room.wait_joined(["harbour"])
        texts = [str(number) for number in range(30)]
        lines = "".join(f":vera!v@v PRIVMSG #harbour :{text}\r\n" for text in texts)
        room.raw_bytes(lines.encode())
        assert reading.reader.drained.wait(PATIENCE_S)
        assert reading.texts() == texts


def test_chat_that_goes_on_does_not_hold_up_a_stop(room: TwitchRoom) -> None:
    """Once all that had arrived is read, which shows without a pause, the rest is too late."""
    clock = FakeClock()
    with ReaderThread(room, clock=clock) as reading:
        room.wait_joined(["harbour"])
        talking = threading.Event()

        def talk() -> None:
            while not talking.wait(0.01):
                room.say("harbour", "vera", "and on")

        viewer = threading.Thread(target=talk)
        viewer.start()
        wait_until(reading.texts)
        reading.stopping.set()
        drained = reading.reader.drained.wait(PATIENCE_S)
        talking.set()
        viewer.join()
        assert drained


def test_the_connection_is_closed_in_the_end_even_if_nobody_finishes(room: TwitchRoom) -> None:
    clock = FakeClock()
    with ReaderThread(room, clock=clock) as reading:
        room.wait_joined(["harbour"])
        reading.stopping.set()
        assert reading.reader.drained.wait(PATIENCE_S)
        clock.now_s += 4.1
        reading.thread.join(PATIENCE_S)
        assert not reading.thread.is_alive()
        room.wait_for(lambda: not room.clients)


def test_a_stop_is_not_kept_waiting_by_a_pause_between_tries(room: TwitchRoom) -> None:
    room.refuse_logins(100)
    with ReaderThread(room) as reading:
        room.wait_for(lambda: len(room.logins) == 2 and not room.clients)
        reading.stopping.set()
        reading.thread.join(AT_ONCE_S)
        assert not reading.thread.is_alive()


@pytest.mark.parametrize("tls", [False, True], ids=["login", "handshake"])
def test_a_stop_is_not_kept_waiting_by_a_server_that_does_not_answer(tls: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = ("localhost", silent.getsockname()[1])
        with ReaderThread(address, tls=tls, dial_timeout_s=0.5) as reading:
            sock, _ = silent.accept()
            with sock:
                reading.stopping.set()
                reading.thread.join(AT_ONCE_S)
                assert not reading.thread.is_alive()
                assert not reading.events


def test_a_login_without_an_answer_is_given_up() -> None:
    clock = FakeClock()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        ReaderThread(silent.getsockname(), clock=clock) as reading,
    ):
        sock, _ = silent.accept()
        with sock:
            wait_until(lambda: b"NICK" in sock.recv(1000, socket.MSG_PEEK))
            clock.move_until(lambda: reading.events, step_s=1)
            assert reading.events == [LinkDown("Twitch chat did not answer the login")]


def test_what_moderators_remove_while_it_takes_leave_is_still_delivered(room: TwitchRoom) -> None:
    with ReaderThread(room) as reading:
        room.wait_joined(["harbour"])
        reading.stopping.set()
        assert reading.reader.drained.wait(PATIENCE_S)
        room.say("harbour", "vera", "too late to be stored")
        room.delete("harbour", "m-1")
        room.ban("harbour", "vera", 60)
        room.clear("harbour")
        wait_until(lambda: reading.all(ChatCleared))
        assert [event.message_id for event in reading.all(MessageDeleted)] == ["m-1"]
        assert [event.login for event in reading.all(UserCleared)] == ["vera"]
        assert reading.texts() == []
