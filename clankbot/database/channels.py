"""What each channel has of its own: settings with the record of their changes, blocked terms,
recent decisions and daily figures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from clankbot.database import sql
from clankbot.database.repository import Repository
from clankbot.database.session import Row
from clankbot.errors import WriteRefused
from clankbot.records.answers import Decision, SettingChange
from clankbot.records.settings import SettingValue
from clankbot.records.writes import (
    Applied,
    BlockTerm,
    RecordDecision,
    SetSetting,
    Tally,
    UnblockTerm,
)

_DECISIONS_KEPT: Final = 100
"""Per channel: a busy hour of them, enough to see why the bot is silent."""


class Channels(Repository):
    """The tables ``channel_config``, ``setting_changes``, ``channel_terms``, ``decisions`` and
    ``tallies``."""

    def overrides(self, channel: str) -> dict[str, SettingValue]:
        """The channel's own settings by column; what it inherits is left out."""
        row = self._session.row(sql.OVERRIDES, channel)
        return _settings(row) if row else {}

    def all_overrides(self) -> dict[str, dict[str, SettingValue]]:
        """Every channel's own settings, by column."""
        return {row[0]: _settings(row) for row in self._session.rows(sql.ALL_OVERRIDES)}

    def last_changes(self, channel: str) -> list[SettingChange]:
        """All changes of the newest moment with any that neither is taken back nor takes one back.

        Newest first.
        """
        newest = self._session.row(sql.LAST_CHANGE_AT, channel)
        if newest is None:
            return []
        return [_change(row) for row in self._session.rows(sql.CHANGES_AT, channel, newest[0])]

    def changes(self, channel: str | None, limit: int) -> list[SettingChange]:
        """The newest changes of one channel or of all, newest first."""
        if channel is None:
            rows = self._session.rows(sql.CHANGES, limit)
        else:
            rows = self._session.rows(sql.CHANGES_IN_CHANNEL, channel, limit)
        return [_change(row) for row in rows]

    def terms(self, channel: str) -> tuple[str, ...]:
        """The channel's own blocked terms, in the order they came."""
        return tuple(term for (term,) in self._session.rows(sql.TERMS, channel))

    def all_terms(self) -> dict[str, tuple[str, ...]]:
        """Every channel's own blocked terms."""
        terms: dict[str, tuple[str, ...]] = {}
        for channel, term in self._session.rows(sql.ALL_TERMS):
            terms[channel] = (*terms.get(channel, ()), term)
        return terms

    def decisions(self, channel: str, limit: int) -> list[Decision]:
        """The newest decisions, newest first; only so many are kept."""
        return [Decision(*row) for row in self._session.rows(sql.DECISIONS, channel, limit)]

    def tally(self, channel: str, day: str) -> dict[str, int]:
        """The counters of one channel and UTC day (``2030-01-31``)."""
        return dict(self._session.rows(sql.TALLY, channel, day))

    def _set_setting(self, write: SetSetting) -> Applied:
        """A value that is there already is not a change and is not recorded as one."""
        if write.column not in sql.SET_COLUMN:
            raise WriteRefused(f"there is no channel setting {write.column!r}")
        if write.undoes is not None:
            self._session.run(sql.MARK_UNDONE, write.undoes, write.channel)
        old = self.overrides(write.channel).get(write.column)
        if old == write.value and type(old) is type(write.value):
            return Applied(0)
        self._session.run(
            sql.SET_COLUMN[write.column], write.channel, write.value, write.at_ms, write.at_ms
        )
        self._session.run(
            sql.ADD_CHANGE,
            write.channel,
            write.column,
            _to_json(old),
            _to_json(write.value),
            write.changed_by_id,
            write.changed_by,
            write.at_ms,
            write.undoes,
        )
        return Applied(1)

    def _block_term(self, write: BlockTerm) -> Applied:
        key = write.term.casefold()
        return Applied(
            self._session.run(
                sql.ADD_TERM, write.channel, write.term, key, write.changed_by_id, write.at_ms
            )
        )

    def _unblock_term(self, write: UnblockTerm) -> Applied:
        key = write.term.casefold()
        return Applied(self._session.run(sql.DELETE_TERM, write.channel, key))

    def _record_decision(self, write: RecordDecision) -> Applied:
        if write.goes_on and (newest := self._session.row(sql.DECISION_ID_PAST, write.channel, 0)):
            return Applied(
                self._session.run(sql.UPDATE_DECISION, write.at_ms, write.reason, newest[0])
            )
        return Applied(
            self._session.run(sql.ADD_DECISION, write.channel, write.at_ms, write.reason)
        )

    def _trim_decisions(self, channels: Iterable[str]) -> None:
        for channel in channels:
            past = self._session.number(sql.DECISION_ID_PAST, channel, _DECISIONS_KEPT)
            if past:
                self._session.run(sql.PRUNE_DECISIONS, channel, past)

    def _add_tally(self, write: Tally) -> Applied:
        self._session.run(sql.ADD_TALLY, write.channel, write.day, write.what, write.amount)
        return Applied(1)


def _settings(row: Row) -> dict[str, SettingValue]:
    """The columns that are set, of a row that begins with the channel."""
    return {
        column: bool(value) if column in sql.SWITCH_COLUMNS else value
        for column, value in zip(sql.SETTING_COLUMNS, row[1:], strict=True)
        if value is not None
    }


def _change(row: Row) -> SettingChange:
    change_id, channel, column, old, new, by_id, by, at_ms, undone = row
    return SettingChange(
        change_id, channel, column, _from_json(old), _from_json(new), by_id, by, at_ms, bool(undone)
    )


def _to_json(value: SettingValue | None) -> str | None:
    """One column holds values of every type."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _from_json(text: str | None) -> SettingValue | None:
    value: SettingValue | None = None if text is None else json.loads(text)
    return value
