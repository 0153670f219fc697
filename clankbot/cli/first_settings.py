"""Two questions that make a missing ``.env``, for a person who signs in for the first time."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import clankbot
from clankbot.config.env_file import new_env_file
from clankbot.config.settings import env_file, inspect_settings, problem_with

_QUESTIONS: Final[Mapping[str, str]] = {
    "TWITCH_CHANNELS": "Your channel (its name, or the link to its page): ",
    "TWITCH_CLIENT_ID": "The client id of your app at dev.twitch.tv/console: ",
}
_TEMPLATE: Final = Path(clankbot.__file__).parents[1] / ".env.example"


def make_missing_settings() -> None:
    """Ask for what a first sign-in needs, if there is no ``.env`` and a person at a terminal.

    Nothing is asked that the environment says already, and nothing made if a question is left
    unanswered.
    """
    path = env_file()
    if path.exists() or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    found = inspect_settings()
    if found.settings.twitch_channels and found.settings.twitch_client_id:
        return
    print(f"There is no .env in {path.parent} yet. Two answers make one.\n")
    try:
        answers = {name: _answer(name, question) for name, question in _QUESTIONS.items()}
    except EOFError:
        print()
        return
    template = _TEMPLATE.read_text("utf-8") if _TEMPLATE.exists() else ""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(new_env_file(template, answers))
    print(f"\n{path} is made; all other settings are in it, too.\n", flush=True)


def _answer(name: str, question: str) -> str:
    """What the person answers, once it is good."""
    while True:
        answer = input(question).strip()
        if not answer:
            continue
        problem = problem_with(name, answer)
        if problem is None:
            return answer
        print(problem)
