"""What was counted in the last hours and days, and how the bot is doing: for the status page."""

from __future__ import annotations

import json
from typing import Final

from clankbot.database.dialect import both, upsert
from clankbot.database.session import Repository
from clankbot.records.answers import Decision, Figures, StoredState
from clankbot.records.writes import Applied, KeepFigures, KeepState

FIGURES_KEY: Final = "span, began_at, channel"

# How many stretches of one length are kept of each channel: a day and an hour of five minutes, and
# two weeks of an hour.
_KEPT: Final = 336
# The row of the state has this span, which no stretch of time has.
_STATE: Final = 0
_BACKUP: Final = "backed_up_at"


class FiguresKept(Repository):
    """The table ``figures``, what ``counters`` says of backups, and all channels' decisions."""

    KEEP: Final = upsert(
        "figures",
        f"{FIGURES_KEY}, counts",
        key=FIGURES_KEY,
        update="counts = VALUES(counts)",
    )
    PRUNE: Final = both("DELETE FROM figures WHERE span = ? AND began_at < ?")

    def _keep_figures(self, write: KeepFigures) -> Applied:
        kept = write.figures
        oldest_ms = self._clock.past_ms() - _KEPT * kept.span_s * 1000
        self._session.run(self.PRUNE, kept.span_s, oldest_ms)
        counts = json.dumps(kept.counts, separators=(",", ":"))
        return Applied(
            self._session.run(self.KEEP, kept.span_s, kept.began_ms, kept.channel, counts)
        )

    # The second bound: rows from far ahead were noted while the clock was wrong.
    BETWEEN: Final = both(
        f"SELECT {FIGURES_KEY}, counts FROM figures"
        " WHERE span = ? AND began_at >= ? AND began_at <= ?"
    )

    def figures(self, span_s: int, since_ms: int, until_ms: int) -> list[Figures]:
        """What was counted in stretches of this length that began in that time."""
        return [
            Figures(channel, span, began_ms, json.loads(counts))
            for span, began_ms, channel, counts in self._session.rows(
                self.BETWEEN, span_s, since_ms, until_ms
            )
        ]

    DROP_STATE: Final = both("DELETE FROM figures WHERE span = ?")

    def _keep_state(self, write: KeepState) -> Applied:
        self._session.run(self.DROP_STATE, _STATE)
        return Applied(self._session.run(self.KEEP, _STATE, write.at_ms, "", write.state))

    STATE: Final = both("SELECT began_at, counts FROM figures WHERE span = ?")

    def state(self) -> StoredState | None:
        """How the bot was doing when it told last; None if it never did."""
        row = self._session.row(self.STATE, _STATE)
        return StoredState(*row) if row else None

    ALL_DECISIONS: Final = both(
        "SELECT channel, decided_at, reason FROM decisions"
        " ORDER BY decided_at DESC, id DESC LIMIT ?"
    )

    def all_decisions(self, limit: int) -> list[tuple[str, Decision]]:
        """The newest decisions of all channels, each with its channel, newest first."""
        return [
            (channel, Decision(at_ms, reason))
            for channel, at_ms, reason in self._session.rows(self.ALL_DECISIONS, limit)
        ]

    MESSAGES: Final = both("SELECT COUNT(*) FROM messages")

    def message_count(self) -> int:
        """The stored messages of all channels.  Reads a whole index."""
        return self._session.number(self.MESSAGES)

    BACKED_UP: Final = both("SELECT n FROM counters WHERE name = ?")

    def backed_up_ms(self) -> int | None:
        """When the newest backup was made that ``backup`` has told of; None if there is none."""
        return self._session.number(self.BACKED_UP, _BACKUP) or None

    NOTE_BACKUP: Final = upsert("counters", "name, n", key="name", update="n = VALUES(n)")

    def note_backup(self, at_ms: int) -> None:
        """A backup was made."""
        with self._session.transaction():
            self._session.run(self.NOTE_BACKUP, _BACKUP, at_ms)
