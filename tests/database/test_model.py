"""Whatever chat and moderators do, the database holds what a simple model holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import get_args

import pytest

from clankbot.database.database import DEEDS, Database
from clankbot.records.writes import (
    Append,
    OptIn,
    OptOut,
    RemoveChannel,
    RemoveMessage,
    RemoveViewer,
    StoredMessage,
    Tally,
    Write,
)
from tests.database.conftest import BOT_ID, bot_said, said

_CHANNELS = ("alpha", "beta")
_USERS = ("1", "2", "3")


class _Model:
    """What is to remain, as plainly as it can be said."""

    def __init__(self) -> None:
        self.messages: dict[str, StoredMessage] = {}
        self.opted_out: set[str] = set()

    def take(self, write: Write) -> None:
        match write:
            case Append(message):
                self.messages.setdefault(message.message_id, message)
            case RemoveMessage(channel, message_id):
                self._keep(lambda m: (m.channel, m.message_id) != (channel, message_id))
            case RemoveViewer(channel, str(user_id)):
                self._keep(lambda m: (m.channel, m.user_id) != (channel, user_id))
            case RemoveViewer(channel, None, login):
                self._keep(lambda m: (m.channel, m.login) != (channel, login))
            case RemoveChannel(channel):
                self._keep(lambda m: m.channel != channel)
            case OptOut(user_id):
                self._keep(lambda m: m.user_id != user_id)
                self.opted_out.add(user_id)
            case OptIn(user_id):
                self.opted_out.discard(user_id)

    def _keep(self, stays: Callable[[StoredMessage], bool]) -> None:
        self.messages = {key: m for key, m in self.messages.items() if stays(m)}

    def of(self, channel: str) -> list[StoredMessage]:
        return [message for message in self.messages.values() if message.channel == channel]


def _any_write(chance: random.Random, number: int) -> list[Write]:
    channel, user = chance.choice(_CHANNELS), chance.choice(_USERS)
    known = f"m{chance.randrange(number + 1)}"
    kinds: list[list[Write]] = [
        [RemoveMessage(channel, known, 9)],
        [RemoveViewer(channel, user, f"viewer{user}", 9)],
        [RemoveViewer(channel, None, f"viewer{user}", 9)],
        [RemoveViewer(channel, BOT_ID, None, 9)],
        [RemoveChannel(channel, 9)],
        [OptOut(user, 9)],
        [OptIn(user)],
        [said(known, "late twin", channel=channel, user=user)],
        list(bot_said(f"m{number}", channel=channel)),
    ]
    chat: list[Write] = [said(f"m{number}", f"text {number}", channel=channel, user=user)]
    return chance.choice(kinds) if chance.random() < 0.25 else chat


@pytest.mark.parametrize("seed", range(3))
def test_the_database_holds_what_the_model_holds(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    model = _Model()
    batch: list[Write] = []
    with database.open() as store:
        for number in range(200):
            batch += _any_write(chance, number)
            if chance.random() < 0.8:
                continue
            store.apply(batch)
            for write in batch:
                model.take(write)
            batch = []
            for channel in _CHANNELS:
                assert list(store.export_rows(channel, batch=7)) == model.of(channel)
                assert [line.message_id for line in store.recent_messages(channel, 5)] == [
                    message.message_id for message in model.of(channel)[-5:]
                ]
            assert store.opted_out() == model.opted_out


def test_every_kind_of_write_is_carried_out() -> None:
    assert {*DEEDS, Append, Tally} == {*get_args(Write)}
