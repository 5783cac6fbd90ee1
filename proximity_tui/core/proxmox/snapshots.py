"""The snapshots of one guest, the config of one of them, and whether Proxmox can take another.

A field that cannot be read is unknown, a row without a name is set aside by itself. The list always ends in a row for
the present (observed on Proxmox VE 9.2), so an answer without any row is not an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Snapshot, SnapshotList, names
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import (
    Malformed,
    as_bool,
    as_moment,
    as_text,
    require_dict,
    require_list,
)
from proximity_tui.core.proxmox.decode.rows import Fields, read_rows
from proximity_tui.core.proxmox.transport.http import HttpSession

_WHERE = "the snapshots"
_OLDEST = datetime.min.replace(tzinfo=UTC)


@value_object
class _Present:
    parent: str | None
    digest: str | None


def read_snapshots(session: HttpSession, node: str, vmid: int, now: datetime) -> SnapshotList:
    """Return the snapshots of a guest; `now` is the moment before the request. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "snapshot")
    answer = session.get(path)
    try:
        found = read_rows(require_list(answer, _WHERE), _WHERE, _read)
        if not found.good:
            raise Malformed("not even the present is among the snapshots")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    session.set_aside(path, found.bad, found.notes)
    present = next((one for one in found.good if isinstance(one, _Present)), None)
    listed = (one for one in found.good if isinstance(one, Snapshot))
    gaps = tuple(row.sentence for row in found.bad)
    return SnapshotList(
        taken_at=now,
        snapshots=tuple(sorted(listed, key=lambda one: one.at or _OLDEST)),
        parent=present.parent if present else None,
        digest=present.digest if present else None,
        gaps=gaps if present else (*gaps, f"{_WHERE}: the present is not among them, so its parent is unknown"),
    )


def read_snapshot_config(session: HttpSession, node: str, vmid: int, name: str) -> Mapping[str, Any]:
    """Return the config that a snapshot keeps, word for word. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "config")
    try:
        return require_dict(session.get(path, snapshot=paths.snapshot_name(name)), "the config of the snapshot")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def read_can_snapshot(session: HttpSession, node: str, vmid: int) -> bool:
    """Return whether every volume of a guest lies where Proxmox can take snapshots. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "feature")
    try:
        answer = require_dict(session.get(path, feature="snapshot"), "the feature")
        return as_bool(answer.get("hasFeature"), "hasFeature")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None


def _read(fields: Fields) -> Snapshot | _Present:
    name = fields.required("name", as_text)
    parent = fields.optional("parent", as_text)
    if name == names.PRESENT:
        return _Present(parent, fields.optional("digest", as_text))
    at = fields.optional("snaptime", as_moment)
    note = "" if fields.row.get("description") is None else fields.optional("description", _as_note)
    state = fields.optional("snapstate", as_text)
    return Snapshot(name, at, note, parent, state, tuple(fields.unknown))


def _as_note(value: object, name: str) -> str:
    """Return a description as one plain line. Proxmox ends what was written with a line break."""
    return as_text(value.rstrip() if isinstance(value, str) else value, name)
