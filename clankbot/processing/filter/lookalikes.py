"""Characters of other scripts that look like a Latin letter: data only, used by folding.

Most of it is derived from the confusables data of Unicode Technical Standard 39, revised by hand:
left out are characters that decompose to the letter anyway, and digits, vowel signs, right-to-left
letters, and living scripts whose words would suffer; added are Cyrillic and Greek small letters of
nearly the right shape, and currency signs.  Capitals are listed only where their small letter
stands for something else.  What may be an i or an l stands for ``|``, which is read as both.

    Copyright (c) 1991-2022 Unicode, Inc.  All rights reserved.
    Distributed under the Terms of Use in https://www.unicode.org/copyright.html.
    Permission is hereby granted, free of charge, to any person obtaining a copy of the Unicode data
    files and any associated documentation (the "Data Files") to deal in the Data Files without
    restriction, including without limitation the rights to use, copy, modify, merge, publish,
    distribute, and/or sell copies of the Data Files, and to permit persons to whom the Data Files
    are furnished to do so, provided that this copyright and permission notice appear with all
    copies of the Data Files or in associated documentation.
    THE DATA FILES ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED.
"""

from __future__ import annotations

from typing import Final

CURRENCY: Final = dict(zip("€£₤¥¢₵₡₩₦₱₳₿฿₮₭₫₲₣", "ellycccwnpabbtkdgf", strict=True))

_LETTERS = {
    "a": "ɑαаᎪᗅꓮ𐊠𖽀",
    "b": "ƄβЬвᏏᏴᑲᖯᗷꓐꞴ𐊂𐊡𐌁",
    "c": "сϲϹᏟⲥꓚ𐊢𐌂𐐽𐔜",
    "d": "ԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "ɛεеєҽᎬⴹꓰꬲ𐊆𑢦𑢮℮",
    "f": "Ϝքᖴẝꓝꬵ𐊇𐊥𐔥𑣂",
    "g": "ƍɡԍցᏀᏳꓖ",
    "h": "ΗнһհᎻᏂᕼⲎꓧ𐋏",
    "i": "ıɩιіᎥⲓꙇ𑣃",
    "j": "ϳјᎫᒍꓙ",
    "k": "ĸκкᏦᛕⲔꓗ𐔘",
    "l": "Ꮮᒪⳑꓡ𐑃𐔦𑢣𑢲𖼖",
    "m": "ʍΜϺмᎷᗰᛖⲘꓟ𐊰𐌑",
    "n": "ΝηпոռⲚꓠ𐔓",
    "o": "οσоօᴑⲟⵔꓳꬽ𐊒𐊫𐐬𐓪𐔖𑢵𑣈𑣗",
    "p": "ρрᏢᑭᴩⲣꓑ𐊕",
    "q": "ԛգզⵕ",
    "r": "ƦгᎡᏒᖇᴦⲅꓣꭇꭈꮁ𐒴𖼵",
    "s": "ƽςѕՏᏕᏚꓢ𐊖𐑈𑣁𖼺",
    "t": "τтᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊",
    "u": "μυսᑌꓴꞟ𐓶𑣘𖽂",
    "v": "νѵᏙᐯⴸꓦ𐔝𑣀𖼈",
    "w": "ɯωѡԝաᎳᏔꓪ",
    "x": "χхᕁᕽᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧",
    "y": "ɣΥγуүᎩᎽⲨꓬ𐊲𑢤𑣜𖽃",
    "z": "ΖᏃꓜ𑢩𑣄",
    "|": "ǀӏᛁⵏꓲ𐊊𐌉𖼨",
    "ae": "æ",
    "oe": "œ",
}

LOOKALIKES: Final = CURRENCY | {
    character: letter for letter, characters in _LETTERS.items() for character in characters
}
