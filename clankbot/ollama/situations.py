"""The moment that an answer was written for, as the judge needs to know it.  Pure."""

from __future__ import annotations

import re

from clankbot.ollama.protocol import DEADLINE, Generation
from clankbot.ollama.verdict import Situation
from clankbot.records.speech import Assignment

_CALLED = re.compile(r"@(\w{2,25})", re.ASCII)


def situation_of(assignment: Assignment, instructions: str, generation: Generation) -> Situation:
    """Who spoke, what was said, and what the model was told: all that it must not repeat."""
    asked, settings = assignment.asked, assignment.settings
    lines = assignment.lines if asked is None else (*assignment.lines, asked)
    others = [line for line in lines if not line.is_own]
    own_names = {line.speaker for line in lines if line.is_own} - {assignment.bot_name}
    # In whose stead the model might write: everybody who spoke, and everybody who was called.
    called = frozenset(name for line in lines for name in _CALLED.findall(line.text))
    return Situation(
        bot_names=(assignment.bot_name, *sorted(own_names)),
        speakers=called.union(name for line in others for name in (line.speaker, line.login)),
        lines=tuple(line.text for line in assignment.lines),
        own_lines=tuple(line.text for line in assignment.lines if line.is_own),
        asked=asked.text if asked else None,
        asker_names=(asked.login, asked.speaker) if asked else (),
        instructions=instructions,
        persona=settings.persona,
        limit_chars=settings.length_chars,
        was_cut_off=generation.done_reason in ("length", DEADLINE),
        may_pass=assignment.may_pass,
    )
