"""Creating containers from templates and restoring them from backups. While the worker runs there is only a stub
with `lock: create`; its lock goes shortly before the task ends. One that fails leaves nothing."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import Died, denied, denied_because, invalid, root_only
from proximity_tui.simulator.config_options import OPTIONS
from proximity_tui.simulator.parameters import BOOLEAN, STRING, Field, Params
from proximity_tui.simulator.routes import lxc_restore
from proximity_tui.simulator.routes.lxc_config import new_volume, only_root, with_mac
from proximity_tui.simulator.routes.lxc_status import check_startable, fork
from proximity_tui.simulator.routing import Call, route
from proximity_tui.simulator.vocabulary import CREATION_PARAMETERS
from proximity_tui.simulator.world.simulated_guest import GIB, Conf, Guest, format_size
from proximity_tui.simulator.world.storage import Volume
from proximity_tui.simulator.world.worker_tasks import Flock, Task, Worker


def _read_password(raw: Any) -> str:
    value = parameters.read_string(raw)
    if len(value) < 5:
        raise parameters.Unfit("value must be at least 5 characters long")
    return value


@route(
    "POST",
    "/nodes/{node}/lxc",
    {
        **OPTIONS,
        "vmid": parameters.required(parameters.read_vmid),
        "ostemplate": parameters.required(parameters.at_most(255)),
        "storage": parameters.STORAGE,
        "password": Field(_read_password),
        "ssh-public-keys": STRING,
        "start": BOOLEAN,
        "restore": BOOLEAN,
        "force": BOOLEAN,
        "unique": BOOLEAN,
        "pool": STRING,
        "bwlimit": STRING,
        "ignore-unpack-errors": BOOLEAN,
        "ha-managed": BOOLEAN,
    },
)
def create(call: Call) -> str:
    """Return the UPID of `vzcreate` or `vzrestore`. The template file is checked in the task, its storage at once."""
    cluster, params, vmid = call.cluster, call.params, call.vmid
    restore = bool(params.get("restore"))
    pool = params.get("pool")
    _require_right_and_quorum(call, pool)
    old = cluster.guests.get(vmid)
    if not (restore and params.get("force")):
        cluster.taken(vmid)
    elif old is not None:
        _overwritable(call, old)
    wanted: Params = {key: value for key, value in call.options.items() if key not in CREATION_PARAMETERS}
    _check_privileges(call, wanted, None if pool is None else str(pool))
    if wanted.get("unprivileged") == 0 and "features" in wanted:
        raise root_only("changing feature flags for privileged container")
    only_root(wanted)
    default = str(params.get("storage") or "local")
    source = str(params["ostemplate"])
    _check_storages(call, source, default, wanted)
    if old is not None:
        old.conf = {"lock": "create"}
        guest = old
    else:
        guest = Guest(vmid, call.node, {"lock": "create"})
        cluster.add_guest(guest)
    return fork(call, "vzrestore" if restore else "vzcreate", lambda task: _worker(call, task, guest, wanted))


def _require_right_and_quorum(call: Call, pool: Any) -> None:
    """Refuse a creation for which the token has no right, or the cluster no quorum."""
    cluster = call.cluster
    if not call.may(f"/vms/{call.vmid}", "VM.Allocate") and not (pool and call.may(f"/pool/{pool}", "VM.Allocate")):
        raise denied()
    if not cluster.quorate:
        raise Died("cluster not ready - no quorum?")
    if pool is not None and pool not in cluster.pools:
        raise denied_because(f"pool '{pool}' does not exist")


def _worker(call: Call, task: Task, guest: Guest, wanted: Params) -> Worker:
    cluster, params = call.cluster, call.params
    source, restore = str(params["ostemplate"]), bool(params.get("restore"))
    try:
        yield Flock(guest.vmid)
        archive = cluster.volume(source, guest.node)
        if archive is None:
            yield cluster.task_seconds / 4
            verb = "restore" if restore else "create"
            raise Died(f"unable to {verb} CT {guest.vmid} - volume '{source}' does not exist")
        yield from (_unpack if restore else _install)(call, task, guest, archive, wanted)
    except (Died, GeneratorExit):
        if cluster.guests.get(guest.vmid) is guest:
            cluster.remove_guest(guest.vmid)
        raise
    if params.get("pool"):
        cluster.join(str(params["pool"]), guest.vmid)
    if params.get("start"):
        fork(call, "vzstart", lambda task: _first_start(call, guest))


def _install(call: Call, task: Task, guest: Guest, archive: Volume, wanted: Params) -> Worker:
    yield call.cluster.task_seconds * 0.7
    guest.conf = _complete(call, guest, archive, wanted)
    keys = [f"Creating SSH host key 'ssh_host_{kind}_key' - this may take some time ..." for kind in ("ed25519", "rsa")]
    extracted = [f"extracting archive '{archive.volid}'", "Detected container architecture: amd64"]
    task.log += [*_formatted(guest), *extracted, *keys]
    yield call.cluster.task_seconds * 0.3


def _unpack(call: Call, task: Task, guest: Guest, archive: Volume, wanted: Params) -> Worker:
    cluster = call.cluster
    task.log += lxc_restore.first_lines(archive)
    yield cluster.task_seconds * 0.2
    complete = _complete(call, guest, archive, wanted)
    made = Guest(guest.vmid, guest.node, complete)
    path = cluster.storages[archive.volid.partition(":")[0]].path
    task.log += lxc_restore.middle_lines(archive, path, _formatted(made))
    yield cluster.task_seconds * 0.5
    guest.conf = complete
    task.log += lxc_restore.last_lines(archive)
    yield cluster.task_seconds * 0.3


def _first_start(call: Call, guest: Guest) -> Worker:
    """Run the second task of a creation with `start=1`, whose UPID is not returned."""
    yield Flock(guest.vmid)
    check_startable(call.cluster, guest)
    yield call.cluster.task_seconds
    call.cluster.boot(guest)


def _complete(call: Call, guest: Guest, archive: Volume, wanted: Params) -> Conf:
    """Return the whole configuration: from the backup, the request, and Proxmox's defaults for the rest."""
    cluster = call.cluster
    default = str(call.params.get("storage") or "local")
    conf: Conf = {"arch": "amd64", "ostype": _ostype(archive), "memory": 512, "swap": 512, "unprivileged": 1}
    size = 4 * GIB
    if archive.conf is not None:
        conf = lxc_restore.restored(call, guest, archive.conf, wanted, default)
        size = Guest(guest.vmid, guest.node, archive.conf).size
    conf.setdefault("hostname", f"CT{guest.vmid}")
    stub = Guest(guest.vmid, guest.node, conf)
    for key, value in wanted.items():
        if config_options.is_net(key):
            conf[key] = with_mac(cluster, str(value))
        elif config_options.is_mount(key):
            conf[key] = new_volume(cluster, stub, str(value), default)
        elif key == "description":
            conf[key] = config_options.stored_description(str(value))
        elif not (key == "unprivileged" and value == 0):
            conf[key] = value
    if wanted.get("unprivileged") == 0:
        conf.pop("unprivileged", None)
    if "rootfs" not in conf:
        gib = format_size(size).removesuffix("G")
        conf["rootfs"] = new_volume(cluster, stub, f"{default}:{gib}", default)
    return conf


