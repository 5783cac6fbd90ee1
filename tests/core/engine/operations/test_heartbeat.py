"""The heartbeat of an operation: quiet about an end of its own, loud about an operation that another process took."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from proximity_tui.core import store
from proximity_tui.core.engine.operations.heartbeat import beating
from proximity_tui.core.model import OperationStatus
from proximity_tui.core.store.records import operations
from tests.core.store.making import OWNER, begun
from tests.support.timing.waiting import until

RIVAL = "jump2:20:bb"


@pytest.fixture(autouse=True)
def opened(database: str) -> Iterator[None]:
    store.open_store(database)
    yield
    store.close_store()


def beats(operation: int) -> bool:
    return any(thread.name == f"heartbeat-{operation}" for thread in threading.enumerate())


def test_a_beat_that_comes_after_the_end_is_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    operation = begun().id
    with caplog.at_level(logging.INFO), beating(operation, OWNER, 0.001):
        operations.finish(operation, OperationStatus.DONE)
        until(lambda: not beats(operation))
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_an_operation_that_another_process_took_over_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    operation = begun().id
    operations.finish(operation, OperationStatus.INTERRUPTED, "stopped")
    operations.take_over(operation, RIVAL)
    with beating(operation, OWNER, 0.001):
        until(lambda: f"heartbeat of operation {operation} was not written" in caplog.text)
    until(lambda: not beats(operation))
    assert RIVAL in caplog.text
