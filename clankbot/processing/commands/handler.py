"""`!clank` carried out: who may say what, what it changes, and the one short answer.

Owned by the worker's thread.  Changes are answered when they are stored, not before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from clankbot.errors import DatabaseError
from clankbot.processing.commands.setting_changes import NOT_STORED, Changes
from clankbot.processing.commands.status import Status, counted, quiet_until
from clankbot.processing.commands.surroundings import Surroundings
from clankbot.processing.commands.throttle import Throttle
from clankbot.processing.internal_messages import ModelChecked
from clankbot.records.chat import ChatMessage, UserCleared
from clankbot.records.settings import Command, Verb
from clankbot.records.speech import MessageKind, Outgoing
from clankbot.records.writes import (
    Applied,
    BlockTerm,
    ClearHints,
    ForgetViewer,
    OptIn,
    OptOut,
    UnblockTerm,
    Write,
)

log = logging.getLogger(__name__)

_BUILD_ON_STORED: Final = frozenset({Verb.UNDO, Verb.RESET, Verb.FORGET, Verb.BLOCK, Verb.UNBLOCK})
"""What these do depends on what is stored, so while some of that waits they cannot be done."""
_AWAY: Final = "the database is away; nothing changed"
_ABOUT_EVERY_S: Final = 60.0
_UNSPEAKABLE: Final = "done; my answer held a blocked term"


def may_steer(message: ChatMessage, owners: Collection[str]) -> bool:
    """Broadcaster, moderators and lead moderators by badge or id, and the bot's owners."""
    return message.is_broadcaster or message.is_mod or message.user_id in owners


