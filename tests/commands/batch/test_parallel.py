"""Work on many items: every item once, on a few threads, until somebody says stop."""

from __future__ import annotations

import threading

import pytest

from proximity_tui.commands.batch.parallel import for_each
from tests.support.timing.waiting import LONGEST


def test_every_item_is_done_once_and_every_thread_closes_what_is_its_own() -> None:
    done: list[int] = []
    closed: list[str] = []
    together = threading.Barrier(3)

    def do(item: int) -> None:
        if item < 3:
            together.wait(LONGEST)
        done.append(item)

    for_each(
        range(20), do, threads=3, go_on=lambda: True, at_end=lambda: closed.append(threading.current_thread().name)
    )
    assert sorted(done) == list(range(20))
    assert sorted(closed) == ["command-1", "command-2", "command-3"]


def test_no_item_is_begun_after_a_stop_or_an_error() -> None:
    done: list[int] = []
    for_each(range(9), done.append, threads=1, go_on=lambda: len(done) < 2, at_end=lambda: None)
    assert done == [0, 1]

    def broken(item: int) -> None:
        done.append(item)
        raise OSError("the pipe is closed")

    with pytest.raises(OSError, match="the pipe is closed"):
        for_each(range(9), broken, threads=1, go_on=lambda: True, at_end=lambda: None)
    assert done == [0, 1, 0]
