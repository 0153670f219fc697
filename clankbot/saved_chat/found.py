"""What a reader of saved chat finds, and how it makes sense of names and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clankbot.records.chat import ChatCleared, ChatMessage, MessageDeleted, UserCleared

# The years 2007 to 2099: other times are mistakes, and as times never go back, a single one would
# move all that follows it.
_EARLIEST_MS: Final = 1_167_609_600_000
_LATEST_MS: Final = 4_102_444_800_000

_LOGIN = re.compile(r"[a-z0-9_]{1,25}")

ChatEvent = ChatMessage | MessageDeleted | UserCleared | ChatCleared


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a log tells.

    ``at_ms`` is when it happened, None if the log does not tell; not ``is_dated``: it tells only
    how far apart things were.  ``event.channel`` is empty where the log does not name it.
    """

    event: ChatEvent
    at_ms: int | None = None
    is_dated: bool = True


def likely(at_ms: float | None) -> int | None:
    """The time, if there can have been a chat at it."""
    return round(at_ms) if at_ms is not None and _EARLIEST_MS <= at_ms < _LATEST_MS else None


def iso_ms(text: str) -> int | None:
    """The time of ``2030-05-07T12:00:00.123456789Z``; UTC unless it says otherwise."""
    exact = re.sub(r"(\.\d{6})\d+", r"\1", text.strip())  # more digits than Python reads
    try:
        moment = datetime.fromisoformat(exact)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return likely(moment.timestamp() * 1000)


def is_login(name: str) -> bool:
    """Whether this can be a login; a display name in another script cannot."""
    return _LOGIN.fullmatch(name) is not None


def login_of(name: str, login: str = "") -> str:
    """The login behind a display name: the one given, else the name if it can be one.

    A display name in another script, which some logs show alone, stays as it is.
    """
    folded = (login or name).strip().lower()
    return folded if is_login(folded) else name.strip()


def said(
    number: int,
    name: str,
    text: str,
    *,
    channel: str = "",
    login: str = "",
    message_id: str | None = None,
    user_id: str | None = None,
    is_action: bool = False,
    is_bot: bool = False,
) -> ChatMessage:
    """A message as a log tells it; one without an id is known by its place in the file."""
    who = login_of(name, login)
    return ChatMessage(
        message_id=message_id or f"line-{number}",
        channel=channel.lstrip("#").lower(),
        user_id=user_id,
        login=who,
        display_name=name.strip() or who,
        text=text,
        sent_at=None,
        is_action=is_action,
        is_bot=is_bot,
    )