class CommandHandler:
    """Carries out commands of one bot."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._s = surroundings
        self._throttle = Throttle(surroundings.clock)
        self._viewers_throttle = Throttle(surroundings.clock)
        """Of their own, lest their spree leave moderators without an answer."""
        self._status = Status(surroundings)
        self._changes = Changes(surroundings, self._answer)
        self._about_at: dict[str, float] = {}
        self._deeds: dict[Verb, Callable[[ChatMessage, Command], str | None]] = {
            Verb.STATUS: self._tell_status,
            Verb.HELP: lambda _, command: self._s.schema.help_text(command.argument),
            Verb.SHOW: self._show,
            Verb.SET: self._changes.set,
            Verb.RESET: self._changes.reset,
            Verb.ON: self._on,
            Verb.OFF: self._off,
            Verb.QUIET: self._quiet,
            Verb.WHY: self._why,
            Verb.UNDO: self._changes.undo,
            Verb.SPEAK: self._speak,
            Verb.FORGET: self._forget,
            Verb.BLOCK: self._block,
            Verb.UNBLOCK: self._unblock,
            Verb.OPT_OUT: self._opt_out,
            Verb.OPT_IN: self._opt_in,
            Verb.ABOUT: self._about,
            Verb.WRONG: lambda _, command: command.argument,
        }

    def handle(self, message: ChatMessage, command: Command) -> None:
        """Carry out one command; one that was denied is ignored in silence."""
        if command.verb is Verb.DENIED:
            return
        log.info(
            "command",
            extra={
                "channel": message.channel,
                "user_id": message.user_id,
                "verb": command.verb.value,
                "setting": command.setting,
            },
        )
        try:
            answer = self._carry_out(message, command)
        except DatabaseError as error:
            self._s.write_queue.note_outage(error)
            answer = _AWAY
        if answer is not None:
            self._answer(message, answer)

    def _carry_out(self, message: ChatMessage, command: Command) -> str | None:
        """Store what was said before, which the command may be about, and do its deed."""
        stored = self._s.write_queue.commit(self._s.history)
        if not stored and command.verb in _BUILD_ON_STORED:
            return _AWAY
        return self._deeds[command.verb](message, command)

    def _answer(self, message: ChatMessage, text: str) -> None:
        is_moderator = may_steer(message, self._s.owners)
        throttle = self._throttle if is_moderator else self._viewers_throttle
        if not throttle.allows(message.channel):
            log.info("answer withheld", extra={"channel": message.channel})
            return
        self._s.offer(
            Outgoing(
                channel=message.channel,
                text=text,
                speech=MessageKind.COMMAND_ANSWER,
                created_at=self._s.clock(),
                reply_to_id=message.message_id,
            )
        )

    def model_checked(self, outcome: ModelChecked) -> None:
        """The server has answered about a model."""
        self._changes.model_checked(outcome)

    def unspeakable(self, answer: Outgoing) -> None:
        """The filter kept an answer back: say so, in words that it can keep back only once."""
        if answer.text != _UNSPEAKABLE:
            self._s.offer(replace(answer, text=_UNSPEAKABLE, created_at=self._s.clock()))

    # -- showing -------------------------------------------------------------------------------

    def _show(self, message: ChatMessage, command: Command) -> str:
        channel, now_ms = message.channel, self._s.now_ms()
        shown = self._s.schema.shown(
            command.setting or "", self._s.channel_settings.overrides(channel)
        )
        policy = self._s.channel_settings[channel]
        if command.setting != "quiet" or (policy.quiet_until_ms or 0) <= now_ms:
            return shown
        until = quiet_until(policy.quiet_until_ms or 0, now_ms, policy.timezone)
        return f"{until}; besides, {shown}" if policy.quiet_hours else until

    def _tell_status(self, message: ChatMessage, _: Command) -> str:
        return self._status.summary(message.channel, self._s.now_ms())

    def _why(self, message: ChatMessage, _: Command) -> str:
        return self._status.why(message.channel, self._s.now_ms())

    def _about(self, message: ChatMessage, _: Command) -> str | None:
        now = self._s.clock()
        before = self._about_at.get(message.channel)
        if before is not None and now - before < _ABOUT_EVERY_S:
            return None
        self._about_at[message.channel] = now
        return self._status.about(message.channel)

    # -- silence and speech --------------------------------------------------------------------

    def _on(self, message: ChatMessage, _: Command) -> None:
        channel = message.channel
        self._s.write_queue.add(ClearHints(channel), lambda _: self._s.speaking.forgive(channel))
        # None and not True: what is the default already is no change, and nothing to take back.
        self._changes.make(message, {"enabled": None, "quiet_until": None}, "on: I talk along")

    def _off(self, message: ChatMessage, _: Command) -> None:
        self._s.speaking.call_off(message.channel)
        answer = "off: I listen and say nothing until !clank on"
        self._changes.make(message, {"enabled": False}, answer)

    def _quiet(self, message: ChatMessage, command: Command) -> None:
        if not command.value:
            lifted = dict.fromkeys(self._s.schema.columns("quiet"))
            self._changes.make(message, lifted, "quiet times are lifted")
            return
        now_ms = self._s.now_ms()
        end_ms = now_ms + int(command.value) * 1000
        answer = quiet_until(end_ms, now_ms, self._s.channel_settings[message.channel].timezone)
        self._changes.make(message, {"quiet_until": end_ms}, answer)

    def _speak(self, message: ChatMessage, _: Command) -> str | None:
        """The message itself is the answer, where there comes one."""

        def in_vain(reason: str) -> None:
            self._answer(message, f"nothing said: {reason}")

        reason = self._s.speaking.requested(message.channel, in_vain)
        return None if reason is None else f"not now: {reason}"

    # -- viewers and terms ---------------------------------------------------------------------

    def _forget(self, message: ChatMessage, command: Command) -> str | None:
        """Like a moderator's timeout of no length; a name may have been several viewers'."""
        channel = message.channel
        found = self._s.history.find_viewers(command.argument, channel)
        user_ids = {user_id for user_id, _ in found}
        if not user_ids:
            return "nothing of that viewer is stored here"
        outcomes: list[Applied] = []

        def stored(applied: Applied) -> None:
            outcomes.append(applied)
            if len(outcomes) < len(user_ids):
                return
            if any(outcome.refused for outcome in outcomes):
                self._answer(message, "not all of it could be deleted")
            else:
                rows = sum(outcome.rows for outcome in outcomes)
                self._answer(message, f"forgot {counted(rows, 'message')}")

        for user_id in user_ids:
            removal = UserCleared(channel, user_id, 0)
            self._s.live_state.invalidate(removal)
            self._s.speaking.moderated(removal)
            self._s.write_queue.add(ForgetViewer(channel, user_id), stored)
        return None

    def _block(self, message: ChatMessage, command: Command) -> str | None:
        if problem := self._s.term_problem(command.argument):
            return problem
        channel, term = message.channel, command.argument
        terms = self._s.filters.terms(channel)
        if term.casefold() in {known.casefold() for known in terms}:
            return "that term is on this channel's list already"

        def stored(_: object) -> None:
            self._s.filters.set_terms(channel, (*self._s.filters.terms(channel), term))
            added = "added to this channel's list of blocked terms"
            off = "; it blocks nothing while the operator has the filter switched off"
            self._answer(message, added + off if self._s.filters.are_off else added)

        by_id, _ = self._s.name_to_keep(message)
        self._store(message, BlockTerm(channel, term, by_id, self._s.now_ms()), stored)
        return None

    def _unblock(self, message: ChatMessage, command: Command) -> str | None:
        channel, folded = message.channel, command.argument.casefold()
        terms = self._s.filters.terms(channel)
        left = tuple(term for term in terms if term.casefold() != folded)
        if left == terms:
            return "that term is not on this channel's own list"

        def stored(_: object) -> None:
            self._s.filters.set_terms(channel, left)
            self._answer(message, "taken off this channel's list of blocked terms")

        self._store(message, UnblockTerm(channel, command.argument), stored)
        return None

    def _store(
        self,
        message: ChatMessage,
        write: Write,
        then: Callable[[Applied], None],
        refused: str = NOT_STORED,
    ) -> None:
        """Store something, and do what follows; tell the asker where the database refuses it."""

        def stored(applied: Applied) -> None:
            if applied.refused:
                self._answer(message, refused)
            else:
                then(applied)

        self._s.write_queue.add(write, stored)

    def _opt_out(self, message: ChatMessage, _: Command) -> None:
        live_state, user_id = self._s.live_state, message.user_id
        assert user_id is not None  # else it is not taken in
        live_state.set_opted_out(live_state.opted_out | {user_id})
        live_state.invalidate_viewer(user_id)
        self._s.speaking.forget(user_id)
        self._store(
            message,
            OptOut(user_id, self._s.now_ms()),
            lambda _: self._answer(
                message, "your messages are deleted and none is kept from now on"
            ),
            "your messages could not be deleted; none is kept until I am started again",
        )

    def _opt_in(self, message: ChatMessage, _: Command) -> None:
        live_state, user_id = self._s.live_state, message.user_id
        assert user_id is not None
        # At once, for what the viewer says next is stored behind this, in order.
        live_state.set_opted_out(live_state.opted_out - {user_id})

        def stored(applied: Applied) -> None:
            if applied.refused:
                live_state.set_opted_out(live_state.opted_out | {user_id})
                self._answer(message, NOT_STORED)
            else:
                self._answer(message, "welcome back: your messages are kept again from now on")

        self._s.write_queue.add(OptIn(user_id), stored)
