"""Law 3 in every order of events: what a record says of its guest is only ever what that very guest's config said.

The world is told in two speeds, as Proxmox does it: node, tags and lock at once, name and status at the next broadcast,
which is kept by VMID and so may be that of a former guest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.engine.observe.status_update import from_inspection
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.model import (
    Action,
    Container,
    Fingerprint,
    Guest,
    GuestConfig,
    GuestDetail,
    Inventory,
    Kind,
    Presence,
    State,
    Status,
)
from proximity_tui.core.proxmox.errors import Unknown
from proximity_tui.core.store import clusters
from proximity_tui.core.store.records import records
from tests.properties.imagined import NODES, Being, ImaginedCluster

VMID = 101
NUMBERS = count(1)
names = st.sampled_from(["web", "shop"])
nodes = st.sampled_from(NODES)
tags = st.sampled_from([(), ("prod",)])

Description = tuple[str | None, str, tuple[str, ...]]


@dataclass
class Told:
    """What the last broadcast said of whoever was at the VMID."""

    name: str
    status: Status


@dataclass
class Twin(Being):
    """Another guest on a volume of the same name, as a container has that is made again under the same VMID."""

    rootfs: str | None = None

    @property
    def fingerprint(self) -> Fingerprint:
        return replace(super().fingerprint, rootfs=self.rootfs)


class TwoSpeeds(ImaginedCluster):
    """One VMID of a cluster, whose list is as old as its last broadcast."""

    def __init__(self, cluster: str) -> None:
        super().__init__(cluster)
        self.tags: tuple[str, ...] = ()
        self.status = Status.RUNNING
        self.told: Told | None = None
        self.readable = True
        self.late: Inventory | None = None

    def inventory(self, *, quorum_age: float = 0.0, remember: bool = True) -> Inventory:
        if self.late is not None:
            late, self.late = self.late, None
            return late
        found = super().inventory()
        return replace(found, guests={vmid: self.row(guest) for vmid, guest in found.guests.items()})

    def row(self, guest: Guest) -> Guest:
        told = self.told
        if told is None:
            return replace(guest, name=None, template=None, status=Status.UNKNOWN, tags=self.tags)
        return replace(guest, name=told.name, status=told.status, tags=self.tags)

    def config(self, vmid: int, node: str) -> GuestConfig:
        if not self.readable:
            raise Unknown("596: Connection timed out")
        return replace(super().config(vmid, node), config={"tags": ";".join(self.tags)})

    def look(self) -> GuestDetail:
        being = self.beings[VMID]
        return replace(self.observe(VMID, being.node), status=self.status, config={"tags": ";".join(self.tags)})


class Takeovers(RuleBasedStateMachine):
    """One record of ours, and everybody who is ever at its VMID."""

    time: time_machine.Traveller

    @initialize(name=names)
    def begin(self, name: str) -> None:
        self.world = TwoSpeeds(f"cluster-{next(NUMBERS)}")
        clusters.remember(self.world.cluster, self.world.root_ca)
        self.watch = Poller(self.world, 60.0, SystemClock())  # type: ignore[arg-type]
        self.ours = self.world.born(VMID, name)
        self.broadcast()
        self.descriptions: set[Description] = set()
        self.remember_description()
        self.record = records.add(
            records.NewRecord(
                cluster=self.world.cluster,
                vmid=VMID,
                node=self.ours.node,
                name=name,
                kind=Kind.ADOPTED,
                state=State.RUNNING,
                fingerprint=self.ours.fingerprint,
                seen=records.FirstSeen(status=Status.RUNNING, presence=Presence.PRESENT, observed_at=datetime.now(UTC)),
            ),
            actor="anna@jump1",
            action=Action.ADOPT,
            message="adopted",
        )

    # What is true

    @rule(name=names)
    def is_renamed(self, name: str) -> None:
        self.there.name = name
        self.remember_description()

    @rule(node=nodes, tags=tags)
    def is_moved_and_tagged(self, node: str, tags: tuple[str, ...]) -> None:
        self.there.node, self.world.tags = node, tags
        self.remember_description()

    @rule(name=names, node=nodes, tags=tags, lock=st.sampled_from([None, "create"]))
    def is_replaced(self, name: str, node: str, tags: tuple[str, ...], lock: str | None) -> None:
        soul = self.world.born(VMID, name).soul
        self.world.beings[VMID] = Twin(soul, node, name, lock=lock, rootfs=self.ours.fingerprint.rootfs)
        self.world.tags, self.world.status = tags, Status.STOPPED

    @rule()
    def comes_back(self) -> None:
        self.world.beings[VMID] = self.ours
        self.remember_description()

    @rule(lock=st.sampled_from([None, "create", "backup"]))
    def is_locked(self, lock: str | None) -> None:
        self.there.lock = lock

    # What is told of it

    @rule()
    def broadcast(self) -> None:
        making = self.there.lock == "create"
        name = f"CT{VMID}" if making else self.there.name
        self.world.told = Told(name, Status.STOPPED if making else self.world.status)

    @rule()
    def nothing_is_told(self) -> None:
        self.world.told = None

    @rule()
    def a_list_comes_late(self) -> None:
        self.world.late = self.world.inventory()

    @rule(readable=st.booleans())
    def configs_can_be_read(self, readable: bool) -> None:
        self.world.readable = readable

    @rule(seconds=st.sampled_from([1, 10, 20, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.time.shift(timedelta(seconds=seconds))

    # Who looks

    @rule()
    def the_watch_looks(self) -> None:
        self.watch.poll_once()

    @rule()
    def the_reconciler_looks(self) -> None:
        self.reconcile()

    @rule()
    def an_operation_looks(self) -> None:
        change, _ = from_inspection(self.now, self.world.look())
        records.observe([change] if change is not None else [])

    @rule()
    def all_is_settled_and_read(self) -> None:
        """However it came: in the end the record says who is there."""
        self.world.readable, self.world.late, self.there.lock = True, None, None
        self.broadcast()
        self.time.shift(timedelta(hours=2))
        self.reconcile()
        now = self.now
        if self.there is self.ours:
            assert (now.presence, self.description_of(now)) == (Presence.PRESENT, self.description_of_ours())
        else:
            assert now.presence is Presence.REPLACED or (now.presence_reason or "").startswith("identity weakened")

    @invariant()
    def the_record_has_only_ever_had_a_description_of_its_own_guest(self) -> None:
        assert self.description_of(self.now) in self.descriptions

    @property
    def there(self) -> Being:
        return self.world.beings[VMID]

    @property
    def now(self) -> Container:
        return records.get(self.record.id)

    def reconcile(self) -> None:
        reconciler.run(self.world, Limits(), SystemClock(), store.transaction)  # type: ignore[arg-type]

    def remember_description(self) -> None:
        if self.there is self.ours:
            self.descriptions.add(self.description_of_ours())

    def description_of_ours(self) -> Description:
        return self.ours.node, self.ours.name, self.world.tags

    @staticmethod
    def description_of(record: Container) -> Description:
        return record.node, record.name, record.tags


@pytest.fixture
def traveller(tmp_path: Path) -> Iterator[time_machine.Traveller]:
    """The time of the histories, which passes only when it is told to."""
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    with time_machine.travel(datetime.now(UTC), tick=False) as travelling:
        Takeovers.time = travelling
        yield travelling
    store.close_store()


@pytest.mark.usefixtures("traveller")
def test_law_3_no_history_gives_a_record_the_description_of_another_guest() -> None:
    Takeovers.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
    Takeovers.TestCase("runTest").runTest()
