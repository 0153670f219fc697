"""What each channel has of its own: settings with the record of their changes, blocked terms,
recent decisions and daily figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Final

from clankbot.database.dialect import both, insert, insert_new, upsert
from clankbot.database.session import Repository, Row
from clankbot.errors import WriteRefused
from clankbot.records import writes
from clankbot.records.answers import Decision, SettingChange
from clankbot.records.settings import SettingValue
from clankbot.records.writes import Applied

_SETTINGS: Final = (
    "message_threshold, time_delay, context_limit, ollama_model, cooldown, max_length, temperature,"
    " top_p, top_k, min_p, repeat_penalty, num_predict, seed, persona, mentions, spontaneous,"
    " retention_days, enabled, quiet_until, quiet_hours, timezone, live_only, adaptive,"
    " min_speakers, drafts, stream, disclose, followup, share, tact"
)
SETTING_COLUMNS: Final = tuple(_SETTINGS.split(", "))
# Columns that hold yes or no, kept as 1 and 0.
SWITCH_COLUMNS: Final = frozenset(
    {"mentions", "spontaneous", "enabled", "live_only", "adaptive", "stream", "disclose", "tact"}
)

CONFIG_COLUMNS: Final = f"{_SETTINGS}, created_at, updated_at"
CHANGE_COLUMNS: Final = (
    "channel, setting, old_value, new_value, changed_by_id, changed_by, changed_at, undoes"
)
TERM_COLUMNS: Final = "channel, term, term_key, changed_by_id, added_at"
DECISION_COLUMNS: Final = "channel, decided_at, reason"
TALLY_KEY: Final = "channel, day, what"

# Per channel: a busy hour of them, enough to see why the bot is silent.
_DECISIONS_KEPT: Final = 100


class Channels(Repository):
    """The tables ``channel_config``, ``setting_changes``, ``channel_terms``, ``decisions`` and
    ``tallies``."""

    # -- settings and their changes ----------------------------------------------------------------

    OVERRIDES: Final = both(f"SELECT channel, {_SETTINGS} FROM channel_config WHERE channel = ?")

    def overrides(self, channel: str) -> dict[str, SettingValue]:
        """The channel's own settings by column; what it inherits is left out."""
        row = self._session.row(self.OVERRIDES, channel)
        return _settings(row) if row else {}

    ALL_OVERRIDES: Final = both(f"SELECT channel, {_SETTINGS} FROM channel_config")

    def all_overrides(self) -> dict[str, dict[str, SettingValue]]:
        """Every channel's own settings, by column."""
        return {row[0]: _settings(row) for row in self._session.rows(self.ALL_OVERRIDES)}

    MARK_UNDONE: Final = both("UPDATE setting_changes SET undone = 1 WHERE id = ? AND channel = ?")
    SET_COLUMN: Final = {
        column: upsert(
            "channel_config",
            f"channel, {column}, created_at, updated_at",
            key="channel",
            update=f"{column} = VALUES({column}), updated_at = VALUES(updated_at)",
        )
        for column in SETTING_COLUMNS
    }
    ADD_CHANGE: Final = both(insert("setting_changes", CHANGE_COLUMNS))

    def _set_setting(self, write: writes.SetSetting) -> Applied:
        """A value that is there already is not a change and is not recorded as one."""
        if write.column not in SETTING_COLUMNS:
            raise WriteRefused(f"there is no channel setting {write.column!r}")
        if write.undoes is not None:
            self._session.run(self.MARK_UNDONE, write.undoes, write.channel)
        old = self.overrides(write.channel).get(write.column)
        if old == write.value and type(old) is type(write.value):
            return Applied(0)
        set_column, at_ms = self.SET_COLUMN[write.column], write.at_ms
        self._session.run(set_column, write.channel, write.value, at_ms, at_ms)
        change = (write.channel, write.column, _to_json(old), _to_json(write.value))
        by = (write.changed_by_id, write.changed_by, at_ms, write.undoes)
        self._session.run(self.ADD_CHANGE, *change, *by)
        return Applied(1)

    LAST_CHANGE_AT: Final = both(
        "SELECT changed_at FROM setting_changes FORCE INDEX (setting_changes_by_channel)"
        " WHERE channel = ? AND undone = 0 AND undoes IS NULL ORDER BY id DESC LIMIT 1"
    )
    CHANGES_AT: Final = both(
        f"SELECT id, {CHANGE_COLUMNS}, undone"
        " FROM setting_changes FORCE INDEX (setting_changes_by_channel)"
        " WHERE channel = ? AND changed_at = ? AND undone = 0 AND undoes IS NULL ORDER BY id DESC"
    )

    def last_changes(self, channel: str) -> list[SettingChange]:
        """All changes of the newest moment with any that neither is taken back nor takes one back.

        Newest first.
        """
        newest = self._session.row(self.LAST_CHANGE_AT, channel)
        if newest is None:
            return []
        return [_change(row) for row in self._session.rows(self.CHANGES_AT, channel, newest[0])]

    CHANGES: Final = both(
        f"SELECT id, {CHANGE_COLUMNS}, undone FROM setting_changes ORDER BY id DESC LIMIT ?"
    )
    CHANGES_IN_CHANNEL: Final = both(
        f"SELECT id, {CHANGE_COLUMNS}, undone"
        " FROM setting_changes FORCE INDEX (setting_changes_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT ?"
    )

    def changes(self, channel: str | None, limit: int) -> list[SettingChange]:
        """The newest changes of one channel or of all, newest first."""
        if channel is None:
            rows = self._session.rows(self.CHANGES, limit)
        else:
            rows = self._session.rows(self.CHANGES_IN_CHANNEL, channel, limit)
        return [_change(row) for row in rows]

    # -- blocked terms -----------------------------------------------------------------------------

    ADD_TERM: Final = insert_new("channel_terms", TERM_COLUMNS, key="channel, term_key")

    def _block_term(self, write: writes.BlockTerm) -> Applied:
        key = write.term.casefold()
        row = (write.channel, write.term, key, write.changed_by_id, write.at_ms)
        return Applied(self._session.run(self.ADD_TERM, *row))

    DELETE_TERM: Final = both("DELETE FROM channel_terms WHERE channel = ? AND term_key = ?")

    def _unblock_term(self, write: writes.UnblockTerm) -> Applied:
        key = write.term.casefold()
        return Applied(self._session.run(self.DELETE_TERM, write.channel, key))

    TERMS: Final = both("SELECT term FROM channel_terms WHERE channel = ? ORDER BY id")

    def terms(self, channel: str) -> tuple[str, ...]:
        """The channel's own blocked terms, in the order they came."""
        return tuple(term for (term,) in self._session.rows(self.TERMS, channel))

    ALL_TERMS: Final = both("SELECT channel, term FROM channel_terms ORDER BY id")

    def all_terms(self) -> dict[str, tuple[str, ...]]:
        """Every channel's own blocked terms."""
        terms: dict[str, tuple[str, ...]] = {}
        for channel, term in self._session.rows(self.ALL_TERMS):
            terms[channel] = (*terms.get(channel, ()), term)
        return terms

    # -- decisions and figures ---------------------------------------------------------------------

    DECISION_ID_PAST: Final = both(
        "SELECT id FROM decisions FORCE INDEX (decisions_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
    )
    UPDATE_DECISION: Final = both("UPDATE decisions SET decided_at = ?, reason = ? WHERE id = ?")
    ADD_DECISION: Final = both(insert("decisions", DECISION_COLUMNS))
    PRUNE_DECISIONS: Final = both("DELETE FROM decisions WHERE channel = ? AND id <= ?")

    def _record_decision(self, write: writes.RecordDecision) -> Applied:
        if write.goes_on:
            newest = self._session.number(self.DECISION_ID_PAST, write.channel, 0)
            if newest:
                row = (write.at_ms, write.reason, newest)
                return Applied(self._session.run(self.UPDATE_DECISION, *row))
        self._session.run(self.ADD_DECISION, write.channel, write.at_ms, write.reason)
        past = self._session.number(self.DECISION_ID_PAST, write.channel, _DECISIONS_KEPT)
        if past:
            self._session.run(self.PRUNE_DECISIONS, write.channel, past)
        return Applied(1)

    DECISIONS: Final = both(
        "SELECT decided_at, reason FROM decisions FORCE INDEX (decisions_by_channel)"
        " WHERE channel = ? ORDER BY id DESC LIMIT ?"
    )

    def decisions(self, channel: str, limit: int) -> list[Decision]:
        """The newest decisions, newest first; only so many are kept."""
        return [Decision(*row) for row in self._session.rows(self.DECISIONS, channel, limit)]

    ADD_TALLY: Final = upsert(
        "tallies", f"{TALLY_KEY}, n", key=TALLY_KEY, update="n = n + VALUES(n)"
    )

    def _add_tallies(self, tallies: Sequence[writes.Tally]) -> None:
        counts: Counter[tuple[str, str, str]] = Counter()
        for each in tallies:
            counts[each.channel, each.day, each.what] += each.amount
        for key, amount in counts.items():
            self._session.run(self.ADD_TALLY, *key, amount)

    TALLY: Final = both("SELECT what, n FROM tallies WHERE channel = ? AND day = ?")

    def tally(self, channel: str, day: str) -> dict[str, int]:
        """The counters of one channel and UTC day (``2030-01-31``)."""
        return dict(self._session.rows(self.TALLY, channel, day))


def _settings(row: Row) -> dict[str, SettingValue]:
    """The columns that are set, of a row that begins with the channel."""
    return {
        column: bool(value) if column in SWITCH_COLUMNS else value
        for column, value in zip(SETTING_COLUMNS, row[1:], strict=True)
        if value is not None
    }


def _change(row: Row) -> SettingChange:
    change_id, channel, column, old, new, by_id, by, at_ms, _, undone = row
    return SettingChange(
        change_id, channel, column, _from_json(old), _from_json(new), by_id, by, at_ms, bool(undone)
    )


def _to_json(value: SettingValue | None) -> str | None:
    """One column holds values of every type."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _from_json(text: str | None) -> SettingValue | None:
    value: SettingValue | None = None if text is None else json.loads(text)
    return value
