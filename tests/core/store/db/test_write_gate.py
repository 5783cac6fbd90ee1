"""The gate that units of writing pass: closed, it keeps new ones out, and tells whether those under way have ended."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.core.store.db.write_gate import WriteGate
from tests.support.timing.waiting import LONGEST


@contextmanager
def one_writes(gate: WriteGate) -> Iterator[threading.Event]:
    """Another thread is within a unit of writing, until it is told to end it."""
    begun, told = threading.Event(), threading.Event()

    def write() -> None:
        with gate.passed(), gate.passed():
            begun.set()
            told.wait(LONGEST)

    writer = threading.Thread(target=write)
    writer.start()
    assert begun.wait(LONGEST)
    try:
        yield told
    finally:
        told.set()
        writer.join(LONGEST)


def test_what_is_under_way_is_waited_for() -> None:
    gate = WriteGate()
    with one_writes(gate) as told:
        with gate.closed(0.0) as is_still:
            assert not is_still, "one still writes"
        told.set()
        with gate.closed(LONGEST) as is_still:
            assert is_still


def test_nothing_begins_before_it_is_open_again() -> None:
    gate = WriteGate()
    written = threading.Event()

    def write() -> None:
        with gate.passed():
            written.set()

    with gate.closed(LONGEST) as is_still:
        assert is_still
        writer = threading.Thread(target=write)
        writer.start()
        assert not written.wait(0.05)
    writer.join(LONGEST)
    assert written.is_set()


def test_what_fails_within_it_holds_nothing_up() -> None:
    gate = WriteGate()
    try:
        with gate.passed():
            raise ValueError
    except ValueError:
        pass
    with gate.closed(0.0) as is_still:
        assert is_still
