"""What ``check`` finds, and how it is shown: for people in a terminal, in a pipe, or as JSON."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections import Counter
from typing import Final

from clankbot.runtime.redaction import redact
from clankbot.text import counted, escaped

# ``ok``, ``warn``, ``fail`` or ``skip``, and a sentence; a command stands at its end: ``run: ...``.
Finding = tuple[str, str]

_COLOURS: Final = {"ok": "32", "warn": "33", "fail": "31", "skip": "2"}
_SUBJECT_WIDTH: Final = 9
# In a narrower terminal what follows a finding's first line begins further left.
_NARROW: Final = 60
_NARROW_INDENT: Final = 6
_COMMAND: Final = re.compile(r"(.*\b(?:run|see): )(\S.*)")


class Report:
    """Tells each finding as it comes, and sums up in the end."""

    def __init__(self, *, as_json: bool, colours: bool) -> None:
        self._as_json = as_json
        self._is_terminal = sys.stdout.isatty()
        self._colours = colours and self._is_terminal
        self._told: list[dict[str, str]] = []
        self._has_progress = False

    def add(self, subject: str, finding: Finding) -> None:
        """Tell one finding."""
        verdict, sentence = finding
        text = escaped(redact(sentence))
        self._told.append({"verdict": verdict, "subject": subject, "text": text})
        if self._as_json:
            return
        self._end_progress()
        head = f"{verdict:4}  {subject:{_SUBJECT_WIDTH}}  "
        shown = wrapped(head, text, len(head)) if self._is_terminal else head + text
        if self._colours:
            shown = f"\x1b[{_COLOURS[verdict]}m{verdict:4}\x1b[0m{shown[4:]}"
        print(shown, flush=True)

    def progress(self, subject: str, doing: str) -> None:
        """Tell what is waited for; in a terminal only, and until the next finding."""
        if self._is_terminal and not self._as_json:
            self._end_progress()
            width = shutil.get_terminal_size().columns
            print(f"...   {subject:{_SUBJECT_WIDTH}}  {doing}"[: width - 1], end="", flush=True)
            self._has_progress = True

    def end(self) -> bool:
        """Sum up; whether nothing failed."""
        self._end_progress()
        count = Counter(each["verdict"] for each in self._told)
        if self._as_json:
            print(json.dumps({"findings": self._told, **{v: count[v] for v in _COLOURS}}, indent=1))
        else:
            parts = [f"{count['fail'] or 'nothing'} to mend"]
            parts += [counted(count["warn"], "warning")] if count["warn"] else []
            parts += [f"{count['skip']} not looked at"] if count["skip"] else []
            print(", ".join(parts), flush=True)
        return not count["fail"]

    def _end_progress(self) -> None:
        if self._has_progress:
            print("\r\x1b[K", end="", flush=True)
            self._has_progress = False


def wrapped(head: str, text: str, indent: int) -> str:
    """For a terminal, with a hanging indent.

    A command at the end is not broken, so that it can be copied.
    """
    width = shutil.get_terminal_size().columns
    command = _COMMAND.fullmatch(text)
    margin = " " * (indent if width >= _NARROW else min(indent, _NARROW_INDENT))
    lines = textwrap.wrap(
        command[1].rstrip() if command else text,
        max(width - 1, 20),
        initial_indent=head,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([*lines, margin + command[2]] if command else lines)
