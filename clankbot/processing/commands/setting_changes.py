"""A channel's settings and blocked terms changed: stored first, then in force, then answered.

Owned by the worker's thread.  All changes of one command carry the same moment, by which ``undo``
takes them back together.
"""

from __future__ import annotations

from typing import Final

from clankbot.clock import Clock
from clankbot.errors import OllamaError
from clankbot.processing.channels import Channels
from clankbot.processing.commands.status import quiet_until
from clankbot.processing.commands.storage import CommandStorage
from clankbot.processing.filter.channel_filters import ChannelFilters
from clankbot.processing.filter.content_filter import single_term, term_problem
from clankbot.processing.internal_messages import AskLater, ModelChecked, PendingChange
from clankbot.processing.ports import LanguageModel
from clankbot.processing.speaking.turns import Turns
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import Command
from clankbot.records.writes import BlockTerm, ClearHints, SetSetting, UnblockTerm, Write

# A new term is tried on so many messages; one that blocks this share of them, and not just a few,
# has to be said again within this time.
_LOOKED_AT: Final = 200
_MUCH_BLOCKED: Final = 1 / 20
_FEW_BLOCKED: Final = 5
_SAID_AGAIN_S: Final = 60.0


class SettingChanges:
    """Carries out the commands that change what a channel has of its own.

    Each method that runs a command returns its answer, None if that comes later.  It raises
    DatabaseError if nothing could be stored; then nothing has changed.
    """

    def __init__(
        self,
        storage: CommandStorage,
        channels: Channels,
        filters: ChannelFilters,
        turns: Turns,
        model: LanguageModel,
        ask_later: AskLater,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._channels = channels
        self._filters = filters
        self._turns = turns
        self._model = model
        self._ask_later = ask_later
        self._clock = clock
        # Of the last command's changes; each command has a moment of its own.
        self._moment_ms = 0
        # The term that has to be said again to be blocked: its channel, folded, and since when.
        self._asked_back: dict[tuple[str, str], float] = {}
        # By channel, the newest change that waits for the server to say whether it has the model.
        self._pending: dict[str, PendingChange] = {}

    def set(self, message: ChatMessage, command: Command) -> str | None:
        """``!clank NAME VALUE``."""
        assert command.setting is not None
        assert command.column is not None
        assert command.value is not None
        answer = self._channels.schema.confirm(command.setting, command.value)
        if command.setting == "liveonly" and command.value and not self._channels.asks_who_is_live:
            answer += "; I stay silent, for without a sign-in I cannot ask Twitch who is live"
        return self._check_and_store(
            PendingChange(message, {command.column: command.value}, answer)
        )

    def reset(self, message: ChatMessage, command: Command) -> str:
        """``!clank reset [NAME]``."""
        schema = self._channels.schema
        if command.setting is not None:
            columns = schema.columns(command.setting)
            answer = schema.confirm(command.setting, None)
        else:
            self._pending.pop(message.channel, None)
            own = self._channels[message.channel].overrides
            columns = [column for column in schema.columns() if own.get(column) is not None]
            answer = "all settings are the defaults again"
        if not columns:
            return "all settings are the defaults already"
        return self._store(PendingChange(message, dict.fromkeys(columns), answer))

    def undo(self, message: ChatMessage, _: Command) -> str | None:
        """Take back all that the last command changed, as far as it may hold again."""
        self._storage.ensure_available()
        changes = self._storage.history.last_changes(message.channel)
        values = {change.column: change.old_value for change in changes}
        if not values:
            return "there is no change to take back"
        check = self._filters(message.channel).check
        if any(isinstance(value, str) and check(value) for value in values.values()):
            return "what was set before holds a blocked term; nothing changed"
        schema = self._channels.schema
        names = [schema.name_of(column) for column in values]
        told = [schema.confirm(*one) for one in zip(names, values.values(), strict=True)]
        answer = told[0] if len(told) == 1 else f"as before: {', '.join(names)}"
        undoes = {change.column: change.change_id for change in changes}
        return self._check_and_store(PendingChange(message, values, answer, undoes))

    def on(self, message: ChatMessage, _: Command) -> str:
        """Speak again, also after hints of the moderators to hold back."""
        channel = message.channel
        # None and not True: what is the default already is no change, and nothing to take back.
        values = {"enabled": None, "quiet_until": None}
        answer = self._store(
            PendingChange(message, values, "on: I talk along"), ClearHints(channel)
        )
        self._turns.hints.forgive(channel)
        return answer

    def off(self, message: ChatMessage, _: Command) -> str:
        """Be silent, and give up what is being composed."""
        answer = "off: I listen and say nothing until !clank on"
        answer = self._store(PendingChange(message, {"enabled": False}, answer))
        self._turns.call_off(message.channel)
        return answer

    def quiet(self, message: ChatMessage, command: Command) -> str:
        """Be silent for some seconds; 0 lifts the quiet time and the quiet hours."""
        if not command.value:
            lifted = dict.fromkeys(self._channels.schema.columns("quiet"))
            return self._store(PendingChange(message, lifted, "quiet times are lifted"))
        now_ms = self._clock.utc_ms()
        end_ms = now_ms + int(command.value) * 1000
        answer = quiet_until(end_ms, now_ms, self._channels[message.channel].settings.timezone)
        return self._store(PendingChange(message, {"quiet_until": end_ms}, answer))

    def block(self, message: ChatMessage, command: Command) -> str:
        """Add a term to the channel's own list; one that blocks much has to be said twice."""
        channel, term = message.channel, command.argument
        if problem := term_problem(term):
            return problem
        terms = self._filters.terms(channel)
        if term.casefold() in {known.casefold() for known in terms}:
            return "that term is on this channel's list already"
        blocked, of = self._would_block(channel, term)
        would = f"it would have blocked {blocked} of the last {of} messages"
        wish, now = (channel, term.casefold()), self._clock.monotonic()
        if blocked >= max(_FEW_BLOCKED, of * _MUCH_BLOCKED):
            asked_at = self._asked_back.pop(wish, None)
            if asked_at is None or now - asked_at > _SAID_AGAIN_S:
                self._asked_back = {wish: now}
                return f"not blocked: {would}; write it again within a minute to block it anyway"
        by_id, _ = self._storage.asker(message)
        self._storage.store(BlockTerm(channel, term, by_id, self._clock.utc_ms()))
        self._filters.set_terms(channel, (*terms, term))
        added = "added to this channel's list of blocked terms"
        off = "; it blocks nothing while the operator has the filter switched off"
        if self._filters.are_off:
            return added + off
        return f"{added}; {would}" if blocked else added

    def _would_block(self, channel: str, term: str) -> tuple[int, int]:
        """How many of the newest viewers' messages the term alone holds, and how many there are."""
        check = single_term(term).check
        texts = [
            line.text
            for line in self._storage.history.recent_messages(channel, _LOOKED_AT)
            if not line.is_own
        ]
        return sum(check(text) is not None for text in texts), len(texts)

    def unblock(self, message: ChatMessage, command: Command) -> str:
        """Take a term off the channel's own list."""
        channel, folded = message.channel, command.argument.casefold()
        terms = self._filters.terms(channel)
        left = tuple(term for term in terms if term.casefold() != folded)
        if left == terms:
            return "that term is not on this channel's own list"
        self._storage.store(UnblockTerm(channel, command.argument))
        self._filters.set_terms(channel, left)
        return "taken off this channel's list of blocked terms"

    # -- the model, which the server is asked about ------------------------------------------------

    def _check_and_store(self, change: PendingChange) -> str | None:
        """Store the change; if it names a model, only once the server has said that it is there."""
        (column,) = self._channels.schema.columns("model")
        model = change.values.get(column)
        if model is None:
            return self._store(change)
        self._storage.ensure_available()  # and not only once the server has answered

        def check() -> ModelChecked:
            try:
                problem = self._model.check_choice(str(model))
            except OllamaError as error:
                problem = f"{error}, so the model cannot be checked"
            return ModelChecked(change, problem)

        if not self._ask_later(check):
            return "too busy to ask Ollama; nothing changed"
        self._pending[change.message.channel] = change
        return None

    def finish(self, checked: ModelChecked) -> str | None:
        """Store a change whose model the server has; too late if others took its place since."""
        change = checked.change
        if self._pending.get(change.message.channel) is not change:
            return None
        del self._pending[change.message.channel]
        if checked.problem is not None:
            return f"{checked.problem}; nothing changed"
        return self._store(change)

    # -- storing -----------------------------------------------------------------------------------

    def _store(self, change: PendingChange, *also: Write) -> str:
        """Store the change, all of it or nothing, and put it in force; gives its answer."""
        channel = change.message.channel
        by_id, by = self._storage.asker(change.message)
        self._moment_ms = max(self._clock.utc_ms(), self._moment_ms + 1)
        settings = (
            SetSetting(
                channel, column, value, by_id, by, self._moment_ms, change.undoes.get(column)
            )
            for column, value in change.values.items()
        )
        self._storage.store(*also, *settings)
        self._channels.change(channel, change.values)
        self._turns.prompts.note(channel)
        pending = self._pending.get(channel)
        if pending is not None and pending.values.keys() & change.values.keys():
            del self._pending[channel]
        return change.answer
