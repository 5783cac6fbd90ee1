"""The poller of one cluster: one inventory request a tick, never two at once; `list_recorder` writes down what it sees.

Level-triggered: any caller may `want()` a poll at any time; ten calls make one poll. It runs on a daemon thread, so a
hung Proxmox never delays the end of the program. Listeners are called on that thread and must return at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.once import once
from proximity_tui.core.base.text import unexpected
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Inventory
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Failure, ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records.known import KnownRecords

if TYPE_CHECKING:
    from proximity_tui.core.engine.observe.list_recorder import ListRecorder

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds for one poll of all URLs together. Then it is abandoned, and the next poll begins (law 10)."""

RECORD_AGAIN = 30.0
"""Seconds after which a cluster is polled once more whose answer the database did not take, however rare polls are."""

SHOWN_PATIENCE = 5.0
"""Seconds for which the first list of a start is not written down because it is not on the screen yet."""


@value_object
class PollResult:
    """The latest knowledge of a cluster: the last good inventory, however old, and the latest failure."""

    cluster: str
    inventory: Inventory | None = None
    """None before the first good answer."""
    error: str | None = None
    """Why the latest answer was none, with its `failure` and since when; all three None after a good one."""
    failure: Failure | None = None
    failing_since: datetime | None = None
    brief: str = ""
    """The error without the cluster, the request and the server, where that is shorter."""
    asking_since: datetime | None = None
    """When the question was sent that is not answered yet; None while there is none."""
    store_error: str | None = None
    """Why the answer was not recorded."""
    listener_error: str | None = None
    """Why somebody who listens did not handle this result: a bug of ours. The log has all of it."""

    to_reconcile: frozenset[int] | None = frozenset()
    """The records that the reconciler should judge at once, by this inventory; None while it is not written down."""

    @property
    def healthy(self) -> bool:
        """True when the latest answer was a good one."""
        return self.inventory is not None and self.error is None


Listener = Callable[[PollResult], None]


class Poller:
    """The poller of one cluster."""

    def __init__(
        self,
        client: PveClient,
        interval: float,
        clock: Clock,
        *,
        record: bool = True,
        known: KnownRecords | None = None,
    ) -> None:
        """Poll every `interval` seconds; only with `record` is anything written. `known` are the records that the
        process has in memory.
        """
        self.client = client
        self.interval = interval
        self.clock = clock
        self.latest = PollResult(client.cluster)
        self.record = record
        """Whether what is seen is written down."""
        self._recorder_of = once(partial(_recorder, client, clock, known or KnownRecords()))
        self._listeners: list[Listener] = []
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._may_write = threading.Event()
        self._may_write.set()
        self._thread = threading.Thread(target=self._work, name=f"poller-{client.cluster}", daemon=True)

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` called, on the poller's own thread, after every poll."""
        self._listeners.append(listener)

    def start(self, *, ahead: bool = False) -> None:
        """Start to poll, at once and then every interval; a second call changes nothing. A poll `ahead` of the screen
        that will show it is written down after `write_down`: to write first would make that screen late.
        """
        if self._thread.ident is not None:
            return
        if ahead:
            self._may_write.clear()
        self._wanted.set()
        self._thread.start()

    def write_down(self) -> None:
        """Write down what was polled ahead: it is on the screen."""
        self._may_write.set()

    def want(self) -> None:
        """Request a poll as soon as possible; a second request before it happened changes nothing."""
        self._wanted.set()

    def stop(self) -> None:
        """Stop polling. Does not wait for a poll under way, which is not written down any more."""
        self._stopping.set()
        self._wanted.set()
        self._may_write.set()

    def poll_once(self) -> PollResult:
        """Poll now, on the caller's thread, and return the latest result. The first list is published before it is
        written down, which takes longest then.
        """
        self._publish(replace(self.latest, asking_since=self.clock.now()))
        try:
            with self.client.within(PATIENCE):
                inventory = self.client.first_inventory() if self._is_first else self.client.inventory()
        except ProxmoxError as error:
            return self._publish(self._failed(error.sentence, error.failure, error.brief))
        poll = PollResult(self.client.cluster, inventory)
        if not self.record:
            return self._publish(poll)
        if self.latest.inventory is None:
            self._publish(replace(poll, to_reconcile=None))
            self._wait_until_shown()
        if self._stopping.is_set():
            # The database may be closed by now, or be another one.
            return self._publish(poll)
        try:
            recorder = self._recorder_of()
            recorder.record(inventory)
            if self._listeners:
                poll = replace(poll, to_reconcile=recorder.to_reconcile(inventory))
        except StoreError as error:
            poll = replace(poll, store_error=str(error))
            log.warning("the answer of %s was not recorded: %s", self.client.cluster, error)
        return self._publish(poll)

    @property
    def _is_first(self) -> bool:
        """True until a poll has ended. A cluster that does not answer is asked by one request at a time."""
        return self.latest.inventory is None and self.latest.error is None

    def _work(self) -> None:
        try:
            self._poll_until_stopped()
        finally:
            self.client.close()

    def _poll_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(min(self.interval, RECORD_AGAIN) if self.latest.store_error else self.interval)
            if self._stopping.is_set():
                return
            self._wanted.clear()
            try:
                self.poll_once()
            except Exception as error:
                log.exception("unexpected error while polling %s", self.client.cluster)
                self._publish(self._failed(f"{self.client.cluster}: {unexpected(error)}", Failure.UNEXPECTED))

    def _wait_until_shown(self) -> None:
        self._may_write.wait(SHOWN_PATIENCE)
        self._may_write.set()

    def _failed(self, sentence: str, kind: Failure, brief: str = "") -> PollResult:
        """Return the result after a failed poll: everything that was known before, and since when nothing new was
        learnt.
        """
        since = self.latest.failing_since or self.clock.now()
        return replace(self.latest, error=sentence, brief=brief, failure=kind, failing_since=since, asking_since=None)

    def _publish(self, poll: PollResult) -> PollResult:
        """Make it the latest, and call the listeners. What one of them failed in, the others are told as well."""
        self.latest = poll
        errors = {listener: error for listener in self._listeners if (error := self._call(listener, poll)) is not None}
        if errors:
            self.latest = replace(poll, listener_error="; ".join(sorted(set(errors.values()))))
            for listener in self._listeners:
                if listener not in errors:
                    self._call(listener, self.latest)
        return self.latest

    def _call(self, listener: Listener, poll: PollResult) -> str | None:
        """Call a listener, and return the unexpected error that it ended with."""
        try:
            listener(poll)
        except Exception as error:
            log.exception("a listener failed after polling %s", self.client.cluster)
            return unexpected(error)
        return None


def _recorder(client: PveClient, clock: Clock, known: KnownRecords) -> ListRecorder:
    """Return what writes the lists of a cluster down, loaded when there is one: the first is shown before that."""
    from proximity_tui.core.engine.observe.list_recorder import ListRecorder

    return ListRecorder(client, clock, known)
