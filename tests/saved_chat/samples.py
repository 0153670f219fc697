"""One small chat as many programs save it; made for these tests, in the form each of them writes.

On 7 May 2030 at 12:00:00 UTC Ann says "hello there :)", five seconds later bob "hi Ann: 12:30?",
then mallory something that moderators remove, and at 12:01:10 Ann "that is better".
"""

from __future__ import annotations

import gzip
import json

BAD = "buy followers at example"
AT = "2030-05-07T12:00:"


def _comment(at: str, offset_s: int, who: str, text: str, number: int) -> dict[str, object]:
    return {
        "_id": f"c{number}",
        "created_at": at,
        "content_offset_seconds": offset_s,
        "commenter": {"display_name": who, "_id": f"{number}", "name": who.lower()},
        "message": {"body": text, "user_badges": [{"_id": "subscriber", "version": "1"}]},
    }


def _irc(who: str, text: str, at_ms: int, number: int) -> str:
    person = f"{who.lower()}!{who.lower()}@{who.lower()}.tmi.twitch.tv"
    tags = f"display-name={who};id=c{number};tmi-sent-ts={at_ms};user-id={number}"
    return f"@{tags} :{person} PRIVMSG #alpha :{text}"


_MS = 1_904_385_600_000
RAW = [
    _irc("Ann", "hello there :)", _MS, 1),
    _irc("bob", "hi Ann: 12:30?", _MS + 5_000, 2),
    _irc("mallory", BAD, _MS + 7_000, 3),
    "@login=mallory;target-msg-id=c3;tmi-sent-ts=1904385609000 :tmi.twitch.tv CLEARMSG #alpha"
    f" :{BAD}",
    _irc("Ann", "that is better", _MS + 70_000, 4),
]
COMMENTS = [
    _comment("2030-05-07T12:00:00.123456789Z", 60, "Ann", "hello there :)", 1),
    _comment("2030-05-07T12:00:05Z", 65, "bob", "hi Ann: 12:30?", 2),
    _comment("2030-05-07T12:01:10Z", 130, "Ann", "that is better", 4),
]
LOGGED = [
    {
        "text": text,
        "username": who.lower(),
        "displayName": who,
        "channel": "alpha",
        "timestamp": at,
        "id": f"c{number}",
        "type": 1,
        "tags": {"user-id": str(number)},
    }
    for who, text, at, number in (
        ("Ann", "hello there :)", f"{AT}00.000Z", 1),
        ("bob", "hi Ann: 12:30?", f"{AT}05Z", 2),
        ("Ann", "that is better", "2030-05-07T12:01:10Z", 4),
    )
]
DOWNLOADED = [
    {
        "message": text,
        "message_id": f"c{number}",
        "message_type": "text_message",
        "timestamp": at_ms * 1000,
        "author": {"id": str(number), "name": who.lower(), "display_name": who},
    }
    for who, text, at_ms, number in (
        ("Ann", "hello there :)", _MS, 1),
        ("bob", "hi Ann: 12:30?", _MS + 5_000, 2),
        ("Ann", "that is better", _MS + 70_000, 4),
    )
]

