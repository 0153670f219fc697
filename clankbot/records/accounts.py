"""Who the bot is on Twitch, and secrets that cannot be printed by accident."""

from __future__ import annotations

from dataclasses import dataclass


class Secret:
    """A string that cannot be printed by accident: repr, str and format show ``<secret>``.

    ``reveal()`` is the only way to the text; pickling is refused.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the code that sends or encrypts it."""
        return self._text

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Identity:
    """An account on Twitch: the bot's, or that of a channel."""

    login: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What one IRC login needs; ``password`` is None for an anonymous reader."""

    login: str
    user_id: str | None
    password: Secret | None


@dataclass(frozen=True, slots=True)
class EncryptedTokens:
    """A row of ``auth_tokens``: both tokens encrypted, the rest in the clear."""

    access_token: str
    refresh_token: str
    expires_at_ms: int
    bot_username: str
    bot_user_id: str
    created_at_ms: int
