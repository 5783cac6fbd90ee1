"""The rows of lists, as JSON (an outer contract: fields are added, never renamed) and as words."""

from __future__ import annotations

from typing import Any

from proximity_tui.commands.printed.json_documents import operation_document, port_document
from proximity_tui.commands.printed.output import local, utc
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Container, Presence


def row_document(row: GuestRow) -> dict[str, Any]:
    """Return one entry of `list`. What only a container of ours has is null or empty for the others."""
    ours = row if isinstance(row, FleetRow) else None
    return {
        "id": row.id,
        "cluster": row.cluster,
        "node": row.node,
        "vmid": row.vmid,
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "status": row.status,
        "presence": row.presence,
        "presence_reason": row.reason,
        "observed_at": utc(row.observed_at),
        "ports": [port_document(port) for port in ours.ports] if ours else [],
        "drift": ours.drift if ours else None,
        "last_error": ours.last_error if ours else None,
        "operation": operation_document(ours.operation) if ours and ours.operation else None,
        "tags": list(row.tags),
        "lock": row.lock,
    }


def ports_words(row: GuestRow | Container) -> str | None:
    """Return the ports as `8101→80, 8102→22`, or None."""
    if not isinstance(row, FleetRow | Container):
        return None
    return ", ".join(f"{port.public}→{port.container}" for port in row.ports) or None


def status_words(row: GuestRow) -> str:
    """Return the status, and the reason where it is unknown."""
    doubtful = row.presence is not Presence.PRESENT
    verdict = f" ({row.presence})" if doubtful and row.presence is not Presence.UNKNOWN else ""
    return f"{row.status}{verdict}"


def notes_words(row: GuestRow) -> str | None:
    """Return the notes on the row, most urgent first, or None."""
    ours = row if isinstance(row, FleetRow) else None
    notes = []
    if ours and ours.operation is not None:
        notes.append(f"{ours.operation.action} {ours.operation.status}, step {ours.operation.progress}")
    if ours and ours.last_error:
        notes.append(ours.last_error)
    if row.reason and not (ours and row.reason == ours.last_error):
        notes.append(row.reason)
    if row.lock and not (ours and ours.unsettled):
        notes.append(f"locked ({row.lock})")
    if ours and ours.drift:
        notes.append(f"drift {ours.drift}")
    if row.presence is not Presence.PRESENT and row.observed_at is not None:
        notes.append(f"last seen {local(row.observed_at)}")
    return "; ".join(notes) or None


def made_sentence(done: str, made: Container | None) -> str:
    """Return the result for a person; `done` is the action in the past tense."""
    if made is None:
        return done
    ports = "".join(f", port {port.public} leads to its port {port.container}" for port in made.ports)
    return f"{done} {made.label}, {made.state}{ports}"
