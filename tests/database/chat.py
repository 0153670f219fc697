"""Short ways to say what is written, for the tests of the database."""

from __future__ import annotations

from clankbot.records.writes import Append, RecordSpoken, StoredMessage

BOT_ID = "900"


def said(
    message_id: str,
    text: str = "hello",
    *,
    channel: str = "alpha",
    user: str = "1",
    at_ms: int = 1000,
) -> Append:
    """A viewer's message; the names follow from the user id."""
    return Append(
        StoredMessage(message_id, channel, user, f"viewer{user}", f"Viewer{user}", text, at_ms)
    )


def bot_said(
    message_id: str, text: str = "beep", *, channel: str = "alpha", at_ms: int = 1000
) -> tuple[Append, RecordSpoken]:
    """A message of the bot, and the note that it spoke."""
    return (
        Append(
            StoredMessage(
                message_id, channel, BOT_ID, "clankbot", "ClankBot", text, at_ms, is_own=True
            )
        ),
        RecordSpoken(channel, message_id, at_ms, fingerprint=f"print of {message_id}"),
    )
