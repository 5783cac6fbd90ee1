"""What the stories of a backup before a destroy share: its plan, what is on the storage, what was left alone."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.model import Backup, Container, Plan
from proximity_tui.core.store import events
from proximity_tui.simulator import Simulator
from tests.support.house import House

VZDUMP = "POST /nodes/pve1/vzdump"
FIRST: dict[str, Any] = {"backup_first": True, "backup_storage": "backups"}


def planned(house: House, container: Container, **options: Any) -> Plan:
    """The plan with a backup; what is on the wire from now on, is of its being carried out."""
    plan = house.plan_hard(container, **{**FIRST, **options})
    assert isinstance(plan, Plan), plan
    house.simulator.journal.clear()
    return plan


def backups(house: House, container: Container, storage: str = "backups") -> list[Backup]:
    """What the storage has of that VMID, newest first, whether the container is there or not."""
    assert container.vmid is not None
    return list(house.clients["lab"].backups("pve1", container.vmid, (storage,)))


def vzdumps(house: House) -> int:
    return house.wire().count(VZDUMP)


def remove_backups(simulator: Simulator) -> None:
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].files_on("pve1").clear()


def nothing_was_destroyed(house: House, container: Container) -> None:
    """It is there, stopped and ours, and so are its ports; and its record says how the delete ended."""
    seen = house.simulator.world.container(container.vmid or 0)
    assert seen is not None
    record = house.again(container)
    assert (record.closed_at, record.operation, record.ports) == (None, None, container.ports)
    assert (record.state.value, record.status.value) == (seen.status, seen.status)
    assert house.destroys() == []


def evidence_of_the_end(container: Container) -> Any:
    newest, *_ = events.list_events(container=container.id)
    return newest.evidence
