"""The heartbeat of an operation: a slow Proxmox never looks like a dead process to whoever shares the database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from proximity_tui.core.model import OperationStatus
from proximity_tui.core.store.db.store_errors import LostRace, StoreError
from proximity_tui.core.store.records import operations

log = logging.getLogger(__name__)


@contextmanager
def beating(operation: int, owner: str, seconds: float) -> Iterator[None]:
    """Beat for the operation from a thread of its own, so that a slow Proxmox never looks like a dead process."""
    stopped = threading.Event()

    def beat() -> None:
        while not stopped.wait(seconds):
            try:
                if not _beat(operation, owner):
                    return
            except StoreError as error:
                log.warning("heartbeat of operation %d was not written: %s", operation, error)

    thread = threading.Thread(target=beat, name=f"heartbeat-{operation}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=seconds)


def _beat(operation: int, owner: str) -> bool:
    """Write one beat. Return False once `owner` has ended the operation: then the beat was only late. Raises
    StoreError.
    """
    try:
        operations.heartbeat(operation, owner)
    except LostRace:
        found = operations.get(operation)
        if found.owner == owner and found.status is not OperationStatus.OPEN:
            return False
        raise
    return True
