"""Characters that nobody sees but that chat clients add to a message.

Clients append them to a repeated line so that Twitch does not refuse it as a duplicate, and every
second ``!clank status`` would fail without this.  ``str.strip()`` knows none of them.
Source: https://github.com/Chatterino/chatterino2/issues/1933
"""

from __future__ import annotations

import re

_UNSEEN = (
    r"\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff"
)
"""Soft hyphen, joiners, direction marks, variation selectors and the tag block."""
_BLANK = r"\s\u115f\u1160\u2800\u3164\uffa0"
"""White space, and letters that look like it: Hangul fillers and the empty Braille cell."""

_UNSEEN_CHARACTER = re.compile(f"[{_UNSEEN}]")
_BLANK_RUN = re.compile(f"[{_BLANK}]+")
_CORE = re.compile(f"[^{_UNSEEN}{_BLANK}](?:.*[^{_UNSEEN}{_BLANK}])?", re.DOTALL)


def trimmed(text: str) -> str:
    """The text without blanks and unseen characters at either end; its inside stays as it is."""
    core = _CORE.search(text)
    return core.group() if core else ""


def visible(text: str) -> str:
    """The text as it looks: unseen characters gone, each run of blanks a single space."""
    return _BLANK_RUN.sub(" ", _UNSEEN_CHARACTER.sub("", text)).strip()
