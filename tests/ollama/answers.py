"""Raw answers of models, each with the moment it was written for and what is right to make of it.

``tests/data/model_answers.jsonl`` holds one answer a line: its kind, the situation, whose manner it
is, the answer, and the line to be said or the code of the refusal (or several, each of them right;
both where saying and refusing it are right).  Lines and situations are made up.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from clankbot.ollama.reply import line_of
from clankbot.ollama.verdict import Refusal, Situation

DATA = Path(__file__).resolve().parents[1] / "data"
CALLED = re.compile(r"@(\w+)")
BOT_NAMES = ("clankbot", "ClankBot")


@dataclass(frozen=True)
class Answer:
    """What a model wrote, and what is right."""

    kind: str
    place: str  # the situation's name
    situation: Situation
    manner: str
    raw: str
    line: str | None
    refused: frozenset[str]  # codes

    def problem(self) -> str | None:
        """What is wrong with what becomes of it; None if nothing is."""
        said = line_of(self.raw, self.situation)
        if isinstance(said, Refusal):
            right = said.code in self.refused
            return None if right else f"{self.raw!r} refused as {said.code}"
        return None if said == self.line else f"{self.raw!r} said as {said!r}"

    def is_let_through(self) -> bool:
        """Whether something is said that must not be."""
        return self.line is None and not isinstance(line_of(self.raw, self.situation), Refusal)

    def is_refused(self) -> bool:
        """Whether nothing is said although something should be."""
        return not self.refused and isinstance(line_of(self.raw, self.situation), Refusal)


@cache
def answers() -> tuple[Answer, ...]:
    """The whole corpus."""
    rows = (DATA / "model_answers.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_answer(json.loads(row)) for row in rows)


@cache
def situations() -> dict[str, Situation]:
    """The situations by name."""
    data = json.loads((DATA / "answer_situations.json").read_text(encoding="utf-8"))
    told: dict[str, dict[str, Any]] = data["situations"]
    whole = {name: {**told.get(each.get("like", name), {}), **each} for name, each in told.items()}
    return {name: _situation(each, data) for name, each in whole.items()}


def _answer(row: dict[str, Any]) -> Answer:
    refused = row.get("refused", ())
    return Answer(
        row["kind"],
        row["situation"],
        situations()[row["situation"]],
        row["manner"],
        row["raw"],
        row.get("line"),
        frozenset([refused] if isinstance(refused, str) else refused),
    )


def _situation(told: dict[str, Any], data: dict[str, Any]) -> Situation:
    chat: list[tuple[str, str]] = told["chat"]
    asker, asked = told.get("asked", (None, None))
    called = {name for _, text in chat for name in CALLED.findall(text)}
    persona = told.get("persona", data["persona"])
    return Situation(
        bot_names=BOT_NAMES,
        speakers=frozenset({name for name, _ in chat} | called | {asker}) - {*BOT_NAMES, None},
        lines=tuple(text for _, text in chat),
        own_lines=tuple(text for name, text in chat if name in BOT_NAMES),
        asked=asked,
        asker_names=(asker,) if asker else (),
        instructions=data["instructions"].replace("{persona}", persona),
        persona=told.get("persona"),
        limit_chars=450,
        was_cut_off=told.get("was_cut_off", False),
        may_pass=told.get("may_pass", False),
    )
