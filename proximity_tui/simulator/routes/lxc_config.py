"""The change of a configuration: synchronous, all or part of it. A bridge that does not exist fails the call after the
new setting has been stored, and every later change of that container with it.
"""

from __future__ import annotations

import re
from typing import Any

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import Died, Refused, invalid, root_only
from proximity_tui.simulator.parameters import STRING, Field, Params
from proximity_tui.simulator.routes.lxc_status import fork
from proximity_tui.simulator.routing import Busy, Call, needs, route
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.simulated_guest import GIB, Guest, format_size, parse_size, volume_size
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker

_ANY = ("VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network", "VM.Config.Options")
_COLD = re.compile(r"(features|unprivileged|arch|ostype|cmode|console|tty|env|entrypoint|dev\d+|lxc)\Z")
_REQUIRED = frozenset({"rootfs", "arch"})


@route(
    "PUT",
    "/nodes/{node}/lxc/{vmid}/config",
    {**config_options.OPTIONS, "delete": STRING, "revert": STRING, "digest": Field(parameters.at_most(40))},
    needs("/vms/{vmid}", *_ANY),
)
def update(call: Call) -> None:
    cluster = call.cluster
    wanted = call.options
    digest = wanted.pop("digest", None)
    dropped = _names(wanted.pop("delete", None), "delete")
    reverted = _names(wanted.pop("revert", None), "revert")
    if not wanted and not dropped and not reverted:
        raise Died("no options specified")
    for option in (*wanted, *dropped, *reverted):
        call.need(f"/vms/{call.vmid}", config_options.privilege(option))
    only_root(wanted)
    guest = cluster.guest_on(call.node, call.vmid)
    if cluster.tasks.holder(call.vmid):
        raise Busy(call.vmid)
    cluster.free_lock(guest)
    _require_digest(guest, digest)
    _refuse_removals(dropped)
    require_quorum_to_write(cluster, guest)
    for option in reverted:
        guest.pending.pop(option, None)
    for option in dropped:
        _drop(guest, option)
    for option, value in wanted.items():
        _store(cluster, guest, option, value)
    _check_bridges(cluster, guest)


@route(
    "PUT",
    "/nodes/{node}/lxc/{vmid}/resize",
    {
        "disk": parameters.required(parameters.read_string),
        "size": parameters.required(parameters.read_string),
        "digest": Field(parameters.at_most(40)),
    },
    needs("/vms/{vmid}", "VM.Config.Disk"),
)
def resize(call: Call) -> str:
    cluster, disk = call.cluster, str(call.params["disk"])
    guest = cluster.guest_on(call.node, call.vmid)
    cluster.free_lock(guest)
    _require_digest(guest, call.params.get("digest"))
    if disk not in guest.volumes():
        errors = dict.fromkeys(("volume", "mp"), "property is missing and it is not optional")
        raise Refused(500, "format error", {"data": None, "message": "format error\n", "errors": errors})
    # Of the source, not recorded: beside the privilege on the guest that on the storage where the disk lies.
    call.need(f"/storage/{guest.volumes()[disk].partition(':')[0]}", "Datastore.AllocateSpace")
    text = str(call.params["size"])
    amount = parse_size(text.removeprefix("+"))
    if amount is None:
        raise invalid({"size": "value does not match the regex pattern"})
    before = volume_size(str(guest.conf[disk]))
    size = before + amount if text.startswith("+") else amount
    if size < before:
        raise Died("unable to shrink disk size")

    def worker(task: Task) -> Worker:
        yield Flock(guest.vmid)
        yield cluster.task_seconds
        parts = config_options.parse_mount(str(guest.conf[disk])) | {"size": format_size(size)}
        guest.conf[disk] = config_options.write_mount(parts)
        task.log.append("Image resized.")

    return fork(call, "resize", worker)


def _require_digest(guest: Guest, digest: Any) -> None:
    if digest and digest != guest.digest:
        raise Died("detected modified configuration - file changed by other user? Try again.")


