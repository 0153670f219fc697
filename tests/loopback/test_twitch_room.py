"""The loopback Twitch chat, and what tests add to it, seen by a client that shares no code with
the bot."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import TextIO

import pytest

from tests.doubles.twitch_room import RoomMessage, TwitchRoom, made_up_user_id
from tests.waiting import PATIENCE_S

CAPABILITIES = "CAP REQ :twitch.tv/tags twitch.tv/commands"


class Client:
    """A chat client as simple as can be."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(PATIENCE_S)
        self._socket = sock
        self._lines: TextIO = sock.makefile("r", encoding="utf-8", newline="\r\n")

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def send(self, *lines: str) -> None:
        self._socket.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def read(self) -> str:
        """The next line without its end; empty at the end of the connection."""
        return self._lines.readline().removesuffix("\r\n")

    def read_until(self, part: str) -> list[str]:
        """All lines up to the first that holds ``part``."""
        lines = [self.read()]
        while part not in lines[-1]:
            assert lines[-1], f"the connection ended before {part!r}: {lines}"
            lines.append(self.read())
        return lines

    def sign_in(self, *channels: str, token: str = "good", nick: str = "clankbot") -> None:
        self.send(CAPABILITIES, f"PASS oauth:{token}", f"NICK {nick}")
        self.read_until(" 376 " if nick.startswith("justinfan") else " GLOBALUSERSTATE")
        for channel in channels:
            self.send(f"JOIN #{channel}")
            self.read_until(" ROOMSTATE ")


@contextlib.contextmanager
def connected(room: TwitchRoom) -> Iterator[Client]:
    client = Client(socket.create_connection((room.host, room.port)))
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def room() -> Iterator[TwitchRoom]:
    with TwitchRoom(bot_user_id="99") as made:
        yield made


@pytest.fixture
def client(room: TwitchRoom) -> Iterator[Client]:
    """A client that is signed in and in the channel harbour."""
    with connected(room) as made:
        made.sign_in("harbour")
        yield made


# --- signing in ---


def test_a_login_is_answered_as_twitch_does(room: TwitchRoom) -> None:
    with connected(room) as client:
        client.send(CAPABILITIES, "PASS oauth:good", "NICK whoever")
        assert client.read() == ":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands"
        welcome = client.read_until(" 376 ")
        numbers = [line.split()[1] for line in welcome]
        assert numbers == ["001", "002", "003", "004", "375", "372", "376"]
        assert welcome[0].split()[2] == "clankbot"
        assert "user-id=99;" in client.read_until("GLOBALUSERSTATE")[0]
    assert [(login.login, login.accepted) for login in room.logins] == [("whoever", True)]


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("PASS oauth:bad", "Login authentication failed"),
        ("PASS good", "Improperly formatted auth"),
        ("PONG x", "Improperly formatted auth"),
    ],
)
def test_a_bad_password_is_refused_and_the_line_closed(password: str, answer: str) -> None:
    with TwitchRoom(accept=lambda token: token == "good") as room, connected(room) as client:
        client.send(password, "NICK clankbot")
        assert client.read() == f":tmi.twitch.tv NOTICE * :{answer}"
        assert client.read() == ""
        assert [login.accepted for login in room.logins] == [False]


def test_logins_can_be_refused_although_the_token_is_good(room: TwitchRoom) -> None:
    room.refuse_logins(1)
    with connected(room) as client:
        client.send("PASS oauth:good", "NICK clankbot")
        assert "Login authentication failed" in client.read()
    with connected(room) as client:
        client.sign_in()
    assert [login.accepted for login in room.logins] == [False, True]


def test_a_capability_that_is_not_on_offer_is_refused(room: TwitchRoom) -> None:
    with connected(room) as client:
        client.send("CAP REQ :twitch.tv/tags twitch.tv/nonsense")
        assert client.read() == ":tmi.twitch.tv CAP * NAK :twitch.tv/tags twitch.tv/nonsense"


def test_without_capabilities_there_are_neither_tags_nor_commands(room: TwitchRoom) -> None:
    with connected(room) as client:
        client.send("PASS oauth:good", "NICK clankbot", "JOIN #harbour")
        client.read_until(" 366 ")
        room.clear("harbour")
        room.say("harbour", "Vera", "hi")
        assert client.read() == ":vera!vera@vera.tmi.twitch.tv PRIVMSG #harbour :hi"


def test_an_anonymous_reader_hears_but_is_not_heard(room: TwitchRoom) -> None:
    with connected(room) as client:
        client.sign_in("harbour", nick="justinfan123")
        room.say("harbour", "vera", "hi")
        assert client.read().endswith("PRIVMSG #harbour :hi")
        client.send("PRIVMSG #harbour :me too", "PING :x")
        assert "PONG" in client.read()
        assert [message.text for message in room.messages] == ["me too"]


