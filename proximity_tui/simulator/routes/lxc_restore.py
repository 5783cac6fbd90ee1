"""What a restore adds to a creation: the config in a backup, who may read it, and the log of `vzrestore`.

Recorded on 9.2: the log, the end of a failed one, and that a failed one leaves nothing. From Proxmox's source, and not
recorded: `extractconfig`, the volumes beside the root volume, and the refusal of folders of the host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from proximity_tui.simulator import config_options, parameters
from proximity_tui.simulator.api_errors import Died
from proximity_tui.simulator.routes.lxc_config import new_volume
from proximity_tui.simulator.routing import Call, route
from proximity_tui.simulator.world.simulated_guest import GIB, Conf, Guest, Value, volume_size
from proximity_tui.simulator.world.storage import Storage, Volume

_NOT_TAKEN = re.compile(r"rootfs\Z|mp\d+\Z|unused|template\Z|unprivileged\Z")
_PLAIN = "".join(map(chr, range(0x20, 0x7F))).replace(":", "")
"""The signs of a description that Proxmox does not escape in a file."""


@route("GET", "/nodes/{node}/vzdump/extractconfig", {"volume": parameters.required(parameters.at_most(255))})
def extract_config(call: Call) -> str:
    """Return the config in a backup, as the file that it is."""
    volid = str(call.params["volume"])
    storage = call.cluster.storage(volid.partition(":")[0], call.node)
    archive = call.cluster.volume(volid, call.node)
    check_backup(call, storage, volid)
    if archive is None or archive.conf is None:
        raise Died(f"unable to read '{volid}': no such volume")
    return _as_file(archive.conf)


def check_backup(call: Call, storage: Storage, volid: str) -> None:
    """Refuse a backup to a token that may not read it: one of a guest needs VM.Backup on that guest."""
    if call.may(f"/storage/{storage.name}", "Datastore.Allocate"):
        return
    owner = re.search(r"vzdump-lxc-(\d+)-", volid)
    call.need(f"/storage/{storage.name}", "Datastore.AllocateSpace")
    if owner:
        call.need(f"/vms/{owner[1]}", "VM.Backup")


def restored(call: Call, guest: Guest, backed_up: Conf, wanted: Mapping[str, object], default: str) -> Conf:
    """Return what a restore takes from the config in the backup: all but its volumes, which are made again on the
    storage of the request, unless that names them itself. Dies in the task for a folder of the host.
    """
    conf: Conf = {key: value for key, value in backed_up.items() if not _NOT_TAKEN.match(key)}
    if "unprivileged" in backed_up and "unprivileged" not in wanted:
        conf["unprivileged"] = backed_up["unprivileged"]
    if call.params.get("unique"):
        for key in filter(config_options.is_net, list(conf)):
            parts = config_options.parse_net(str(conf[key])) | {"hwaddr": call.cluster.new_mac()}
            conf[key] = config_options.write_net(parts)
    if any(map(config_options.is_mount, wanted)):
        return conf
    stub = Guest(guest.vmid, guest.node, conf)
    for key in sorted(filter(config_options.is_mount, backed_up), reverse=True):
        conf[key] = _made_again(call, stub, key, str(backed_up[key]), default)
    return conf


def _made_again(call: Call, stub: Guest, key: str, mount: str, storage: str) -> Value:
    parts = config_options.parse_mount(mount)
    if parts["volume"].startswith("/"):
        why = f"restoring '{key}' to bind mount is only possible for root"
        raise Died(f"unable to restore CT {stub.vmid} - {why}")
    parts["volume"] = f"{storage}:{volume_size(mount) / GIB:g}"
    parts.pop("size", None)
    return new_volume(call.cluster, stub, config_options.write_mount(parts), storage)


def first_lines(archive: Volume) -> Iterator[str]:
    """Yield the log of a restore before there is a volume."""
    yield f"recovering backed-up configuration from '{archive.volid}'"


def middle_lines(archive: Volume, path: str | None, formatted: list[str]) -> Iterator[str]:
    """Yield the log of a restore while it unpacks; `formatted` is what was said of the new volumes."""
    yield from formatted
    yield f"restoring '{archive.volid}' now.."
    yield f"extracting archive '{path or '/mnt'}/dump/{archive.volid.rpartition('/')[2]}'"


def last_lines(archive: Volume) -> Iterator[str]:
    """Yield the log of a restore when everything is unpacked."""
    yield f"Total bytes read: {archive.size} ({archive.size / (1 << 20):.1f}MiB, 78MiB/s)"
    yield "merging backed-up and given configuration.."


def _as_file(conf: Conf) -> str:
    comment = "".join(f"#{quote(line, safe=_PLAIN)}\n" for line in str(conf.get("description", "")).splitlines())
    return comment + "".join(f"{key}: {conf[key]}\n" for key in sorted(conf) if key != "description")
