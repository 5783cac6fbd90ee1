"""Waits that end, whatever is waited for, and threads that end with their call."""

from __future__ import annotations

from threading import Barrier, Event, Thread, current_thread

import pytest

from proximity_tui.core.base.daemon_threads import DaemonExecutor, call_alone, run_together, run_within
from tests.support.timing.waiting import LONGEST


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


def test_threads_are_started_for_work_and_used_again() -> None:
    executor, together = DaemonExecutor("pool", 2), Barrier(2)
    both = [executor.submit(together.wait, LONGEST) for _ in range(2)]
    assert {one.result(LONGEST) for one in both} == {0, 1}, "two calls at a time"
    used = {executor.submit(current_thread).result(LONGEST).name for _ in range(10)}
    assert used <= {"pool-1", "pool-2"}
    executor.shutdown()


def test_a_call_that_was_cancelled_in_time_never_runs() -> None:
    executor, held, ran = DaemonExecutor("pool", 1), Event(), Event()
    first, second = executor.submit(held.wait, LONGEST), executor.submit(ran.set)
    assert second.cancel()
    held.set()
    assert first.result(LONGEST)
    executor.submit(int).result(LONGEST)
    assert not ran.is_set()
    executor.shutdown()


def test_a_shutdown_ends_idle_threads_and_those_at_work_after_their_calls() -> None:
    ended: list[Thread] = []
    executor, held = DaemonExecutor("pool", 2, at_end=lambda: ended.append(current_thread())), Event()
    hangs = executor.submit(held.wait, LONGEST)
    idle = executor.submit(current_thread).result(LONGEST)
    executor.shutdown()
    idle.join(LONGEST)
    assert ended == [idle], "nobody waited for the one that hangs"
    late = executor.submit(current_thread).result(LONGEST)
    assert late.name == "pool-3", "what is handed in later is done all the same"
    late.join(LONGEST)
    held.set()
    assert hangs.result(LONGEST)
    assert not late.is_alive()


def test_a_shutdown_loses_nothing_that_waits() -> None:
    executor, held = DaemonExecutor("pool", 1), Event()
    calls = [executor.submit(held.wait, LONGEST), *(executor.submit(current_thread) for _ in range(3))]
    executor.shutdown()
    held.set()
    threads = {one.result(LONGEST) for one in calls[1:]}  # type: ignore[attr-defined]
    assert len(threads) == 1
    for thread in threads:
        assert isinstance(thread, Thread)
        thread.join(LONGEST)
        assert not thread.is_alive()


def test_calls_are_made_together_and_those_that_hang_left_behind() -> None:
    held, both = Event(), Barrier(2)
    run_together(LONGEST, {"one": lambda: both.wait(LONGEST), "other": lambda: both.wait(LONGEST)})
    assert not both.broken, "neither could end before the other had begun"
    run_together(0.01, {"hangs": held.wait})
    held.set()
