"""Calling work off: once and for good."""

from __future__ import annotations

from clankbot.cancel import Cancel


def test_a_callback_attached_after_the_cancel_runs_at_once() -> None:
    cancel, ran = Cancel(), []
    cancel.attach(lambda: ran.append("before"))
    cancel.cancel()
    cancel.cancel()
    cancel.attach(lambda: ran.append("after"))
    assert ran == ["before", "after"]
    assert cancel.cancelled


def test_a_detached_callback_does_not_run() -> None:
    cancel, ran = Cancel(), []

    def note() -> None:
        ran.append("ran")

    cancel.attach(note)
    cancel.detach(note)
    cancel.detach(note)
    cancel.cancel()
    assert ran == []
