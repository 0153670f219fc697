"""`!clank` carried out: who may say what, what it changes, and the one short answer.

Owned by the worker's thread.  Changes are answered when they are stored, not before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from clankbot.errors import DatabaseUnavailable, OllamaError
from clankbot.processing.board import Board
from clankbot.processing.channel_filters import ChannelFilters
from clankbot.processing.jobs import ModelChecked
from clankbot.processing.ledger import Ledger
from clankbot.processing.policies import Policies
from clankbot.processing.ports import Book, History
from clankbot.processing.speaking import Speaking
from clankbot.processing.status import Status, counted
from clankbot.processing.throttle import Throttle
from clankbot.records import (
    Applied,
    BlockTerm,
    ChatMessage,
    ClearHints,
    Command,
    ForgetViewer,
    OptIn,
    OptOut,
    Outgoing,
    SetSetting,
    SettingValue,
    Speech,
    UnblockTerm,
    UserCleared,
    Verb,
)

log = logging.getLogger(__name__)

VIEWER_VERBS: Final = frozenset({Verb.OPT_OUT, Verb.OPT_IN, Verb.ABOUT})
TERM_VERBS: Final = frozenset({Verb.BLOCK, Verb.UNBLOCK})
_BUILD_ON_STORED: Final = frozenset({Verb.UNDO, Verb.RESET, Verb.FORGET, *TERM_VERBS})
"""What these do depends on what is stored, so while some of that waits they cannot be done."""
_AWAY: Final = "the database is away; nothing changed"
_ABOUT_EVERY_S: Final = 60.0
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What steering works with; plain callables where other rooms are behind them."""

    history: History
    ledger: Ledger
    board: Board
    policies: Policies
    filters: ChannelFilters
    speaking: Speaking
    book: Book
    owners: Collection[str]
    retention_count: int
    offer: Callable[[Outgoing], bool]
    errand: Callable[[Callable[[], None]], bool]
    model_problem: Callable[[str], str | None]
    voice_problem: Callable[[str], str | None]
    term_problem: Callable[[str], str | None]
    report: Callable[[ModelChecked], None]
    clock: Callable[[], float]
    now_ms: Callable[[], int]


def may_steer(message: ChatMessage, owners: Collection[str]) -> bool:
    """Broadcaster, moderators and lead moderators by badge or id, and the bot's owners."""
    return message.is_broadcaster or message.is_mod or message.user_id in owners


