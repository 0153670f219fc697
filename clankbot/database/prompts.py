"""What is remembered of prompts: where each channel's begins, and what each model makes of them."""

from __future__ import annotations

from typing import Final

from clankbot.database.dialect import both, upsert
from clankbot.database.session import Repository
from clankbot.records import writes
from clankbot.records.writes import Applied


class Prompts(Repository):
    """The tables ``windows`` and ``model_figures``."""

    WINDOWS: Final = both("SELECT channel, first_row FROM windows")

    def windows(self) -> dict[str, int]:
        """The row of ``messages`` that each channel's prompt begins with; it may be gone by now."""
        return dict(self._session.rows(self.WINDOWS))

    KEEP_WINDOW: Final = upsert(
        "windows", "channel, first_row", key="channel", update="first_row = VALUES(first_row)"
    )

    def _keep_window(self, write: writes.KeepWindow) -> Applied:
        self._session.run(self.KEEP_WINDOW, write.channel, write.first_row)
        return Applied(1)

    MODEL_FIGURES: Final = both("SELECT model, figures FROM model_figures")

    def model_figures(self) -> dict[str, str]:
        """What was learned of each model, in the language model's own form."""
        return dict(self._session.rows(self.MODEL_FIGURES))

    KEEP_MODEL_FIGURES: Final = upsert(
        "model_figures", "model, figures", key="model", update="figures = VALUES(figures)"
    )

    def _keep_model_figures(self, write: writes.KeepModelFigures) -> Applied:
        self._session.run(self.KEEP_MODEL_FIGURES, write.model, write.figures)
        return Applied(1)
