"""The disguises that the filter says it sees through, each a function from a word to a spelling.

Used by the tests, which hold the filter to it, and by the benchmark, which compares others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Disguise = Callable[[str], str]

_LATIN = "abcdefghijklmnopqrstuvwxyz"


def _by_table(letters: str, images: str) -> Disguise:
    table = str.maketrans(letters, images)
    return lambda word: word.translate(table)


def _by_offset(first: int) -> Disguise:
    return _by_table(_LATIN, "".join(chr(first + n) for n in range(26)))


def _set_apart(between: str) -> Disguise:
    return lambda word: between.join(word)


def _leet(letters: str, images: str) -> Disguise:
    """All but the first and last letter: a word is no number, and ends in no exclamation mark."""
    table = str.maketrans(letters, images)
    return lambda word: word[0] + word[1:-1].translate(table) + word[-1]


def _stretched(word: str) -> str:
    return "".join(letter * 3 for letter in word)


def _end_stretched(word: str) -> str:
    return word + word[-1] * 9


def _in_two(between: str) -> Disguise:
    return lambda word: word[: len(word) // 2] + between + word[len(word) // 2 :]


DISGUISES: Final[dict[str, Disguise]] = {
    "as it is": str,
    "CAPITALS": str.upper,
    "MiXeD": lambda word: "".join(c.upper() if n % 2 else c for n, c in enumerate(word)),
    "accents": lambda word: "".join(f"{c}\u0301" for c in word),
    "precomposed accents": _by_table("aceinou", "äçéîñöû"),
    "full-width": _by_offset(ord("ａ")),
    "mathematical": _by_offset(ord("𝖆")),
    "circled": _by_offset(ord("ⓐ")),
    "black squares": _by_offset(ord("🅰")),
    "small capitals": _by_table("abcdeghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"),
    "superscript": _by_table("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"),
    "Cyrillic": _by_table("aceiopxyshkmtbd", "асеіорхуѕһкмтвԁ"),
    "Greek": _by_table("abeikmnoptuvxyz", "αβεικΜηορτυνχγΖ"),
    "strokes": _by_table("bdhlotz", "ƀđħłøŧƶ"),
    "leet digits": _leet("oeastbil", "03457811"),
    "leet symbols": _leet("asil", "@$!|"),
    "zero-width": _set_apart("\u200b"),
    "soft hyphens": _set_apart("\u00ad"),
    "tag characters": _set_apart("\U000e0061"),
    "supplementary selectors": _set_apart("\U000e0100"),
    "Mongolian selectors": _set_apart("\u180b"),
    "control characters": _set_apart("\x1f"),
    "Arabic marks": lambda word: "".join(f"{c}\u064b" for c in word),
    "heaps of marks": lambda word: "".join(c + "\u0336\u0353\u0489" * 4 for c in word),
    "stretched": _stretched,
    "stretched end": _end_stretched,
    "stretched leet": lambda word: _stretched(_leet("aeo", "430")(word)),
    "blanks": _set_apart(" "),
    "wide blanks": _set_apart("\u3000"),
    "Braille blanks": _set_apart("\u2800"),
    "blanks and bars": _set_apart(" | "),
    "blanks, stretched": lambda word: " ".join(letter * 3 for letter in word),
    "blanks, shouted": lambda word: " ".join(word) + "!!!",
    "dots": _set_apart("."),
    "dots, shouted": lambda word: ".".join(word) + "!!!1!",
    "underscores": _set_apart("_"),
    "emoji": _set_apart("🍖"),
    "emoji and blanks": _set_apart(" 🍖 "),
    "brackets": lambda word: "".join(f"({c})" for c in word),
    "dash within": _in_two("-"),
    "dot within": _in_two("."),
    "emoji within": _in_two("🍖"),
    "regional indicators": lambda word: " ".join(chr(0x1F1E6 + ord(c) - ord("a")) for c in word),
    "hashtag": lambda word: f"#{word}",
    "mention": lambda word: f"@{word}",
    "link": lambda word: f"https://example.com/{word}?x=1",
    "quotes": lambda word: f"“{word}”",
    "shouted": lambda word: f"{word}!!!1!",
}
"""Every disguise by name, for words of at least three small Latin letters."""
