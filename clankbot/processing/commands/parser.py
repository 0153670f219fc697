"""What a chat message asks of the bot, read with the rights of whoever wrote it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from clankbot.records.chat import ChatMessage
from clankbot.records.settings import Command


class Grammar(Protocol):
    """Reads commands."""

    def parse(self, text: str, *, is_moderator: bool) -> Command | None:
        """The command in a chat line; None if it is not for this bot."""

    def is_bot_command(self, text: str) -> bool:
        """Whether it is a command to any bot."""


class CommandParser:
    """Reads commands of one bot, whose ``owners`` (user ids) may command in every channel."""

    def __init__(self, grammar: Grammar, owners: Collection[str]) -> None:
        self._grammar = grammar
        self._owners = owners

    def parse(self, message: ChatMessage, said: str) -> Command | None:
        """The command, None if there is none; ``said`` is the text without an address."""
        return self._grammar.parse(said, is_moderator=self.is_moderator(message))

    def is_moderator(self, message: ChatMessage) -> bool:
        """Broadcaster, moderators and lead moderators by badge or id, and the bot's owners."""
        return message.is_broadcaster or message.is_mod or message.user_id in self._owners

    def is_for_some_bot(self, said: str) -> bool:
        """Whether it is a command to any bot: those are neither stored nor counted."""
        return self._grammar.is_bot_command(said)
