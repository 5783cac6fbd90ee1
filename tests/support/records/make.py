"""Makes model values with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from proximity_tui.core.engine.observe.cluster_records import ClusterRecords
from proximity_tui.core.model import (
    Container,
    Fingerprint,
    Guest,
    GuestDetail,
    Inventory,
    Kind,
    NodeReading,
    NodeStatus,
    Operation,
    OperationStatus,
    Plan,
    Presence,
    Provenance,
    Quorum,
    State,
    Status,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARKER = "0123456789abcdef0123456789abcdef"
PRINT = Fingerprint(
    type="lxc",
    hwaddrs=frozenset({"BC:24:11:00:00:01"}),
    rootfs="local-lvm:vm-101-disk-0",
    hostname="web1",
    ostype="debian",
    arch="amd64",
    unprivileged=True,
    marker=MARKER,
)
QUORATE = Quorum(quorate=True, nodes_online=3, nodes_total=3)


def after(seconds: float) -> datetime:
    """Noon and so many seconds."""
    return NOON + timedelta(seconds=seconds)


def fingerprint(**changes: Any) -> Fingerprint:
    """The usual fingerprint of web1, changed."""
    return replace(PRINT, **changes)


def container(**changes: Any) -> Container:
    """Our record of web1, a running native container, changed."""
    usual = Container(
        id=1,
        cluster="prod",
        vmid=101,
        node="pve1",
        name="web1",
        kind=Kind.NATIVE,
        state=State.RUNNING,
        state_since=NOON,
        version=3,
        status=Status.RUNNING,
        presence=Presence.PRESENT,
        presence_reason=None,
        observed_at=NOON,
        created_at=NOON,
        fingerprint=PRINT,
    )
    return replace(usual, **changes)


PROVENANCE = Provenance(1, None)
"""The audit trail says the same of the record as the record itself, and nobody ever adopted anything."""


def adopted(**changes: Any) -> Container:
    """Our record of db1, which was there before us."""
    usual = {"name": "db1", "vmid": 201, "kind": Kind.ADOPTED, "fingerprint": fingerprint(marker=None, hostname="db1")}
    return container(**{**usual, **changes})


def observation(**changes: Any) -> GuestDetail:
    """web1 as a close look finds it: all is well with it."""
    usual = GuestDetail(
        cluster="prod",
        vmid=101,
        node="pve1",
        taken_at=NOON,
        status=Status.RUNNING,
        lock=None,
        template=False,
        config={"hostname": "web1", "digest": "d1"},
        fingerprint=PRINT,
        digest="d1",
        protection=False,
        ha_state=None,
        ha_known=True,
        replicated=False,
        quorum=QUORATE,
    )
    return replace(usual, **changes)


def operation(plan: Plan, **changes: Any) -> Operation:
    """An operation that executes a plan, interrupted before its first step, of another process on the same host."""
    usual = Operation(
        id=1,
        container=1,
        cluster=plan.cluster,
        vmid=plan.vmid,
        name=plan.name,
        action=plan.action,
        status=OperationStatus.INTERRUPTED,
        plan=plan,
        actor="anna@jump1",
        owner="jump1:1:x",
        started_at=NOON,
        heartbeat_at=NOON,
        finished_at=None,
        error=None,
        steps=(),
    )
    return replace(usual, **changes)


def guest(vmid: int = 101, **changes: Any) -> Guest:
    """A row of the inventory."""
    return replace(Guest(vmid, "pve1", "lxc", Status.RUNNING, name="web1", template=False), **changes)


def inventory(*guests: Guest, taken_at: datetime = NOON, **changes: Any) -> Inventory:
    """A complete, quorate inventory of three nodes with these guests; `nodes` maps other ones to their status."""
    told = changes.pop("nodes", {"pve1": "online", "pve2": "online", "pve3": "online"})
    nodes = {
        name: status if isinstance(status, NodeReading) else NodeReading(name, NodeStatus.read(status))
        for name, status in told.items()
    }
    usual = Inventory("prod", taken_at, {one.vmid: one for one in guests}, nodes, QUORATE, complete=True)
    return replace(usual, **changes)


def whole_records(containers: Sequence[Container], busy: Iterable[int] = ()) -> ClusterRecords:
    """Records that were read whole, and which of them a live operation holds."""
    working = frozenset(busy)
    return ClusterRecords(containers, lambda ids: tuple(one for one in containers if one.id in ids), lambda: working)


def few_of(usual: dict[str, Any], **others: tuple[Any, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Values of which at most two are not as usual."""
    one = st.sampled_from([(name, value) for name, values in others.items() for value in values])
    return st.lists(one, max_size=2).map(lambda changed: usual | dict(changed))
