"""The privileges that each feature of the program needs at Proxmox VE: the one table of them.

From it come the findings of the doctor, the table in docs/permissions.md, and what the error of a denied request says.
It repeats the `permissions` of the API's own schema, and what the source of a method checks beyond it.
"""

from __future__ import annotations

import re

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.privilege import AclPath, Privilege


@value_object
class Need:
    """What one feature needs on one path."""

    name: str
    lost: str
    """What does not work without it, as a sentence without its end."""
    path: AclPath
    privileges: tuple[Privilege, ...]
    """All of them; with `any_of` one of them, the least first."""
    role: str
    """The name of a role that gives it."""
    commands: tuple[str, ...] = ()
    """The commands that are denied without it, or lack a part of what they show."""
    requests: tuple[str, ...] = ()
    """The requests that Proxmox denies without it, as its schema writes them."""
    changes: bool = True
    """Whether it is needed only to change something."""
    essential: bool = False
    """Whether the doctor fails without it."""
    advised: bool = True
    """Whether the doctor advises to grant it; not where that gives more than most want."""
    any_of: bool = False
    deeper: bool = True
    """Whether it also counts on a path below it."""
    since: int = 7
    """The first release of Proxmox VE that knows the privileges."""


_CT = "/nodes/{node}/lxc/{vmid}"
_CREATION = ("create", "clone", "restore")
_BACKUP = ("backup", "delete --hard --backup-first")
_VZDUMP = ("POST /nodes/{node}/vzdump", "GET /nodes/{node}/vzdump/extractconfig")

