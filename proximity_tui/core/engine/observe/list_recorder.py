"""The recording of a list: what it says of our containers goes into their records, once it is judged (law 3).

Only rows that differ are judged; the others are written as seen again by one statement.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.observation.as_recorded import same_row, says_nothing_new, still_holds
from proximity_tui.core.doctrine.observation.match_row import Seen, follow
from proximity_tui.core.doctrine.reconciliation.run_at_once import wants_reconciler
from proximity_tui.core.engine.observe.identity_check import read_configs
from proximity_tui.core.engine.observe.status_update import from_list
from proximity_tui.core.model import Container, Guest, Inventory, NodeStatus, Presence, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.model.guests.guest_list import differing_guests
from proximity_tui.core.model.lifecycle import STABLE, state_for
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.db.queries import chunks
from proximity_tui.core.store.db.store_errors import LostRace
from proximity_tui.core.store.records import records
from proximity_tui.core.store.records.known import KnownRecords

COMPARE_EVERY = 300.0
"""Seconds after which every row is judged again, although nothing in it has changed."""


class JudgedRows:
    """The memory of what the rows of the last list of one cluster meant for the records, so that a row that says the
    same is not judged again. It judges nothing itself, and is used by one thread.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guests: Mapping[int, Guest] = {}
        """The rows of the list that was judged last."""
        self._settled: dict[int, Container] = {}
        """The records of which the rows in `_guests` say nothing new (`says_nothing_new`, `still_holds`)."""
        self._read: dict[int, Guest] = {}
        """By record, the row that its config was last read for."""
        self._compared_at: float | None = None
        self._nodes: Mapping[str, NodeStatus] = {}

    def expect(self, inventory: Inventory) -> None:
        """Forget what was judged, after a while and when a node comes or goes: then every row is judged again."""
        now, nodes = self._clock.monotonic(), inventory.node_statuses
        if self._compared_at is None or now - self._compared_at >= COMPARE_EVERY or nodes != self._nodes:
            self._settled, self._compared_at, self._nodes = {}, now, nodes

    def unsettled(self, containers: Iterable[Container], inventory: Inventory) -> list[Container]:
        """Return the containers whose rows do not say what they said when they were judged, or that are not what they
        were then.
        """
        differing, settled = differing_guests(self._guests, inventory.guests), self._settled
        return [one for one in containers if settled.get(one.id) is not one or one.vmid in differing]

    def is_unchanged(self, container: Container, inventory: Inventory) -> bool:
        """Return whether the row is unchanged since its config was last read: there would be nothing new to read."""
        known, guest = self._read.get(container.id), inventory.guests.get(container.vmid or 0)
        unchanged = known is not None and guest is not None and same_row(guest, known)
        return unchanged and container.identity_due_since is None

    def replace(self, inventory: Inventory, due: Iterable[Container], alike: Iterable[Container]) -> None:
        """Take over the rows of a list that is written down: it settles those that are `alike`, and all but the `due`
        as the one before did.
        """
        self._settled.update((one.id, one) for one in alike)
        for container in due:
            self._settled.pop(container.id, None)
        self._guests = inventory.guests

    def learn(self, judged: Iterable[Seen], inventory: Inventory, read: Collection[int]) -> None:
        """Remember what these rows meant, and for which of the records a config was read."""
        for one in judged:
            if still_holds(one, inventory):
                self._settled[one.container.id] = one.container
            if one.guest is not None and one.container.id in read:
                self._read[one.container.id] = one.guest


OBSERVER = "observation"
"""The actor of what nobody did: Proxmox said so."""

CONFIGS_A_TICK = 3
"""How many configs are read per tick, one request each; the others wait for the next, so a tick stays cheap."""

MOVES_AT_ONCE = 100
"""How many records take over their status in one transaction: as many as keep other writers waiting for no more than a
moment.
"""

PATIENCE = 60.0
"""Seconds for the configs that a list makes due. What was not read then waits for the next list (law 10)."""


