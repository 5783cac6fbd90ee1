"""The reading of the rows of backups in the content of a storage."""

from __future__ import annotations

from proximity_tui.core.model import Backup, Verification
from proximity_tui.core.model.names import is_vmid
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_bool,
    as_bytes,
    as_int,
    as_moment,
    as_text,
    require_dict,
)
from proximity_tui.core.proxmox.decode.rows import Fields

_CONTAINERS = "lxc"


def backup_reading(fields: Fields) -> Backup | None:
    """Return the backup of a row; None for one of a virtual machine, and for a file that names no guest. Raises
    Malformed without its volume or time.
    """
    vmid = fields.decisive("vmid", _as_vmid)
    if vmid is None or fields.row.get("subtype", _CONTAINERS) != _CONTAINERS:
        return None
    return Backup(
        volid=fields.required("volid", as_text),
        at=fields.required("ctime", as_moment),
        size=fields.optional("size", as_bytes),
        protected=fields.optional("protected", as_bool) is True,
        notes=fields.optional("notes", as_text),
        vmid=vmid,
        format=fields.optional("format", as_text),
        verification=fields.optional("verification", _as_verification),
        # Proxmox gives the fingerprint of the key, or 1 where it does not know which one it was.
        encrypted=fields.row.get("encrypted") not in (None, "", 0, "0"),
    )


def _as_vmid(value: object, name: str) -> int:
    vmid = as_int(value, name)
    if not is_vmid(vmid):
        raise Malformed(f"{name} is not a VMID")
    return vmid


def _as_verification(value: object, name: str) -> Verification:
    return Verification.read(require_dict(value, name).get("state"))