class Steering:
    """Carries out commands of one bot."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._s = surroundings
        self._throttle = Throttle(surroundings.clock)
        self._viewers_throttle = Throttle(surroundings.clock)
        """Of their own, lest their spree leave moderators without an answer."""
        self._status = Status(
            surroundings.history,
            surroundings.policies,
            surroundings.speaking,
            surroundings.voice_problem,
            surroundings.retention_count,
        )
        self._about_at: dict[str, float] = {}
        self._deeds: dict[Verb, Callable[[ChatMessage, Command], str | None]] = {
            Verb.STATUS: self._tell_status,
            Verb.HELP: lambda _, command: self._s.book.help_text(command.argument),
            Verb.SHOW: self._show,
            Verb.SET: self._set,
            Verb.RESET: self._reset,
            Verb.ON: self._on,
            Verb.OFF: self._off,
            Verb.QUIET: self._quiet,
            Verb.WHY: self._why,
            Verb.UNDO: self._undo,
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
        """Carry out one command; a viewer's is ignored in silence, but for the viewers' own."""
        moderator = may_steer(message, self._s.owners)
        if not moderator and command.verb not in VIEWER_VERBS:
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
        except DatabaseUnavailable as error:
            self._s.ledger.note_outage(error)
            answer = _AWAY
        if answer is not None:
            self._answer(message, answer)

    def _carry_out(self, message: ChatMessage, command: Command) -> str | None:
        """Store what was said before, which the command may be about, and do its deed."""
        stored = self._s.ledger.commit(self._s.history)
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
                speech=Speech.COMMAND_ANSWER,
                created_at=self._s.clock(),
                reply_to_id=message.message_id,
            )
        )

    # -- showing -------------------------------------------------------------------------------

    def _show(self, message: ChatMessage, command: Command) -> str:
        return self._s.book.shown(
            command.setting or "", self._s.policies.overrides(message.channel)
        )

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

    # -- settings ------------------------------------------------------------------------------

    def _set(self, message: ChatMessage, command: Command) -> str | None:
        if command.setting == "model":
            return self._set_model(message, command)
        self._store_setting(message, command)
        return None

    def _set_model(self, message: ChatMessage, command: Command) -> str | None:
        """Ask the server first, on another thread: the worker waits for no network."""

        def ask() -> None:
            try:
                problem = self._s.model_problem(str(command.value))
            except OllamaError:
                problem = "Ollama cannot be reached, so the model cannot be checked"
            self._s.report(ModelChecked(message, command, problem))

        return None if self._s.errand(ask) else "too busy to ask Ollama; nothing changed"

    def model_checked(self, outcome: ModelChecked) -> None:
        """The server has answered about a model."""
        if outcome.problem is not None:
            self._answer(outcome.message, f"{outcome.problem}; nothing changed")
        else:
            self._store_setting(outcome.message, outcome.command)

    def _store_setting(self, message: ChatMessage, command: Command) -> None:
        assert command.column is not None
        assert command.value is not None
        answer = self._s.book.confirm(command.setting or "", command.value)
        self._change(message, command.column, command.value, answer)

    def _change(
        self,
        message: ChatMessage,
        column: str,
        value: SettingValue | None,
        answer: str | None = None,
        undoes: int | None = None,
    ) -> None:
        """Store one setting; it holds, and is answered, once it is stored."""

        def stored(_: object) -> None:
            self._s.policies.change(message.channel, column, value)
            if answer is not None:
                self._answer(message, answer)

        by_id, by = self._name_to_keep(message)
        self._s.ledger.add(
            SetSetting(
                channel=message.channel,
                column=column,
                value=value,
                changed_by_id=by_id,
                changed_by=by,
                at_ms=self._s.now_ms(),
                undoes=undoes,
            ),
            stored,
        )

    def _name_to_keep(self, message: ChatMessage) -> tuple[str, str]:
        """Who asks, for the record: nobody in particular after an opt-out."""
        if self._s.board.has_opted_out(message.user_id):
            return "", ""
        return message.user_id or "", message.login

    def _reset(self, message: ChatMessage, command: Command) -> str | None:
        if command.column is not None:
            answer = self._s.book.confirm(command.setting or "", None)
            self._change(message, command.column, None, answer)
            return None
        own = self._s.policies.overrides(message.channel)
        columns = [c for c in self._s.book.columns() if own.get(c) is not None]
        if not columns:
            return "all settings are the defaults already"
        for column in columns[:-1]:
            self._change(message, column, None)
        self._change(message, columns[-1], None, "all settings are the defaults again")
        return None

    def _undo(self, message: ChatMessage, _: Command) -> str | None:
        change = self._s.history.last_change(message.channel)
        if change is None:
            return "there is no change to take back"
        answer = self._s.book.confirm(self._s.book.name_of(change.column), change.old_value)
        self._change(message, change.column, change.old_value, answer, undoes=change.change_id)
        return None

    # -- silence and speech --------------------------------------------------------------------

    def _on(self, message: ChatMessage, _: Command) -> None:
        channel = message.channel
        self._s.ledger.add(ClearHints(channel), lambda _: self._s.speaking.forgive(channel))
        if self._s.policies[channel].quiet_until_ms is not None:
            self._change(message, "quiet_until", None)
        self._change(message, "enabled", True, "on: I talk along")

    def _off(self, message: ChatMessage, _: Command) -> None:
        self._s.speaking.call_off(message.channel)
        self._change(message, "enabled", False, "off: I listen and say nothing until !clank on")

    def _quiet(self, message: ChatMessage, command: Command) -> None:
        if not command.value:
            self._change(message, "quiet_hours", None)
            self._change(message, "quiet_until", None, "quiet times are lifted")
            return
        lasts_ms = int(command.value) * 1000
        until_ms = self._s.now_ms() + lasts_ms
        end = datetime.fromtimestamp(until_ms / 1000, UTC)
        shown = f"{end:%H:%M}" if lasts_ms < _DAY_MS else f"{end:%d %B, %H:%M}"
        self._change(message, "quiet_until", until_ms, f"quiet until {shown} UTC")

    def _speak(self, message: ChatMessage, _: Command) -> str | None:
        reason = self._s.speaking.requested(message.channel)
        return None if reason is None else f"not now: {reason}"

    # -- viewers and terms ---------------------------------------------------------------------

    def _forget(self, message: ChatMessage, command: Command) -> str | None:
        """Like a moderator's timeout of no length; a name may have been several viewers'."""
        channel = message.channel
        found = self._s.history.find_viewers(command.argument, channel)
        user_ids = {user_id for user_id, _ in found}
        if not user_ids:
            return "nothing of that viewer is stored here"
        rows: list[int] = []

        def stored(applied: Applied) -> None:
            rows.append(applied.rows)
            if len(rows) == len(user_ids):
                self._answer(message, f"forgot {counted(sum(rows), 'message')}")

        for user_id in user_ids:
            removal = UserCleared(channel, user_id, 0)
            self._s.board.revoke(removal)
            self._s.speaking.moderated(removal)
            self._s.ledger.add(ForgetViewer(channel, user_id), stored)
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
            self._answer(message, "added to this channel's list of blocked terms")

        by_id, _ = self._name_to_keep(message)
        self._s.ledger.add(BlockTerm(channel, term, by_id, self._s.now_ms()), stored)
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

        self._s.ledger.add(UnblockTerm(channel, command.argument), stored)
        return None

    def _opt_out(self, message: ChatMessage, _: Command) -> None:
        board, user_id = self._s.board, message.user_id
        assert user_id is not None  # else it is not taken in
        board.set_opted_out(board.opted_out | {user_id})
        board.revoke_viewer(user_id)
        self._s.speaking.forget(user_id)
        self._s.ledger.add(
            OptOut(user_id, self._s.now_ms()),
            lambda _: self._answer(
                message, "your messages are deleted and none is kept from now on"
            ),
        )

    def _opt_in(self, message: ChatMessage, _: Command) -> None:
        board, user_id = self._s.board, message.user_id
        assert user_id is not None
        # At once, for what the viewer says next is stored behind this, in order.
        board.set_opted_out(board.opted_out - {user_id})
        self._s.ledger.add(
            OptIn(user_id),
            lambda _: self._answer(
                message, "welcome back: your messages are kept again from now on"
            ),
        )
