"""``import``: a saved chat into the history of a channel, as if the bot had been there.

What is stored has passed all that a message in chat has to pass, and no removal in the file covers
it.  It must be newer than what is stored of the channel, for rows are in the order of their times;
so the same command goes on where it was interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from clankbot.app import EXIT_FAILED, complain
from clankbot.clock import TrustedClock
from clankbot.config.channel_wording import SettingsSchema
from clankbot.config.settings import Settings
from clankbot.database.database import Database, Store
from clankbot.database.locks import hold_instance_lock
from clankbot.errors import AuthError, ClankbotError
from clankbot.parts import load_words, open_database, start_up
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.records.chat import ChatMessage
from clankbot.records.writes import Append, StoredMessage
from clankbot.saved_chat.found import is_login
from clankbot.saved_chat.saved_chat import Moment, SavedChat
from clankbot.saved_chat.survivors import Survey
from clankbot.services import open_account
from clankbot.text import counted

_BATCH: Final = 500
_SHOW_EVERY_S: Final = 0.2
_DAY_MS: Final = 86_400_000
_LINE_CHARS: Final = 70


@dataclass(slots=True)
class _Figures:
    """What became of the messages of the file."""

    stored: int = 0
    known: int = 0
    left_out: Counter[str] = field(default_factory=Counter)


def run(options: argparse.Namespace) -> int:
    """0 if something is stored now, or was before; 1 if nothing of the file may be."""
    settings, clock = start_up(), TrustedClock()
    channel: str = options.channel
    chat = SavedChat(options.file, channel, zone=options.timezone, first_day=options.date)
    survey = Survey.of(chat)
    if not chat.messages:
        raise ClankbotError(chat.nothing())
    if not survey.is_dated:
        raise ClankbotError(
            f"{options.file} tells no day; say when it begins, such as: --date 2030-05-07"
        )
    database, lost = open_database(settings), list[Exception]()
    try:
        with hold_instance_lock(database.engine, lost.append), database.open() as store:
            ids = _ids(settings, database, clock, survey)
            door = _Door(store, settings, channel, clock.utc_ms(), ids)
            figures = _store(store, door.let_in(chat, survey), chat.messages, lost, door.figures)
    except KeyboardInterrupt:
        print(
            "\nInterrupted.  What is stored stays; the same command goes on from there.",
            file=sys.stderr,
        )
        raise
    for reason, count in figures.left_out.items():
        print(f"left out: {counted(count, 'message')} {reason}")
    if not figures.stored and not figures.known:
        complain(f"nothing of {options.file} may be stored in #{channel}")
        return EXIT_FAILED
    known = f"; {counted(figures.known, 'message')} had been stored before" if figures.known else ""
    print(f"stored {counted(figures.stored, 'message')} in #{channel}{known}")
    return 0


def _ids(
    settings: Settings, database: Database, clock: TrustedClock, survey: Survey
) -> dict[str, str]:
    """The ids of the viewers by login, of Twitch: without them nobody could opt out."""
    if not survey.logins:
        return {}
    try:
        account = open_account(settings, database, threading.Event(), clock)
        if account.helix is None:
            raise ClankbotError("nobody is signed in")
        users = account.helix.users(logins=sorted(filter(is_login, survey.logins)))
    except (AuthError, ClankbotError) as error:
        raise ClankbotError(
            "this file names viewers without their Twitch ids, which have to be asked of Twitch:"
            f" without them nobody could opt out or be forgotten.  That failed: {error}"
        ) from error
    return {user.login: user.user_id for user in users if user.user_id}


class _Door:
    """Lets in what a message in chat would be let in for."""

    def __init__(
        self, store: Store, settings: Settings, channel: str, now_ms: int, ids: dict[str, str]
    ) -> None:
        self.figures = _Figures()
        self._channel = channel
        self._ids = ids
        self._schema = SettingsSchema(settings)
        self._ignored = settings.ignored_users
        self._opted_out = store.opted_out()
        filters = ChannelFilters(load_words(settings))
        filters.load({channel: store.terms(channel)})
        self._check = filters(channel).check
        holds = self._schema.resolve(store.overrides(channel))
        days, self._newest_only = holds.retention_days, holds.retention_count
        self._not_before_ms = now_ms - days * _DAY_MS if days else 0
        self._now_ms = now_ms
        newest = store.recent_messages(channel, 1)
        self._newest_ms = newest[0].at_ms if newest else 0

    def let_in(self, chat: SavedChat, survey: Survey) -> Iterator[StoredMessage]:
        """What is to be stored of the chat, oldest first; counts what is left out, and why."""
        skipped = 0
        if self._newest_only:
            total = sum(self._objection(*each) is None for each in survey.left(chat))
            skipped = max(0, total - self._newest_only)
        left_out, passed, same, last_ms = self.figures.left_out, 0, Counter[str](), 0
        left = 0
        for message, moment in survey.left(chat):
            left += 1
            reason = self._objection(message, moment)
            if reason is None:
                passed += 1
                if passed <= skipped:
                    reason = f"beyond the newest {self._newest_only:,} (MESSAGE_RETENTION_COUNT)"
            if reason is not None:
                left_out[reason] += 1
                continue
            if moment.at_ms != last_ms:
                last_ms = moment.at_ms
                same.clear()
            same[f"{message.login} {message.text}"] += 1
            number = same[f"{message.login} {message.text}"]
            yield self._row(message, moment, number)
        if removed := chat.messages - left:
            left_out["that moderators removed"] = removed

    def _id_of(self, message: ChatMessage, moment: Moment) -> str | None:
        return message.user_id if moment.has_id else self._ids.get(message.login)

    def _objection(self, message: ChatMessage, moment: Moment) -> str | None:
        """Why a message is not to be stored, to be read behind ``left out: 3 messages``."""
        user_id, at_ms = self._id_of(message, moment), moment.at_ms
        if message.from_shared_chat:
            return "of another channel's shared chat"
        if message.is_bot or message.login in self._ignored:
            return "of other bots (IGNORED_USERS)"
        if user_id is None:
            return "of viewers whom Twitch does not know any more"
        if user_id in self._opted_out:
            return "of viewers who opted out"
        if at_ms > self._now_ms:
            return "with a time to come"
        if at_ms < self._not_before_ms:
            return "older than they may be kept (MESSAGE_RETENTION_DAYS)"
        if at_ms < self._newest_ms:
            return f"older than the newest that is stored of #{self._channel}"
        if self._schema.parse(message.text, is_moderator=False) is not None:
            return "with a command to a bot"
        if self._check(message.text) or self._check(message.display_name):
            return "that the filter blocks"
        return None

    def _row(self, message: ChatMessage, moment: Moment, number: int) -> StoredMessage:
        user_id, at_ms = self._id_of(message, moment) or "", moment.at_ms
        message_id = message.message_id or ""
        if message_id.startswith("line-"):  # a place in a file names no message
            told = f"{self._channel} {at_ms} {user_id} {number} {message.text}"
            message_id = f"import-{hashlib.sha256(told.encode()).hexdigest()[:24]}"
        return StoredMessage(
            message_id,
            self._channel,
            user_id,
            message.login,
            message.display_name,
            message.text,
            at_ms,
        )


def _store(
    store: Store,
    rows: Iterator[StoredMessage],
    total: int,
    lost: list[Exception],
    figures: _Figures,
) -> _Figures:
    """Store all rows, some hundred in one transaction, and show how far it is."""
    batch: list[Append] = []
    began_s = shown_s = time.monotonic()

    def write() -> None:
        for error in lost:
            raise error
        added = sum(one.rows for one in store.apply(batch))
        figures.stored += added
        figures.known += len(batch) - added
        batch.clear()

    for row in rows:
        batch.append(Append(row))
        if len(batch) < _BATCH:
            continue
        write()
        now_s = time.monotonic()
        if sys.stdout.isatty() and now_s - shown_s >= _SHOW_EVERY_S:
            shown_s = now_s
            seen = figures.stored + figures.known + sum(figures.left_out.values())
            rate = seen / (now_s - began_s)
            left = f"{(total - seen) / rate:,.0f} s left"
            line = f"{seen:,} of {total:,} messages, {rate:,.0f} a second, {left}"
            print(f"\r{line:<{_LINE_CHARS}}", end="", flush=True)
    if batch:
        write()
    if shown_s != began_s:
        print(f"\r{'':<{_LINE_CHARS}}\r", end="", flush=True)
    return figures
