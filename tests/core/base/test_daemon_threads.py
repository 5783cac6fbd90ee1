"""Waits that end, whatever is waited for."""

from __future__ import annotations

from threading import Event

from proximity_tui.core.base.daemon_threads import run_within


def test_what_hangs_is_left_behind_and_what_ends_is_waited_for() -> None:
    held, done = Event(), Event()
    assert not run_within(0.01, "hangs", held.wait)
    assert run_within(60.0, "ends", done.set)
    assert done.is_set()
    held.set()
