"""``status``: how a running bot is doing, in the words of its status page.

From the page if there is one, else from what the bot notes in its database about once a minute.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Final

from clankbot.app import EXIT_FAILED, complain
from clankbot.clock import Clock
from clankbot.config.settings import Settings
from clankbot.errors import ClankbotError
from clankbot.http import Deadline, HttpError
from clankbot.parts import existing_database, start_up
from clankbot.status.as_json import as_json
from clankbot.status.document import Document, put_together
from clankbot.status.facts import ITSELF, Level, Part, State, state_from_json
from clankbot.status.plain import plain_text
from clankbot.status.words import lasted
from clankbot.text import escaped

_WITHIN_S: Final = 10.0
# The bot notes its state every minute: then it has missed twice.
_FRESH_MS: Final = 150_000
# What a server listens on, and where it is found on this machine.
_FOUND_AT: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def run(options: argparse.Namespace) -> int:
    """0 if the bot runs and is not down, else 1: fit for a container's health check."""
    text, is_down = told(start_up(), for_programs=options.json)
    for line in text.splitlines():
        print(escaped(line))
    return EXIT_FAILED if is_down else 0


def told(settings: Settings, *, for_programs: bool = False) -> tuple[str, bool]:
    """What there is to tell, and whether the bot is down.  ClankbotError if nobody knows."""
    if settings.status_listen is not None and (page := _from_page(settings, for_programs)):
        return page
    document = _from_database(settings)
    text = as_json(document) if for_programs else plain_text(document)
    return text, document.state.level is Level.DOWN


def _from_page(settings: Settings, for_programs: bool) -> tuple[str, bool] | None:
    """What the page says; None if nobody answers there."""
    listener = settings.status_listen
    assert listener is not None
    url = f"http://{replace(listener, host=_FOUND_AT.get(listener.host, listener.host))}"
    accept = {"Accept": "application/json" if for_programs else "text/plain"}
    try:
        with Deadline(_WITHIN_S) as deadline:
            answer = deadline.send("GET", f"{url}/", headers=accept)
            text = answer.body().decode("utf-8", "replace")
            is_down = deadline.send("GET", f"{url}/healthz").status != 200
    except HttpError as error:
        complain(f"nobody answers at {url} ({error}); this is what the database tells")
        return None
    if answer.status != 200:
        complain(f"{url} says: {text.strip()}; this is what the database tells")
        return None
    return text, is_down


def _from_database(settings: Settings) -> Document:
    """The document as far as the database knows it."""
    with existing_database(settings).open() as store:
        kept = store.state()
        if kept is None:
            raise ClankbotError("no bot has told of itself in this database yet: start one")
        try:
            state = state_from_json(kept.state)
        except (ValueError, KeyError, TypeError) as error:
            raise ClankbotError("what the bot has told of itself is not understood") from error
        return put_together(_as_of_now(state), (), store, {})


def _as_of_now(state: State) -> State:
    """The state, dated now; if it is old, there is one more part, and that is down."""
    now_ms = Clock().utc_ms()
    age_ms, dated = now_ms - state.at_ms, replace(state, at_ms=max(now_ms, state.at_ms))
    if abs(age_ms) <= _FRESH_MS or state.ended_ms is not None:
        return dated
    words = f"has told nothing of itself for {lasted(age_ms / 1000)}"
    if age_ms < 0:
        words = f"was last seen {lasted(-age_ms / 1000)} from now: is this machine's clock right?"
    return replace(dated, parts=(Part(ITSELF, Level.DOWN, words, state.at_ms), *state.parts))
