"""The lease of a cluster, held for as long as this process can: a plain thread takes, renews and loses it.

It runs no job. The jobs check `held` first, and write through `store.leases.fenced`, which alone decides.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.jobs import leases


@value_object
class LeaseTimes:
    """The times of a lease: a dead holder is replaced after `ttl` and one `poll`."""

    ttl: timedelta = timedelta(seconds=15)
    """How long a lease outlives its last renewal."""
    renewal: timedelta = timedelta(seconds=5)
    """How often its holder renews it."""
    poll: timedelta = timedelta(seconds=1.25)
    """How often who waits for it tries to acquire it, and who could not renew it tries again."""


Listener = Callable[[Lease], None]

_log = logging.getLogger(__name__)


class LeaseKeeper:
    """The keeper of one lease. `on_gained` and `on_lost` are called on its thread and must return at once.

    `on_lost` is called for a lease that was taken from us, not for one that `stop` gives back.
    """

    def __init__(
        self,
        cluster: str,
        owner: str,
        *,
        job: str = leases.JOBS,
        times: LeaseTimes | None = None,
        on_gained: Listener | None = None,
        on_lost: Listener | None = None,
    ) -> None:
        self.cluster = cluster
        self.owner = owner
        self.job = job
        self._times = times or LeaseTimes()
        self._on_gained = on_gained
        self._on_lost = on_lost
        self.was_elsewhere = False
        """Whether another process held the lease, or took it, since we began to acquire it."""
        self._lease: Lease | None = None
        self._until = 0.0
        self._trouble = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"lease-{cluster}", daemon=True)

    def start(self) -> None:
        """Start to acquire the lease."""
        self._thread.start()

    def release(self) -> None:
        """Start to give the lease back and to end. Returns at once."""
        self._stopping.set()

    def stop(self, timeout: float = 1.0) -> None:
        """Give the lease back and end. Waits at most `timeout` seconds; a lease not given back runs out."""
        self.release()
        if self._thread.is_alive():
            self._thread.join(timeout)

    @property
    def held(self) -> Lease | None:
        """The lease, if we hold it as far as this process can tell without asking the database.

        The time that counts began before the database was asked, so this ends before the lease does.
        """
        lease = self._lease
        return lease if lease is not None and _clock() < self._until else None

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self._turn())
        lease, self._lease = self._lease, None
        if lease is not None:
            try:
                leases.release(lease)
            except Exception as error:
                _log.info("the lease of %s was not given back and will run out: %s", self.cluster, redact(f"{error}"))

    def _turn(self) -> float:
        """Do everything that is due, and return the seconds until the next action."""
        began = _clock()
        try:
            if self._lease is None:
                return self._try_to_gain(began)
            renewed = leases.renew(self._lease)
        except Exception as error:
            # Not only `StoreError`: a program that ends closes the store under this thread in mid-flight.
            if not self._stopping.is_set():
                self._warn(redact(f"{error}"))
            if self._lease is not None and _clock() >= self._until:
                self._lose()
            return self._poll()
        self._trouble = ""
        if renewed is None:
            self._lose()
            return 0.0
        self._lease, self._until = renewed, began + self._times.ttl.total_seconds()
        return self._times.renewal.total_seconds()

    def _try_to_gain(self, began: float) -> float:
        gained = leases.acquire(self.cluster, self.owner, self._times.ttl, job=self.job)
        if gained is None:
            self.was_elsewhere = True
            return self._poll()
        self._until = began + self._times.ttl.total_seconds()
        self._lease = gained
        _log.info("%s runs the %s of %s (lease %d)", self.owner, self.job, self.cluster, gained.token)
        _notify(self._on_gained, gained)
        return self._times.renewal.total_seconds()

    def _warn(self, trouble: str) -> None:
        """Log why the lease could not be acquired, once for each reason: a database may be read-only for days."""
        if trouble != self._trouble:
            self._trouble = trouble
            _log.warning("the lease of %s could not be acquired: %s", self.cluster, trouble)

    def _lose(self) -> None:
        lost, self._lease = self._lease, None
        if lost is not None:
            self.was_elsewhere = True
            _log.warning("%s lost the %s of %s (lease %d)", self.owner, self.job, self.cluster, lost.token)
            _notify(self._on_lost, lost)

    def _poll(self) -> float:
        # With jitter, so that those who wait do not all try at the same moment.
        return self._times.poll.total_seconds() * random.uniform(0.75, 1.25)


def _clock() -> float:
    """Return seconds that also pass while the machine is suspended, as they do for the lease."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _notify(listener: Listener | None, lease: Lease) -> None:
    if listener is None:
        return
    try:
        listener(lease)
    except Exception:
        _log.exception("a listener of the lease of %s failed", lease.cluster)
