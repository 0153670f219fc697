"""How a room types: counted figures and words, of nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoomStyle:
    """The manner of the last few hundred messages.  Shares are from 0 to 1."""

    # Of the line in the middle; characters where words have no blanks between them.
    length: int
    is_in_characters: bool
    # Of the lines that begin with a letter of either case: those with a small one.
    small: float
    # Of the lines: those that end with a full stop; hold an emoji; hold an emote.
    full_stops: float
    emoji: float
    with_emote: float
    # The most used first, at most six.
    emotes: tuple[str, ...]
    # Every emote and emoji that is used here.
    known: frozenset[str]
    # Words that were typed with a small letter in front.
    small_words: frozenset[str]
