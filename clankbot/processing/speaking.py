"""Whose turn it is: decides when a generation starts, at most one a channel.

Owned by the worker's thread.  A turn lasts from the job for the composer until the sender has
told what became of the line, so the bot never composes on top of a line that still waits.
"""

from __future__ import annotations

import logging
import queue
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clankbot.errors import DatabaseUnavailable
from clankbot.processing.board import Board, RoomView
from clankbot.processing.jobs import Job, JobDone
from clankbot.processing.last_look import silence_reason
from clankbot.processing.policies import Policies
from clankbot.processing.ports import CancelHandle, History
from clankbot.processing.removals import Removal, removes
from clankbot.processing.throttle import Cooldowns
from clankbot.processing.triggers import (
    ADAPTIVE_WINDOW_MS,
    HINT_WEIGHS_MS,
    SPEAKERS_WINDOW_MS,
    effective_threshold,
    silenced_until_ms,
    slowdown,
    spontaneous_obstacle,
)
from clankbot.records import ContextLine, End, Speech

log = logging.getLogger(__name__)

MENTION_WAITS_S: Final = 60.0
"""While a generation runs, a mention waits at most so long (contract, section 4)."""
_MOST_WAITING: Final = 20
"""Mentions a channel: within a minute a model answers fewer, and a raid must not fill memory."""
_FIRST_RETRY_S: Final = 2.0
_LONGEST_RETRY_S: Final = 10.0
"""After an answer that could not be used: the next one is rarely better at once, but generation is
to resume within 15 s of the model being well again."""
_OWN_REMEMBERED: Final = 20

_DIGITS = re.compile(r"\d+")


@dataclass
class _Turn:
    grounds_id: int
    cancel: CancelHandle
    composing: bool = True
    reported: bool = False


@dataclass
class _Wait:
    asked: ContextLine
    since: float