def _check_privileges(call: Call, wanted: Params, pool: str | None) -> None:
    """Check each option on the VM or the pool; tags on the VM alone, which is why a pool's token
    cannot set them here.
    """
    for option in wanted:
        privilege = config_options.privilege(option)
        on_pool = pool is not None and option != "tags" and call.may(f"/pool/{pool}", privilege)
        if not on_pool:
            call.need(f"/vms/{call.vmid}", privilege)
        if config_options.is_net(option):
            bridge = config_options.parse_net(str(wanted[option])).get("bridge")
            if bridge:
                call.need(f"/sdn/zones/localnetwork/{bridge}", "SDN.Use")
    if wanted.get("unprivileged") == 0:
        call.need("/", "Sys.Modify")


def _check_storages(call: Call, source: str, default: str, wanted: Params) -> None:
    cluster = call.cluster
    if source.startswith("/"):
        raise Died("Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.")
    origin = cluster.storage(source.partition(":")[0], call.node)
    if call.params.get("restore"):
        lxc_restore.check_backup(call, origin, source)
    else:
        call.need(f"/storage/{origin.name}", "Datastore.AllocateSpace", "Datastore.Audit")
    mounts = [str(value) for key, value in wanted.items() if config_options.is_mount(key)]
    names = {config_options.parse_mount(mount)["volume"].partition(":")[0] for mount in mounts}
    for name in sorted(names if "rootfs" in wanted else {*names, default}):
        target = cluster.storage(name, call.node)
        call.need(f"/storage/{name}", "Datastore.AllocateSpace")
        if "rootdir" not in target.content:
            raise invalid({"storage": f"storage '{name}' does not support container directories"})


def _overwritable(call: Call, guest: Guest) -> None:
    """Die for an existing container that a restore must not overwrite."""
    if guest.node != call.node or guest.type != "lxc":
        call.cluster.taken(guest.vmid)
    if guest.protected:
        raise Died(f"unable to restore CT {guest.vmid} - protection mode enabled")
    if guest.lock:
        raise Died(f"unable to restore CT {guest.vmid} - CT is locked ({guest.lock})")
    if guest.running:
        raise Died(f"unable to restore CT {guest.vmid} - container is running")


def _ostype(archive: Volume) -> str:
    name = archive.volid.partition("/")[2]
    known = ("debian", "ubuntu", "alpine", "fedora", "centos", "archlinux", "opensuse", "gentoo", "devuan")
    return next((ostype for ostype in known if name.startswith(ostype)), "unmanaged")


def _formatted(guest: Guest) -> list[str]:
    blocks = guest.size // 4096
    return [
        f"Formatting '{guest.volumes().get('rootfs', '')}', fmt=raw size={guest.size} preallocation=off",
        f"Creating filesystem with {blocks} 4k blocks and {blocks // 4} inodes",
    ]
