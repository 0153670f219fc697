"""A file with a long history, made up as the bot would have stored it."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

from clankbot.database.database import Database
from clankbot.records.writes import Append, RecordSpoken, StoredMessage, Write
from tests.benchmarks.chat_lines import chat_lines

VIEWERS = 20_000
_BATCH = 500
_SPOKEN_EVERY = 100
_TEXTS = 20_000
START_MS = 1_790_000_000_000
_BETWEEN_MS = 50


def messages(count: int, channel: str, seed: int) -> list[StoredMessage]:
    """So many, of viewers."""
    dice = random.Random(seed)
    return [
        _message(dice, channel, text, START_MS + number * _BETWEEN_MS)
        for number, text in enumerate(chat_lines(count, seed=seed))
    ]


def fill(path: Path, count: int, channels: tuple[str, ...] = ("alpha",)) -> Database:
    """A new file with so many messages, dealt out over the channels in turn."""
    database = Database.sqlite(path)
    database.prepare()
    dice = random.Random(count)
    texts = chat_lines(_TEXTS, seed=9)
    with database.open() as store:
        for start in range(0, count, _BATCH):
            batch: list[Write] = []
            for number in range(start, min(start + _BATCH, count)):
                at_ms, channel = START_MS + number * _BETWEEN_MS, channels[number % len(channels)]
                batch.append(Append(_message(dice, channel, texts[number % _TEXTS], at_ms)))
                if number % _SPOKEN_EVERY == 0:
                    own = _message(dice, channel, "what a calm river", at_ms, is_own=True)
                    mark = RecordSpoken(channel, own.message_id, at_ms, "calm river")
                    batch += [mark, Append(own)]
            store.apply(batch)
    return database


def _message(
    dice: random.Random, channel: str, text: str, at_ms: int, *, is_own: bool = False
) -> StoredMessage:
    number = 0 if is_own else 1 + min(int(dice.expovariate(8) * VIEWERS), VIEWERS - 1)
    login = f"viewer_{number}"
    message_id = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    user_id = str(10_000_000 + number * 7919)
    return StoredMessage(message_id, channel, user_id, login, login.title(), text, at_ms, is_own)
