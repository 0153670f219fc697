"""The lock on the stored sign-in: waited for, but not for ever."""

from __future__ import annotations

import pytest

from clankbot.errors import AuthUnavailable
from tests.auth.rig import Rig


def test_the_lock_is_waited_for_but_not_for_ever(rig: Rig) -> None:
    rig.signed_in()
    store = rig.token_store()
    with store.locked():
        other = rig.token_store()
        began_s = rig.clock.now_s
        with pytest.raises(AuthUnavailable, match="Another process"), other.locked():
            pass
        assert 10 < rig.clock.now_s - began_s < 20
    with other.locked():
        pass


def test_waiting_for_the_lock_ends_when_the_program_stops(rig: Rig) -> None:
    waits: list[float] = []

    def told_to_stop(seconds: float) -> bool:
        waits.append(seconds)
        return True

    store = rig.token_store(told_to_stop)
    other = rig.token_store(told_to_stop)
    with store.locked(), pytest.raises(AuthUnavailable), other.locked():
        pass
    assert len(waits) == 1
