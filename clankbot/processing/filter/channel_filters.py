"""The word list of each channel: the global one, and beside it the channel's own terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from clankbot.processing.filter.content_filter import ContentFilter


class Words(Protocol):
    """The global word list."""

    def current(self) -> ContentFilter:
        """The list as it was read last."""

    def refresh(self, *, force: bool) -> object:
        """Look whether its file has changed; with ``force``, read it in any case."""

    @property
    def problem(self) -> str | None:
        """What was wrong with it when it was read last."""


class ChannelFilters:
    """Compiled filters by channel.

    The worker's thread changes them by replacing whole values; any thread may ask.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._base = words.current()
        self._terms: dict[str, tuple[str, ...]] = {}
        self._compiled: dict[str, ContentFilter] = {}

    def __call__(self, channel: str) -> ContentFilter:
        """The filter that holds in the channel now."""
        return self._compiled.get(channel, self._base)

    @property
    def are_off(self) -> bool:
        """Whether the operator has switched filtering off, channels' own terms included."""
        return self._base.is_off

    @property
    def problem(self) -> str | None:
        """What was wrong with the global list when it was read last: an older one is in use."""
        return self._words.problem

    def terms(self, channel: str) -> tuple[str, ...]:
        """The channel's own terms."""
        return self._terms.get(channel, ())

    def load(self, stored: Mapping[str, Iterable[str]]) -> None:
        """Take what the database holds, and nothing else."""
        for channel, terms in {**dict.fromkeys(self._terms, ()), **stored}.items():
            self.set_terms(channel, terms)

    def set_terms(self, channel: str, terms: Iterable[str]) -> None:
        """The channel's own terms have been stored; compiled once per change."""
        self._terms[channel] = tuple(terms)
        self._compiled[channel] = self._base.with_terms(self._terms[channel])

    def reload(self, *, force: bool) -> None:
        """Take over the global list if its file has changed, or in any case."""
        self._words.refresh(force=force)
        base = self._words.current()
        if base is not self._base:
            self._base = base
            self._compiled = {c: base.with_terms(t) for c, t in self._terms.items()}
