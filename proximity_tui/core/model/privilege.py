"""The privileges of Proxmox VE that the program can make use of, and the paths on which they count."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Privilege(StrEnum):
    """A privilege that the program can make use of, as Proxmox VE calls it."""

    VM_AUDIT = "VM.Audit"
    VM_POWER = "VM.PowerMgmt"
    VM_ALLOCATE = "VM.Allocate"
    VM_CLONE = "VM.Clone"
    VM_MIGRATE = "VM.Migrate"
    VM_BACKUP = "VM.Backup"
    VM_SNAPSHOT = "VM.Snapshot"
    VM_ROLLBACK = "VM.Snapshot.Rollback"
    VM_DISK = "VM.Config.Disk"
    VM_CPU = "VM.Config.CPU"
    VM_MEMORY = "VM.Config.Memory"
    VM_NETWORK = "VM.Config.Network"
    VM_OPTIONS = "VM.Config.Options"
    STORAGE_AUDIT = "Datastore.Audit"
    STORAGE_SPACE = "Datastore.AllocateSpace"
    STORAGE_TEMPLATES = "Datastore.AllocateTemplate"
    STORAGE_MANAGE = "Datastore.Allocate"
    SYS_AUDIT = "Sys.Audit"
    SYS_MODIFY = "Sys.Modify"
    POOL_AUDIT = "Pool.Audit"
    POOL_MANAGE = "Pool.Allocate"
    SDN_AUDIT = "SDN.Audit"
    SDN_USE = "SDN.Use"


class HeldPrivileges(frozenset[str]):
    """The privileges that hold on a path of which not all are passed on to the paths below it; `propagated` are."""

    propagated: frozenset[str]

    def __new__(cls, held: Iterable[str], propagated: Iterable[str]) -> Self:
        """Return the set of `held`."""
        made = super().__new__(cls, held)
        made.propagated = frozenset(propagated)
        return made


class AclPath(StrEnum):
    """A path of the access control lists of Proxmox VE: a privilege on it counts for everything below it, where
    it is propagated."""

    ROOT = "/"
    GUESTS = "/vms"
    NODES = "/nodes"
    STORAGES = "/storage"
    POOLS = "/pool"
    BRIDGES = "/sdn/zones/localnetwork"

    @property
    def one(self) -> str:
        """The path of one thing below it, with its name in capital letters."""
        return f"{self}{_ONE_OF[self]}"


_ONE_OF = {
    AclPath.ROOT: "",
    AclPath.GUESTS: "/VMID",
    AclPath.NODES: "/NODE",
    AclPath.STORAGES: "/STORAGE",
    AclPath.POOLS: "/POOL",
    AclPath.BRIDGES: "/BRIDGE",
}
