"""`!clank` carried out: each verb's method stores what it changes and returns the answer.

Owned by the worker's thread.  Whether the sender may give a command was decided when it was parsed,
see ``clankbot.config.commands``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from clankbot.clock import Clock
from clankbot.errors import DatabaseError, WriteRefused
from clankbot.processing.commands.setting_changes import SettingChanges
from clankbot.processing.commands.status import Status, counted
from clankbot.processing.commands.storage import CommandStorage
from clankbot.processing.commands.throttle import Throttle
from clankbot.processing.internal_messages import AnswerFound, ModelChecked
from clankbot.processing.live_state import LiveState
from clankbot.processing.speaking.turns import Turns
from clankbot.records.chat import ChatMessage, UserCleared
from clankbot.records.settings import Command, Verb
from clankbot.records.speech import MessageKind, Outgoing
from clankbot.records.writes import ForgetViewer, OptIn, OptOut

log = logging.getLogger(__name__)

_UNAVAILABLE: Final = "the database is away; nothing changed"
_REFUSED: Final = "could not be stored; nothing changed"
_UNSPEAKABLE: Final = "done; my answer held a blocked term"
# Viewers in the answer to a name that several match.
_LISTED: Final = 5
# Answers at once in a channel; a moderator trying out settings stays below it.
_BURST: Final = 10
# One more every so often; the sender keeps the whole account below Twitch's limits as well.
_REFILL_S: Final = 2.0


class CommandHandler:
    """Carries out commands, and answers them up to a limit in each channel."""

    def __init__(
        self,
        storage: CommandStorage,
        live_state: LiveState,
        turns: Turns,
        changes: SettingChanges,
        status: Status,
        offer: Callable[[Outgoing], bool],
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._live_state = live_state
        self._turns = turns
        self._changes = changes
        self._offer = offer
        self._clock = clock
        self._throttle = Throttle(clock.monotonic, _BURST, _REFILL_S)
        # Of their own, so that many commands of viewers leave moderators their answers.
        self._viewers_throttle = Throttle(clock.monotonic, _BURST, _REFILL_S)
        self._methods: dict[Verb, Callable[[ChatMessage, Command], str | None]] = {
            Verb.STATUS: status.summary,
            Verb.HELP: status.help,
            Verb.SHOW: status.setting,
            Verb.SET: changes.set,
            Verb.RESET: changes.reset,
            Verb.ON: changes.on,
            Verb.OFF: changes.off,
            Verb.QUIET: changes.quiet,
            Verb.WHY: status.why,
            Verb.CHANGED: status.changed,
            Verb.UNDO: changes.undo,
            Verb.SPEAK: self._speak,
            Verb.FORGET: self._forget,
            Verb.BLOCK: changes.block,
            Verb.UNBLOCK: changes.unblock,
            Verb.TERMS: status.terms,
            Verb.MODELS: status.models,
            Verb.VERSION: status.version,
            Verb.OPT_OUT: self._opt_out,
            Verb.OPT_IN: self._opt_in,
            Verb.ABOUT: status.about,
            Verb.WRONG: lambda _, command: command.argument,
        }

    def handle(self, message: ChatMessage, command: Command, *, is_moderator: bool) -> None:
        """Carry out one command and answer it; what is not for us, or denied, is ignored."""
        if command.verb in (Verb.DENIED, Verb.OTHER_BOT):
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
        run = partial(self._methods[command.verb], message, command)
        if is_moderator:
            self._answer(message, self._outcome(run), self._throttle)
        elif command.verb is Verb.ABOUT:  # asks nothing of the database
            self._answer(message, run(), self._viewers_throttle)
        elif self._viewers_throttle.allows(message.channel):
            self._offer_answer(message, self._outcome(run))
        else:
            self._obey_in_silence(message, command)

    def model_checked(self, checked: ModelChecked) -> None:
        """The server has said whether it has the model that a change waits for."""
        outcome = self._outcome(partial(self._changes.finish, checked))
        self._answer(checked.change.message, outcome, self._throttle)

    def answer_found(self, found: AnswerFound) -> None:
        """What a command has asked of a server is known."""
        self._answer(found.message, found.answer, self._throttle)

    def answer_was_blocked(self, answer: Outgoing) -> None:
        """The filter held an answer back: say so, but not again if it holds that back as well."""
        if answer.text != _UNSPEAKABLE:
            self._offer(replace(answer, text=_UNSPEAKABLE, since=self._clock.monotonic()))

    def _outcome(self, run: Callable[[], str | None]) -> str | None:
        """The answer, once what was taken in before the command is stored: it may be about that."""
        self._storage.catch_up()
        try:
            return run()
        except WriteRefused:  # logged by the storage
            return _REFUSED
        except DatabaseError as error:
            self._storage.note_outage(error)
            return _UNAVAILABLE

    def _answer(self, message: ChatMessage, text: str | None, throttle: Throttle) -> None:
        if text is None:
            return
        if not throttle.allows(message.channel):
            log.info("answer withheld", extra={"channel": message.channel})
            return
        self._offer_answer(message, text)

    def _offer_answer(self, message: ChatMessage, text: str | None) -> None:
        if text is None:
            return
        self._offer(
            Outgoing(
                channel=message.channel,
                text=text,
                kind=MessageKind.COMMAND_ANSWER,
                since=self._clock.monotonic(),
                reply_to_id=message.message_id,
            )
        )

    def _speak(self, message: ChatMessage, _: Command) -> str | None:
        """Say something now; what is said is the answer, and only if nothing comes there is one."""

        def in_vain(reason: str) -> None:
            self._answer(message, f"nothing said: {reason}", self._throttle)

        reason = self._turns.request(message.channel, in_vain)
        return None if reason is None else f"not now: {reason}"

    # -- what is kept of a viewer ------------------------------------------------------------------

    def _forget(self, message: ChatMessage, command: Command) -> str:
        """Like a moderator's timeout of no length; nothing if it is not clear whose."""
        channel = message.channel
        self._storage.ensure_available()
        found = self._storage.history.find_viewers(command.argument, channel)
        if not found:
            return "nothing of that viewer is stored here"
        logins = dict(sorted(found))  # one with a name comes after one without
        if len(logins) > 1:
            return _which_of(logins)
        (user_id,) = logins
        try:
            done = self._storage.store(ForgetViewer(channel, user_id))
        except WriteRefused:
            return "could not be deleted; all of it is still stored"
        # Only now: a generation that begins after this no longer finds the messages.
        removal = UserCleared(channel, user_id, 0)
        self._live_state.generations.invalidate(removal)
        self._turns.listening.drop_removed(removal)
        if not done:
            return "forgotten as soon as the database is back"
        return f"forgot {counted(sum(one.rows for one in done), 'message')}"

    def _obey_in_silence(self, message: ChatMessage, command: Command) -> None:
        """A spree of viewers' wishes: no answers, and no transaction of the database for each.

        Nobody is kept against their will.  An optin can wait until it would be answered, or else
        viewers who change their minds all the time could fill the write queue during an outage.
        """
        user_id = message.user_id
        assert user_id is not None
        if command.verb is not Verb.OPT_OUT or self._live_state.has_opted_out(user_id):
            return
        self._hold_opted_out(user_id)
        self._storage.keep(OptOut(user_id, self._clock.utc_ms()))
        self._live_state.generations.invalidate_viewer(user_id)

    def _hold_opted_out(self, user_id: str) -> None:
        self._live_state.opted_out |= {user_id}
        self._turns.listening.drop_mentions_of(user_id)

    def _opt_out(self, message: ChatMessage, _: Command) -> str:
        """In force at once, also if the database cannot store it yet."""
        live_state, user_id = self._live_state, message.user_id
        assert user_id is not None  # or intake would not have let it through
        self._hold_opted_out(user_id)
        try:
            is_stored = self._storage.store_or_keep(OptOut(user_id, self._clock.utc_ms()))
        except WriteRefused:
            return "your messages could not be deleted; none is kept until I am started again"
        finally:
            live_state.generations.invalidate_viewer(user_id)
        if is_stored:
            return "your messages are deleted and none is kept from now on"
        return (
            "none of your messages is kept from now on; those stored are deleted as soon as the "
            "database is back"
        )

    def _opt_in(self, message: ChatMessage, _: Command) -> str:
        """While the database is unavailable the viewer's messages wait behind this, in order."""
        live_state, user_id = self._live_state, message.user_id
        assert user_id is not None
        self._storage.store_or_keep(OptIn(user_id))
        live_state.opted_out -= {user_id}
        return "welcome back: your messages are kept again from now on"


def _which_of(logins: Mapping[str, str]) -> str:
    """Several viewers may be meant, by id: the answer that lists them."""
    listed = [f"{login or 'a moderator'} (id {user_id})" for user_id, login in logins.items()]
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return (
        f"several viewers match: {', '.join(listed[:_LISTED])}{more}; nothing is deleted;"
        f" say which, such as: !clank forget id:{next(iter(logins))}"
    )
