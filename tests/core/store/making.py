"""Records and plans to test with, made through the public functions, and ways around the store for tampering."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import pytest

from proximity_tui.core.model import (
    Action,
    ClinicalRecord,
    Container,
    Fingerprint,
    Kind,
    Operation,
    Plan,
    Presence,
    State,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import database, migrations
from proximity_tui.core.store.db import triggers
from proximity_tui.core.store.db.queries import dicts, run_sql
from proximity_tui.core.store.records import operations, record_reads, records
from proximity_tui.core.store.schema.container_tables import ContainerRow
from tests.support.records.added import add_record

ANNA = "anna@jump1"
CAPTURED = datetime(2026, 11, 23, 14, 30, 0, 123456, tzinfo=UTC)
OWNER = "elsewhere:4711:c0ffee"

FINGERPRINT = Fingerprint(
    type="lxc",
    hwaddrs=frozenset({"BC:24:11:00:00:01", "BC:24:11:00:00:02"}),
    rootfs="local-lvm:vm-101-disk-0",
    hostname="web1",
    ostype="debian",
    arch="amd64",
    unprivileged=True,
)


def schema_of_before(patch: pytest.MonkeyPatch, newest: int, *, without: Collection[str] = ()) -> None:
    """Have the program know the migrations up to a number, and no trigger of a later table, nor those named."""
    known = tuple(one for one in migrations.MIGRATIONS if one[0] <= newest)
    made = {table for _, text in known for table in re.findall(r"CREATE TABLE (\w+)", text)}
    known_triggers = tuple(one for one in triggers.TRIGGERS if one.table in made and one.name not in without)
    patch.setattr(migrations, "MIGRATIONS", known)
    patch.setattr(triggers, "TRIGGERS", known_triggers)
    if "seen_list" not in made:
        patch.setattr(record_reads, "seen_lists", dict)


def a_container(vmid: int | None = 101, **given: Any) -> Container:
    """A record as it is after an adoption; anything may be given otherwise."""
    values: dict[str, Any] = {
        "cluster": "prod",
        "node": "pve1",
        "name": f"web{vmid}",
        "kind": Kind.ADOPTED,
        "state": State.RUNNING,
        "status": Status.RUNNING,
        "presence": Presence.PRESENT,
        "fingerprint": FINGERPRINT,
        "actor": ANNA,
        "action": "adopt",
        "message": "web was adopted",
    }
    return add_record(vmid=vmid, **{**values, **given})


def a_plan(action: Action = Action.SOFT_DELETE, vmid: int | None = 101, **given: Any) -> Plan:
    """A plan of two steps."""
    steps = (Step(StepName.PROVE_ABSENT, "it is gone"), Step(StepName.RELEASE, "close the record"))
    values: dict[str, Any] = {"cluster": "prod", "name": "web1", "steps": steps, "summary": "release web1"}
    return Plan(action=action, vmid=vmid, **{**values, **given})


def begun(container: Container | None = None, **given: Any) -> Operation:
    """An operation that has just begun on a container (a new one unless given)."""
    container = container or a_container()
    values: dict[str, Any] = {"transient": State.REMOVING, "message": "asked to release", **given}
    owner: str = values.pop("owner", OWNER)
    return operations.begin(a_plan(vmid=container.vmid), container, ANNA, owner, **values)


def move(container: Container, to: State, **given: Any) -> Container:
    """A transition whose wording does not matter."""
    return records.transition(container, to, actor=ANNA, action=EventAction.OBSERVE, message="moved", **given)


def close(container: Container, **given: Any) -> Container:
    """A closing whose wording does not matter."""
    values: dict[str, Any] = {"reason": "released", "actor": ANNA, "action": "soft-delete", "message": "released"}
    return records.close(container, **{**values, **given})


def close_many(number: int, **given: Any) -> None:
    """Have so many closed records more, each of another VMID and name; only the first of them has a trail."""
    with database.transaction():
        first = a_container(vmid=5000, fingerprint=None, **given)
        close(first)
        [row] = dicts(ContainerRow.select().where(ContainerRow.id == first.id))
        same = {name: value for name, value in row.items() if name != "id"}
        more = [{**same, "vmid": 5000 + one, "name": f"ci{one}"} for one in range(1, number)]
        ContainerRow.insert_many(more).execute()


def raw(sql: str) -> list[tuple[Any, ...]]:
    """One statement past all our functions, but under the triggers."""
    with database.transaction():
        return run_sql(database.proxy.obj, sql)


def drop_trigger(name: str, table: str) -> None:
    """What somebody does who means to tamper."""
    is_sqlite = database.database_url_label().startswith("sqlite")
    raw(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")


CONFIG: dict[str, Any] = {
    "hostname": "web1",
    "memory": 512,
    "cpulimit": 0.5,
    "unprivileged": 1,
    "protection": "0",
    "onboot": True,
    "description": "zwölf\nBoxkämpfer ␛ \u202e \x00",
    "lxc": [["lxc.apparmor.profile", "unconfined"], ["lxc.cap.drop", ""]],
    "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp",
    "digest": "0" * 40,
    "empty": None,
}


def captured(**given: Any) -> ClinicalRecord:
    values: dict[str, Any] = {
        "captured_at": CAPTURED,
        "status": Status.UNKNOWN,
        "raw_status": "prelaunch",
        "config": CONFIG,
        "digest": "0" * 40,
        "resources": {"maxmem": 2**40, "cpu": 0.25},
        "networks": ({"name": "eth0", "hwaddr": "BC:24:11:00:00:01"},),
        "snapshots": ({"name": "before", "snaptime": 1_700_000_000},),
        "interfaces": ({"name": "lo", "inet": "127.0.0.1/8"},),
        "gaps": ("snapshots: permission denied",),
    }
    return ClinicalRecord(**{**values, **given})
