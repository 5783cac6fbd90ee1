"""The poller of one cluster: one inventory request a tick, never two at once; it writes what it sees into our records.

Level-triggered: any caller may `want()` a poll at any time; ten calls make one poll. It runs on a daemon thread, so a
hung Proxmox never delays the end of the program. Listeners are called on that thread and must return at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.match_row import Seen, follow, same_row, still_holds, wants_reconciler
from proximity_tui.core.engine.observe.identity_check import read_configs
from proximity_tui.core.engine.observe.status_update import from_list
from proximity_tui.core.model import Container, Guest, Inventory, NodeStatus, Presence, Status
from proximity_tui.core.model.lifecycle import STABLE, state_for
from proximity_tui.core.model.operation import EventAction
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import Failure, ProxmoxError
from proximity_tui.core.store.db.errors import LostRace, StoreError
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.known import KnownRecords

log = logging.getLogger(__name__)

CLOSE_LOOKS_A_TICK = 3
"""How many configs are read per tick, one request each; the others wait for the next, so a tick stays cheap."""


COMPARE_EVERY = 300.0
"""Seconds after which every row is judged anew, although nothing in it has changed."""

PATIENCE = 60.0
"""Seconds for one look at all URLs together. Then it is abandoned, and the next look begins (law 10)."""


@value_object
class PollResult:
    """The latest knowledge of a cluster: the last good inventory, however old, and the latest failure."""

    cluster: str
    inventory: Inventory | None = None
    error: str | None = None
    failure: Failure | None = None
    failing_since: datetime | None = None
    asking_since: datetime | None = None
    store_error: str | None = None
    """Why the answer was not recorded."""
    listener_error: str | None = None
    """Why somebody who listens did not handle this result: a bug of ours. The log has all of it."""

    to_reconcile: frozenset[int] = frozenset()
    """The records that the reconciler should judge at once, by this inventory."""

    @property
    def healthy(self) -> bool:
        """True when the latest answer was a good one."""
        return self.inventory is not None and self.error is None


Listener = Callable[[PollResult], None]
Row = tuple[str, str | None, tuple[str, ...], bool | None, str | None, Status]


class Poller:
    """The poller of one cluster."""

    def __init__(self, client: PveClient, interval: float, clock: Clock, *, record: bool = True) -> None:
        self.client = client
        self.interval = interval
        self.clock = clock
        self.latest = PollResult(client.cluster)
        self._record = record
        self._known = KnownRecords(client.cluster)
        self._familiar: dict[int, Row | None] = {}
        self._settled: dict[int, tuple[Container, Guest]] = {}
        """The records, and the rows, that `still_holds` was said of."""
        self._compared_at: float | None = None
        self._nodes: Mapping[str, NodeStatus] = {}
        self._listeners: list[Listener] = []
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"poller-{client.cluster}", daemon=True)

    def subscribe(self, listener: Listener) -> None:
        """Have `listener` called, on the poller's own thread, after every poll."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Start to poll, at once and then every interval."""
        self._wanted.set()
        self._thread.start()

    def want(self) -> None:
        """Request a poll as soon as possible; a second request before it happened changes nothing."""
        self._wanted.set()

    def stop(self) -> None:
        """Stop polling. Does not wait for a poll under way."""
        self._stopping.set()
        self._wanted.set()

    def poll_once(self) -> PollResult:
        """Poll now, on the caller's thread, and return the latest result."""
        self._publish(replace(self.latest, asking_since=self.clock.now()))
        try:
            with self.client.within(PATIENCE):
                inventory = self.client.inventory()
        except ProxmoxError as error:
            return self._publish(self._failed(error.sentence, error.failure))
        look = PollResult(self.client.cluster, inventory)
        try:
            if self._record:
                self._remember(inventory)
            if self._listeners:
                look = replace(look, to_reconcile=self._to_reconcile(inventory))
        except StoreError as error:
            look = replace(look, store_error=str(error))
            log.warning("the answer of %s was not recorded: %s", self.client.cluster, error)
        return self._publish(look)

    def _work(self) -> None:
        try:
            self._poll_until_stopped()
        finally:
            self.client.close()

    def _poll_until_stopped(self) -> None:
        while not self._stopping.is_set():
            self._wanted.wait(self.interval)
            if self._stopping.is_set():
                return
            self._wanted.clear()
            try:
                self.poll_once()
            except Exception as error:
                log.exception("unexpected error while polling %s", self.client.cluster)
                self._publish(self._failed(f"{self.client.cluster}: {_unexpected(error)}", Failure.UNEXPECTED))

    def _failed(self, sentence: str, kind: Failure) -> PollResult:
        """Return the result after a failed poll: everything that was known before, and since when nothing new was
        learnt.
        """
        since = self.latest.failing_since or self.clock.now()
        return replace(self.latest, error=sentence, failure=kind, failing_since=since, asking_since=None)

    def _publish(self, look: PollResult) -> PollResult:
        """Make it the latest, and call the listeners. What one of them failed in, the others are told as well."""
        self.latest = look
        errors = {listener: error for listener in self._listeners if (error := self._call(listener, look)) is not None}
        if errors:
            self.latest = replace(look, listener_error="; ".join(sorted(set(errors.values()))))
            for listener in self._listeners:
                if listener not in errors:
                    self._call(listener, self.latest)
        return self.latest

    def _call(self, listener: Listener, look: PollResult) -> str | None:
        """Call a listener, and return the unexpected error that it ended with."""
        try:
            listener(look)
        except Exception as error:
            log.exception("a listener failed after polling %s", self.client.cluster)
            return _unexpected(error)
        return None

    def _to_reconcile(self, inventory: Inventory) -> frozenset[int]:
        unsettled = (one for one in self._known.read() if not self._is_settled(one, inventory))
        return frozenset(one.id for one in unsettled if wants_reconciler(one, inventory))

    def _remember(self, inventory: Inventory) -> None:
        """Write the observations into the records; read the configs, a few a tick, of rows that look like another
        guest.
        """
        containers = self._known.read_since(inventory.taken_at)
        self._forget_now_and_then(inventory)
        due = [one for one in containers if not self._is_settled(one, inventory)]
        others = {one.id for one in due}
        if records.seen_again(inventory.cluster, inventory.taken_at, but=others, seq=self._known.seq):
            self._remember_each(due, inventory)
        else:
            self._remember_each(containers, inventory)

    def _forget_now_and_then(self, inventory: Inventory) -> None:
        """Have every row judged anew after a while, and when a node comes or goes."""
        now = self.clock.monotonic()
        if self._compared_at is None or now - self._compared_at >= COMPARE_EVERY or inventory.nodes != self._nodes:
            self._settled, self._compared_at, self._nodes = {}, now, inventory.nodes

    def _is_settled(self, container: Container, inventory: Inventory) -> bool:
        """Return whether the row says what it said when it was judged, of a record that is what it was."""
        known, guest = self._settled.get(container.id), inventory.guests.get(container.vmid or 0)
        return known is not None and known[0] is container and guest is not None and same_row(guest, known[1])

    def _remember_each(self, containers: Iterable[Container], inventory: Inventory) -> None:
        seen = [follow(one, inventory, familiar=self._is_familiar(one, inventory)) for one in containers]
        wanted = [(one.container, one.guest) for one in seen if one.guest is not None and _is_to_be_read(one)]
        with self.client.within(PATIENCE):
            read = read_configs(self.client.config, wanted, self.clock, CLOSE_LOOKS_A_TICK)
        judged = [
            follow(one.container, inventory, read[one.container.id]) if one.container.id in read else one
            for one in seen
        ]
        self._familiar |= {
            container: _row_of(inventory, one.vmid) for one in containers if (container := one.id) in read
        }
        records.observe([from_list(one, inventory.taken_at) for one in judged])
        for one in judged:
            if one.guest is not None and still_holds(one, inventory):
                self._settled[one.container.id] = one.container, one.guest
            else:
                self._settled.pop(one.container.id, None)
        for one in judged:
            self._follow_state(one)

    def _is_familiar(self, container: Container, inventory: Inventory) -> bool:
        """Return whether the row is unchanged since its config was last read here: there would be
        nothing new to read.
        """
        known = self._familiar.get(container.id)
        unchanged = known is not None and known == _row_of(inventory, container.vmid)
        return unchanged and container.identity_due_since is None

    def _follow_state(self, seen: Seen) -> None:
        """Let `running` and `stopped` follow observation. An `error` stays until a person or an operation ends it."""
        container = seen.container
        wanted = state_for(seen.status)
        follows = container.state in STABLE and container.operation is None and seen.confirmed
        if not follows or wanted is None or wanted is container.state or seen.presence is not Presence.PRESENT:
            return
        try:
            records.transition(
                container,
                wanted,
                actor=OBSERVER,
                action=EventAction.OBSERVE,
                message=f"{container.label} is {wanted}",
                evidence={"was": container.state, "node": seen.guest.node if seen.guest else None},
            )
        except LostRace:
            return


def _unexpected(error: Exception) -> str:
    return f"unexpected error (a bug in proximity-tui), see the log: {type(error).__name__}"


def _is_to_be_read(seen: Seen) -> bool:
    """Return whether the poller reads this config. Replaced and half destroyed guests are left to the reconciler, which
    raises the alert.
    """
    container = seen.container
    left = container.presence is Presence.REPLACED or container.half_destroyed_since is not None
    return seen.suspicious is not None and not left


def _row_of(inventory: Inventory, vmid: int | None) -> Row | None:
    """Return the part of a row that tells guests apart, without the figures that change all the time."""
    guest = inventory.guests.get(vmid or 0)
    return None if guest is None else (guest.node, guest.name, guest.tags, guest.template, guest.lock, guest.status)


OBSERVER = "observation"
"""The actor of what nobody did: Proxmox said so."""
