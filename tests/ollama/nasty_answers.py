"""Answers that are made to be costly: what patterns begin with, thousands of times over."""

from __future__ import annotations

from typing import Final

_PIECES: Final = (
    *("a", "aB", "A1b2", "0", "1 ", "1-", "(1) ", "+1 ", "1.1.", "ffff:", "ha ", "a b ", "aab"),
    *("<", "<|x|>", "<|im_end|>", "<0x41>", "<think>", "</think>", '<details type="reasoning">'),
    *("[", "(", "{", "«", '{"a":', '["', "|", "--- ", "== ", "%20", "&amp;", "\\", "\\u00e9"),
    *("*a ", "**", "__a ", "_a ", "`a", "~~a ", "*waves ", "(laughing ", "(note ", "1. ", "a) "),
    *("Thought: x ", "Thinking... ", "Answer: ", "### Response: ", "Option 1: ", "Reply: "),
    *("alice: ", "Alice says: ", "clankbot: ", "clankbot ", "@bob ", "@a ", "a: ", "x@y", "#1 "),
    *("here is a line ", "Dear you, ", "Sure! ", "i cant ", "im a ", "we need to ", "i should "),
    *("a.b.", "a.com", "http://", "www.", "a dot com ", "def f(", "a(b=", "a.b(", "SELECT a "),
    *("assistant", "!assistant", "assistantfinal", "user\n", "\n", "a\n", "\x01ACTION "),
    *("Ġ", "▁", "申", "申 ", "죄송", "ー", "é", "İ", "\u0301", "🎉", "🎉🎊", "…", "? ", '"', "'"),
)


def nasty_answers(length: int) -> list[str]:
    """One answer of about so many characters for each piece, some with another end."""
    whole = [piece * (length // len(piece)) for piece in _PIECES]
    return [*whole, *(f"a{text}!" for text in whole), *(f"x{text}\nz" for text in whole)]
