"""Waits that end, whatever is waited for, and threads that end with their call."""

from __future__ import annotations

from threading import Event, current_thread

import pytest

from proximity_tui.core.base.daemon_threads import call_alone, run_within
from tests.support.waiting import LONGEST


def test_what_hangs_is_left_behind_and_what_ends_is_waited_for() -> None:
    held, done = Event(), Event()
    assert not run_within(0.01, "hangs", held.wait)
    assert run_within(60.0, "ends", done.set)
    assert done.is_set()
    held.set()


def test_a_thread_of_its_own_hands_on_how_a_call_ended_and_ends_with_it() -> None:
    thread = call_alone("answers", current_thread).result(60)
    thread.join(LONGEST)
    assert not thread.is_alive()
    with pytest.raises(ZeroDivisionError):
        call_alone("fails", divmod, 1, 0).result(60)
