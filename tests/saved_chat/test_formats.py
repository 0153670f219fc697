"""What programs make of chat, told apart by content alone."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pytest

from clankbot.errors import ClankbotError
from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared
from clankbot.saved_chat.saved_chat import Moment, SavedChat
from clankbot.zones import look_up
from tests.saved_chat.samples import BAD, COMMENTS, RAW, SAMPLES

NOON = 1_904_385_600_000
CHAT = [
    ("ann", "Ann", "hello there :)"),
    ("bob", "bob", "hi Ann: 12:30?"),
    ("ann", "Ann", "that is better"),
]


def saved(folder: Path, name: str, data: bytes | str, **given: object) -> SavedChat:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return SavedChat(path, None, **given)  # type: ignore[arg-type]


def left_of(chat: SavedChat) -> list[Moment]:
    """The messages that no removal of the same file covers."""
    left: list[Moment] = []
    for moment in chat:
        match moment.event:
            case ChatMessage():
                left.append(moment)
            case MessageDeleted(message_id=gone):
                left = [each for each in left if each.event.message_id != gone]  # type: ignore[union-attr]
            case UserCleared(login=login):
                left = [each for each in left if each.event.login != login]  # type: ignore[union-attr]
            case ChatCleared():
                left = []
    return left


@pytest.mark.parametrize("kind", SAMPLES)
def test_who_said_what_and_when_is_read_from_the_logs_of_many_programs(
    tmp_path: Path, kind: str
) -> None:
    chat = saved(tmp_path, *SAMPLES[kind])
    assert set(chat.channels()) <= {"alpha", "chat", "raw", "irc"}
    messages = [moment.event for moment in left_of(chat)]
    assert [(m.login, m.display_name, m.text) for m in messages] == CHAT  # type: ignore[union-attr]
    assert len({m.message_id for m in messages}) == 3  # type: ignore[union-attr]
    # irssi writes no seconds, and TwitchDownloader more digits than there are.
    times = [moment.at_ms for moment in left_of(chat)]
    assert [at_ms // 60_000 for at_ms in times] == [NOON // 60_000] * 2 + [NOON // 60_000 + 1]
    if kind != "irssi":
        assert [at_ms // 1_000 - NOON // 1_000 for at_ms in times] == [0, 5, 70]
    assert all(moment.is_dated for moment in chat)
    ids = {"Chatt", "rustlog, text", "TwitchDownloader, text", "irssi", "WeeChat", "HexChat"}
    assert any(kind.startswith(each) for each in ids) != all(moment.has_id for moment in chat)


def test_what_a_viewer_writes_is_never_taken_for_another_line(tmp_path: Path) -> None:
    nasty = [
        ":mod!mod@mod.tmi.twitch.tv PRIVMSG #alpha :I am a moderator",
        "[12:00:05] bob: I said this",
        "bob has been banned",
        "A message from bob was deleted: hello",
        '{"text": "x", "username": "bob"}',
        "# Start logging at 1999-01-01 12:00:00",
    ]
    text = "".join(f"[2030-05-07 12:00:00] ann: {line}\n" for line in ["hello", *nasty])
    moments = list(saved(tmp_path, "alpha.log", text))
    assert [(m.event.login, m.event.text) for m in moments] == [  # type: ignore[union-attr]
        ("ann", line) for line in ["hello", *nasty]
    ]
    assert {m.at_ms for m in moments} == {NOON}


def test_times_without_a_zone_are_of_the_zone_that_is_given(tmp_path: Path) -> None:
    line = "[2030-07-07 14:00:00] ann: hello\n[2030-07-07 12:00:01 UTC] ann: again"
    chat = saved(tmp_path, "a.log", line, zone=look_up("Europe/Berlin"))
    first, second = (moment.at_ms for moment in chat)
    assert second - first == 1_000


def test_midnight_begins_another_day(tmp_path: Path) -> None:
    log = (
        "# Start logging at 2030-05-07 23:00:00\n[23:59:58] a: x\n[00:00:03] a: y\n[00:00:02] a: z"
    )
    first, second, third = (moment.at_ms for moment in saved(tmp_path, "x.log", log))
    assert second - first == 5_000
    assert third == second  # two lines that changed places are not a day apart


def test_a_log_without_a_day_tells_how_far_apart_things_were(tmp_path: Path) -> None:
    log = "[0:01:02] ann: hello\n[0:01:32] bob: hi\n"
    first, second = saved(tmp_path, "chat.txt", log)
    assert second.at_ms - first.at_ms == 30_000
    assert not first.is_dated
    dated = saved(tmp_path, "chat.txt", log, first_day=date(2030, 5, 7))
    assert [moment.is_dated for moment in dated] == [True, True]
    assert next(iter(dated)).at_ms == NOON - 12 * 3_600_000 + 62_000


def test_a_document_larger_than_a_piece_is_read_to_its_end(tmp_path: Path) -> None:
    comments = [
        {
            **COMMENTS[0],
            "_id": f"c{number}",
            "message": {"body": f'{number} [{{"ü', "fragments": []},
        }
        for number in range(3_000)
    ]
    video = {"title": 'not "comments": [ yet', "description": "x" * 70_000}
    text = json.dumps({"video": video, "comments": comments, "embeddedData": {"emotes": []}})
    chat = saved(tmp_path, "chat.json", text)
    assert chat.channels() == ("chat",)
    assert chat.messages == 3_000
    cut = saved(tmp_path, "chat.json", text[: len(text) // 2])
    with pytest.raises(ClankbotError, match="this is no JSON"):
        cut.channels()


def test_a_file_that_was_not_copied_whole_is_told(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join(RAW * 500).encode())
    with pytest.raises(ClankbotError, match="ends in the middle"):
        saved(tmp_path, "raw.gz", packed[:-20]).channels()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("", r"can be read; accepted are logs of"),
        (
            "name,text\nann,hello\n",
            r"but line 1 \(name,text\) does not fit",
        ),
        ("[12:00:00] *** joined\n[12:00:01] Notice\n", r"but line 1 \(\[12:00:00\] \*\*\* joined"),
        ('[{"a": 1}]', r"taken for JSON, a value for each message, but value 1 \(\{'a': 1\}\)"),
        ("[]", "accepted are logs of"),
    ],
)
def test_a_file_of_another_kind_is_told_with_its_first_line_that_did_not_fit(
    tmp_path: Path, data: str, told: str
) -> None:
    chat = saved(tmp_path, "x.log", data)
    assert chat.channels() == ()

    assert re.search(told, chat.nothing())


def test_what_moderators_removed_is_told_by_logs_that_write_it_down(tmp_path: Path) -> None:
    log = f"""[2030-05-07 12:00:00] <ann> one
[2030-05-07 12:00:01] <mallory> {BAD}
[2030-05-07 12:00:02] <bob> two
[2030-05-07 12:00:03] mod deleted message from mallory saying: {BAD}
[2030-05-07 12:00:04] BAN: bob
[2030-05-07 12:00:05] mod cleared the chat.
[2030-05-07 12:00:06] <ann> three
"""
    events = [moment.event for moment in saved(tmp_path, "x.log", log)]
    assert [type(event) for event in events] == [
        ChatMessage,
        ChatMessage,
        ChatMessage,
        MessageDeleted,
        UserCleared,
        ChatCleared,
        ChatMessage,
    ]
    assert events[3].message_id == events[1].message_id  # type: ignore[union-attr]
    assert events[4].login == "bob"  # type: ignore[union-attr]
