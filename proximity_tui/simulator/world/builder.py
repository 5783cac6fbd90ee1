"""The builder of guests, templates and backups as if they had always been there: scenarios and tests use it. The API
creates containers in `routes/lxc_create.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proximity_tui.simulator import config_options
from proximity_tui.simulator.parameters import read_tags
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.simulated_guest import MIB, Conf, Guest, Snapshot
from proximity_tui.simulator.world.storage import Storage, Volume

_FORMATS = {".zst": "tzst", ".xz": "txz", ".gz": "tgz"}


def container(
    cluster: Cluster,
    vmid: int,
    node: str,
    *,
    hostname: str | None = None,
    cores: int | None = 2,
    memory_mib: int = 1024,
    swap_mib: int = 512,
    disk_gib: int = 8,
    storage: str = "local-lvm",
    tags: str | Iterable[str] = (),
    description: str | None = None,
    net: int | Sequence[Mapping[str, Any]] = 1,
    ostype: str = "debian",
    unprivileged: bool = True,
    **extra: Any,
) -> Guest:
    """Return a stopped container with a complete configuration; the caller may change it. `extra` are further options
    of that.
    """
    conf: Conf = {"arch": "amd64", "ostype": ostype, "memory": memory_mib, "swap": swap_mib}
    if hostname is not None:
        conf["hostname"] = hostname
    if cores is not None:
        conf["cores"] = cores
    if unprivileged:
        conf["unprivileged"] = 1
    place = cluster.storage(storage, node)
    base = extra.get("template") == 1
    conf["rootfs"] = f"{cluster.allocate(place, vmid, conf, base=base)},size={disk_gib}G"
    interfaces: Sequence[Mapping[str, Any]] = [{}] * net if isinstance(net, int) else net
    for number, given in enumerate(interfaces):
        conf[f"net{number}"] = interface(cluster, number, given)
    conf |= settings(cluster, {"tags": tags, "description": description, **extra})
    return Guest(vmid, node, conf, created_at=cluster.now - 86_400 * 30)


def interface(cluster: Cluster, number: int, given: Mapping[str, Any]) -> str:
    """Return the text of one `netN`, with Proxmox's defaults for the missing parts."""
    parts = {"name": f"eth{number}", "bridge": "vmbr0", "ip": "dhcp", "type": "veth"}
    parts |= {key: str(value) for key, value in given.items()}
    parts.setdefault("hwaddr", cluster.new_mac())
    return config_options.write_net(parts)


def settings(cluster: Cluster, given: Mapping[str, Any]) -> Conf:
    """Return Python values as configuration values: booleans are 1 and 0, tags are joined, empty
    settings are left out.
    """
    conf: Conf = {}
    for key, value in given.items():
        if value is None or value == "" or value == ():
            continue
        if key == "tags":
            conf[key] = read_tags(value if isinstance(value, str) else ";".join(value))
        elif key == "description":
            conf[key] = config_options.stored_description(str(value))
        elif isinstance(value, bool):
            conf[key] = int(value)
        elif isinstance(value, Mapping):
            conf[key] = interface(cluster, int(key.removeprefix("net")), value)
        else:
            conf[key] = value if isinstance(value, int) else str(value)
    return conf


def snapshot(cluster: Cluster, guest: Guest, name: str, description: str = "", ago: float = 0.0) -> None:
    """Take a snapshot of the configuration as it is; the newest one becomes the parent of the present."""
    parent = guest.conf.get("parent")
    kept: Conf = {key: value for key, value in guest.conf.items() if key not in ("parent", "lock", "description")}
    guest.snapshots[name] = Snapshot(
        name,
        int(cluster.now - ago),
        config_options.stored_description(description) if description else "",
        kept,
        str(parent) if parent else None,
    )
    guest.conf["parent"] = name


def template(cluster: Cluster, storage: Storage, name: str, size: int, *, only: str | None = None) -> list[Volume]:
    """Return an OS template file on every node that has the storage, or on one (one on a shared storage)."""
    suffix = next((ending for ending in _FORMATS if name.endswith(ending)), ".gz")
    volume = Volume(f"{storage.name}:vztmpl/{name}", "vztmpl", _FORMATS[suffix], size, int(cluster.now - 86_400 * 60))
    places = [""] if storage.shared else [node for node in cluster.nodes if storage.on(node) and only in (None, node)]
    for place in places:
        storage.files.setdefault(place, []).append(volume)
    return [volume]


def backup(
    guest: Guest,
    storage: Storage,
    when: float,
    size: int = 180 * MIB,
    *,
    format: str = "tar.zst",
    protected: bool = False,
    notes: str = "",
    verification: str | None = None,
    encrypted: str | None = None,
) -> Volume:
    """Return a finished backup of a container, with the configuration it had. There is one per second."""
    volid = storage.backup_name(guest.vmid, when, format)
    kept: Conf = {key: value for key, value in guest.conf.items() if key not in ("lock", "parent")}
    volume = Volume(
        volid,
        "backup",
        "pbs-ct" if storage.type == "pbs" else format,
        size,
        int(when),
        guest.vmid,
        kept,
        protected,
        notes,
        verification,
        encrypted,
    )
    files = storage.files_on(guest.node)
    files[:] = [*(file for file in files if file.volid != volid), volume]
    return volume
