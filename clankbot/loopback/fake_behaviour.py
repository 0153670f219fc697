"""What the Ollama stand-in is asked, and how it treats those who ask."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Reply = str | Callable[["Asked"], str]


@dataclass(frozen=True, slots=True)
class Manner:
    """How one request to generate is treated; as given here it is treated well."""

    text: Reply | None = None
    """What is written; None: mixed from the chat."""
    thinking: str = ""
    done_reason: str = "stop"
    prompt_tokens: int | None = None
    """What it claims to have read; None: a quarter of the characters."""
    delay_s: float = 0.0
    """Before the first byte."""
    after: threading.Event | None = None
    """Nothing is sent before it is set."""
    drip_s: float | None = None
    """A word each so many seconds, for ever."""
    status: int = 200
    error: str = ""
    """The error text: with another status than 200 alone, else in the middle of the answer."""
    body: str | None = None
    """Sent instead of what Ollama would send."""
    without_done: bool = False
    reset: bool = False


@dataclass(slots=True)
class Asked:
    """One request to generate, and what became of it."""

    at: float
    """Monotonic seconds."""
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    reply: str = ""
    finished: bool = False
    hung_up: bool = False
    """The client left before the end."""

    @property
    def system(self) -> str:
        """The instructions."""
        return self._contents("system")

    @property
    def user(self) -> str:
        """The chat and the task."""
        return self._contents("user")

    @property
    def prompt(self) -> str:
        """All there is to read."""
        return f"{self.system}\n{self.user}"

    @property
    def options(self) -> Mapping[str, Any]:
        """The options sent along."""
        options = self.body.get("options")
        return options if isinstance(options, dict) else {}

    def _contents(self, role: str) -> str:
        messages = [m for m in self.body.get("messages", ()) if m.get("role") == role]
        return "\n".join(str(message.get("content", "")) for message in messages)