class Speaking:
    """See the module's text."""

    def __init__(
        self,
        *,
        history: History,
        board: Board,
        policies: Policies,
        jobs: queue.Queue[Job | End],
        make_cancel: Callable[[], CancelHandle],
        voice_problem: Callable[[str], str | None],
        decided: Callable[[str, str], None],
        keep_count: int,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._history = history
        self._board = board
        self._policies = policies
        self._jobs = jobs
        self._make_cancel = make_cancel
        self._voice_problem = voice_problem
        self._decided = decided
        self._keep_count = keep_count
        self._clock = clock
        self._now_ms = now_ms
        self._turns: dict[str, _Turn] = {}
        self._counted: dict[str, None] = {}
        self._waiting: dict[str, dict[str, _Wait]] = {}
        """Mentions by channel and viewer, the longest waiting first."""
        self._cooldowns = Cooldowns(clock)
        self._hints: dict[str, list[int]] = {}
        self._retry: dict[str, tuple[float, float]] = {}
        self._reasons: dict[str, tuple[int, str]] = {}
        self._obstacles: dict[str, str] = {}

    def load(self, channel: str) -> None:
        """Take from the database what this channel's turns depend on."""
        self._hints[channel] = list(
            self._history.hints_since(channel, self._now_ms() - HINT_WEIGHS_MS)
        )
        self._take_hints(channel)
        self.reload_own_words(channel)

    def reload_own_words(self, channel: str) -> None:
        """What the bot said lately, and what of it was removed, to avoid repeating either."""
        try:
            recent = self._history.recent_spoken(channel, _OWN_REMEMBERED)
            removed = self._history.removed_spoken(channel, _OWN_REMEMBERED)
        except DatabaseUnavailable as error:
            log.warning("own words not read", extra={"channel": channel, "problem": str(error)})
            return
        self._board.set_own_words(
            channel,
            recent=[row.fingerprint for row in recent if not row.removed],
            removed=[row.fingerprint for row in removed],
        )

    # -- hints ---------------------------------------------------------------------------------

    def hint(self, channel: str, at_ms: int) -> None:
        """Moderators removed the bot's words: hold back."""
        recent = [at for at in self._hints[channel] if at_ms - at < HINT_WEIGHS_MS]
        self._hints[channel] = [*recent, at_ms]
        self._take_hints(channel)
        log.warning("holding back", extra={"channel": channel, "factor": self.factor(channel)})

    def forgive(self, channel: str) -> None:
        """A moderator switched the bot on again."""
        self._hints[channel] = []
        self._take_hints(channel)
        self._board.forgive(channel)

    def _take_hints(self, channel: str) -> None:
        self._board.set_silence(channel, silenced_until_ms(self._hints[channel]) or 0)

    def factor(self, channel: str) -> int:
        """By how much the channel's threshold, delay and cooldown are multiplied after hints."""
        return slowdown(self._hints[channel], self._now_ms())

    # -- occasions ------------------------------------------------------------------------------

    def counted(self, channel: str) -> None:
        """A message is counted; it may be time to speak once it is stored."""
        self._counted[channel] = None

    def mentioned(self, channel: str, asked: ContextLine) -> None:
        """A viewer speaks to the bot: the newest mention of each waits for an answer."""
        waiting = self._waiting.setdefault(channel, {})
        waiting.pop(asked.user_id, None)
        waiting[asked.user_id] = _Wait(asked, self._clock())
        if len(waiting) > _MOST_WAITING:
            del waiting[next(iter(waiting))]

    def judge(self) -> None:
        """What was counted and mentioned is stored: answer, and speak where it is time."""
        refused = {channel for channel in list(self._waiting) if self._answer_mentions(channel)}
        counted, self._counted = self._counted, {}
        for channel in counted:
            if channel in self._turns:
                continue
            reason = self._silence(channel, Speech.SPONTANEOUS) or self._pace_obstacle(channel)
            if reason is None:
                self._start(channel)
            elif channel not in refused:  # else ``why`` would never tell of the mention
                self._decide(channel, reason)

    def _answer_mentions(self, channel: str) -> bool:
        """Answer the mention that has waited longest; whether any had to be refused."""
        refused = False
        waiting = self._waiting[channel]
        while waiting and channel not in self._turns:
            wait = waiting.pop(next(iter(waiting)))
            if self._clock() - wait.since > MENTION_WAITS_S:
                continue
            reason = self._silence(channel, Speech.MENTION_ANSWER)
            reason = reason or self._cooldown(channel, wait.asked)
            if reason is None:
                self._start(channel, wait)
            else:
                self._decide(channel, f"mention not answered: {reason}")
                refused = True
        if not waiting:
            del self._waiting[channel]
        return refused

    def requested(self, channel: str) -> str | None:
        """A moderator asks for a message now; the reason where that cannot be."""
        if channel in self._turns:
            return "a message is on its way"
        if self._history.carry_on_removing():
            return "messages are still being deleted"
        reason = self._silence(channel, Speech.SPONTANEOUS, requested=True)
        if reason is None:
            self._start(channel, requested=True)
        return reason

    def moderated(self, removal: Removal) -> None:
        """A mention that waits and was removed is not answered."""
        waiting = self._waiting.get(removal.channel, {})
        for user_id, wait in list(waiting.items()):
            if removes(removal, wait.asked):
                del waiting[user_id]

    def forget(self, user_id: str) -> None:
        """A viewer opted out: no mention of theirs waits any longer."""
        for waiting in self._waiting.values():
            waiting.pop(user_id, None)

    def forget_all(self) -> None:
        """Somebody's words were deleted by another program: no mention waits any longer."""
        self._waiting.clear()

    def call_off(self, channel: str) -> None:
        """The bot was switched off: what is being composed is given up."""
        if (turn := self._turns.get(channel)) is not None:
            turn.cancel.cancel()

    # -- the course of a turn ---------------------------------------------------------------------

    def done(self, outcome: JobDone) -> None:
        """The composer is through; the turn goes on while a line waits to be sent."""
        turn = self._turns.get(outcome.channel)
        if turn is None:
            return
        turn.composing = False
        turn.reported |= not outcome.offered
        if not outcome.usable:
            self._hold_off(outcome.channel)
        if not outcome.offered:
            self._decide(outcome.channel, outcome.reason)
        self._end(outcome.channel)

    def reported(self, channel: str, grounds_id: int | None, outcome: str, said: bool) -> None:
        """The sender told what became of a generated line."""
        turn = self._turns.get(channel)
        if turn is None or turn.grounds_id != grounds_id:
            return
        turn.reported = True
        if said:
            self._retry.pop(channel, None)
        else:
            self._hold_off(channel)
        self._decide(channel, outcome)
        self._end(channel)

    def _hold_off(self, channel: str) -> None:
        _, pause = self._retry.get(channel, (0.0, _FIRST_RETRY_S / 2))
        pause = min(pause * 2, _LONGEST_RETRY_S)
        self._retry[channel] = (self._clock() + pause, pause)

    def _end(self, channel: str) -> None:
        turn = self._turns[channel]
        if turn.composing or not turn.reported:
            return
        del self._turns[channel]

    def _start(self, channel: str, mention: _Wait | None = None, requested: bool = False) -> None:
        if mention is not None:
            self._cooldowns.begin(channel, mention.asked.user_id)
        cancel = self._make_cancel()
        number = self._board.open_grounds(channel, cancel.cancel)
        self._turns[channel] = _Turn(number, cancel)
        self._jobs.put_nowait(
            Job(
                channel,
                self._policies[channel],
                number,
                cancel,
                asked=mention.asked if mention else None,
                answer_by=mention.since + MENTION_WAITS_S if mention else None,
                requested=requested,
            )
        )
        kind = "mention" if mention else "requested" if requested else "spontaneous"
        log.info("generation started", extra={"channel": channel, "kind": kind})
        self._decide(channel, "composing")

    # -- obstacles --------------------------------------------------------------------------------

    def _silence(self, channel: str, speech: Speech, *, requested: bool = False) -> str | None:
        view = self._board.view(channel)
        self._log_obstacle(channel, view.obstacle)
        return silence_reason(view, speech, self._now_ms(), requested) or self._problem(view)

    def _log_obstacle(self, channel: str, obstacle: str | None) -> None:
        """Say once when Twitch keeps the bot from speaking, and once when it no longer does."""
        kind = _DIGITS.sub("", obstacle or "")
        if kind != self._obstacles.get(channel, ""):
            self._obstacles[channel] = kind
            phrase = "may not speak" if obstacle else "may speak again"
            log.info(phrase, extra={"channel": channel, "reason": obstacle})

    def _problem(self, view: RoomView) -> str | None:
        if self._board.outage is not None:
            return "the database is away"
        return self._voice_problem(view.policy.model)

    def threshold(self, channel: str) -> int:
        """The number of messages the channel waits for, under ``adaptive`` and after hints."""
        policy = self._policies[channel]
        since = self._now_ms() - ADAPTIVE_WINDOW_MS
        recent = self._history.count_since(channel, since) if policy.adaptive else 0
        wanted = effective_threshold(policy, recent) * self.factor(channel)
        # More than is kept can never be counted, and would be silence instead of restraint.
        return min(wanted, max(policy.threshold, self._keep_count or wanted))

    def _pace_obstacle(self, channel: str) -> str | None:
        policy = self._policies[channel]
        again_at, _ = self._retry.get(channel, (0.0, 0.0))
        if self._clock() < again_at:
            return f"trying again in {round(again_at - self._clock())} s"
        now_ms, factor = self._now_ms(), self.factor(channel)
        threshold = self.threshold(channel)
        needed = min(policy.threshold, policy.context_limit)
        pace = self._history.pace(channel, threshold, needed)
        reason = spontaneous_obstacle(
            policy, pace, now_ms=now_ms, threshold=threshold, factor=factor
        )
        if reason is None and policy.min_speakers:
            speakers = self._history.speakers_since(channel, now_ms - SPEAKERS_WINDOW_MS)
            if speakers < policy.min_speakers:
                return f"{speakers}/{policy.min_speakers} speakers"
        return reason

    def _cooldown(self, channel: str, asked: ContextLine) -> str | None:
        wait_s = self._policies[channel].cooldown_s * self.factor(channel)
        over = self._cooldowns.age_s(channel, asked.user_id) >= wait_s
        return None if over else "cooldown"

    # -- why -----------------------------------------------------------------------------------

    def why(self, channel: str) -> tuple[int, str] | None:
        """When the newest decision was made, and what decided."""
        return self._reasons.get(channel)

    def _decide(self, channel: str, reason: str) -> None:
        """Remember the decision; record it when another gate decided than last time."""
        _, before = self._reasons.get(channel, (0, ""))
        self._reasons[channel] = (self._now_ms(), reason)
        if _DIGITS.sub("", before) != _DIGITS.sub("", reason):
            self._decided(channel, reason)
