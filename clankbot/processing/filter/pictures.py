"""Emoji and other signs that are pictures, told apart as they are seen.

One picture may be several characters.  Skin tones, selectors and the signs for a gender or a
direction are left out, so that a picture is of one kind whoever it shows.  Those that are drawn as
one (a woman, a joiner, a laptop) are one; a joiner between any others changes nothing that is seen.
See https://www.unicode.org/reports/tr51/#Emoji_ZWJ_Sequences
"""

from __future__ import annotations

import re

_LEFT_OUT = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[♀♂➡]")

# the first of pictures that are drawn as one, and what may follow it
_FIRST = "👦-👩🧑👁🏳🏴🐈🐕🐦🐻❤⛓😮😵😶🙂🍄🍋🫱"
_JOINED = "👦-👩🧑🤝🎄🌾🍳🍼🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒⚕⚖✈🦯-🦳🦼🦽❤💋🗨🌈⚧☠⬛🦺❄🔥🩹💨💫🌫↔↕🟩🟫💥🫲"
_PICTURE = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a flag
    "|🏴[\U000e0020-\U000e007f]+"  # one of a part of a country
    f"|[{_FIRST}](?:\u200d[{_JOINED}])+"
    # arrows to dingbats, and what is an emoji or a symbol elsewhere
    "|[©®‼⁉™\u0fd5-\u0fd8\u2190-\u2bff〰〽㊗㊙\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)


def pictures_in(text: str) -> list[str]:
    """The pictures of an unfolded text in order, the same for all spellings of one."""
    return _PICTURE.findall(_LEFT_OUT.sub("", text))
