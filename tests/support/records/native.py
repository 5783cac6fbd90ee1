"""A native container as its creation leaves it, made without carrying that out: for tests of what comes after it.

A creation takes fifty requests and as many commits. What this leaves differs only in that there is no operation.
"""

from __future__ import annotations

from uuid import uuid4

from proximity_tui.core.doctrine.observation.identity import DESCRIPTION, fingerprint_of, marker_line
from proximity_tui.core.model import Action, Container, Kind, Presence, State, Status
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store import transaction
from proximity_tui.core.store.records import clinical_records, public_ports, records
from proximity_tui.simulator import Simulator

PORTS = range(8100, 9000)


def make_native(
    client: PveClient,
    simulator: Simulator,
    hostname: str = "web1",
    *,
    start: bool = True,
    port: int | None = None,
    node: str = "pve1",
    actor: str = "anna@jump1",
) -> Container:
    """Return the record of a new guest of the simulated cluster, in the open store, with its clinical record."""
    status = Status.RUNNING if start else Status.STOPPED
    vmid = simulator.world.add_container(
        node=node,
        hostname=hostname,
        status="stopped",
        memory_mib=512,
        description=f"{DESCRIPTION}\n{marker_line(uuid4().hex)}\n",
    )
    # Before the start, as by a creation: it has started since its fingerprint was seen.
    captured = client.clinical(node, vmid)
    assert captured.config is not None
    with transaction():
        made = records.add(
            records.NewRecord(
                cluster=client.cluster,
                vmid=vmid,
                node=node,
                name=hostname,
                kind=Kind.NATIVE,
                state=State.RUNNING if start else State.STOPPED,
                fingerprint=fingerprint_of(captured.config),
                seen=records.FirstSeen(status=status, presence=Presence.PRESENT, observed_at=client.now()),
            ),
            actor=actor,
            action=Action.CREATE,
            message=f"created {hostname} (CT {vmid} on {node}), {status}",
        )
        clinical_records.add_revision(made.id, captured, "created")
        if port is not None:
            public_ports.allocate(made.id, port, PORTS)
    if start:
        simulator.world.set_status(vmid, "running")
        simulator.world.broadcast()
    return records.get(made.id)