# By what it is: the file's name and what is in it.
SAMPLES: dict[str, tuple[str, bytes]] = {
    name: (file, content if isinstance(content, bytes) else content.encode())
    for name, file, content in (
        (
            "Chatterino",
            "alpha-2030-05-07.log",
            f"""# Start logging at 2030-05-07 11:59:58 UTC
[11:59:59] joined channel
[12:00:00]  Ann: hello there :)
[12:00:05]  bob: hi Ann: 12:30?
[12:00:07]  mallory: {BAD}
[12:00:09]  A message from mallory was deleted: {BAD[:12]}…
[12:01:10]  Ann: that is better
""",
        ),
        (
            "Chatterino, the day in the name alone",
            "alpha-2030-05-07.log",
            f"""[12:00:00] Ann: hello there :)
[12:00:05] bob: hi Ann: 12:30?
[12:00:07] mallory: {BAD}
[12:00:09] mod timed out mallory for 10m.
[12:01:10] Ann: that is better
""",
        ),
        (
            "Chatty",
            "alpha.log",
            f"""# Log started: 2030-05-07 14:59:59 +0300
[2030-05-07 15:00:00] <~Ann> hello there :)
[2030-05-07 15:00:05] <@%bob> hi Ann: 12:30?
[2030-05-07 15:00:07] <mallory> {BAD}
[2030-05-07 15:00:09] DELETED: mallory ({BAD})
[2030-05-07 15:01:10] <~Ann> that is better
""",
        ),
        (
            "rustlog, text",
            "alpha.txt",
            f"""[2030-05-07 12:00:00] #alpha Ann: hello there :)
[2030-05-07 12:00:05] #alpha bob: hi Ann: 12:30?
[2030-05-07 12:00:07] #alpha mallory: {BAD}
[2030-05-07 12:00:09] #alpha mallory has been timed out for 600 seconds
[2030-05-07 12:01:10] #alpha Ann: that is better
""",
        ),
        (
            "TwitchDownloader, text with UTC",
            "chat.txt",
            """[2030-05-07 12:00:00 UTC] Ann: hello there :)
[2030-05-07 12:00:05 UTC] bob: hi Ann: 12:30?
[2030-05-07 12:01:10 UTC] Ann: that is better
""",
        ),
        (
            "irssi",
            "#alpha.log",
            """--- Log opened Tue May 07 11:50:00 2030
11:59 -!- Ann [ann@ann.tmi.twitch.tv] has joined #alpha
12:00 <@Ann> hello there :)
12:00 < bob> hi Ann: 12:30?
12:01 <@Ann> that is better
--- Log closed Tue May 07 12:30:00 2030
""",
        ),
        (
            "WeeChat",
            "irc.twitch.#alpha.weechatlog",
            """2030-05-07 11:59:00\t-->\tAnn (ann@ann) has joined #alpha
2030-05-07 12:00:00\t@Ann\thello there :)
2030-05-07 12:00:05\tbob\thi Ann: 12:30?
2030-05-07 12:00:07\t--\tirc: something of no interest
2030-05-07 12:01:10\t@Ann\tthat is better
""",
        ),
        (
            "HexChat",
            "alpha.txt",
            """**** BEGIN LOGGING AT Tue May  7 11:59:00 2030

[12:00:00] <Ann>\thello there :)
[12:00:05] <bob>\thi Ann: 12:30?
[12:01:10] <Ann>\tthat is better
""",
        ),
        ("TwitchDownloader, JSON", "chat.json", json.dumps({"video": {}, "comments": COMMENTS})),
        (
            "TwitchDownloader, JSON over many lines",
            "chat.json",
            json.dumps({"streamer": {"name": "Alpha"}, "comments": COMMENTS}, indent=2),
        ),
        ("rustlog, JSON", "alpha.json", json.dumps({"messages": LOGGED})),
        ("rustlog, a line each", "alpha.ndjson", "\n".join(map(json.dumps, LOGGED))),
        ("chat-downloader", "chat.json", json.dumps(DOWNLOADED, indent=4)),
        ("chat-downloader, a line each", "chat.jsonl", "\n".join(map(json.dumps, DOWNLOADED))),
        ("raw IRC lines", "raw.txt", "\r\n".join(RAW)),
        ("raw IRC lines, packed", "raw.txt.gz", gzip.compress("\n".join(RAW).encode())),
        ("raw IRC lines in an array", "raw.json", json.dumps(RAW)),
        ("raw IRC lines in JSON strings", "raw.jsonl", "\n".join(map(json.dumps, RAW))),
        (
            "justlog, raw lines in objects",
            "raw.json",
            json.dumps({"messages": [{"raw": line, "type": 1} for line in RAW]}),
        ),
        ("UTF-16", "raw.txt", ("\r\n".join(RAW)).encode("utf-16")),
        ("UTF-16 without a mark", "raw.txt", ("\r\n".join(RAW)).encode("utf-16-le")),
    )
}
