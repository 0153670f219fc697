"""Ten minutes of random talk in ten channels, judged from outside: no limit is ever broken."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from clankbot.records.chat import RoomState
from clankbot.records.speech import MessageKind
from tests.irc.rigs import Said, SenderRig

CHANNELS = tuple(f"c{number}" for number in range(10))
MINUTES = 10


class RandomTraffic:
    """Ten channels whose viewers, moderators and network do as the dice say."""

    def __init__(self, seed: int, privileged: tuple[str, ...], *, troubles: bool) -> None:
        self.dice = random.Random(seed)
        self.rig = SenderRig(*CHANNELS)
        self.rig.privileged.update(privileged)
        self.rig.verdict = self.judge
        self.troubles = troubles
        self.faults: list[str] = []
        self.answers: list[tuple[float, Said]] = []

    def live(self) -> None:
        """Half-second after half-second, until the time is over and the outbox has emptied."""
        self.rig.connect()
        for _ in range(MINUTES * 120):
            if self.troubles:
                self.make_trouble()
            self.talk()
            self.rig.run(seconds=self.dice.uniform(0.2, 0.8))
            self.give_verdicts()
        for _ in range(140):
            self.rig.run(seconds=0.5)
            self.give_verdicts()

    def talk(self) -> None:
        for speech, chance in zip(MessageKind, (0.08, 0.3, 0.9), strict=True):
            if self.dice.random() < chance:
                text = self.dice.choice(["yes", "no", f"talk {self.dice.random()}"])
                channel = self.dice.choice(CHANNELS)
                assert self.rig.offer(text, speech, channel)

    def make_trouble(self) -> None:
        if self.dice.random() < 0.01:
            self.rig.disconnect()
            self.answers.clear()
            self.rig.run(seconds=self.dice.uniform(0.0, 8.0))
            self.rig.connect()
        if self.dice.random() < 0.02:
            channel = self.dice.choice(CHANNELS)
            self.rig.slow[channel] = self.dice.choice([0, 3, 30])
            self.rig.handle(RoomState(channel, slow_seconds=self.rig.slow[channel]))

    def judge(self, said: Said) -> None:
        """Says what is wrong with a message; its verdict comes later, or never."""
        earlier = self.rig.said[:-1]
        privileged = said.channel in self.rig.privileged
        there = [other for other in earlier if other.channel == said.channel]
        window = [other for other in earlier if said.at - other.at < 30.0]
        if len(window) + 1 > (100 if privileged else 20):
            self.faults.append(f"{len(window) + 1} messages in 30 s")
        if there and not privileged:
            gap = said.at - there[-1].at
            if gap < max(1.2, self.rig.slow.get(said.channel, 0)):
                self.faults.append(f"{gap} s apart in {said.channel}")
        if any(other.text == said.text and said.at - other.at < 30.0 for other in there):
            self.faults.append(f"{said.text!r} twice in {said.channel}")
        if self.dice.random() < 0.95 or not self.troubles:
            self.answers.append((said.at + self.dice.uniform(0.02, 0.4), said))

    def give_verdicts(self) -> None:
        for due_at, said in list(self.answers):
            if due_at <= self.rig.now:
                self.answers.remove((due_at, said))
                self.rig.accept(said, with_nonce=self.dice.random() < 0.5)


def most_within(moments: list[float], span_s: float) -> int:
    return max(sum(1 for m in moments if start <= m < start + span_s) for start in moments)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("privileged", [(), CHANNELS, CHANNELS[:3]], ids=["no", "all", "some"])
def test_no_limit_is_ever_broken_and_every_line_is_reported_once(
    seed: int, privileged: tuple[str, ...]
) -> None:
    traffic = RandomTraffic(seed, privileged, troubles=True)
    traffic.live()
    assert traffic.faults == []
    assert most_within([at for at, _ in traffic.rig.joins], 10.0) <= 20
    assert len(traffic.rig.joins) > 40
    reported = Counter(report.line for report in traffic.rig.reports)
    assert sum(reported.values()) > 600
    assert set(reported.values()) == {1}
    nonces = Counter(said.nonce for said in traffic.rig.said)
    assert set(nonces.values()) == {1}


@pytest.mark.parametrize(
    ("privileged", "longest_s"), [((), 10.0), (CHANNELS[:5], 31.0)], ids=["no", "some"]
)
def test_a_flood_of_talk_never_starves_answers_to_commands(
    privileged: tuple[str, ...], longest_s: float
) -> None:
    traffic = RandomTraffic(3, privileged, troubles=False)
    traffic.live()
    commands = [r for r in traffic.rig.reports if r.line.kind is MessageKind.COMMAND_ANSWER]
    said_at = {delivered.line: delivered.sent_at_ms / 1000 for delivered in traffic.rig.delivered}
    assert len(commands) > 50
    assert all(report.line in said_at for report in commands)
    assert max(said_at[report.line] - report.line.since for report in commands) < longest_s


@pytest.mark.parametrize(
    ("privileged", "talk_limit"), [((), 16), (CHANNELS, 40)], ids=["no", "all"]
)
def test_the_windows_are_used_to_the_full(privileged: tuple[str, ...], talk_limit: int) -> None:
    traffic = RandomTraffic(4, privileged, troubles=False)
    traffic.live()
    assert traffic.faults == []
    moments = [said.at for said in traffic.rig.said if said.at < 1000.0 + MINUTES * 60]
    assert len(moments) > 0.95 * talk_limit * MINUTES * 60 / 31.0