NEEDS = (
    Need("see guests", "no guest can be seen", AclPath.GUESTS, (Privilege.VM_AUDIT,), "ProximityLook",
         ("list", "show", "adopt", "reconcile", "drift", "snapshot list", "ports probe", "top"),
         (f"GET {_CT}/config", f"GET {_CT}/status/current", f"GET {_CT}/rrddata", f"GET {_CT}/snapshot",
          f"GET {_CT}/interfaces"), changes=False, essential=True),
    Need("see the quorum", "no absence is ever concluded; destroying and rebooting are refused; the tasks of the whole"
         " cluster, what HA says, and which containers no backup job covers are not shown", AclPath.ROOT,
         (Privilege.SYS_AUDIT,), "ProximityQuorum", ("reconcile", "delete --hard", "reboot", "tasks",
         "backups --uncovered"), ("GET /cluster/status", "GET /cluster/ha/resources"), changes=False, essential=True,
         deeper=False),
    Need("see who did it", "an alert cannot name who destroyed a container; load, memory, disk and version of a node"
         " are not shown", AclPath.NODES, (Privilege.SYS_AUDIT,), "ProximityTasks", ("alerts", "nodes", "drift"),
         ("GET /nodes/{node}/status",), changes=False),
    Need("see storages", "storages and their content are not listed", AclPath.STORAGES, (Privilege.STORAGE_AUDIT,),
         "ProximityStorages", ("storages", "templates", "create", "clone", "migrate", "backups", "lint"),
         changes=False),
    Need("see pools", "pools are not shown, and whether one exists is not checked", AclPath.POOLS,
         (Privilege.POOL_AUDIT,), "ProximityPools", ("list", "create --pool", "restore --pool"), changes=False),
    Need("power", "no container can be started or stopped", AclPath.GUESTS, (Privilege.VM_POWER,), "ProximityPower",
         ("start", "shutdown", "stop", "reboot", "delete --hard"),
         tuple(f"POST {_CT}/status/{word}" for word in ("start", "shutdown", "stop", "reboot"))),
    Need("destroy", "no container can be destroyed", AclPath.GUESTS, (Privilege.VM_ALLOCATE,), "ProximityDestroy",
         ("delete --hard",), (f"DELETE {_CT}",)),
    Need("back up", "no container can be backed up, also not before a hard delete", AclPath.GUESTS,
         (Privilege.VM_BACKUP,), "ProximityBackup", (*_BACKUP, "restore"), _VZDUMP),
    Need("store backups", "there is no storage for a backup, and none to restore from", AclPath.STORAGES,
         (Privilege.STORAGE_SPACE,), "ProximityStore", (*_BACKUP, "restore"), _VZDUMP),
    Need("create", "containers cannot be created", AclPath.GUESTS,
         (Privilege.VM_ALLOCATE, Privilege.VM_DISK, Privilege.VM_CPU, Privilege.VM_MEMORY, Privilege.VM_NETWORK,
          Privilege.VM_OPTIONS), "ProximityCreate", _CREATION, ("POST /nodes/{node}/lxc",)),
    Need("create volumes", "no container can be created, because no volume can be", AclPath.STORAGES,
         (Privilege.STORAGE_SPACE, Privilege.STORAGE_AUDIT), "ProximityVolumes", _CREATION,
         ("POST /nodes/{node}/lxc", f"POST {_CT}/clone")),
    Need("download templates", "no template can be downloaded", AclPath.STORAGES, (Privilege.STORAGE_TEMPLATES,),
         "ProximityTemplates", ("templates download",), ("POST /nodes/{node}/aplinfo",)),
    Need("use bridges", "a container cannot be created with a network, nor moved to another bridge", AclPath.BRIDGES,
         (Privilege.SDN_USE,), "ProximityNetwork", (*_CREATION, "set net0.bridge"),
         ("POST /nodes/{node}/lxc", f"POST {_CT}/clone"), since=8),
    Need("create privileged", "no privileged container can be restored", AclPath.ROOT, (Privilege.SYS_MODIFY,),
         "ProximityPrivileged", ("restore",), ("POST /nodes/{node}/lxc",), advised=False, deeper=False, since=9),
    Need("clone", "containers cannot be cloned", AclPath.GUESTS, (Privilege.VM_CLONE,), "ProximityClone", ("clone",),
         (f"POST {_CT}/clone",)),
    Need("change cores", "cores and CPU limits cannot be changed", AclPath.GUESTS, (Privilege.VM_CPU,),
         "ProximityCores", ("set cores", "resize --cores", "drift revert", "rollback"), (f"PUT {_CT}/config",)),
    Need("change memory", "memory and swap cannot be changed", AclPath.GUESTS, (Privilege.VM_MEMORY,),
         "ProximityMemory", ("set memory", "resize --memory", "drift revert", "rollback"), (f"PUT {_CT}/config",)),
    Need("change the network", "name, network cards and DNS cannot be changed", AclPath.GUESTS, (Privilege.VM_NETWORK,),
         "ProximityCards", ("set net0", "set name", "drift revert", "rollback"), (f"PUT {_CT}/config",)),
    Need("change options", "tags, description, protection, start at boot and the rest cannot be changed",
         AclPath.GUESTS, (Privilege.VM_OPTIONS,), "ProximityOptions",
         ("set tags", "set onboot", "drift revert", "rollback"), (f"PUT {_CT}/config",)),
    Need("change nesting", "nesting cannot be switched on or off", AclPath.GUESTS, (Privilege.VM_ALLOCATE,),
         "ProximityNesting", ("set features.nesting",), (f"PUT {_CT}/config",)),
    Need("grow a disk", "no disk can be grown", AclPath.GUESTS, (Privilege.VM_DISK,), "ProximityDisks",
         ("resize --disk", "set disk"), (f"PUT {_CT}/resize",)),
    Need("give a disk room", "no disk can be grown where it lies", AclPath.STORAGES, (Privilege.STORAGE_SPACE,),
         "ProximityRoom", ("resize --disk", "set disk"), (f"PUT {_CT}/resize",)),
    Need("snapshots", "snapshots cannot be taken or deleted", AclPath.GUESTS, (Privilege.VM_SNAPSHOT,),
         "ProximitySnapshots", ("snapshot take", "snapshot delete"),
         (f"POST {_CT}/snapshot", f"DELETE {_CT}/snapshot/{{snapname}}")),
    Need("roll back", "no container can be rolled back to a snapshot", AclPath.GUESTS,
         (Privilege.VM_ROLLBACK, Privilege.VM_SNAPSHOT), "ProximityRollback", ("snapshot rollback",),
         (f"POST {_CT}/snapshot/{{snapname}}/rollback",), any_of=True),
    Need("migrate", "containers cannot be moved to another node", AclPath.GUESTS, (Privilege.VM_MIGRATE,),
         "ProximityMigrate", ("migrate",), (f"GET {_CT}/migrate", f"POST {_CT}/migrate")),
)  # fmt: skip
"""Everything that needs a privilege. Adoption, soft deletion, reconciliation and the janitor only look."""

ONLY_ROOT = "only allowed for root@pam"
"""The words of Proxmox about what no token may do, whatever it is granted."""

WHERE_TOLD = "proximity-tui doctor prints the lines that grant it"


def of_request(method: str, path: str) -> tuple[Need, ...]:
    """Return what a request needs, by its method and its path below `/api2/json`."""
    return tuple(need for need in NEEDS if any(_matches(one, f"{method} {path}") for one in need.requests))


def in_words(needs: tuple[Need, ...]) -> str:
    """Return the privileges and paths of some needs: `VM.Clone on /vms; Datastore.AllocateSpace on /storage`."""
    wanted = [one for one in needs if one.advised]
    return "; ".join(f"{(' or ' if one.any_of else ', ').join(one.privileges)} on {one.path}" for one in wanted)


def _matches(pattern: str, request: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), request) is not None
