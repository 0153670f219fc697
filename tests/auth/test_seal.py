"""Sealing: what is stored says nothing, and opens with the right key alone."""

from __future__ import annotations

import pytest

from clankbot.auth.seal import Sealer
from clankbot.errors import KeyRefused
from clankbot.records.accounts import Secret
from clankbot.runtime.redaction import redact
from tests.auth.desk import KEY, NEWER_KEY

TOKEN = Secret("token0123456789")


def test_what_was_sealed_is_opened_again() -> None:
    sealer = Sealer([KEY])
    sealed = sealer.seal(TOKEN)
    assert TOKEN.reveal() not in sealed
    assert sealer.open(sealed) == TOKEN
    assert sealer.seal(TOKEN) != sealed
    assert redact(TOKEN.reveal()) == "<secret>"


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(KeyRefused, match=r"TOKEN_ENCRYPTION_KEY.*logout.*login"):
        Sealer([NEWER_KEY]).open(Sealer([KEY]).seal(TOKEN))


@pytest.mark.parametrize("damaged", ["", "nonsense", "gAAAAAA=", "ü"])
def test_a_damaged_seal_does_not_open(damaged: str) -> None:
    with pytest.raises(KeyRefused):
        Sealer([KEY]).open(damaged)


def test_a_seal_that_was_tampered_with_does_not_open() -> None:
    sealed = Sealer([KEY]).seal(TOKEN)
    tampered = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    with pytest.raises(KeyRefused):
        Sealer([KEY]).open(tampered)


def test_an_old_key_still_opens_and_the_newest_seals() -> None:
    sealed_before = Sealer([KEY]).seal(TOKEN)
    rotated = Sealer([NEWER_KEY, KEY])
    assert rotated.open(sealed_before) == TOKEN
    assert not rotated.is_current(sealed_before)
    sealed_now = rotated.seal(TOKEN)
    assert rotated.is_current(sealed_now)
    assert Sealer([NEWER_KEY]).open(sealed_now) == TOKEN
