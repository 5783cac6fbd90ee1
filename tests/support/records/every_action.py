"""Every action of the engine that asks Proxmox for something, each ready to be executed on the demo cluster: for what
must be true of all of them alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Action, Container, CreateRequest, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import ConfigChange, DiskGrowth, RollbackOptions, SnapshotOptions
from proximity_tui.simulator.gate import Entry
from tests.support.house import TEMPLATE, House


@dataclass(frozen=True)
class Ready:
    """A plan that a person agreed to, and how an engine executes it."""

    plan: Plan
    execute: Callable[[Engine], Outcome]
    at: int
    """The VMID under which Proxmox lists its task, and to which its write goes."""


@dataclass(frozen=True)
class EveryAction:
    """An action: the type of its task (none of a config, which is written at once), its write, and its making."""

    name: str
    task: str
    method: str
    path: str
    """The path of its write, as a regular expression."""
    prepare: Callable[[House], Ready]

    def tasks(self, house: House) -> int:
        """How many tasks of it Proxmox has run."""
        with house.simulator.world.entered() as cluster:
            return sum(task.type == self.task for task in cluster.tasks.all)

    def writes(self, house: House) -> int:
        """How many of its requests reached Proxmox since the journal was cleared."""
        return sum(self.is_write(entry) for entry in house.simulator.journal.entries())

    def is_write(self, entry: Entry) -> bool:
        """Whether a request is its write."""
        return entry.method == self.method and re.search(self.path, entry.path) is not None


def _planned(plan: Plan | Refusal) -> Plan:
    assert isinstance(plan, Plan), plan
    return plan


def _at(container: Container) -> int:
    assert container.vmid is not None
    return container.vmid


def _stays(house: House, container: Container, plan: Plan | Refusal) -> Ready:
    agreed = _planned(plan)
    return Ready(agreed, lambda engine: engine.carry_out(agreed, house.again(container)), _at(container))


def leave_task(house: House, container: Container) -> None:
    """Leave a task of the container in the list, as its creation does: it shows later how far the list goes back."""
    with house.simulator.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzcreate", str(_at(container)), house.simulator.token_id)


def _create(house: House) -> Ready:
    plan = _planned(house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1")))
    return Ready(plan, lambda engine: engine.create(plan), int(plan.vmid or 0))


def _clone(house: House) -> Ready:
    source = house.native(start=False)
    plan = _planned(house.engine.plan_clone(source, CloneRequest("web2")))
    return Ready(plan, lambda engine: engine.clone(plan), _at(source))


def _clone_network(house: House) -> Ready:
    source = house.native(start=False)
    plan = _planned(house.engine.plan_clone(source, CloneRequest("web2", vlan=20)))
    return Ready(plan, lambda engine: engine.clone(plan), int(plan.vmid or 0))


def _restore(house: House) -> Ready:
    lost = house.native(start=False)
    house.simulator.world.add_backup(_at(lost), storage="backups", ago=0)
    house.simulator.world.destroy_outside(_at(lost))
    plan = _planned(house.engine.plan_restore(lost, RestoreRequest()))
    return Ready(plan, lambda engine: engine.restore(plan), _at(lost))


def _power(action: Action, house: House) -> Ready:
    container = house.native(start=action is not Action.START)
    leave_task(house, container)
    return _stays(house, container, house.engine.plan_power(container, action))


def _snapshot(house: House) -> Ready:
    container = house.native()
    return _stays(house, container, house.engine.plan_snapshot(container, SnapshotOptions("base")))


def _snapshotted(house: House) -> Container:
    container = house.native(start=False)
    house.simulator.world.add_snapshot(_at(container), "base", ago=60.0)
    leave_task(house, container)
    return container


def _delete_snapshot(house: House) -> Ready:
    container = _snapshotted(house)
    return _stays(house, container, house.engine.plan_delete_snapshot(container, SnapshotOptions("base")))


def _roll_back(house: House) -> Ready:
    container = _snapshotted(house)
    return _stays(house, container, house.engine.plan_rollback_snapshot(container, RollbackOptions("base")))


def _back_up(house: House) -> Ready:
    container = house.native()
    return _stays(house, container, house.engine.plan_backup(container, BackupRequest(storage="backups")))


def _migrate(house: House) -> Ready:
    container = house.native(start=False)
    leave_task(house, container)
    return _stays(house, container, house.engine.plan_migrate(container, "pve2"))


def _change(house: House) -> Ready:
    container = house.native()
    return _stays(house, container, house.engine.plan_change(container, [ConfigChange("memory", "1024")], []))


def _grow(house: House) -> Ready:
    container = house.native()
    return _stays(house, container, house.engine.plan_change(container, [], [DiskGrowth("rootfs", "12G")]))


def _delete(house: House) -> Ready:
    container = house.native(start=False)
    plan = _planned(house.plan_hard(container))
    return Ready(plan, lambda engine: engine.delete(plan, house.again(container)), _at(container))


_LXC = r"/nodes/pve1/lxc"

BACKUP = EveryAction("backup", "vzdump", "POST", r"/vzdump$", _back_up)
WITH_A_TASK = (
    EveryAction("create", "vzcreate", "POST", f"{_LXC}$", _create),
    EveryAction("clone", "vzclone", "POST", r"/clone$", _clone),
    EveryAction("restore", "vzrestore", "POST", f"{_LXC}$", _restore),
    EveryAction("start", "vzstart", "POST", r"/status/start$", partial(_power, Action.START)),
    EveryAction("shutdown", "vzshutdown", "POST", r"/status/shutdown$", partial(_power, Action.SHUTDOWN)),
    EveryAction("stop", "vzstop", "POST", r"/status/stop$", partial(_power, Action.STOP)),
    EveryAction("reboot", "vzreboot", "POST", r"/status/reboot$", partial(_power, Action.REBOOT)),
    EveryAction("snapshot", "vzsnapshot", "POST", r"/snapshot$", _snapshot),
    EveryAction("delete-snapshot", "vzdelsnapshot", "DELETE", r"/snapshot/base$", _delete_snapshot),
    EveryAction("roll-back", "vzrollback", "POST", r"/rollback$", _roll_back),
    BACKUP,
    EveryAction("migrate", "vzmigrate", "POST", r"/migrate$", _migrate),
    EveryAction("grow", "resize", "PUT", r"/resize$", _grow),
    EveryAction("hard-delete", "vzdestroy", "DELETE", r"/lxc/\d+$", _delete),
)
EVERY_ACTION = (
    *WITH_A_TASK,
    EveryAction("change", "", "PUT", r"/config$", _change),
    EveryAction("clone-network", "", "PUT", r"/config$", _clone_network),
)

each_with_a_task = pytest.mark.parametrize("action", [pytest.param(one, id=one.name) for one in WITH_A_TASK])
