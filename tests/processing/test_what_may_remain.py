"""Random chat and moderation, and a simple model of what may remain in the database."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clankbot.cancel import Cancel
from clankbot.processing.recent_removals import GRACE_S
from clankbot.records.chat import ChatCleared, ChatMessage, Event, MessageDeleted, UserCleared
from clankbot.records.speech import (
    Assignment,
    Composed,
    Delivered,
    MessageKind,
    Outgoing,
    ReadAhead,
)
from tests.processing import model as models
from tests.processing.chat import at
from tests.processing.desk import BOT_ID, CHANNELS, Desk
from tests.processing.rounds import ComposerAtHand
from tests.processing.windows import WindowDesk

VIEWERS = {"7": "alice", "8": "bruno", "9": "carla"}
IDS = {login: user_id for user_id, login in VIEWERS.items()}
ROUNDS = 60
LONGEST_LAG_MS = 3_000
SEEDS = [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, 30))]


@dataclass
class Model:
    """What may remain: the rules of the contract over plain lists and dicts, and nothing else."""

    kept: list[tuple[str, str, str]] = field(default_factory=list)
    """Channel, user id, text: in order."""
    ids: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    opted_out: set[str] = field(default_factory=set)
    banned: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    cleared: dict[str, int] = field(default_factory=dict)

    def hear(self, event: Event, now_ms: int) -> None:
        """What one event leaves."""
        match event:
            case ChatMessage():
                self._chat(event, now_ms)
            case MessageDeleted():
                self.deleted.add(event.message_id)
                self._keep_only(lambda row: row != self.ids.get(event.message_id))
            case UserCleared():
                lasts_ms = round(GRACE_S * 1000)
                if event.duration_seconds is not None:
                    lasts_ms = min(lasts_ms, event.duration_seconds * 1000)
                viewer = (event.channel, event.user_id or IDS[str(event.login)])
                for name in filter(None, (event.user_id, event.login)):
                    self.banned[event.channel, name] = (now_ms, now_ms + lasts_ms)
                self._keep_only(lambda row: row[:2] != viewer)
            case ChatCleared():
                self.cleared[event.channel] = now_ms
                self._keep_only(lambda row: row[0] != event.channel)

    def bot_said(self, channel: str, message_id: str, text: str) -> None:
        """What the bot itself says is kept, too."""
        self.ids[message_id] = (channel, BOT_ID, text)
        self.kept.append(self.ids[message_id])

    def _keep_only(self, stays: object) -> None:
        self.kept = [row for row in self.kept if stays(row)]  # type: ignore[operator]

    def _chat(self, message: ChatMessage, now_ms: int) -> None:
        user_id, message_id = str(message.user_id), str(message.message_id)
        assert message.sent_at is not None
        sent_ms = round(message.sent_at.timestamp() * 1000)
        if message_id in self.seen or message_id in self.deleted or message.from_shared_chat:
            return
        self.seen.add(message_id)
        for name in (user_id, message.login):
            banned_ms, until_ms = self.banned.get((message.channel, name), (0, 0))
            if sent_ms <= banned_ms or now_ms < until_ms:
                return
        if sent_ms < self.cleared.get(message.channel, 0):
            return
        if message.text == "!clank optout":
            self.opted_out.add(user_id)
            self._keep_only(lambda row: row[1] != user_id)
        elif message.text == "!clank optin":
            self.opted_out.discard(user_id)
        elif user_id not in self.opted_out:
            self.ids[message_id] = (message.channel, user_id, message.text)
            self.kept.append(self.ids[message_id])


class Chat:
    """Makes up events; the same dice, the same evening."""

    def __init__(
        self, dice: random.Random, desk: Desk, *, wishes: bool = True, calm: float = 0.0
    ) -> None:
        """``wishes``: viewers opt out and in; ``calm`` is the share of plain chat beside all."""
        self.calm = calm
        self.wishes = (1, 2) if wishes else (0, 0)
        self.dice = dice
        self.desk = desk
        self.said: list[ChatMessage] = []
        self.own: list[tuple[str, str]] = []
        self.number = 0

    def event(self) -> Event:
        """Mostly a new message; now and then an old one again, or moderation."""
        channel = self.dice.choice(CHANNELS)
        user_id = self.dice.choice(sorted(VIEWERS))
        now = at(self.desk.clock.ms())
        kind = 0.5 if self.dice.random() < self.calm else self.dice.random()
        if kind < 0.08 and self.said:
            return self.dice.choice(self.said)
        if kind < 0.16 and self.said:
            channel, message_id = self.dice.choice(
                [*((old.channel, str(old.message_id)) for old in self.said), *self.own]
            )
            return MessageDeleted(channel, message_id)
        if kind < 0.18:
            return MessageDeleted(channel, f"m-{self.number + self.dice.randint(1, 3)}")
        if kind < 0.24:
            seconds = self.dice.choice((None, 1, 3, 600))
            told = None if kind < 0.20 else user_id
            return UserCleared(channel, told, seconds, VIEWERS[user_id], now)
        if kind < 0.25:
            return ChatCleared(channel, now)
        text = self.dice.choices(
            (f"text {self.number}", "!clank optout", "!clank optin"), (30, *self.wishes)
        )[0]
        return self.message(channel, user_id, text, is_mirrored=kind > 0.95)

    def own_line(self) -> tuple[str, str, str]:
        """Channel, message id and text of what the bot says next."""
        self.own.append((self.dice.choice(CHANNELS), f"own-{len(self.own)}"))
        return (*self.own[-1], f"own words {len(self.own)}")

    def message(self, channel: str, user_id: str, text: str, *, is_mirrored: bool) -> ChatMessage:
        """One that was sent a moment ago, for Twitch keeps no order."""
        self.number += 1
        said = ChatMessage(
            message_id=f"m-{self.number}",
            channel=channel,
            user_id=user_id,
            login=VIEWERS[user_id],
            display_name=VIEWERS[user_id],
            text=text,
            sent_at=at(self.desk.clock.ms() - self.dice.randint(0, LONGEST_LAG_MS)),
            from_shared_chat=is_mirrored,
        )
        self.said.append(said)
        return said


def stored_by(desk: Desk) -> list[tuple[str, str, str]]:
    """Channel, user id and text of every row."""
    return [
        (channel, line.user_id, line.text)
        for channel in CHANNELS
        for line in desk.store.recent_messages(channel, 10_000)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_removal_holds_at_once_for_all_that_waits(tmp_path: Path, seed: int) -> None:
    """More arrives than the worker takes in at once; after its first round all removals hold.

    Nobody opts out here, for that waits for its turn as all chat does.
    """
    dice = random.Random(seed)
    with Desk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        desk.lose_tact()
        chat, model = Chat(dice, desk, wishes=False, calm=0.9), Model()
        most, waited = 0, False
        for _ in range(12):
            batch = [chat.event() for _ in range(dice.randint(150, 400))]
            for event in batch:
                model.hear(event, desk.clock.ms())
            desk.arrive(*batch)
            for _ in range(10):
                desk.worker.step(0)
                stored = stored_by(desk)
                assert not {*stored} - {*model.kept}
                waited |= len(stored) < len(model.kept)
            assert stored == sorted(model.kept, key=lambda row: CHANNELS.index(row[0]))
            most = max(most, len(model.kept))
            desk.clock.forward(dice.choice((0.0, 0.2, 1.0, 4.0)))
        assert most > 10
        assert waited, "all was taken in at once, which proves nothing"


def say(desk: Desk, model: Model, channel: str, message_id: str, text: str) -> None:
    """The bot says it, whatever it would have thought of that."""
    line = Outgoing(channel, text, MessageKind.SPONTANEOUS, desk.clock())
    desk.tell(Delivered(line, text, message_id, desk.clock.ms(), desk.clock()))
    model.bot_said(channel, message_id, text)


class Reader(models.Model):
    """A language model that looks at each prompt it is given, whether to read or to write."""

    def __init__(self, chat: Chat, remains: Model) -> None:
        super().__init__(None)
        self.lines_a_step, self.step_takes_s = 3, 0.01
        self.chat, self.desk, self.dice = chat, chat.desk, chat.dice
        self.remains = remains
        self.cut_off = 0
        self.meanwhile = self.meanwhile_reading = self.look

    def look(self, cancel: Cancel) -> None:
        """All of the prompt may be there now; and if something of it goes meanwhile, it ends."""
        assignment = self.newest
        assert self.is_allowed(assignment)
        for _ in range(self.dice.choice((0, 0, 1, 3))):
            self.something_happens()
            assert cancel.cancelled or self.is_allowed(assignment)
        self.cut_off += cancel.cancelled

    def something_happens(self) -> None:
        """The worker may be late, though a wish to opt out counts only once it has looked."""
        event = self.chat.event()
        self.remains.hear(event, self.desk.clock.ms())
        self.desk.arrive(event)
        is_wish = isinstance(event, ChatMessage) and event.text.startswith("!clank")
        if is_wish or self.dice.random() < 0.4:
            self.desk.settle()

    def is_allowed(self, assignment: Assignment) -> bool:
        """Whether all its lines may remain."""
        kept = {row[1:] for row in self.remains.kept if row[0] == assignment.channel}
        return {(line.user_id, line.text) for line in assignment.lines} <= kept

    def write(self, assignment: Assignment, cancel: Cancel) -> Composed:
        self.newest = assignment
        return super().write(assignment, cancel)

    def read_ahead(self, assignment: Assignment, cancel: Cancel) -> ReadAhead:
        self.newest = assignment
        return super().read_ahead(assignment, cancel)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_prompt_holds_what_may_not_remain(tmp_path: Path, seed: int) -> None:
    """At any moment of its being read or written, with the worker as late as may be."""
    dice = random.Random(seed)
    with Desk(tmp_path, MESSAGE_THRESHOLD="8") as desk:
        desk.lose_tact()
        remains = Model()
        model = Reader(Chat(dice, desk), remains)
        with ComposerAtHand(desk, model) as at_hand:
            at_hand.history.meanwhile = model.something_happens
            for _ in range(2 * ROUNDS):
                for _ in range(dice.randint(1, 6)):
                    model.something_happens()
                    if dice.random() < 0.3:
                        at_hand.step()
                at_hand.do()
                desk.settle()  # how late a message is, is judged when the worker looks
                desk.clock.forward(dice.choice((0.0, 0.2, 1.0, 4.0)))
            at_hand.catch_up()
            desk.settle()  # the last prompt may have let something happen, too
        for channel in CHANNELS:
            expected = [text for where, _, text in remains.kept if where == channel]
            assert desk.stored(channel) == expected
        assert len(model.read) > 30
        assert len(model.asked) > 3
        assert model.cut_off > 2, "too little happened for the test to mean anything"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_remains_is_what_may_remain(tmp_path: Path, seed: int) -> None:
    """With every other seed what happens at once arrives bit by bit, while chat is collected."""
    dice = random.Random(seed)
    with WindowDesk(tmp_path, MESSAGE_THRESHOLD="500") as desk:
        desk.lose_tact()
        chat, model, most = Chat(dice, desk), Model(), 0
        for _ in range(ROUNDS):
            batch = [chat.event() for _ in range(dice.randint(1, 12))]
            for event in batch:
                model.hear(event, desk.clock.ms())
            if seed % 2:
                desk.hear(*batch)
            else:
                desk.windows(*([event] for event in batch))
            for channel in CHANNELS:
                expected = [text for where, _, text in model.kept if where == channel]
                assert desk.stored(channel) == expected
            most = max(most, len(model.kept))
            if dice.random() < 0.5:
                desk.clock.forward(0.001)
                say(desk, model, *chat.own_line())
            desk.clock.forward(dice.choice((0.0, 0.2, 1.0, 4.0)))
        assert most > 10, "too little was left for the test to mean anything"
    again = Desk(tmp_path, desk.clock)
    assert again.store.opted_out() == model.opted_out
    again.store.close()
