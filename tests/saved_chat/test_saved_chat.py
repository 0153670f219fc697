"""Saved chats as people have them: with times of all kinds, damaged, or as our own export."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from clankbot.cli.export import examples
from clankbot.errors import ClankbotError
from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared
from clankbot.records.writes import StoredMessage
from clankbot.saved_chat.saved_chat import GAP_MS, SavedChat
from clankbot.saved_chat.text_logs import START_MS

MS = 1_700_000_000_000
MAY_2030 = 1_904_385_600_000
"""2030-05-07T12:00:00Z"""


def irc(text: str, *, at_ms: int | None = MS, channel: str = "alpha", tags: str = "") -> str:
    """A line of chat, as Twitch sends it."""
    time = "" if at_ms is None else f";tmi-sent-ts={at_ms}"
    person = ":ann!ann@ann.tmi.twitch.tv"
    return f"@id=1{tags};display-name=Ann;user-id=7{time} {person} PRIVMSG #{channel} :{text}"


def read(folder: Path, data: str | bytes, channel: str | None = None) -> SavedChat:
    """A chat that was saved so."""
    path = folder / "chat.log"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return SavedChat(path, channel)


def texts(chat: SavedChat) -> list[str]:
    return [m.event.text for m in chat if isinstance(m.event, ChatMessage)]


def test_the_same_file_can_be_read_twice(tmp_path: Path) -> None:
    chat = read(tmp_path, f"{irc('hello')}\nnonsense\n")
    first, second = list(chat), list(chat)
    assert first == second
    assert [moment.at_ms for moment in first] == [MS]
    assert (chat.messages, chat.other_lines) == (1, 1)


def test_marks_line_ends_and_blanks_are_forgiven(tmp_path: Path) -> None:
    data = f"\ufeff{irc('one')}\r\n\r\n  {irc('zwei ü')}  \n\n\ufeff{irc('three')}"
    chat = read(tmp_path, data)
    assert texts(chat) == ["one", "zwei ü", "three"]
    assert chat.other_lines == 0


def test_bytes_that_are_no_text_spoil_one_letter(tmp_path: Path) -> None:
    assert texts(read(tmp_path, irc("caf\xe9 time").encode("latin-1"))) == ["caf\ufffd time"]


@pytest.mark.parametrize(
    "stamp",
    [
        "2030-05-07T12:00:00Z",
        "[2030-05-07 12:00:00]",
        "2030-05-07 14:00:00+02:00 <",
        "2030-05-07T12:00:00.000000+00:00\t",
        "1904385600",
        "1904385600000 <<",
    ],
)
def test_a_time_in_front_is_understood(tmp_path: Path, stamp: str) -> None:
    (moment,) = read(tmp_path, f"{stamp} {irc('a :) b', at_ms=None)}")
    assert moment.at_ms == MAY_2030
    assert isinstance(moment.event, ChatMessage)
    assert moment.event.text == "a :) b"


def test_twitchs_own_time_goes_before_a_loggers(tmp_path: Path) -> None:
    (moment,) = read(tmp_path, f"[2030-05-07 12:00:00] {irc('a')}")
    assert moment.at_ms == MS


@pytest.mark.parametrize(
    "damaged",
    ["", "soon", "99999999999999999999", "-5", "0", "1700000000", "9999999999999", "4102444800000"],
)
def test_a_damaged_time_is_none(tmp_path: Path, damaged: str) -> None:
    line = irc("b", at_ms=None, tags=f";tmi-sent-ts={damaged}")
    chat = read(tmp_path, f"{irc('a')}\n[2030-99-99 12:00:00] {line}")
    assert [moment.at_ms for moment in chat] == [MS, MS + GAP_MS]
    event = list(chat)[1].event
    assert isinstance(event, ChatMessage)
    assert event.sent_at is None
    assert (chat.timed, chat.untimed) == (1, 1)


@pytest.mark.parametrize("stamp", ["1970-01-01 00:00:01", "9999-12-31 12:00:00", "9999999999"])
def test_a_loggers_damaged_time_is_none(tmp_path: Path, stamp: str) -> None:
    chat = read(tmp_path, f"{irc('a')}\n[{stamp}] {irc('b', at_ms=None)}")
    assert [moment.at_ms for moment in chat] == [MS, MS + GAP_MS]


def test_times_never_go_back(tmp_path: Path) -> None:
    chat = read(tmp_path, f"{irc('a')}\n{irc('b', at_ms=MS - 9000)}\n{irc('c', at_ms=MS + 1)}")
    assert [moment.at_ms for moment in chat] == [MS, MS, MS + 1]


def test_moderation_is_heard_and_all_else_passed_over(tmp_path: Path) -> None:
    server = ":tmi.twitch.tv"
    lines = [
        f"@target-msg-id=1;login=ann;tmi-sent-ts={MS} {server} CLEARMSG #alpha :hello",
        f"@target-user-id=7;ban-duration=5 {server} CLEARCHAT #alpha :ann",
        f"{server} CLEARCHAT #alpha",
        f"@emote-only=1 {server} ROOMSTATE #alpha",
        "PING :tmi.twitch.tv",
        ":ann!ann@ann PRIVMSG",
        "[18:03] ann: hi @bob :) how are you",
        ":)  smile",
        "@broken",
        '{"messages": 5}',
        '{"messages": [{"role": "user", "content": 1}, {"role": "assistant", "content": 2}]}',
        "{",
        '{"messages": ' + "[" * 100_000,
    ]
    chat = read(tmp_path, "\n".join(lines))
    kinds = [type(moment.event) for moment in chat]
    assert kinds == [MessageDeleted, UserCleared, ChatCleared]
    assert {moment.at_ms for moment in chat} == {MS}
    assert (chat.messages, chat.other_lines) == (0, 10)


def test_lines_without_tags_get_ids_of_their_own(tmp_path: Path) -> None:
    chat = read(tmp_path, ":ann!ann@ann PRIVMSG #alpha :one\n:ann!ann@ann PRIVMSG #alpha :two")
    one, two = (moment.event for moment in chat)
    assert isinstance(one, ChatMessage)
    assert isinstance(two, ChatMessage)
    assert one.message_id != two.message_id
    assert one.user_id == two.user_id == "ann"


def test_one_channel_of_several(tmp_path: Path) -> None:
    data = "\n".join([irc("a"), irc("b", channel="Beta"), irc("c")])
    assert read(tmp_path, data).channels() == ("alpha", "beta")
    beta = read(tmp_path, data, "beta")
    assert (texts(beta), beta.messages) == (["b"], 1)


# --- exports --------------------------------------------------------------------------------------

CHAT = [
    ("Ann", "hi", False),
    ("Bob", "lol", False),
    ("Ann", "lol", False),
    ("Bob", "lol", False),
    ("Bob", "lol", False),
    ("clankbot", "beep: boop", True),
    ("Ann", "ratio 1:0", False),
    ("clankbot", "beep", True),
    ("clankbot", "lol", True),
    ("Bob", "lol", False),
    ("Bob", "the end", False),
]


def exported(line_count: int) -> list[str]:
    """The lines of an export of this chat."""
    messages = [
        StoredMessage(str(n), "alpha", name, name.lower(), name, text, 1, is_own)
        for n, (name, text, is_own) in enumerate(CHAT)
    ]
    return [json.dumps(example) for example in examples(messages, "alpha", line_count)]


def spoken(chat: SavedChat) -> list[tuple[str, str]]:
    events = [moment.event for moment in chat]
    return [(e.display_name, e.text) for e in events if isinstance(e, ChatMessage)]


@pytest.mark.parametrize("line_count", [3, 4, 5, 8, 10, 50])
def test_an_export_becomes_the_chat_that_it_was_made_of(tmp_path: Path, line_count: int) -> None:
    windows = [
        json.loads(line)["messages"][1]["content"].split("\n") for line in exported(line_count)
    ]
    assert len(windows[0]) == 1
    assert len(windows[-1]) == min(line_count, len(CHAT) - 1)
    chat = read(tmp_path, "\n".join(exported(line_count)))
    expected = [(name, text) for name, text, _ in CHAT]
    expected[-1] = ("somebody", "the end")
    assert spoken(chat) == expected
    assert chat.channels() == ("chat",)
    assert (chat.timed, chat.other_lines) == (0, 0)


def test_exports_one_after_the_other_are_all_there(tmp_path: Path) -> None:
    """Each begins with a window of one line, be it the answer that was the last of the other."""
    other = [StoredMessage(t, "beta", "1", "cat", "Cat", t, 1) for t in ("the end", "of: the", "x")]
    more = [json.dumps(example) for example in examples(other, "beta", 4)]
    chat = read(tmp_path, "\n".join([*exported(4), *more]))
    assert texts(chat) == [*(text for _, text, _ in CHAT), "the end", "of: the", "x"]


def test_a_message_a_few_seconds_is_assumed(tmp_path: Path) -> None:
    chat = read(tmp_path, "\n".join(exported(10)), "beta")
    times = [moment.at_ms for moment in chat]
    assert times == [START_MS + n * GAP_MS for n in range(len(CHAT))]
    assert chat.channels() == ("beta",)


def test_of_a_shuffled_export_nothing_is_lost(tmp_path: Path) -> None:
    first, second, *_, last = exported(3)
    assert texts(read(tmp_path, f"{last}\n{second}\n{first}")) == [
        *("beep", "lol", "lol", "the end"),
        *("hi", "lol", "lol"),
        *("hi", "lol"),
    ]


def test_what_only_ends_like_the_answer_is_no_continuation(tmp_path: Path) -> None:
    def example(window: str, answer: str) -> str:
        parts = [{"role": "user", "content": window}, {"role": "assistant", "content": answer}]
        return json.dumps({"messages": parts})

    data = [example("Ann: hi", "yes"), example("Ann: hi\nBob: well: yes", "no")]
    assert texts(read(tmp_path, "\n".join(data))) == ["hi", "yes", "hi", "well: yes", "no"]


# --- what is no chat ------------------------------------------------------------------------------


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    chat = read(tmp_path, "")
    assert (chat.channels(), chat.messages, chat.other_lines) == ((), 0, 0)


@pytest.mark.parametrize("name", ["missing.log", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ClankbotError, match="cannot be read: "):
        SavedChat(tmp_path / name, None).channels()


def test_a_pipe_is_refused_for_it_can_be_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ClankbotError, match="is a pipe"):
        SavedChat(tmp_path / "pipe", None).channels()
