"""A channel's settings changed, by `!clank`: stored first, then in force, then answered.

Owned by the worker's thread.  All changes of one command carry the same moment, by which ``undo``
takes them back together.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from clankbot.errors import OllamaError
from clankbot.processing.commands.surroundings import Surroundings
from clankbot.processing.internal_messages import ModelChecked
from clankbot.records.chat import ChatMessage
from clankbot.records.settings import Command, SettingValue
from clankbot.records.writes import Applied, SetSetting

NOT_STORED: Final = "could not be stored; nothing changed"
_MODEL: Final = "model"

Values = Mapping[str, SettingValue | None]
"""New values by column; None goes back to the default."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one command is to change, and the answer to give once it has."""

    message: ChatMessage
    values: Values
    answer: str
    undoes: Mapping[str, int] = field(default_factory=dict)
    """By column, the id of the change that is taken back."""


class Changes:
    """Carries out what sets, resets and takes back."""

    def __init__(
        self, surroundings: Surroundings, answer: Callable[[ChatMessage, str], None]
    ) -> None:
        self._s = surroundings
        self._answer = answer
        self._moment_ms = 0
        self._numbers = itertools.count(1)
        self._unchecked: dict[str, tuple[int, _Wish]] = {}
        """By channel, the newest wish whose model the server has not been heard about."""

    def make(self, message: ChatMessage, values: Values, answer: str) -> None:
        """Change what needs no check."""
        self._store(_Wish(message, values, answer))

    def set(self, message: ChatMessage, command: Command) -> str | None:
        """``!clank NAME VALUE``."""
        assert command.column is not None
        assert command.value is not None
        answer = self._s.schema.confirm(command.setting or "", command.value)
        if command.setting == "liveonly" and command.value and not self._s.asks_who_is_live:
            answer += "; I stay silent, for without a sign-in I cannot ask Twitch who is live"
        return self._request(_Wish(message, {command.column: command.value}, answer))

    def reset(self, message: ChatMessage, command: Command) -> str | None:
        """``!clank reset [NAME]``."""
        if command.setting is not None:
            columns = self._s.schema.columns(command.setting)
            answer = self._s.schema.confirm(command.setting, None)
        else:
            self._unchecked.pop(message.channel, None)
            own = self._s.channel_settings.overrides(message.channel)
            columns = [c for c in self._s.schema.columns() if own.get(c) is not None]
            answer = "all settings are the defaults again"
        if not columns:
            return "all settings are the defaults already"
        self.make(message, dict.fromkeys(columns), answer)
        return None

    def undo(self, message: ChatMessage, _: Command) -> str | None:
        """Take back all that the last command changed, as far as it may hold again."""
        changes = self._s.history.last_changes(message.channel)
        values = {change.column: change.old_value for change in changes}
        if not values:
            return "there is no change to take back"
        check = self._s.filters(message.channel).check
        if any(isinstance(value, str) and check(value) for value in values.values()):
            return "what was set before holds a blocked term; nothing changed"
        names = [self._s.schema.name_of(column) for column in values]
        told = [self._s.schema.confirm(*one) for one in zip(names, values.values(), strict=True)]
        answer = told[0] if len(told) == 1 else f"as before: {', '.join(names)}"
        undoes = {change.column: change.change_id for change in changes}
        return self._request(_Wish(message, values, answer, undoes))

    # -- the model, which the server is asked about ------------------------------------------------

    def _request(self, wish: _Wish) -> str | None:
        """Store it; where it names a model, ask first, on a thread that may wait."""
        names = {self._s.schema.name_of(column): column for column in wish.values}
        model = wish.values[names[_MODEL]] if _MODEL in names else None
        if model is None:
            self._store(wish)
            return None
        channel, number = wish.message.channel, next(self._numbers)

        def ask() -> None:
            try:
                problem = self._s.model_problem(str(model))
            except OllamaError:
                problem = "Ollama cannot be reached, so the model cannot be checked"
            self._s.report(ModelChecked(channel, number, problem))

        if not self._s.errand(ask):
            return "too busy to ask Ollama; nothing changed"
        self._unchecked[channel] = number, wish
        return None

    def model_checked(self, outcome: ModelChecked) -> None:
        """The server has answered; too late where something else was wished for since."""
        number, wish = self._unchecked.get(outcome.channel, (None, None))
        if wish is None or number != outcome.number:
            return
        del self._unchecked[outcome.channel]
        if outcome.problem is not None:
            self._answer(wish.message, f"{outcome.problem}; nothing changed")
        else:
            self._store(wish)

    # -- storing -----------------------------------------------------------------------------------

    def _store(self, wish: _Wish) -> None:
        channel = wish.message.channel
        _, unchecked = self._unchecked.get(channel, (None, None))
        if unchecked is not None and unchecked.values.keys() & wish.values.keys():
            del self._unchecked[channel]
        self._moment_ms = max(self._s.now_ms(), self._moment_ms + 1)  # a moment for each command
        by_id, by = self._s.name_to_keep(wish.message)
        refused: list[str] = []
        for column, value in wish.values.items():
            self._s.write_queue.add(
                SetSetting(
                    channel=channel,
                    column=column,
                    value=value,
                    changed_by_id=by_id,
                    changed_by=by,
                    at_ms=self._moment_ms,
                    undoes=wish.undoes.get(column),
                ),
                partial(self._stored, wish, column, refused),
            )

    def _stored(self, wish: _Wish, column: str, refused: list[str], applied: Applied) -> None:
        """One of the changes is through; the last one is answered."""
        channel = wish.message.channel
        if applied.refused:
            refused.append(column)
        else:
            self._s.channel_settings.change(channel, column, wish.values[column])
            self._s.speaking.reconsider(channel)
        if column != list(wish.values)[-1]:
            return
        if not refused:
            self._answer(wish.message, wish.answer)
        else:
            is_none = len(refused) == len(wish.values)
            self._answer(wish.message, NOT_STORED if is_none else "not all of it could be stored")
