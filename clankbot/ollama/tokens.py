"""What a text costs a model in tokens, learned from what its server counted.  Pure.

No tokenizer is at hand, and each model has its own.  But with any of them the cost of chat is, to
some two in a hundred, a sum over kinds of characters: so much for a small letter, so much for an
emoji.  These weights are estimated by Bayesian linear regression (recursive least squares): they
begin as those of measured tokenizers, as uncertain as these differ, and each count of the server
makes them more certain for the kinds of characters that were in the prompt.
See ``tests/benchmarks/token_estimate.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import add, mul
from typing import Final, NamedTuple

# How many characters of each kind a text has.  Those of a prompt are the sum over its parts.
Features = tuple[float, ...]


class _Kind(NamedTuple):
    """A kind of characters, and the tokens one of them costs before anything is learned."""

    usual: float
    # With the least fitting tokenizer: what a fresh estimate has to reckon with.
    worst: float


# In the order of Features.  By nine tokenizers of 32,000 to 262,000 entries, from GPT-2's to
# Gemma 3's: ``usual`` is their mean; ``worst`` the dearest, or all the bytes of a character.
_SMALL: Final = _Kind(0.23, 0.42)
_CAPITAL: Final = _Kind(0.47, 0.8)
_DIGIT: Final = _Kind(0.83, 1.3)
_BLANK: Final = _Kind(0.35, 1.0)
_LINE_END: Final = _Kind(1.86, 3.5)
_SIGN: Final = _Kind(0.76, 1.5)
_ACCENTED: Final = _Kind(0.6, 2.6)
_GREEK_CYRILLIC: Final = _Kind(0.4, 1.6)
_ARABIC_HEBREW: Final = _Kind(0.6, 1.8)
_INDIC_THAI: Final = _Kind(0.9, 2.7)
_KANA: Final = _Kind(0.9, 2.3)
_HAN: Final = _Kind(1.1, 2.8)
_HANGUL: Final = _Kind(1.2, 3.0)
_RARE: Final = _Kind(2.1, 3.5)  # marks that are put on letters, frames, ornaments, all else
_EMOJI: Final = _Kind(2.1, 4.0)
_KINDS: Final = (
    *(_SMALL, _CAPITAL, _DIGIT, _BLANK, _LINE_END, _SIGN),
    *(_ACCENTED, _GREEK_CYRILLIC, _ARABIC_HEBREW, _INDIC_THAI, _KANA, _HAN, _HANGUL, _RARE, _EMOJI),
)
# What the chat template puts around the messages: once in every prompt.
_FRAME: Final = _Kind(25.0, 250.0)
_WEIGHTS: Final = (*_KINDS, _FRAME)
_SIZE: Final = len(_WEIGHTS)

# -- how certain ---------------------------------------------------------------------------------

# Standard deviations between what is expected and what it costs at most.
_MARGIN: Final = 3.5
_USUAL: Final = tuple(kind.usual for kind in _WEIGHTS)
_DEVIATIONS: Final = tuple((kind.worst - kind.usual) / _MARGIN for kind in _WEIGHTS)
# Tokenizers made for English are bad at all other scripts alike: one such kind tells of the others.
_ALIKE: Final = 0.3
_OTHERS: Final = range(6, len(_KINDS))
_PRIOR: Final = tuple(
    tuple(
        a * b * (1.0 if i == j else _ALIKE if i in _OTHERS and j in _OTHERS else 0.0)
        for j, b in enumerate(_DEVIATIONS)
    )
    for i, a in enumerate(_DEVIATIONS)
)
# What weights by character cannot tell of a text: this share of its tokens, and a few.  Made-up
# chat shows half of it; real chat is less even.
_NOISE: Final = 0.02
_NOISE_TOKENS: Final = 4.0
# The share of all certainty that is lost from count to count: another model may answer to the name.
_FORGOTTEN: Final = 0.003
# A count that is further off than so many standard deviations is believed to this extent alone.
_BELIEVED: Final = 4.0
_FORGOTTEN_IN_SURPRISE: Final = 0.3
# A count lower than this share of the usual is not one of the whole prompt: some servers leave
# out what they had read before.
LEAST_SHARE: Final = 0.25
# For what is read back: no weight is learned that is larger, and variances only shrink.
_LARGEST_WEIGHT: Final = 10_000.0
_ROUNDING: Final = 1e-6

# -- features --------------------------------------------------------------------------------------

# A letter for each kind, in the order of Features: small, capital, digit, blank, line end, sign;
# accented Latin, Greek and Cyrillic, Arabic and Hebrew, Indic and Thai, kana, Han, Hangul, rare.
# What is left is emoji.
_ASCII_KINDS: Final = "aA0 n."
_OTHER_KINDS: Final = "lgsikhor"
# The blocks of Unicode's first plane that are not rare ("r").  All beyond that plane is left as it
# is, and so counts as emoji.
_BLOCKS: Final = (
    (".", 0x00, 0x80),
    ("n", 0x0A, 0x0B),
    (" ", 0x20, 0x21),
    ("0", 0x30, 0x3A),
    ("A", 0x41, 0x5B),
    ("a", 0x61, 0x7B),
    ("l", 0x80, 0x300),
    ("l", 0x1E00, 0x1F00),
    ("g", 0x370, 0x590),
    ("g", 0x1F00, 0x2000),
    ("s", 0x590, 0x900),
    ("s", 0xFB1D, 0xFE00),
    ("s", 0xFE70, 0xFF00),
    ("i", 0x900, 0x1100),
    ("i", 0x1200, 0x1E00),
    ("k", 0x3000, 0x3100),
    ("k", 0x31F0, 0x3200),
    ("k", 0xFF66, 0xFFA0),
    ("h", 0x3100, 0x3130),
    ("h", 0x3400, 0x4DC0),
    ("h", 0x4E00, 0xA000),
    ("h", 0xF900, 0xFB00),
    ("o", 0x1100, 0x1200),
    ("o", 0x3130, 0x3190),
    ("o", 0xAC00, 0xD800),
    ("e", 0x200D, 0x200E),
    ("e", 0x2600, 0x27C0),
    ("e", 0x2B00, 0x2C00),
    ("e", 0xFE00, 0xFE10),
)
_NO_OTHERS: Final = (0,) * (len(_OTHER_KINDS) + 1)


def _table() -> str:
    """For ``str.translate``: at each code point of the first plane the letter of its kind."""
    kinds = ["r"] * 0x10000
    for letter, first, end in _BLOCKS:
        kinds[first:end] = letter * (end - first)
    return "".join(kinds)


_TABLE: Final = _table()


def features(text: str) -> Features:
    """How many characters of each kind there are."""
    kinds = text.translate(_TABLE)
    known = tuple(map(kinds.count, _ASCII_KINDS))
    if text.isascii():
        return known + _NO_OTHERS
    known += tuple(map(kinds.count, _OTHER_KINDS))
    return (*known, len(kinds) - sum(known))


def added(a: Features, b: Features) -> Features:
    """The features of two texts together."""
    return tuple(map(add, a, b))


# -- the estimate ----------------------------------------------------------------------------------


class TokenEstimate:
    """What texts cost one model, learned from its server's counts.

    Not thread-safe.  ``learned`` is the ``state`` of an earlier run; whatever does not fit is as
    good as nothing.
    """

    def __init__(self, learned: Sequence[float] = ()) -> None:
        self._weights = list(_USUAL)
        self._covariance = [list(row) for row in _PRIOR]
        if _fits(learned):
            self._weights = [float(weight) for weight in learned[:_SIZE]]
            rest = iter(learned[_SIZE:])
            for i in range(_SIZE):
                for j in range(i + 1):
                    self._covariance[i][j] = self._covariance[j][i] = float(next(rest))

    def expected(self, text_features: Features) -> float:
        """The likeliest number of tokens of a prompt of these features, with all around it."""
        return _product(self._weights, (*text_features, 1.0))

    def expected_of_part(self, text_features: Features) -> float:
        """The likeliest number of tokens of a part of a prompt, without what is around it."""
        return _product(self._weights, text_features)

    def at_most(self, text_features: Features) -> int:
        """The tokens that a prompt of these features costs with near certainty, or less.

        No sum: of several parts together it is less than of each by itself.
        """
        expected = self.expected(text_features)
        return math.ceil(expected + _MARGIN * self._deviation((*text_features, 1.0), expected))

    def learn(self, text_features: Features, counted: int) -> None:
        """The server counted so many tokens for a whole prompt of these features.

        All its messages, the chat template's words included.  Never tell the count of a prompt that
        was cut.
        """
        counts = (*text_features, 1.0)
        if counted < LEAST_SHARE * _product(_USUAL, counts):
            return
        expected = self.expected(text_features)
        deviation = self._deviation(counts, expected)
        variance = deviation**2
        furthest = _BELIEVED * deviation
        surprise = counted - expected
        believed = max(-furthest, min(surprise, furthest))
        # How a step of each weight would go along with the cost of such a prompt.
        along = [_product(row, counts) for row in self._covariance]
        gain = [value / variance for value in along]
        self._weights = [
            min(max(0.0, weight + step * believed), _LARGEST_WEIGHT)
            for weight, step in zip(self._weights, gain, strict=True)
        ]
        forgotten = _FORGOTTEN if believed == surprise else _FORGOTTEN_IN_SURPRISE
        for i, row in enumerate(self._covariance):
            for j in range(_SIZE):
                left = row[j] - along[i] * along[j] / variance
                row[j] = left + forgotten * (_PRIOR[i][j] - left)

    def state(self) -> tuple[float, ...]:
        """All that was learned, to be kept: the weights and how certain they are."""
        return (
            *self._weights,
            *(self._covariance[i][j] for i in range(_SIZE) for j in range(i + 1)),
        )

    def _deviation(self, counts: Features, expected: float) -> float:
        """The standard deviation of the count that the server will make."""
        weights = sum(
            count * _product(row, counts)
            for count, row in zip(counts, self._covariance, strict=True)
            if count
        )
        noise = _NOISE * expected + _NOISE_TOKENS
        return math.sqrt(max(0.0, weights) + noise**2)


def _product(a: Sequence[float], b: Sequence[float]) -> float:
    """Without what the longer one has at its end."""
    total: float = sum(map(mul, a, b))
    return total


def _fits(learned: Sequence[float]) -> bool:
    """Whether this is a state: as long as one, and no less certain than at the beginning."""
    if len(learned) != _SIZE + _SIZE * (_SIZE + 1) // 2:
        return False
    if not all(0 <= weight <= _LARGEST_WEIGHT for weight in learned[:_SIZE]):
        return False
    rest = iter(learned[_SIZE:])
    rows = [[next(rest) for _ in range(i + 1)] for i in range(_SIZE)]
    variances = [row[i] for i, row in enumerate(rows)]
    return all(
        0 < variances[i] <= _PRIOR[i][i] * (1 + _ROUNDING)
        and all(row[j] * row[j] <= variances[i] * variances[j] * (1 + _ROUNDING) for j in range(i))
        for i, row in enumerate(rows)
    )