# --- channels ---


def test_a_join_is_answered_with_names_and_states(room: TwitchRoom) -> None:
    room.room_state("harbour", slow=5)
    with connected(room) as client:
        client.sign_in()
        client.send("JOIN #harbour")
        answer = client.read_until("ROOMSTATE")
    assert answer[0] == ":clankbot!clankbot@clankbot.tmi.twitch.tv JOIN #harbour"
    assert [line.split()[1] for line in answer[1:3]] == ["353", "366"]
    assert "USERSTATE #harbour" in answer[3]
    assert "id=" not in answer[3]
    assert "slow=5" in answer[4]
    assert "followers-only=-1" in answer[4]
    assert [(join.channel, join.connection) for join in room.joins] == [("harbour", 1)]


def test_only_those_in_a_channel_hear_it(room: TwitchRoom, client: Client) -> None:
    room.say("elsewhere", "vera", "not here")
    room.say("#Harbour", "vera", "here")
    assert client.read().endswith("PRIVMSG #harbour :here")
    client.send("PART #harbour")
    client.read_until(" PART #harbour")
    room.say("harbour", "vera", "gone")
    client.send("PING :x")
    assert client.read() == ":tmi.twitch.tv PONG tmi.twitch.tv :x"


def test_a_message_carries_what_is_known_of_its_author(room: TwitchRoom, client: Client) -> None:
    message_id = room.say("harbour", "Vera", "a; b", is_vip=True, is_lead_mod=True, sent_at_ms=7)
    line = client.read()
    assert line.endswith(" :vera!vera@vera.tmi.twitch.tv PRIVMSG #harbour :a; b")
    tags = dict(item.split("=") for item in line[1:].partition(" ")[0].split(";"))
    assert tags["id"] == message_id
    assert tags["badges"] == "lead_moderator/1,vip/1"
    assert (tags["mod"], tags["vip"], tags["user-type"]) == ("0", "1", "mod")
    assert tags["display-name"] == "Vera"
    assert tags["user-id"] == made_up_user_id("vera")
    assert tags["room-id"] == made_up_user_id("harbour")
    assert tags["tmi-sent-ts"] == "7"


def test_a_reply_names_what_it_answers(room: TwitchRoom, client: Client) -> None:
    client.send("PRIVMSG #harbour :shall we go; now?")
    spoken = room.wait_message("harbour")
    client.read_until("USERSTATE")
    room.say("harbour", "vera", "yes", reply_to=spoken.message_id)
    line = client.read()
    assert f"reply-parent-msg-id={spoken.message_id};" in line
    assert "reply-parent-user-id=99;" in line
    assert r"reply-parent-msg-body=shall\swe\sgo\:\snow?;" in line
    room.say("harbour", "vera", "and", reply_to="unknown")
    assert "reply-parent-msg-id=unknown " in client.read()


def test_a_mirrored_message_names_its_room(room: TwitchRoom, client: Client) -> None:
    room.say("harbour", "vera", "hi", source_room_id="5002")
    assert "source-room-id=5002 " in client.read()


def test_moderation_names_its_object(room: TwitchRoom, client: Client) -> None:
    message_id = room.say("harbour", "vera", "oh no")
    room.delete("harbour", message_id)
    room.ban("harbour", "vera", seconds=60)
    room.ban("harbour", "clankbot")
    room.clear("harbour")
    client.read()
    deletion, timeout, ban, clearing = (client.read() for _ in range(4))
    assert deletion.startswith(f"@login=vera;room-id=;target-msg-id={message_id};")
    assert deletion.endswith("CLEARMSG #harbour :oh no")
    assert "ban-duration=60;" in timeout
    assert f"target-user-id={made_up_user_id('vera')};" in timeout
    assert timeout.endswith("CLEARCHAT #harbour :vera")
    assert "ban-duration" not in ban
    assert "target-user-id=99;" in ban
    assert clearing.endswith("CLEARCHAT #harbour")


def test_a_change_of_the_room_tells_only_what_changed(room: TwitchRoom, client: Client) -> None:
    room.room_state("harbour", emote_only=1)
    line = client.read()
    assert "emote-only=1" in line
    assert "slow" not in line


# --- what the bot says ---


def test_an_accepted_message_is_not_echoed_but_confirmed(room: TwitchRoom, client: Client) -> None:
    client.send("@client-nonce=n1;reply-parent-msg-id=p1 PRIVMSG #harbour :hello all")
    line = client.read()
    spoken = room.wait_message("harbour")
    assert (spoken.text, spoken.reply_to, spoken.user_id) == ("hello all", "p1", "99")
    assert "USERSTATE #harbour" in line
    assert f"id={spoken.message_id}" in line
    assert "client-nonce=n1" in line