def only_root(wanted: Params) -> None:
    """Refuse what even a token of root@pam may not set."""
    for option, value in wanted.items():
        if re.match(r"dev\d+\Z", option):
            raise root_only("configuring device passthrough")
        if option == "hookscript":
            raise root_only("changing the hookscript")
        if config_options.is_mount(option) and str(value).startswith("/"):
            raise root_only("mount point type bind")
        if option == "features" and set(config_options.parse(str(value))) - {"nesting"}:
            raise root_only("changing feature flags (except nesting)")


def require_quorum_to_write(cluster: Cluster, guest: Guest) -> None:
    """Die without quorum, with the words of the read-only cluster file system."""
    if not cluster.quorate:
        file = f"/etc/pve/nodes/{guest.node}/lxc/{guest.vmid}.conf.tmp.{200 + guest.vmid % 700}"
        raise Died(f"unable to open file '{file}' - Permission denied")


def new_volume(cluster: Cluster, guest: Guest, text: str, default: str = "local") -> str:
    """Return a mount point setting with its volume allocated, where it requests one by `STORAGE:GIB`."""
    parts = config_options.parse_mount(text)
    name, _, rest = parts["volume"].partition(":")
    if not re.match(r"\d+(\.\d+)?\Z", rest):
        return text
    storage = cluster.storage(name or default, guest.node)
    if "rootdir" not in storage.content:
        raise invalid({"storage": f"storage '{storage.name}' does not support container directories"})
    parts["volume"] = cluster.allocate(storage, guest.vmid, guest.conf)
    parts["size"] = format_size(int(float(rest) * GIB))
    return config_options.write_mount(parts)


def with_mac(cluster: Cluster, text: str, known: str = "") -> str:
    """Return a `netN` setting with a hardware address: its own, else that of the setting it
    replaces, else a new one.
    """
    parts = config_options.parse_net(text)
    before = config_options.parse_net(known) if known else {}
    parts.setdefault("hwaddr", before.get("hwaddr") or cluster.new_mac())
    parts["hwaddr"] = parts["hwaddr"].upper()
    parts.setdefault("type", "veth")
    return config_options.write_net(parts)


def _names(text: Any, parameter: str) -> list[str]:
    names = [name for name in re.split(r"[,;\s]+", str(text or "")) if name]
    for name in names:
        if not config_options.known(name):
            raise invalid({parameter: f"unknown option '{name}'"})
    return names


def _refuse_removals(dropped: list[str]) -> None:
    for option in dropped:
        if option in _REQUIRED:
            raise Died(f"unable to delete required option '{option}'")


def _drop(guest: Guest, option: str) -> None:
    if guest.running and _COLD.match(option):
        guest.pending[option] = None
        return
    value = guest.conf.pop(option, None)
    if value is not None and config_options.is_mount_point(option):
        _keep_unused(guest, str(value).split(",")[0])


def _store(cluster: Cluster, guest: Guest, option: str, value: Any) -> None:
    if option == "description":
        value = config_options.stored_description(str(value)) if value else ""
    elif config_options.is_net(option):
        value = with_mac(cluster, str(value), str(guest.conf.get(option, "")))
    elif config_options.is_mount(option):
        value = new_volume(cluster, guest, str(value))
    if value == "" and option in ("description", "tags"):
        guest.conf.pop(option, None)
    elif guest.running and _COLD.match(option):
        guest.pending[option] = value
    else:
        guest.conf[option] = value


def _keep_unused(guest: Guest, volume: str) -> None:
    number = 0
    while f"unused{number}" in guest.conf:
        number += 1
    guest.conf[f"unused{number}"] = volume


def _check_bridges(cluster: Cluster, guest: Guest) -> None:
    for key in sorted(key for key in guest.conf if config_options.is_net(key)):
        bridge = config_options.parse_net(str(guest.conf[key])).get("bridge")
        if bridge and bridge not in cluster.bridges:
            raise Died(f"bridge '{bridge}' does not exist")
