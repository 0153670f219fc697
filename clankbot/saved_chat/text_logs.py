"""Chat logs for people: a time, a name and what was said, as many programs write them.

Known by content: Chatterino, Chatty, rustlog and justlog as text, TwitchDownloader as text, irssi,
WeeChat, HexChat, and what is written alike.  What moderators did is understood in the sentences of
those that write it down.

Sources: https://github.com/Chatterino/chatterino2 (src/singletons/helper/LoggingChannel.cpp),
https://chatty.github.io/help/help-settings.html#Log, https://github.com/boring-nick/rustlog
(src/logs/schema.rs), https://github.com/lay295/TwitchDownloader (ChatText.cs),
https://irssi.org/documentation/help/log, https://weechat.org/files/doc/stable/weechat_user.en.html
(logger)
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final

from clankbot.records.chat import ChatCleared, MessageDeleted, UserCleared
from clankbot.saved_chat.found import Found, likely, login_of, said

# Where a file without any date begins: midnight, 1 January 2000.
START_MS: Final = 946_684_800_000
# A time that is earlier by more than this is of the next day; by less, two lines changed places.
_SLACK_S: Final = 3_600
_DAY_S: Final = 86_400
# A deletion names the words, not the message: the newest of them are kept to be found by.
_REMEMBERED: Final = 2_000

_STAMP = re.compile(
    r"""\[?
    (?:(?P<date>\d{4}-\d\d-\d\d)[T ])?
    (?P<h>\d{1,3}):(?P<m>\d\d)(?::(?P<s>\d\d))?(?:[.,]\d+)?
    (?:\ ?(?P<half>[AaPp])\.?[Mm]\.?)?
    (?:\ ?(?P<zone>UTC|GMT|Z|[+-]\d\d:?\d\d|[A-Z]{3,4}))?
    \]?[\t ]+""",
    re.VERBOSE,
)
_HEADER = re.compile(r"(?:#|---|\*\*\*\*).*?")
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:.*?\d\d:\d\d:\d\d ?([+-]\d\d:?\d\d|UTC|GMT)?)?")
_WORDY_DATE = re.compile(r"\b([A-Z][a-z]{2}) +(\d{1,2})(?: \d\d:\d\d(?::\d\d)?)? (\d{4})")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_NAME = r"(?P<name>\w{1,50})(?: ?\((?P<login>\w{1,25})\))?"
_MARKS = r"[~@+%&!^*$ ]*"
_SAID = (
    re.compile(rf"(?:#(?P<channel>\w+) )?<{_MARKS}{_NAME}>[ \t]?(?P<text>.*)"),
    re.compile(rf"(?:#(?P<channel>\w+) )?{_MARKS}{_NAME}: (?P<text>.*)"),
    re.compile(rf"{_MARKS}{_NAME}\t(?P<text>.*)"),
)
_ACTION = re.compile(rf"(?:<?\*+>?|\xb7)[\t ]+{_NAME} (?P<text>.*)")
_CLEARED = re.compile(
    r"(?:#\w+ )?(?:CLEARCHAT|\w+ cleared the chat\b|[Cc]hat (?:has been|was) cleared)"
)
_PUT_OUT = (
    re.compile(r"(?:#\w+ )?(?P<name>\w{1,50}) has been (?:timed out|(?:permanently )?banned)\b"),
    re.compile(r"\w+ (?:timed out|(?:permanently )?banned) (?P<name>\w{1,50})\b"),
    re.compile(r"(?:BAN|TIMEOUT): (?P<name>\w{1,50})\b"),
)
_DELETED = (
    re.compile(r"A message from (?P<name>\w{1,50}) was deleted(?: by \w+)?: (?P<text>.*)"),
    re.compile(r"\w+ deleted (?:a )?message from (?P<name>\w{1,50}) saying:? \"?(?P<text>.*?)\"?"),
    re.compile(r"DELETED: (?P<name>\w{1,50}) \((?P<text>.*)\)"),
)


class TextLog:
    """Reads one line after another; the date may stand in a line of its own, or nowhere."""

    name = "a chat log with a time, a name and the words in each line"

    def __init__(self, zone: tzinfo = UTC, first_day: date | None = None) -> None:
        """``zone`` is of times that name none, ``first_day`` of a log that names no day."""
        self._zone = zone
        self._day = first_day
        self._days_on = 0  # since the beginning of a log without a day
        self._last_s = 0
        self._has_angles = False
        self._ids: OrderedDict[str, list[tuple[str, str]]] = OrderedDict()

    def read(self, line: str, number: int) -> list[Found]:
        """What the line tells; nothing if it is neither chat nor moderation."""
        stamp = _STAMP.match(line)
        if stamp is None:
            if _HEADER.match(line):
                self._read_header(line)
            return []
        at_ms = self._moment(stamp)
        rest = line[stamp.end() :]
        is_dated = self._day is not None
        # Where names stand in angles, ``BAN: bob`` is no word of a viewer called Ban.
        for form in (*(_SAID[:1] if self._has_angles else _SAID), _ACTION):
            if (spoken := form.fullmatch(rest)) and spoken["text"].strip():
                given = spoken.groupdict()
                self._has_angles |= form is _SAID[0]
                message = said(
                    number,
                    given["name"],
                    given["text"],
                    channel=given.get("channel") or "",
                    login=given["login"] or "",
                    is_action=form is _ACTION,
                )
                self._remember(message.login, message.text, message.message_id or "")
                return [Found(message, at_ms, is_dated)]
        return [Found(event, at_ms, is_dated) for event in self._moderation(rest)]

    # -- times -------------------------------------------------------------------------------------

    def _read_header(self, line: str) -> None:
        """``# Start logging at 2030-05-07 …``, ``--- Day changed Tue May 07 2030``."""
        if found := _ISO_DATE.search(line):
            self._begin_day(found[1])
            if found[2]:
                self._zone = _zone(found[2]) or self._zone
        elif (found := _WORDY_DATE.search(line)) and found[1] in _MONTHS:
            self._begin_day(f"{found[3]}-{_MONTHS.index(found[1]) + 1:02}-{int(found[2]):02}")

    def _begin_day(self, text: str) -> None:
        try:
            self._day, self._last_s = date.fromisoformat(text), 0
        except ValueError:
            return  # the thirtieth of February: no day to go by

    def _moment(self, stamp: re.Match[str]) -> int | None:
        hours, minutes, seconds = int(stamp["h"]), int(stamp["m"]), int(stamp["s"] or 0)
        if stamp["half"]:
            hours = hours % 12 + (12 if stamp["half"] in "Pp" else 0)
        of_day_s = hours * 3_600 + minutes * 60 + seconds
        if stamp["date"]:
            self._begin_day(stamp["date"])
        elif of_day_s < self._last_s - _SLACK_S:
            self._days_on += 1
            self._day = self._day and self._day + timedelta(days=1)
        self._last_s = of_day_s
        if self._day is None:
            return START_MS + (self._days_on * _DAY_S + of_day_s) * 1000
        zone = _zone(stamp["zone"] or "") or self._zone
        midnight = datetime(self._day.year, self._day.month, self._day.day, tzinfo=zone)
        # On the wall: a day of the change to summer time has 23 hours.
        moment = midnight + timedelta(seconds=of_day_s)
        return likely(moment.timestamp() * 1000)

    # -- moderation --------------------------------------------------------------------------------

    def _remember(self, login: str, text: str, message_id: str) -> None:
        said_by = self._ids.setdefault(login, [])
        said_by.append((text, message_id))
        del said_by[:-50]
        self._ids.move_to_end(login)
        if len(self._ids) > _REMEMBERED:
            self._ids.popitem(last=False)

    def _moderation(self, rest: str) -> list[MessageDeleted | UserCleared | ChatCleared]:
        if _CLEARED.match(rest):
            return [ChatCleared("")]
        for form in _DELETED:
            if found := form.fullmatch(rest):
                return self._deleted(login_of(found["name"]), found["text"])
        for form in _PUT_OUT:
            if found := form.match(rest):
                return [UserCleared("", None, None, login_of(found["name"]))]
        return []

    def _deleted(self, login: str, text: str) -> list[MessageDeleted | UserCleared | ChatCleared]:
        """The newest message with these words, of which a log may show only the beginning."""
        shown = text.rstrip("….").strip() if text.endswith(("…", "...")) else text.strip()
        for said_text, message_id in reversed(self._ids.get(login, ())):
            if said_text.strip() == text.strip() or (shown != text and said_text.startswith(shown)):
                return [MessageDeleted("", message_id, login)]
        return []


def _zone(text: str) -> tzinfo | None:
    """The zone of ``UTC`` or ``+01:00``; abbreviations such as CET mean several, and so none."""
    if text in ("UTC", "GMT", "Z"):
        return UTC
    if found := re.fullmatch(r"([+-])(\d\d):?(\d\d)", text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return (
            timezone(-offset if found[1] == "-" else offset) if offset < timedelta(days=1) else None
        )
    return None