class ListRecorder:
    """The recording of the lists of one cluster. `known` are the records that the process has in memory."""

    def __init__(self, client: PveClient, clock: Clock, known: KnownRecords) -> None:
        self._client = client
        self._clock = clock
        self._known = known
        self._rows = JudgedRows(clock)
        self._replaced: dict[int, Guest] = {}
        """By record, the rows of the guests that stand in the place of ours, of the last list."""

    def record(self, inventory: Inventory) -> None:
        """Write the observations into the records; read the configs, a few a tick, of rows that look like another
        guest.
        """
        containers, seq = self._known.since(inventory.cluster, inventory.taken_at)
        self._rows.expect(inventory)
        unsettled = self._rows.unsettled(containers, inventory)
        # No guest is made of the rows of all others, which are most of a first list.
        due = [one for one in unsettled if not says_nothing_new(one, inventory)]
        others = {one.id for one in due}
        alike = [one for one in unsettled if one.id not in others]
        if not records.seen_again(inventory.cluster, inventory.taken_at, but=others, seq=seq):
            alike, due = [], list(containers)
        self._rows.replace(inventory, due, alike)
        self._remember_each(due, inventory)

    def to_reconcile(self, inventory: Inventory) -> frozenset[int]:
        """Return the records that the reconciler should judge at once, by this list."""
        unsettled = self._rows.unsettled(self._known.of(inventory.cluster).records, inventory)
        wanted = [one for one in unsettled if wants_reconciler(one, inventory)]
        return frozenset(one.id for one in wanted) - self._replaced_as_before(wanted, inventory)

    def _replaced_as_before(self, wanted: Iterable[Container], inventory: Inventory) -> set[int]:
        """Return those whose place another guest has that the reconciler has told of already, and whose row is what it
        was: a run would find the same. A row that changes may be that of our guest again.
        """
        before, self._replaced = (
            self._replaced,
            {
                one.id: guest
                for one in wanted
                if one.presence is Presence.REPLACED and one.half_destroyed_since is None
                if (guest := inventory.guests.get(one.vmid or 0)) is not None
            },
        )
        if not self._replaced:
            return set()
        told = {alert.container for alert in alerts.open_of_kind(AlertKind.REPLACED, inventory.cluster)}
        alike = (key for key, guest in self._replaced.items() if key in before and same_row(guest, before[key]))
        return {key for key in alike if key in told}

    def _remember_each(self, containers: Iterable[Container], inventory: Inventory) -> None:
        seen = [follow(one, inventory, unchanged=self._rows.is_unchanged(one, inventory)) for one in containers]
        wanted = [(one.container, one.guest) for one in seen if one.guest is not None and _is_to_be_read(one)]
        with self._client.within(PATIENCE):
            read = read_configs(self._client, wanted, self._clock, CONFIGS_A_TICK)
        judged = [
            follow(one.container, inventory, read[one.container.id]) if one.container.id in read else one
            for one in seen
        ]
        records.observe([from_list(one, inventory.taken_at) for one in judged])
        self._rows.learn(judged, inventory, read)
        moves = [(one, state) for one in judged if (state := _new_state(one)) is not None]
        for some in chunks(moves, MOVES_AT_ONCE):
            with transaction():
                # To be seen changes no version, and configs may have been read for long.
                later = records.seen_later([one.container.id for one, _ in some], inventory.taken_at)
                for one, state in some:
                    if one.container.id not in later:
                        _move(one, state)


def _new_state(seen: Seen) -> State | None:
    """Return the state in which a record follows the status that was seen; None where it stays as it is. An `error`
    stays until a person or an operation ends it.
    """
    container, wanted = seen.container, state_for(seen.status)
    follows = container.state in STABLE and container.operation is None and seen.confirmed
    if not follows or wanted is container.state or seen.presence is not Presence.PRESENT:
        return None
    return wanted


def _move(seen: Seen, wanted: State) -> None:
    """Let `running` and `stopped` follow observation, unless somebody changed the record since it was read."""
    container = seen.container
    with suppress(LostRace):
        records.transition(
            container,
            wanted,
            actor=OBSERVER,
            action=EventAction.OBSERVE,
            message=f"{container.label} is {wanted}",
            evidence={"was": container.state, "node": seen.guest.node if seen.guest else None},
        )


def _is_to_be_read(seen: Seen) -> bool:
    """Return whether the poller reads this config. Replaced and half destroyed guests are left to the reconciler, which
    raises the alert.
    """
    container = seen.container
    left = container.presence is Presence.REPLACED or container.half_destroyed_since is not None
    return seen.suspicious is not None and not left