def test_a_refused_message_is_answered_with_its_notice(room: TwitchRoom, client: Client) -> None:
    heard: list[RoomMessage] = []
    room.on_bot_message = heard.append
    room.refuse_messages("harbour", "msg_slowmode", "Too fast.")
    client.send("PRIVMSG #harbour :one")
    assert client.read() == "@msg-id=msg_slowmode :tmi.twitch.tv NOTICE #harbour :Too fast."
    room.accept_messages("harbour")
    client.send("PRIVMSG #harbour :two")
    assert "USERSTATE" in client.read()
    assert [message.text for message in room.messages] == ["one", "two"]
    room.wait_for(lambda: [message.text for message in heard] == ["two"])


def test_a_moderator_is_told_so_and_stays_one(room: TwitchRoom, client: Client) -> None:
    room.set_moderator("harbour")
    assert "badges=moderator/1;" in client.read()
    client.send("PRIVMSG #harbour :one")
    assert ";mod=1;" in client.read()
    room.set_moderator("harbour", False)
    assert ";mod=0;" in client.read()


def test_what_no_client_of_twitch_says_is_unknown(client: Client) -> None:
    client.send("WHOIS vera")
    assert client.read() == ":tmi.twitch.tv 421 clankbot WHOIS :Unknown command"


# --- what goes wrong ---


def test_connections_can_be_turned_away(room: TwitchRoom) -> None:
    room.refuse_connections(1)
    with connected(room) as client:
        assert client.read() == ""
    with connected(room) as client:
        client.sign_in()
    assert len(room.connections) == 2


def test_a_drop_is_a_reset(room: TwitchRoom, client: Client) -> None:
    room.drop()
    with pytest.raises(ConnectionResetError):
        client.read()


def test_hanging_up_and_quitting_end_in_good_order(room: TwitchRoom, client: Client) -> None:
    room.hang_up()
    assert client.read() == ""
    with connected(room) as another:
        another.sign_in()
        another.send("QUIT")
        assert another.read() == ""


def test_nothing_passes_while_frozen(room: TwitchRoom, client: Client) -> None:
    room.freeze()
    room.say("harbour", "vera", "lost")
    client.send("PING :asked while frozen")
    room.thaw()
    assert client.read() == ":tmi.twitch.tv PONG tmi.twitch.tv :asked while frozen"


def test_split_writes_lose_nothing(room: TwitchRoom) -> None:
    room.split_writes = True
    with connected(room) as client:
        client.sign_in("harbour")
        room.say("harbour", "vera", "f\u00fcr \U0001f98a" * 20)
        assert client.read().endswith("f\u00fcr \U0001f98a" * 20)


def test_any_bytes_can_be_sent(room: TwitchRoom, client: Client) -> None:
    room.raw_bytes(b"one\r\nt")
    room.raw("wo")
    assert [client.read(), client.read()] == ["one", "two"]


# --- waiting ---


def test_waiting_in_vain_names_what_did_not_come(room: TwitchRoom) -> None:
    with pytest.raises(TimeoutError, match="a message in harbour"):
        room.wait_message("harbour", timeout_s=0.01)
    with pytest.raises(TimeoutError, match="joins of"):
        room.wait_joined(["harbour"], timeout_s=0.01)
    with pytest.raises(TimeoutError, match="'QUIT'"):
        room.wait_line("QUIT", timeout_s=0.01)


def test_joins_on_a_lost_connection_do_not_count(room: TwitchRoom, client: Client) -> None:
    room.wait_joined(["#Harbour"])
    room.hang_up()
    with pytest.raises(TimeoutError):
        room.wait_joined(["harbour"], timeout_s=0.01)


def test_a_barrier_is_passed_when_all_was_read(room: TwitchRoom, client: Client) -> None:
    seen: list[str] = []

    def read_on() -> None:
        while (line := client.read()) and not line.startswith("PING"):
            seen.append(line)
        client.send("PONG " + line.removeprefix("PING "))

    reading = threading.Thread(target=read_on)
    for number in range(50):
        room.say("harbour", "vera", str(number))
    reading.start()
    room.barrier()
    reading.join()
    assert len(seen) == 50


def test_a_users_number_is_made_up_but_stays() -> None:
    assert made_up_user_id("Vera") == made_up_user_id("vera")
    assert made_up_user_id("vera") != made_up_user_id("vero")
    assert made_up_user_id("vera").isdigit()
