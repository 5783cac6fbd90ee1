"""What stood in the cluster that was recorded: its storages, its tokens and its guests, early and late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proximity_tui.simulator import World
from proximity_tui.simulator.vocabulary import PRIVILEGES, words
from proximity_tui.simulator.world.storage import Volume

AFTER_THE_RECORDING = 1_795_430_000.0
"""Seconds since the epoch, later than every time that a recorded request names."""

_BACKED_UP_AT = 1_795_421_404

TEMPLATES = ("debian-12-lab_12.11-1_amd64.tar.zst", "alpine-3.20-lab_20240908_amd64.tar.gz")

_AUDITOR = sorted(privilege for privilege in PRIVILEGES if privilege.endswith(".Audit"))
_VM_ADMIN = sorted(privilege for privilege in PRIVILEGES if privilege.startswith("VM."))
_VM_USER = words("""
    VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console VM.GuestAgent.Audit VM.GuestAgent.FileRead
    VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite VM.PowerMgmt
""")
_ADMIN = sorted(
    PRIVILEGES - set(words("Permissions.Modify Realm.Allocate Sys.AccessNetwork Sys.Incoming Sys.Modify Sys.PowerMgmt"))
)

TOKENS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "admin": ("labadmin@pve!full", {"/": PRIVILEGES}),
    "sep": ("labadmin@pve!sep", {"/vms/101": _VM_ADMIN, "/vms/102": _AUDITOR}),
    "none": ("labadmin@pve!none", {}),
    "view": ("viewer@pve!ro", {"/": _AUDITOR}),
    "oper": (
        "operator@pve!op",
        {
            "/vms/101": _VM_USER,
            "/pool/prod": _VM_ADMIN,
            "/storage/local": ["Datastore.Audit", "Datastore.AllocateSpace"],
        },
    ),
    "nobody": ("nobody@pve!xx", {}),
    "root": ("root@pam!full", {"/": PRIVILEGES}),
    "root-sep": ("root@pam!sep", {"/": _ADMIN}),
}

STRANGERS: Mapping[str, str | None] = {
    "anonymous": None,
    "bearer": "Bearer 00000000-0000-0000-0000-000000000000",
    "badsecret": "PVEAPIToken=labadmin@pve!full=00000000-0000-0000-0000-000000000000",
    "unknown": "PVEAPIToken=labadmin@pve!nosuch=00000000-0000-0000-0000-000000000000",
    "nouser": "PVEAPIToken=nosuch@pve!xx=00000000-0000-0000-0000-000000000000",
    "norealm": "PVEAPIToken=labadmin@nosuch!xx=00000000-0000-0000-0000-000000000000",
    "malformed": "PVEAPIToken=labadmin@pve!full",
    "malformed2": "PVEAPIToken=garbage",
}
"""Those whom the cluster does not know, by the header they send."""


def populate(world: World) -> None:
    """Nodes, storages, templates, the pool and past tasks, as the cluster had them before its first guest."""
    world.add_node("pve2")
    with world.entered() as cluster:
        for name in [name for name in cluster.storages if name != "local"]:
            del cluster.storages[name]
    world.add_storage("local-btrfs", "btrfs", ("rootdir", "images"), path="/mnt/btr")
    for name in TEMPLATES:
        world.add_template("local", name)
    world.add_pool("prod", "production")


def guests(world: World) -> None:
    """The guests at the beginning, some of them with a peculiarity that a fact needs."""
    address = {"bridge": "vmbr0", "gw": "10.10.10.11", "ip": "10.10.10.101/24"}
    _container(
        world, 101, "web1", status="running", cores=1, memory_mib=256, swap_mib=128, tags="prod;web", net=[address],
        description="front end\nsecond line ü", onboot=1, pool="prod",
    )  # fmt: skip
    _container(world, 102, "db1", status="running", storage="local-btrfs", tags="db", net=[{"ip": "10.10.10.102/24"}])
    _container(world, 103, "protected1", protection=True)
    _container(world, 104, "tmpl1", storage="local-btrfs", description="template base")
    _container(world, 105, "stubborn1", status="running")
    world.set_ignores_shutdown(105)
    _container(world, 106, "locked1", lock="backup")
    net = {"firewall": 1, "ip": "dhcp", "ip6": "auto", "tag": 5}
    _container(world, 107, "alp1", ostype="alpine", unprivileged=False, net=[net])
    _container(
        world, 108, "multi.lab.example", status="running", cores=2, net=[{"ip": "10.10.10.108/24"}, {"ip6": "dhcp"}],
        cpuunits=200, cpulimit="1.5", features="nesting=1", searchdomain="lab.example", nameserver="10.0.0.1",
        timezone="host", startup="order=2,up=10",
        mp0="local:108/vm-108-disk-1.raw,mp=/data,backup=1,size=1G",
        mp1="local-btrfs:108/vm-108-disk-0.raw,mp=/srv/x,size=1G",
    )  # fmt: skip
    _container(world, 109, "broken1")
    with world.entered() as cluster:
        cluster.guests[109].freed = True
    _container(world, 201, "remote-stopped", node="pve2")
    _container(world, 202, "remote-running", node="pve2", status="running", net=[{"ip": "10.10.10.202/24"}])
    world.add_vm(300, "pve1", "vm-stopped", status="stopped")
    with world.entered() as cluster:
        for container in list(cluster.guests.values()):
            cluster.tasks.note(container.node, "vzcreate", str(container.vmid), "root@pam")
            if container.running:
                cluster.tasks.note(container.node, "vzstart", str(container.vmid), "root@pam")
        failed = "startup for container '107' failed"
        cluster.tasks.note("pve1", "vzstart", "107", "root@pam", status=failed)


def later_guests(world: World) -> None:
    """The guests after everything that was done to them in the first half of the recording."""
    guests(world)
    world.destroy_outside(109)
    world.set_config(101, hostname="web1-renamed", cores=2, memory=300)
    world.set_config(103, cores=2, memory=256, tags="a;b;c;d")
    world.set_config(104, template=1, rootfs="local-btrfs:104/base-104-disk-0.raw,size=1G")
    _container(world, 170, "clone-linked", storage="local-btrfs", description="template base")
    _container(world, 173, "protected1", cores=2, memory_mib=256, tags="a;b;c;d")
    world.broadcast()
    with world.entered() as cluster:
        cluster.tasks.note("pve1", "vzdestroy", "152", "operator@pve!op")


def extra(world: World, vmid: int, what: str) -> None:
    """Guests that only one scene has."""
    if what == "with mp0":
        mount = f"local:{vmid}/vm-{vmid}-disk-1.raw,mp=/data,size=1G"
        _container(world, vmid, "unused1", swap_mib=512, mp0=mount)
    elif what == "stopped":
        _container(world, vmid, "purged1")
    elif what == "with a stray volume":
        volume = Volume(f"local:{vmid}/vm-{vmid}-disk-7.raw", "images", "raw", 10 << 20, _BACKED_UP_AT, vmid)
        with world.entered() as cluster:
            cluster.storages["local"].files_on("pve1").append(volume)
    elif what == "described":
        world.set_config(vmid, description="a+b & c=d;e %41", onboot=1)
    elif what == "backed up":
        world.add_backup(vmid, ago=AFTER_THE_RECORDING - _BACKED_UP_AT)
    else:
        raise ValueError(f"no guest {vmid} {what!r} is known here")


def _container(world: World, vmid: int, hostname: str, **differing: Any) -> None:
    usual: dict[str, Any] = {
        "node": "pve1",
        "status": "stopped",
        "cores": None,
        "memory_mib": 128,
        "swap_mib": 0,
        "disk_gib": 1,
        "storage": "local",
        "net": [],
    }
    world.add_container(vmid, hostname=hostname, **usual | differing)
