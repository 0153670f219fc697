"""The model's window: what is asked of the server, and whether a prompt fitted into it.  Pure."""

from __future__ import annotations

from typing import Final

# Holds 200 lines of most chats with half the memory of twice as many.  It is also what Ollama takes
# by itself on small machines, so that what another program has loaded there can be used as it is.
DEFAULT_NUM_CTX: Final = 4096
# Enough for a chat line of 500 characters.
_REPLY_TOKENS: Final = 200
# For what a model's template puts around the two messages.
_FRAME_TOKENS: Final = 64
_HALF_SLACK: Final = 4
# By so much an estimate is hardly ever wrong.
_MISSED: Final = 1.25


def window_size(configured: int | None, trained: int | None) -> int:
    """The ``num_ctx`` to ask for: as configured, but never more than the model was trained with."""
    wanted = configured or DEFAULT_NUM_CTX
    return min(wanted, trained) if trained else wanted


def reply_tokens(wanted: int | float | None, num_ctx: int, least: int = 0) -> int:
    """The ``num_predict`` to ask for: always a limit, and at most a quarter of the window."""
    limit = int(wanted) if wanted and wanted > 0 else _REPLY_TOKENS
    return min(max(limit, least), num_ctx // 4)


def prompt_room(num_ctx: int, num_predict: int) -> int:
    """The tokens left for the words of the prompt."""
    return num_ctx - num_predict - _FRAME_TOKENS


def was_cut(counted: int, expected: float, num_ctx: int, num_predict: int) -> bool:
    """Whether the server's count of the prompt shows that it cut it, or was about to.

    We leave room for the answer, so a count that reaches into it means that we estimated too low.
    Servers from 0.30 on cut to half of the window and a few tokens more.
    """
    if counted > num_ctx - num_predict:
        return True
    return expected > _MISSED * counted and 0 <= counted - num_ctx // 2 <= _HALF_SLACK
