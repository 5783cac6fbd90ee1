"""Which runs are under way in this process: one at a time for each job of a cluster. Any thread may ask."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime


class RunSlots:
    """One slot for each job of a cluster, in which a run is under way or not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Mapping[tuple[str, str], datetime] = {}
        self._again: set[tuple[str, str]] = set()
        """The slots whose run is to be made once more when it is over."""

    def since(self, job: str, cluster: str) -> datetime | None:
        """Return since when a run is under way; None where there is none."""
        return self._running.get((job, cluster))

    def claim(self, job: str, cluster: str, now: datetime) -> bool:
        """Claim a slot for a run that begins. Return False when it is taken."""
        with self._lock:
            if (job, cluster) in self._running:
                return False
            self._running = {**self._running, (job, cluster): now}
            return True

    def run_again(self, job: str, cluster: str) -> bool:
        """Have a run made once more as soon as the one under way is over. Return False where there is none."""
        with self._lock:
            if (job, cluster) not in self._running:
                return False
            self._again.add((job, cluster))
            return True

    def free(self, job: str, cluster: str) -> bool:
        """Free a slot, because its run is over. Return whether one more was asked for meanwhile."""
        slot = job, cluster
        with self._lock:
            self._running = {one: since for one, since in self._running.items() if one != slot}
            again = slot in self._again
            self._again.discard(slot)
            return again
