"""The status in the log, as a screen would show it: who runs the jobs of which cluster, and which cluster does not
answer.

Only changes are logged. It reads the leases on a thread of its own, so that a hung database delays nothing.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from proximity_tui.core.base import process_id
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import leases

if TYPE_CHECKING:
    from proximity_tui.core.engine.observe.poller import PollResult
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks at the leases."""


class StatusLog:
    """The status log of one context's clusters."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self._owner = context.owner
        self._holders: dict[str, str | None] = {}
        self._silent: set[str] = set()
        self._unread = False
        """Whether the leases could not be read when they were looked at last."""
        self._unsaved: dict[str, str] = {}
        """Why the database did not take the last list, by cluster."""
        self._stopping = threading.Event()

    @property
    def line(self) -> str:
        """The status in one line for `systemctl status`."""
        # Copies, because the threads that look may change both meanwhile.
        held, silent = self._holders.copy(), self._silent.copy()
        if self._unread:
            held = {}
        parts = ["the database cannot be read: who runs the jobs is not known"] if self._unread else []
        parts += [f"no job can begin: {why}" for why in sorted(set(self._unsaved.copy().values()))]
        if ours := [cluster for cluster, holder in held.items() if holder == self._owner]:
            parts.append(f"running the jobs of {', '.join(ours)}")
        for cluster, holder in held.items():
            if holder is not None and holder != self._owner:
                parts.append(f"jobs of {cluster} are run by {process_id.read(holder)}")
        parts += [f"{cluster} does not answer" for cluster in sorted(silent)]
        return "; ".join(parts) or "waiting for the leases"

    def start(self) -> None:
        """Start to watch. Returns at once."""
        spawn("status-log", self._work)

    def stop(self) -> None:
        """Stop logging."""
        self._stopping.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(EVERY)

    def look(self) -> None:
        """Read who holds the leases, and log what changed. Blocks for as long as the database does."""
        try:
            found = {cluster: leases.holder(cluster) for cluster in self._context.clients}
        except StoreError:
            # Whoever wants the lease complains about the database.
            self._unread = True
            return
        for cluster, lease in found.items():
            self._log_change(cluster, lease.owner if lease is not None else None)
        self._unread = False

    def _log_change(self, cluster: str, holder: str | None) -> None:
        if holder == self._holders.get(cluster, ""):
            return
        self._holders[cluster] = holder
        if holder is not None and holder != self._owner and not self._stopping.is_set():
            log.info("jobs of %s are run by %s", cluster, process_id.read(holder))

    def polled(self, poll: PollResult) -> None:
        """Handle a poll, on the thread of its poller, when it begins and when it has ended."""
        if poll.asking_since is not None or self._stopping.is_set():
            return
        if poll.error is None and poll.store_error is not None:
            self._unsaved[poll.cluster] = poll.store_error
        else:
            self._unsaved.pop(poll.cluster, None)
        if poll.error is not None and poll.cluster not in self._silent:
            self._silent.add(poll.cluster)
            log.warning("%s cannot be read: %s", poll.cluster, poll.error)
        elif poll.error is None and poll.cluster in self._silent:
            self._silent.discard(poll.cluster)
            log.info("%s answers again", poll.cluster)
