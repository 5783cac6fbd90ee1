"""The content of an export: a config file a container, as Proxmox writes one, and a manifest. Pure.

The same records give the same bytes: nothing in it tells when it was written, and what changes by itself (status, last
seen) is left out. Secrets are masked as on the screens.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from urllib.parse import quote

from proximity_tui.core.base.secret import masked_setting
from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Fingerprint

FORMAT = "proximity-tui export"
VERSION = 1
MANIFEST = "manifest.json"

_LEFT_OUT = frozenset({"digest", "lock"})
"""What Proxmox adds to its answer, and what passes."""


@value_object
class ExportedRecord:
    """A record, and its config as it was read last; None where none was ever read."""

    container: Container
    config: Mapping[str, Any] | None
    digest: str | None
    read_at: datetime | None


def file_of(container: Container) -> str:
    """Return the path of a record in an export: `prod/101.conf`, by its id where it has no VMID."""
    name = f"id-{container.id}" if container.vmid is None else str(container.vmid)
    return f"{quote(container.cluster, safe='')}/{name}.conf"


def files_of(records: Iterable[ExportedRecord], schema: int) -> dict[str, bytes]:
    """Return the content of each file of an export by its path, the manifest too. `schema` is the database's."""
    ordered = sorted(records, key=lambda one: (one.container.cluster, one.container.vmid or 0, one.container.id))
    files = {
        file_of(one.container): conf(one.config).encode(errors="backslashreplace")
        for one in ordered
        if one.config is not None
    }
    listed = [_record(one, files.get(file_of(one.container))) for one in ordered]
    manifest = {"format": FORMAT, "version": VERSION, "schema": schema, "records": listed, "files": digests(files)}
    return {**files, MANIFEST: to_json(manifest)}


def to_json(document: Mapping[str, Any]) -> bytes:
    """Return a document as the manifest has it."""
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, by its path."""
    return {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}


def conf(config: Mapping[str, Any]) -> str:
    """Return a config in the lines of Proxmox's own file: the description as comments, the settings sorted, then the
    raw `lxc.` lines in their order.
    """
    description = masked_setting("description", config["description"]) if config.get("description") else ""
    lines = [f"#{plain(line)}" for line in str(description).rstrip("\n").split("\n") if description]
    settings = sorted(config.keys() - _LEFT_OUT - {"description", "lxc"})
    lines += [f"{key}: {plain(_text(masked_setting(key, config[key])))}" for key in settings]
    lines += [f"{key}: {plain(_text(masked_setting(key, value)))}" for key, value in _raw_lines(config.get("lxc"))]
    return "".join(f"{line}\n" for line in lines)


def _raw_lines(value: object) -> list[tuple[str, Any]]:
    pairs = value if isinstance(value, list | tuple) else ()
    return [(str(one[0]), one[1]) for one in pairs if isinstance(one, list | tuple) and len(one) == 2]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _record(one: ExportedRecord, content: bytes | None) -> dict[str, Any]:
    record = one.container
    return {
        "id": record.id,
        "cluster": record.cluster,
        "vmid": record.vmid,
        "node": record.node,
        "name": record.name,
        "kind": record.kind,
        "state": record.state,
        "created_at": _time(record.created_at),
        "predecessor": record.predecessor,
        "marker": record.marker,
        "fingerprint": _fingerprint(record.fingerprint),
        "ports": [{"public": port.public, "container": port.container} for port in record.ports],
        "digest": one.digest,
        "config_read_at": _time(one.read_at),
        "file": None if content is None else file_of(record),
    }


def _fingerprint(found: Fingerprint | None) -> dict[str, Any] | None:
    if found is None:
        return None
    values = {one.name: getattr(found, one.name) for one in fields(Fingerprint)}
    return {**values, "hwaddrs": sorted(found.hwaddrs)}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
