"""The content filter: what the bot must neither hear nor say.

An entry of the list is a word, not a row of letters, and is seen through the usual disguises:
capitals, accents, letters of other scripts, digits and symbols for letters, invisible characters,
stretched letters, letters set apart.  What a line of the list means is told in ``word_list``; how a
message is searched, in ``matcher``.

It fails closed: an error inside counts as blocked.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Final

from clankbot.errors import ConfigError
from clankbot.own_command import own_command
from clankbot.processing.filter.list_doctor import doubt_about
from clankbot.processing.filter.list_file import ListFile, read_list
from clankbot.processing.filter.matcher import Matcher
from clankbot.processing.filter.word_list import MOST_CHARACTERS, Match, WordList, parse_term

log = logging.getLogger(__name__)

# What a text is said to match when the filter itself failed on it.
FILTER_ERROR: Final = Match("(filter error)", "")

_CHANNEL_PIECES = 1024  # remembered beside a channel's own terms: there may be 100 channels

_failures = count(1)


class ContentFilter:
    """Compiled word lists, asked one after another.  Never changes; any thread may ask."""

    def __init__(self, *lists: Matcher) -> None:
        self._lists = lists

    @property
    def is_off(self) -> bool:
        """Whether it blocks nothing, whatever terms are added."""
        return not self._lists

    def check(self, text: str) -> str | None:
        """The entry that the text holds, as written in its list, or None.  Never raises."""
        match = self.verdict(text)
        return match.entry if match else None

    def verdict(self, text: str) -> Match | None:
        """As ``check``, with the reading that gave it away, for the log.  Never raises."""
        try:
            for word_list in self._lists:
                if match := word_list.match(text):
                    return match
        except Exception:
            failures = next(_failures)
            if str(failures).strip("0") == "1":  # the first, the tenth, the hundredth and so on
                log.exception("filter failed, text blocked", extra={"failures": failures})
            return FILTER_ERROR
        return None

    def with_terms(self, terms: Iterable[str]) -> ContentFilter:
        """A filter of the same global list and, instead of any before, a channel's own terms.

        The global list is shared.  A term that is not valid (any more) is left out and logged.
        """
        if self.is_off:
            return self
        entries = []
        for term in terms:
            try:
                entries.append(parse_term(term))
            except ValueError as error:
                log.warning("term left out", extra={"term": term, "problem": str(error)})
        own = [Matcher(WordList(tuple(entries)), _CHANNEL_PIECES)] if entries else []
        return ContentFilter(self._lists[0], *own)


def load_filter(path: str | Path) -> ContentFilter:
    """The filter of a list file.

    Raises ConfigError with one sentence for a file that cannot be read, or one for each bad line.
    """
    file = read_list(Path(path))
    if not file.words.entries:
        log.warning("the list of blocked words is empty", extra={"path": str(path)})
    _tell_doubts(file)
    return ContentFilter(Matcher(file.words))


def list_problems(path: str | Path) -> tuple[str, ...]:
    """What ``load_filter`` would raise of a list file, one sentence each."""
    try:
        read_list(Path(path))
    except ConfigError as error:
        return error.problems
    return ()


def allow_all() -> ContentFilter:
    """The filter of CONTENT_FILTER_ENABLED=false: off means off, for channels' own terms, too."""
    return ContentFilter()


def single_term(term: str) -> ContentFilter:
    """The filter of one term of a channel.  Raises ValueError for what ``term_problem`` names."""
    return ContentFilter(Matcher(WordList((parse_term(term),)), _CHANNEL_PIECES))


def term_problem(term: str) -> str | None:
    """What is wrong with a term for a channel's own list, in one sentence; None if nothing is."""
    if term.startswith("!"):
        return "an exception (!word) can only stand in the operator's list; use unblock for a term"
    if len(term.casefold()) > MOST_CHARACTERS:  # as it is stored, to be found again in any case
        return f"a term has at most {MOST_CHARACTERS} characters when its letters are spelled out"
    if doubt := doubt_about(term):
        return doubt.for_chat
    try:
        parse_term(term)
    except ValueError as error:
        return str(error)
    return None


class FilterFile:
    """The filter of a list file that may be edited while the bot runs."""

    def __init__(self, path: str | Path) -> None:
        """Load the file.  Raises ConfigError as ``load_filter`` does."""
        self._path = Path(path)
        self._stamp = self._stamp_now()
        self.problem: str | None = None  # what was wrong with it when it was read last
        self._filter = load_filter(self._path)

    def current(self) -> ContentFilter:
        """The filter of the last version that was good.  For any thread."""
        return self._filter

    def refresh(self, *, force: bool = False) -> bool:
        """Take over a changed file, and tell whether that was done; costs one look at its date.

        For one thread, about once a second.  A version that is broken, empty (as a file being saved
        may look) or gone is logged once, and the list in use stays.  One that cannot be read is
        tried again each time: what kept it from being read leaves no trace in its date.  ``force``
        reads it anyway.
        """
        stamp = self._stamp_now()
        if stamp == self._stamp and not force:
            return False
        self._stamp = stamp
        try:
            file = read_list(self._path)
            if not file.words.entries:
                raise ConfigError(f"{self._path} holds no entry")
        except ConfigError as error:
            is_told, self.problem = str(error) == self.problem, str(error)
            if isinstance(error.__cause__, OSError):
                self._stamp = None
            if force or not is_told:
                log.error(
                    "blocked words not reloaded, the list in use stays",
                    extra={"problem": self.problem},
                )
            return False
        self.problem = None
        self._filter = ContentFilter(Matcher(file.words))
        log.info("blocked words reloaded", extra={"entries": len(file.words.entries)})
        _tell_doubts(file)
        return True

    def _stamp_now(self) -> tuple[int, int, int] | None:
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def _tell_doubts(file: ListFile) -> None:
    """One line of the log, however many lines of the list are in doubt."""
    if file.doubtful:
        number, doubt = file.doubtful[0]
        log.warning(
            "blocked words: lines that are no word or phrase",
            extra={
                "lines": len(file.doubtful),
                "first": f"line {number} {doubt.for_list}",
                "all_of_them": f"run: {own_command('check')}",
            },
        )
