"""The fleet in memory says after every difference what it would say had it been told everything at once."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from proximity_tui.core.doctrine.observation.config_drift import Compared
from proximity_tui.core.fleet import (
    Fleet,
    FleetCounts,
    FleetRow,
    GuestKind,
    GuestRow,
    NoAnswer,
    guest_rows,
    managed_rows,
    order,
)
from proximity_tui.core.fleet import fleet as fleet_module
from proximity_tui.core.fleet.counts import count_key
from proximity_tui.core.model import (
    Action,
    BadRow,
    Container,
    Guest,
    Inventory,
    NodeStatus,
    Operation,
    OperationStatus,
    Plan,
    Presence,
    State,
    Status,
    StorageReading,
    StorageStatus,
)
from proximity_tui.screens.presentation.notes import Note, last_seen_note
from tests.support.records import make
from tests.support.records.make import after, container, guest, inventory

CLUSTERS = ("lab", "prod")
VMIDS = range(101, 105)
SILENT = "prod does not answer"


PLAN = Plan(Action.STOP, "prod", 101, "web1", (), "stop web1")


def operation(container_id: int, status: OperationStatus = OperationStatus.OPEN) -> Operation:
    """The operation of a container, which has its id."""
    return make.operation(PLAN, id=container_id, container=container_id, status=status)


@dataclass
class Truth:
    """Everything that the fleet is told, as a whole."""

    containers: dict[int, Container] = field(default_factory=dict)
    inventories: dict[str, Inventory] = field(default_factory=dict)
    silent: dict[str, str] = field(default_factory=dict)
    operations: dict[int, Operation] = field(default_factory=dict)
    compared: dict[int, Compared] = field(default_factory=dict)
    seen: dict[tuple[str, int], datetime] = field(default_factory=dict)
    """When each guest was last listed on a node that was not offline, while it is listed."""
    seconds: float = 0.0

    def managed(self) -> list[FleetRow]:
        """The rows as they are made from everything."""
        containers, operations = self.containers.values(), self.operations.values()
        return order(managed_rows(containers, self.inventories, operations, self.silent, self.compared))

    def guests(self, *kinds: GuestKind) -> list[GuestRow]:
        """The rows of guests without a record, with when those of offline nodes were last seen."""
        rows = guest_rows(self.inventories, self.containers.values())
        found = [replace(row, observed_at=self.seen.get((row.cluster, row.vmid or 0))) for row in rows]
        return order(row for row in found if row.kind in kinds)

    def told(self) -> Fleet:
        """A fleet that was told everything at once."""
        fleet = Fleet()
        for cluster in CLUSTERS:
            silent = self.silent.get(cluster)
            fleet.poll(cluster, self.inventories.get(cluster), NoAnswer(silent) if silent else None)
        fleet.replace_containers(self.containers.values())
        fleet.replace_operations(self.operations.values())
        fleet.replace_drift(self.compared)
        fleet.refresh()
        return fleet


def visible(row: GuestRow) -> GuestRow:
    """The row without what nobody sees: what is in a list is as old as the list, whatever its record remembers."""
    row = replace(row, observed_at=None) if row.listed and row.presence is Presence.PRESENT else row
    return replace(row, container=None) if isinstance(row, FleetRow) else row


def seen_now(row: GuestRow) -> GuestRow:
    """The row without when it was seen before: who is told everything at once knows of no list before."""
    return replace(visible(row), observed_at=None)


GUESTS: dict[str, tuple[Any, ...]] = {
    "node": ("pve1", "pve2"),
    "type": ("lxc", "qemu"),
    "status": tuple(Status),
    "name": ("web1", "db1", None),
    "template": (False, True),
    "tags": ((), ("prod",)),
    "lock": (None, "backup", "destroyed"),
    "pool": (None, "shop"),
    "cpu": (0.1, 0.2),
    "maxmem": (None, 2**29, 2**30),
}
RECORDS: dict[str, tuple[Any, ...]] = {
    "cluster": CLUSTERS,
    "vmid": (None, *VMIDS),
    "name": ("web1", "db1"),
    "state": (State.RUNNING, State.ERROR),
    "state_since": (after(0), after(40)),
    "status": tuple(Status),
    "presence": tuple(Presence),
    "presence_reason": (None, "it is gone"),
    "observed_at": (None, after(0), after(45)),
    "missing_since": (None, after(0)),
    "operation": (None, 1),
    "last_error": (None, "it failed"),
}
DRIFT = (
    None,
    Compared({"memory": "512"}),
    Compared({"memory": "512"}, frozenset({"rootfs"}), after(0)),
    Compared({"memory": "512"}, frozenset(), after(30)),
)


def one_field(values: dict[str, tuple[Any, ...]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from([{name: value} for name, several in values.items() for value in several])


IDS, CLUSTER = st.integers(1, len(VMIDS)), st.sampled_from(CLUSTERS)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("guest"), CLUSTER, st.sampled_from(VMIDS), one_field(GUESTS)),
        st.tuples(st.just("gone"), CLUSTER, st.sampled_from(VMIDS)),
        st.tuples(st.just("cluster"), CLUSTER, st.sampled_from(("listed", "silent", "node down", "row unreadable"))),
        st.tuples(st.just("record"), IDS, one_field(RECORDS)),
        st.tuples(st.just("closed"), IDS),
        st.tuples(st.just("operation"), IDS, st.sampled_from((None, *OperationStatus))),
        st.tuples(st.just("drift"), IDS, st.sampled_from(DRIFT)),
        st.tuples(st.just("waits"), st.sampled_from((1.0, 20.0))),
    ),
    max_size=12,
)


class History:
    """Things happen in truth, and the fleet is told no more than what happened."""

    def __init__(self) -> None:
        """All is well with four containers, whose guests run on two nodes; the other cluster has none of them."""
        self.truth, self.fleet = Truth(), Fleet()
        for cluster in CLUSTERS:
            self.list(cluster, {vmid: guest(vmid, node=f"pve{1 + vmid % 2}") for vmid in VMIDS})
        for id_, vmid in enumerate(VMIDS, start=1):
            self.record(id_, container(id=id_, vmid=vmid, node=f"pve{1 + vmid % 2}"))

    def take(self, kind: str, *what: Any) -> None:
        """Let one thing happen."""
        getattr(self, f"take_{kind}")(*what)

    def take_guest(self, cluster: str, vmid: int, fields: dict[str, Any]) -> None:
        guests = dict(self.truth.inventories[cluster].guests)
        self.list(cluster, guests | {vmid: replace(guests.get(vmid) or guest(vmid), **fields)})

    def take_gone(self, cluster: str, vmid: int) -> None:
        guests = dict(self.truth.inventories[cluster].guests)
        guests.pop(vmid, None)
        self.list(cluster, guests)

    def take_cluster(self, cluster: str, what: str) -> None:
        if what == "silent":
            self.truth.silent[cluster] = SILENT
            self.fleet.poll(cluster, self.truth.inventories[cluster], NoAnswer(SILENT))
            return
        aside = (BadRow("/cluster/resources", "no status", "{}", 101),) if what == "row unreadable" else ()
        nodes = {"pve1": NodeStatus.ONLINE, "pve2": NodeStatus.OFFLINE if what == "node down" else NodeStatus.ONLINE}
        self.list(cluster, dict(self.truth.inventories[cluster].guests), nodes=nodes, set_aside=aside)

    def take_record(self, id_: int, fields: dict[str, Any]) -> None:
        known = self.truth.containers.get(id_) or container(id=id_, vmid=None)
        self.record(id_, replace(known, **fields))

    def take_closed(self, id_: int) -> None:
        self.truth.containers.pop(id_, None)
        self.fleet.update_containers([], [id_])

    def take_operation(self, id_: int, status: OperationStatus | None) -> None:
        self.truth.operations.pop(id_, None)
        self.truth.operations |= {id_: operation(id_, status)} if status else {}
        ids = self.fleet.replace_operations(self.truth.operations.values())
        self.fleet.update_containers([self.truth.containers[one] for one in ids & self.truth.containers.keys()], ids)

    def take_drift(self, id_: int, known: Compared | None) -> None:
        self.truth.compared = {**self.truth.compared} | ({id_: known} if known else {})
        if known is None:
            self.truth.compared.pop(id_, None)
        self.fleet.replace_drift(self.truth.compared)

    def take_waits(self, seconds: float) -> None:
        self.truth.seconds += seconds

    def record(self, id_: int, record: Container) -> None:
        record = replace(record, operation=record.operation and id_)
        held = {(one.cluster, one.vmid): one.id for one in self.truth.containers.values() if one.vmid is not None}
        if record.vmid is None or held.get((record.cluster, record.vmid), id_) == id_:
            self.truth.containers[id_] = record
            self.fleet.update_containers([record], [id_])

    def list(self, cluster: str, guests: dict[int, Guest], **changes: Any) -> None:
        """List the guests: the objects of the list before where they say the same, as a decoder may hand them over."""
        before = self.truth.inventories.get(cluster)
        known = before.guests if before is not None else {}
        shared = [known[vmid] if known.get(vmid) == one else one for vmid, one in guests.items()]
        usual: dict[str, Any] = {"nodes": before.nodes, "set_aside": before.set_aside} if before is not None else {}
        moment: datetime = after(self.truth.seconds)
        found = self.truth.inventories[cluster] = inventory(
            *shared, taken_at=moment, cluster=cluster, **(usual | changes)
        )
        seen = {vmid: self.truth.seen.get((cluster, vmid)) for vmid in found.guests}
        seen |= {one.vmid: moment for one in shared if found.node_status(one.node) != NodeStatus.OFFLINE}
        others = {key: at for key, at in self.truth.seen.items() if key[0] != cluster}
        self.truth.seen = others | {(cluster, vmid): at for vmid, at in seen.items() if at is not None}
        self.truth.silent.pop(cluster, None)
        self.fleet.poll(cluster, self.truth.inventories[cluster], None)


STOPPED_BY_RECORD = ("record", 1, {"status": Status.STOPPED})
LATER, LISTED = ("waits", 20.0), ("cluster", "prod", "listed")


@settings(max_examples=300)
@given(STEPS)
@example([STOPPED_BY_RECORD, LATER, LISTED])
@example([STOPPED_BY_RECORD, LATER, ("record", 1, {"observed_at": after(45)}), LISTED, LATER, LATER, LISTED])
@example([LATER, ("drift", 1, DRIFT[3]), ("guest", "prod", 101, {"maxmem": 2**30}), LATER, LATER, LISTED])
@example([("cluster", "prod", "silent"), ("record", 1, {"observed_at": after(45)})])
def test_differences_tell_what_everything_at_once_tells(steps: list[tuple[Any, ...]]) -> None:
    history = History()
    truth, fleet = history.truth, history.fleet
    for step in [("waits", 1.0), *steps]:
        history.take(*step)
        before, told = lists_of(fleet), truth.told()
        assert fleet.refresh() == (before != lists_of(fleet))
        assert list(map(visible, fleet.rows)) == list(map(visible, truth.managed())) == list(map(visible, told.rows))
        for kind, rows, whole in (
            (GuestKind.UNMANAGED, fleet.unmanaged, told.unmanaged),
            (GuestKind.VM, fleet.vms, told.vms),
            (GuestKind.TEMPLATE, fleet.templates, told.templates),
        ):
            assert list(map(visible, rows)) == list(map(visible, truth.guests(kind)))
            assert list(map(seen_now, rows)) == list(map(seen_now, whole))
        every = Counter(count_key(row) for rows in lists_of(fleet) for row in rows)
        ours = Counter((row.cluster, row.node) for row in fleet.rows)
        assert fleet.counts == FleetCounts(every, ours) == told.counts


def lists_of(fleet: Fleet) -> tuple[tuple[GuestRow, ...], ...]:
    return fleet.rows, fleet.unmanaged, fleet.vms, fleet.templates


def fleet_of(*containers: Container, guests: tuple[Guest, ...] = ()) -> Fleet:
    fleet = Fleet()
    fleet.replace_containers(containers)
    fleet.poll("prod", inventory(*guests), None)
    fleet.refresh()
    return fleet


def test_figures_of_a_guest_change_no_row() -> None:
    fleet = fleet_of(container(), guests=(guest(cpu=0.1, uptime=5), guest(102)))
    before = fleet.rows, fleet.unmanaged
    fleet.poll("prod", inventory(guest(cpu=0.9, uptime=15), guest(102, mem=7), taken_at=after(10)), None)
    assert not fleet.refresh()
    assert (fleet.rows, fleet.unmanaged) == before
    assert all(one is other for one, other in zip((fleet.rows, fleet.unmanaged), before, strict=True))


def test_a_row_that_did_not_change_is_the_same_object() -> None:
    records = [container(id=number, vmid=100 + number) for number in range(1, 9)]
    fleet = fleet_of(*records)
    before = {row.id: row for row in fleet.rows}
    changed = fleet.replace_containers([replace(one, last_error="no" if one.id == 3 else None) for one in records])
    assert changed == {3}
    assert fleet.refresh()
    assert [row.id for row in fleet.rows if row is not before[row.id]] == [3]
    assert fleet.rows[0].id == 3, "what needs a person comes first"


def test_that_a_guest_was_seen_again_is_no_change_and_is_known_once_its_cluster_is_silent() -> None:
    fleet = fleet_of(container(), guests=(guest(),))
    assert fleet.replace_containers([container(observed_at=after(10), identity_seen_at=after(10))]) == frozenset()
    assert not fleet.refresh()
    fleet.poll("prod", inventory(guest()), NoAnswer(SILENT))
    assert fleet.refresh()
    [row] = fleet.rows
    assert (row.reason, row.observed_at) == (SILENT, after(10))


UP, DOWN = {"pve1": NodeStatus.ONLINE}, {"pve1": NodeStatus.OFFLINE}


@pytest.mark.parametrize("kind", ["lxc", "qemu"])
def test_a_guest_of_an_offline_node_was_last_seen_while_its_node_was_online(kind: str) -> None:
    fleet, fresh = Fleet(), Fleet()
    one = guest(type=kind)
    for seconds, nodes in ((0, UP), (10, UP), (20, DOWN), (30, DOWN), (40, {**DOWN, "pve2": NodeStatus.OFFLINE})):
        fleet.poll("prod", inventory(one, nodes=nodes, taken_at=after(seconds)), None)
        fleet.refresh()
    fresh.poll("prod", inventory(one, nodes=DOWN, taken_at=after(50)), None)
    fresh.refresh()
    [row], [nothing_known] = (fleet.unmanaged or fleet.vms), (fresh.unmanaged or fresh.vms)
    assert (row.status, row.observed_at) == (Status.UNKNOWN, after(10))
    assert nothing_known.observed_at is None, "a list that names a guest of an offline node does not see it"
    assert last_seen_note(row, row.observed_at, after(70)) == [Note("last seen 1m ago")]
    assert last_seen_note(nothing_known, None, after(70)) == []


def test_a_vm_is_no_row_that_anything_can_be_done_with() -> None:
    fleet = Fleet()
    fleet.poll("prod", inventory(guest(900, type="qemu"), guest(901, template=True), guest(102)), None)
    fleet.refresh()
    assert [row.vmid for row in fleet.unmanaged] == [102]
    assert [(row.vmid, row.kind) for row in (*fleet.vms, *fleet.templates)] == [(900, "vm"), (901, "template")]
    assert not any(isinstance(row, FleetRow) for row in (*fleet.vms, *fleet.templates))


@pytest.mark.parametrize(
    "trouble",
    [
        {"nodes": {"pve1": "online", "pve2": "offline"}},
        {"storages": {"pve2/local-lvm": StorageReading("pve2", "local-lvm", StorageStatus.UNKNOWN)}},
    ],
)
def test_what_a_trouble_around_it_touches_comes_first_until_that_is_over(trouble: dict[str, Any]) -> None:
    fleet, guests = Fleet(), (guest(101), guest(102, node="pve2"))
    fleet.replace_containers([container(id=1, vmid=101), container(id=2, vmid=102, node="pve2")])
    for seconds, changes, placed, touched in ((0, trouble, [2, 1], [2]), (10, {}, [1, 2], [])):
        fleet.poll("prod", inventory(*guests, taken_at=after(seconds), **changes), None)
        fleet.refresh()
        assert [row.id for row in fleet.rows] == placed
        assert [row.id for row in fleet.rows if row.needs_a_person] == touched


def test_of_a_container_the_fleet_itself_keeps_little_more_than_where_it_is() -> None:
    """Of its row, its record and its guest others tell; thousands of these stay for as long as the program runs."""
    vmids = range(1000, 3000)
    records = [container(id=vmid, vmid=vmid) for vmid in vmids]
    listed = inventory(*(guest(vmid) for vmid in vmids), taken_at=after(3600))
    tracemalloc.start()
    try:
        fleet = Fleet()
        fleet.replace_containers(records)
        fleet.poll("prod", listed, None)
        fleet.refresh()
        own = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, fleet_module.__file__)])
    finally:
        tracemalloc.stop()
    assert len(fleet.rows) == len(vmids)
    assert sum(one.size for one in own.statistics("filename")) / len(vmids) < 120
