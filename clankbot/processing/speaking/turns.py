"""Whose turn it is: decides when a generation starts, at most one a channel, and knows its end.

Owned by the worker's thread.  A turn begins with a job for the composer.  It ends once: if the
composer has offered no line, with the composer's report, else with the sender's report of what
became of the line.  So the bot never composes on top of a line that still waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from clankbot.cancel import Cancel
from clankbot.clock import Clock
from clankbot.processing.channels import ANOTHER_VOICE, TOO_LATE, Channel, Channels, Mention, Turn
from clankbot.processing.internal_messages import Job, NothingOffered
from clankbot.processing.live_state import LiveState
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.decisions import Decisions
from clankbot.processing.speaking.hints import HintHistory, Hints, slowdown
from clankbot.processing.speaking.listening import Listening
from clankbot.processing.speaking.send_gate import DATABASE_AWAY, SWITCHED_OFF, silence_reason
from clankbot.processing.speaking.tact import SharedWords, objection
from clankbot.processing.speaking.triggers import (
    PaceHistory,
    Standing,
    pace_obstacle,
    standing,
)
from clankbot.records.chat import ChatCleared
from clankbot.records.reasons import Reason, Why
from clankbot.records.speech import MAX_AGE_S, MessageKind
from clankbot.twitch_notices import meaning_of

log = logging.getLogger(__name__)

# So many lines in a row that Twitch keeps from chat are a hint.
_HELD_TO_HINT: Final = 3
# Lines of the bot, of which the last ones that were judged tell how it is taken.
_LINES_JUDGED: Final = 50
_COMPOSING: Final = Reason(Why.COMPOSING, "composing")
_ON_ITS_WAY: Final = Reason(Why.ON_ITS_WAY, "a message is on its way")


class TurnHistory(PaceHistory, HintHistory, SharedWords, Protocol):
    """What turns depend on."""

    def carry_on_removing(self) -> bool:
        """Delete some more of a removal that is too large for one step; whether any is left."""


class Turns:
    """See the module's text."""

    def __init__(
        self,
        history: TurnHistory,
        channels: Channels,
        live_state: LiveState,
        model: LanguageModel,
        decisions: Decisions,
        submit: Callable[[Job], None],
        listening: Listening,
        clock: Clock,
    ) -> None:
        """``submit`` hands a job to the composer and must not block."""
        self._history = history
        self._channels = channels
        self._live_state = live_state
        self._model = model
        self._decisions = decisions
        self._submit = submit
        self.listening = listening
        self.prompts, self._reception = listening.prompts, listening.reception
        self.hints = Hints(history, channels, live_state, clock)
        self._clock = clock

    def load(self) -> None:
        """Take what may still count from the database; no prompt is read yet."""
        self.prompts.note_all()
        self.hints.load()
        for channel in self._channels.values():
            channel.began_at = self._clock.monotonic()
            self._reception.load(channel, self._history.recent_spoken(channel.name, _LINES_JUDGED))

    # -- occasions ------------------------------------------------------------------------------

    def start_over(self, name: str) -> None:
        """Another channel has the name now: nothing of what was under way is for it."""
        self._channels[name].start_over()
        self._live_state.generations.invalidate(ChatCleared(name))

    def judge(self) -> None:
        """What was counted and mentioned is stored: answer, and speak if it is time.

        Answers come first, in all channels: somebody waits for them.  Then the channels follow in
        the order in which they were counted.
        """
        refused = set()
        for channel in self._channels.values():
            self._reception.look(channel)
            self._drop_if_busy(channel)
            self._reconsider(channel)
            if self._answer_mentions(channel):
                refused.add(channel.name)
        for channel in list(self.listening.counted.values()):
            is_taken = channel.turn is not None or self.listening.may_hear_more(channel)
            reason = _ON_ITS_WAY if is_taken else None
            reason = reason or self._silence(channel, MessageKind.SPONTANEOUS)
            reason = reason or self._not_yet(channel)
            if reason is None and (reason := objection(channel, self._history, self._clock)):
                channel.lose_turn(self._clock.monotonic(), f"it let its turn pass: {reason}")
            if reason is None:
                self._start(channel)
            else:  # of a mention that was refused ``why`` would never tell otherwise
                is_told = not is_taken and channel.name not in refused
                self._decisions.pass_over(channel, reason, tell=is_told)
            del self.listening.counted[channel.name]  # only now, for the database may have failed
        self.prompts.hand_on()
        self._decisions.keep_up()

    def _answer_mentions(self, channel: Channel) -> bool:
        """Answer the mention that has waited longest; whether any was refused or must wait on."""
        was_refused = False
        for user_id, mention in list(channel.mentions.items()):
            if channel.turn is not None:
                break
            now = self._clock.monotonic()
            is_late = now - mention.since > MAX_AGE_S
            if not is_late and channel.exchange.waits_for_others(user_id, now):
                self._decisions.decide(channel, ANOTHER_VOICE.of_mention())
                was_refused = True
                continue
            if not is_late and now < mention.answer_at:
                continue
            del channel.mentions[user_id]
            reason = TOO_LATE if is_late else self._silence(channel, MessageKind.MENTION_ANSWER)
            if not mention.is_followup:
                reason = reason or self._cooldown(channel, user_id)
            if reason is None:
                self._start(channel, mention)
            else:
                self._decisions.pass_over(channel, reason.of_mention())
                was_refused = True
        return was_refused

    def _drop_if_busy(self, channel: Channel) -> None:
        """Give up what is being composed while the moderators are busy, but for what they want."""
        turn = channel.turn
        if turn is not None and turn.in_vain is None and self._busy(channel):
            turn.cancel.cancel()

    def _busy(self, channel: Channel) -> Reason | None:
        return self._live_state.view(channel.name).busy(self._clock.monotonic())

    def request(self, name: str, in_vain: Callable[[str], None]) -> Reason | None:
        """A moderator asks for a message now; the reason if that cannot be.

        ``in_vain`` is told the reason if it turns out later that nothing is said.
        """
        channel = self._channels[name]
        if channel.turn is not None:
            return _ON_ITS_WAY
        if self._history.carry_on_removing():
            return Reason(Why.REMOVING, "messages are still being deleted or carried over")
        reason = self._silence(channel, MessageKind.SPONTANEOUS, requested=True)
        if reason is None:
            self._start(channel, in_vain=in_vain)
        return reason

    # -- the course of a turn ---------------------------------------------------------------------

    def _start(
        self,
        channel: Channel,
        mention: Mention | None = None,
        in_vain: Callable[[str], None] | None = None,
    ) -> None:
        cancel = Cancel()
        number = self._live_state.generations.register(channel.name, cancel)
        addressee_id = mention.asked.user_id if mention else None
        is_followup = mention is not None and mention.is_followup
        channel.turn = Turn(number, cancel, addressee_id, in_vain, is_followup)
        self._decisions.funnel.started(channel.name, number)
        self._submit(
            Job(
                channel.name,
                channel.settings,
                number,
                cancel,
                asked=mention.asked if mention else None,
                since=mention.since if mention else None,
                requested=in_vain is not None,
            )
        )
        kind = "mention" if mention else "requested" if in_vain else "spontaneous"
        log.info("generation started", extra={"channel": channel.name, "kind": kind})
        self._decisions.decide(channel, _COMPOSING)

    def call_off(self, name: str) -> None:
        """The bot was switched off: what is being composed is given up."""
        if (turn := self._channels[name].turn) is not None:
            turn.cancel.cancel()

    def handle_nothing_offered(self, report: NothingOffered) -> None:
        """The composer is through, and there is no line: the turn ends."""
        channel = self._channels[report.channel]
        if report.reason.code != channel.logged_in_vain:
            channel.logged_in_vain = report.reason.code
            extra = {"channel": channel.name, "reason": report.reason.text}
            log.info("nothing to say", extra=extra)
        reason = report.reason if channel.settings.enabled else SWITCHED_OFF
        if reason.code == Why.CALLED_OFF:
            reason = self._busy(channel) or reason
        turn = self._end(
            channel, report.generation_id, reason, said=False, was_composed=not report.was_usable
        )
        if turn is None or report.was_usable:
            return
        self._decisions.count_refusal(channel, report.reason)
        if turn.is_spontaneous:
            channel.lose_turn(self._clock.monotonic())
        else:
            self._hold_off(channel)

    def was_said(
        self, name: str, generation_id: int | None, reason: Reason, stands_at_ms: int | None
    ) -> None:
        """The line was said, and is stored: the turn ends.

        ``stands_at_ms``: the time of its mark; None if nobody can see it.
        """
        channel = self._channels[name]
        if stands_at_ms is not None:
            self._reception.said(channel, stands_at_ms)
        turn = self._end(channel, generation_id, reason, said=True)
        if turn is not None:
            channel.retry_at = 0.0
            channel.retries.reset()
            channel.lost_turn_at = channel.passed_over = None
            channel.logged_in_vain = None
        channel.held_in_a_row = 0
        self.listening.counted.setdefault(name, channel)  # chat may have gone on since it was said
        self.prompts.note(name)

    def was_held(self, name: str, generation_id: int | None, reason: Reason) -> bool:
        """Twitch keeps the line from chat, which is stored as if it was said: the turn ends.

        True: it is one too many in a row, which is a hint like the moderators' own.
        """
        channel = self._channels[name]
        if self._end(channel, generation_id, reason, said=False) is not None:
            channel.lost_turn_at = channel.passed_over = None
        channel.held_in_a_row += 1
        return channel.held_in_a_row % _HELD_TO_HINT == 0

    def was_not_said(self, name: str, generation_id: int | None, reason: Reason) -> None:
        """The sender dropped the line, or Twitch refused it: the turn ends."""
        channel = self._channels[name]
        if self._end(channel, generation_id, reason, said=False) is not None:
            self._hold_off(channel)

    def _end(
        self,
        channel: Channel,
        generation_id: int | None,
        reason: Reason,
        *,
        said: bool,
        was_composed: bool = True,
    ) -> Turn | None:
        """The one end of every turn; None if this generation is not the turn under way.

        A mention whose answer was composed costs its cooldown, whatever became of the answer.
        """
        self._live_state.generations.release(generation_id)
        turn = channel.turn
        if turn is None or turn.generation_id != generation_id:
            return None
        channel.turn = None
        if was_composed and turn.addressee_id is not None:
            now, is_followup = self._clock.monotonic(), turn.is_followup
            channel.answered(turn.addressee_id, now, said=said, is_followup=is_followup)
        self._decisions.decide(channel, reason)
        if not said and turn.in_vain is not None:
            turn.in_vain(reason.text)
        return turn

    def _hold_off(self, channel: Channel) -> None:
        channel.retry_at = self._clock.monotonic() + channel.retries.next_s()

    # -- obstacles --------------------------------------------------------------------------------

    def _silence(
        self, channel: Channel, kind: MessageKind, *, requested: bool = False
    ) -> Reason | None:
        """Why nothing of this kind may be said now, whatever the pace."""
        room = self._live_state.view(channel.name)
        self._log_obstacle(channel, room.obstacle(self._clock.monotonic()))
        reason = silence_reason(room, kind, self._clock, requested)
        if reason is None and self._live_state.outage is not None:
            return DATABASE_AWAY
        if reason is None and (problem := self._model.obstacle(channel.settings.model)):
            return Reason(Why.MODEL, problem)
        return reason

    def _log_obstacle(self, channel: Channel, obstacle: Reason | None) -> None:
        """Say once when Twitch keeps the bot from speaking, and once when it no longer does.

        But that it is shut out of the channel is logged with that.
        """
        code = obstacle.code if obstacle else None
        meaning = meaning_of(code) if code else None
        if meaning is not None and meaning.rejoin_after_s:
            channel.logged_obstacle = None
        elif code != channel.logged_obstacle:
            channel.logged_obstacle = code
            phrase = "may not speak" if obstacle else "may speak again"
            log.info(phrase, extra={"channel": channel.name, "reason": obstacle and obstacle.text})

    def _not_yet(self, channel: Channel) -> Reason | None:
        return self._retry_obstacle(channel) or pace_obstacle(channel, self._history, self._clock)

    def _retry_obstacle(self, channel: Channel) -> Reason | None:
        left_s = channel.retry_at - self._clock.monotonic()
        return Reason(Why.RETRY, f"trying again in {round(left_s)} s") if left_s > 0 else None

    def _cooldown(self, channel: Channel, user_id: str) -> Reason | None:
        """An answer begins a viewer's cooldown, which hints make longer."""
        answered_at = channel.answered_at.get(user_id)
        wait_s = channel.settings.cooldown_s * slowdown(channel.hints_ms, self._clock.utc_ms())
        if answered_at is None or self._clock.monotonic() - answered_at >= wait_s:
            return None
        return Reason(Why.COOLDOWN, "cooldown")

    # -- status ------------------------------------------------------------------------------------

    def standing(self, name: str) -> Standing:
        """How far the channel is from a spontaneous message."""
        channel = self._channels[name]
        found = standing(channel, self._history, self._clock)
        obstacle = _ON_ITS_WAY if channel.turn is not None else None
        if obstacle is None:
            room = self._live_state.view(name)
            obstacle = silence_reason(room, MessageKind.SPONTANEOUS, self._clock)
        obstacle = obstacle or self._retry_obstacle(channel)
        return replace(found, obstacle=obstacle) if obstacle else found

    def why(self, name: str) -> tuple[Reason, int] | None:
        """What decided last, and when (ms UTC); None if nothing has since the start."""
        channel = self._channels[name]
        self._reconsider(channel)
        return (channel.decision, channel.decided_at_ms) if channel.decision else None

    def _reconsider(self, channel: Channel) -> None:
        """After a change of settings judge anew, without speaking: that is for the next message."""
        if not channel.is_decision_outdated:
            return
        reason = self._silence(channel, MessageKind.SPONTANEOUS)
        if reason is None and channel.turn is None:
            waiting = Reason(Why.WAITING, "waiting for the next message")
            reason = self._not_yet(channel) or waiting
        if reason is not None:
            self._decisions.decide(channel, reason)
        channel.is_decision_outdated = False  # only now, for the database may have failed
