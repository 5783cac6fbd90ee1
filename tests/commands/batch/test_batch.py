"""Work that an interruption left behind: it goes on, and neither its lines nor its failures are told any more."""

from __future__ import annotations

import signal
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from proximity_tui.commands.base.interruption import interrupted_once
from proximity_tui.commands.batch.batch import for_every
from proximity_tui.commands.containers.adopt import AdoptItem
from proximity_tui.core.store.db.store_errors import StoreUnavailable
from tests.support.timing.waiting import LONGEST


@pytest.mark.parametrize("fails", [True, False])
def test_what_was_left_behind_tells_nothing_more_neither_that_it_failed_nor_that_it_is_done(
    capsys: pytest.CaptureFixture[str], *, fails: bool
) -> None:
    closed, ended = threading.Event(), threading.Event()
    context = SimpleNamespace(clock=SimpleNamespace(monotonic=lambda: 0.0), close_connections=ended.set)
    items = [AdoptItem("lab", 101), AdoptItem("lab", 102)]

    def check(item: AdoptItem) -> str:
        signal.raise_signal(signal.SIGINT)
        assert closed.wait(LONGEST)
        if fails:
            raise StoreUnavailable("the database is not open")
        item.container = cast(Any, SimpleNamespace(label="lab/101"))
        return "adopted"

    with interrupted_once():
        told = lambda item: print(f"adopted {item.label}")  # noqa: E731
        assert not for_every(cast(Any, context), items, check, "checking", print_item=told, at_once=1)
    closed.set()
    assert ended.wait(LONGEST)
    assert (items[0].begun, items[0].failure) == (fails, None)
    assert capsys.readouterr() == ("", "")
