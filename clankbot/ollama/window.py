"""How much fits into a context window, and what the server's own count reveals of it.  Pure.

Sizes are estimated on the safe side, for a prompt that is too long loses its instructions on some
servers without a word.  Measured on chat logs, an English token is 2.5 to 3 characters; a tokenizer
that knows little but English makes up to one token of each byte of other scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

DEFAULT_NUM_CTX: Final = 8192
"""Room for some 200 ordinary chat lines; a fixed value, since a change loads the model anew."""
REPLY_TOKENS: Final = 200
"""Enough for a chat line of 500 characters."""
_FRAME_TOKENS: Final = 64
"""For what a model's template puts around the two messages."""
_WORDS = re.compile(r"[A-Za-z ]+")
_HALF_SLACK: Final = 4


def window_size(configured: int | None, trained: int | None) -> int:
    """The ``num_ctx`` to ask for: as configured, but never more than the model was trained with."""
    wanted = configured or DEFAULT_NUM_CTX
    return min(wanted, trained) if trained else wanted


def reply_tokens(wanted: int | float | None, num_ctx: int, least: int = 0) -> int:
    """The ``num_predict`` to ask for: always a limit, and at most a quarter of the window."""
    limit = int(wanted) if wanted and wanted > 0 else REPLY_TOKENS
    return min(max(limit, least), num_ctx // 4)


def prompt_room(num_ctx: int, num_predict: int) -> int:
    """The tokens left for the words of the prompt."""
    return num_ctx - num_predict - _FRAME_TOKENS


def tokens_at_most(text: str) -> int:
    """What a text costs with the least fitting tokenizer: three tokens for five letters or blanks,
    and one for each byte of all else (a digit 1, an accented letter 2, an emoji 4).
    """
    letters = sum(map(len, _WORDS.findall(text)))
    return len(text.encode()) - letters * 2 // 5


def newest_that_fit(sizes: Sequence[int], room: int, least: int = 1) -> int:
    """How many of the last ``sizes`` fit into ``room`` together; the ``least`` last always do."""
    kept = total = 0
    for size in reversed(sizes):
        total += size
        if total > room and kept >= least:
            break
        kept += 1
    return kept


def was_cut(counted: int, estimate: int, num_ctx: int, num_predict: int) -> bool:
    """Whether the server's count of the prompt shows that it cut it, or was about to.

    We leave room for the answer, so a count that reaches into it means that we estimated too low.
    Servers from 0.30 on cut to half of the window and a few tokens more.
    """
    if counted > num_ctx - num_predict:
        return True
    return estimate > num_ctx // 2 and 0 <= counted - num_ctx // 2 <= _HALF_SLACK
