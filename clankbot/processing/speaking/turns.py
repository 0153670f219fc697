"""Whose turn it is: decides when a generation starts, at most one a channel.

Owned by the worker's thread.  A turn lasts from the job for the composer until the sender has
told what became of the line, so the bot never composes on top of a line that still waits.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from clankbot.cancel import End
from clankbot.errors import DatabaseError
from clankbot.processing.channel_settings import SettingsByChannel
from clankbot.processing.commands.throttle import Cooldowns
from clankbot.processing.internal_messages import Job, JobDone
from clankbot.processing.live_state import LiveState, RoomView
from clankbot.processing.ports import CancelHandle, History
from clankbot.processing.recent_removals import Removal, removes
from clankbot.processing.speaking.decisions import Decisions, kind_of
from clankbot.processing.speaking.pace import PaceGate, Standing
from clankbot.processing.speaking.send_gate import SWITCHED_OFF, silence_reason
from clankbot.processing.speaking.triggers import HINT_WEIGHS_MS, silenced_until_ms, slowdown
from clankbot.records.answers import Decision
from clankbot.records.speech import ContextLine, MessageKind

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
_ON_ITS_WAY: Final = "a message is on its way"


@dataclass
class _Turn:
    generation_id: int
    cancel: CancelHandle
    addressee_id: str | None
    """The viewer who is answered, whose cooldown begins when the answer has been said."""
    in_vain: Callable[[str], None] | None
    """Whom to tell the reason when nothing is said: the moderator who asked for it."""
    composing: bool = True
    reported: bool = False


@dataclass
class _Wait:
    asked: ContextLine
    since: float


class Turns:
    """See the module's text."""

    def __init__(
        self,
        *,
        history: History,
        live_state: LiveState,
        channel_settings: SettingsByChannel,
        jobs: queue.Queue[Job | End],
        make_cancel: Callable[[], CancelHandle],
        voice_problem: Callable[[str], str | None],
        decisions: Decisions,
        keep_count: int,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:
        self._history = history
        self._live_state = live_state
        self._settings = channel_settings
        self._jobs = jobs
        self._make_cancel = make_cancel
        self._voice_problem = voice_problem
        self._decisions = decisions
        self._clock = clock
        self._now_ms = now_ms
        self._pace = PaceGate(history, channel_settings, self.factor, keep_count, now_ms)
        self._turns: dict[str, _Turn] = {}
        self._counted: dict[str, None] = {}
        self._changed: dict[str, None] = {}
        """Channels whose settings changed since the last decision."""
        self._waiting: dict[str, dict[str, _Wait]] = {}
        """Mentions by channel and viewer, the longest waiting first."""
        self._cooldowns = Cooldowns(clock)
        self._hints: dict[str, list[int]] = {}
        self._retry: dict[str, tuple[float, float]] = {}
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
        except DatabaseError as error:
            log.warning("own words not read", extra={"channel": channel, "problem": str(error)})
            return
        self._live_state.set_own_words(
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
        self._live_state.forgive(channel)

    def _take_hints(self, channel: str) -> None:
        self._live_state.set_silence(channel, silenced_until_ms(self._hints[channel]) or 0)

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
        self._reconsider_changed()
        refused = {channel for channel in list(self._waiting) if self._answer_mentions(channel)}
        counted, self._counted = self._counted, {}
        for channel in counted:
            if channel in self._turns:
                continue
            reason = self._silence(channel, MessageKind.SPONTANEOUS) or self._pace_obstacle(channel)
            if reason is None:
                self._start(channel)
            elif channel not in refused:  # else ``why`` would never tell of the mention
                self._decisions.decide(channel, reason)
        self._decisions.keep_up()

    def _answer_mentions(self, channel: str) -> bool:
        """Answer the mention that has waited longest; whether any had to be refused."""
        refused = False
        waiting = self._waiting[channel]
        while waiting and channel not in self._turns:
            wait = waiting.pop(next(iter(waiting)))
            if self._clock() - wait.since > MENTION_WAITS_S:
                continue
            reason = self._silence(channel, MessageKind.MENTION_ANSWER)
            reason = reason or self._cooldown(channel, wait.asked)
            if reason is None:
                self._start(channel, wait)
            else:
                self._decisions.decide(channel, f"mention not answered: {reason}")
                refused = True
        if not waiting:
            del self._waiting[channel]
        return refused

    def requested(self, channel: str, in_vain: Callable[[str], None]) -> str | None:
        """A moderator asks for a message now; the reason where that cannot be.

        ``in_vain`` is told the reason where it turns out later that nothing is said.
        """
        if channel in self._turns:
            return _ON_ITS_WAY
        if self._history.carry_on_removing():
            return "messages are still being deleted"
        reason = self._silence(channel, MessageKind.SPONTANEOUS, requested=True)
        if reason is None:
            self._start(channel, in_vain=in_vain)
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
            is_on = self._settings[outcome.channel].enabled
            self._nothing_said(outcome.channel, outcome.reason if is_on else SWITCHED_OFF)
        self._end(outcome.channel)

    def reported(self, channel: str, generation_id: int | None, outcome: str, said: bool) -> None:
        """The sender told what became of a generated line."""
        turn = self._turns.get(channel)
        if turn is None or turn.generation_id != generation_id:
            return
        turn.reported = True
        if said:
            self._retry.pop(channel, None)
            if turn.addressee_id is not None:
                self._cooldowns.begin(channel, turn.addressee_id)
            self._decisions.decide(channel, outcome)
        else:
            self._hold_off(channel)
            self._nothing_said(channel, outcome)
        self._end(channel)

    def _nothing_said(self, channel: str, reason: str) -> None:
        self._decisions.decide(channel, reason)
        if (tell := self._turns[channel].in_vain) is not None:
            tell(reason)

    def _hold_off(self, channel: str) -> None:
        _, pause = self._retry.get(channel, (0.0, _FIRST_RETRY_S / 2))
        pause = min(pause * 2, _LONGEST_RETRY_S)
        self._retry[channel] = (self._clock() + pause, pause)

    def _end(self, channel: str) -> None:
        turn = self._turns[channel]
        if turn.composing or not turn.reported:
            return
        del self._turns[channel]

    def _start(
        self,
        channel: str,
        mention: _Wait | None = None,
        in_vain: Callable[[str], None] | None = None,
    ) -> None:
        cancel = self._make_cancel()
        number = self._live_state.register(channel, cancel.cancel)
        addressee_id = mention.asked.user_id if mention else None
        self._turns[channel] = _Turn(number, cancel, addressee_id, in_vain)
        self._jobs.put_nowait(
            Job(
                channel,
                self._settings[channel],
                number,
                cancel,
                asked=mention.asked if mention else None,
                answer_by=mention.since + MENTION_WAITS_S if mention else None,
                requested=in_vain is not None,
            )
        )
        kind = "mention" if mention else "requested" if in_vain else "spontaneous"
        log.info("generation started", extra={"channel": channel, "kind": kind})
        self._decisions.decide(channel, "composing")

    # -- obstacles --------------------------------------------------------------------------------

    def _silence(self, channel: str, speech: MessageKind, *, requested: bool = False) -> str | None:
        view = self._live_state.view(channel)
        self._log_obstacle(channel, view.obstacle)
        return silence_reason(view, speech, self._now_ms(), requested) or self._problem(view)

    def _log_obstacle(self, channel: str, obstacle: str | None) -> None:
        """Say once when Twitch keeps the bot from speaking, and once when it no longer does."""
        kind = kind_of(obstacle or "")
        if kind != self._obstacles.get(channel, ""):
            self._obstacles[channel] = kind
            phrase = "may not speak" if obstacle else "may speak again"
            log.info(phrase, extra={"channel": channel, "reason": obstacle})

    def _problem(self, view: RoomView) -> str | None:
        if self._live_state.outage is not None:
            return "the database is away"
        return self._voice_problem(view.policy.model)

    def _pace_obstacle(self, channel: str) -> str | None:
        return self._retry_obstacle(channel) or self._pace.obstacle(channel)

    def _retry_obstacle(self, channel: str) -> str | None:
        again_at, _ = self._retry.get(channel, (0.0, 0.0))
        left_s = again_at - self._clock()
        return f"trying again in {round(left_s)} s" if left_s > 0 else None

    def _cooldown(self, channel: str, asked: ContextLine) -> str | None:
        wait_s = self._settings[channel].cooldown_s * self.factor(channel)
        over = self._cooldowns.age_s(channel, asked.user_id) >= wait_s
        return None if over else "cooldown"

    # -- what is told of it ------------------------------------------------------------------------

    def standing(self, channel: str) -> Standing:
        """Where the channel stands, judged as for a message of the bot's own accord."""
        standing = self._pace.standing(channel)
        obstacle = self._room_obstacle(channel) or self._retry_obstacle(channel)
        return replace(standing, obstacle=obstacle) if obstacle else standing

    def _room_obstacle(self, channel: str) -> str | None:
        if channel in self._turns:
            return _ON_ITS_WAY
        view = self._live_state.view(channel)
        return silence_reason(view, MessageKind.SPONTANEOUS, self._now_ms(), requested=False)

    def reconsider(self, channel: str) -> None:
        """Settings changed: what decided before them is told no longer."""
        self._changed[channel] = None

    def _reconsider_changed(self) -> None:
        """Judge anew, without speaking: that is for the next message to bring about."""
        for channel in list(self._changed):
            reason = self._silence(channel, MessageKind.SPONTANEOUS)
            if reason is None and channel not in self._turns:
                reason = self._pace_obstacle(channel) or "waiting for the next message"
            if reason is not None:
                self._decisions.decide(channel, reason)
            del self._changed[channel]  # only now, for the database may have been away

    def why(self, channel: str) -> Decision | None:
        """What decided last, and when."""
        self._reconsider_changed()
        return self._decisions.newest(channel)
