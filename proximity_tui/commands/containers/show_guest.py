"""`show` of a guest without a record: an unmanaged container, a virtual machine or a template.

A virtual machine and a template are described by the list alone; they are never inspected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.refresh import PATIENCE, RefreshedClusters, at_once, not_inspected
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import plan_document
from proximity_tui.commands.printed.row_documents import notes_words, row_document, status_words
from proximity_tui.core.base.text import human_age, human_bytes, percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import Guest, GuestDetail, GuestLookup, Refusal, Status

if TYPE_CHECKING:
    from proximity_tui.core.model import Plan
    from proximity_tui.runtime.context import AppContext

NEVER_INSPECTED = "it is never touched, so it is only listed"


@value_object
class KnownGuest:
    """Everything that is known of a guest without a record."""

    row: GuestRow
    guest: Guest | None
    lookup: GuestLookup | None = None
    not_inspected: str | None = None
    """Why there was no inspection, where there was none."""
    adoption: Plan | Refusal | None = None
    """What adopting it would do, or why it cannot be adopted; None for what is never touched."""


def know_guest(context: AppContext, row: GuestRow, polls: RefreshedClusters) -> KnownGuest:
    """Return everything that is known of it; an unmanaged container is inspected as adoption does."""
    inventory = polls.inventories.get(row.cluster)
    guest = inventory.guests.get(row.vmid or 0) if inventory is not None else None
    if not isinstance(row, FleetRow) or row.vmid is None:
        return KnownGuest(row, guest, not_inspected=NEVER_INSPECTED)
    # Only a guest that is not ours could be adopted.
    from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest

    engine, vmid = context.engine, row.vmid
    looked = at_once(context, {"look": lambda: engine.inspect_to_adopt(row.cluster, vmid, inventory)}, PATIENCE)
    seen = looked.get("look")
    if seen is None:
        return KnownGuest(row, guest, not_inspected=not_inspected(row.cluster))
    return KnownGuest(row, guest, seen, None, engine.plan_adopt(row.cluster, vmid, AdoptionRequest(), seen))


def guest_figures(guest: Guest | None) -> dict[str, Any] | None:
    """Return what the list of Proxmox has of a guest beside its row."""
    if guest is None:
        return None
    names = ("pool", "hastate", "uptime", "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "netin", "netout")
    return {name: getattr(guest, name) for name in names}


def adoption_document(preview: Plan | Refusal | None) -> dict[str, Any] | None:
    """Return what adopting it would do, or the refusal."""
    if isinstance(preview, Refusal):
        return {"refused": {"code": preview.code, "reason": preview.reason}}
    return plan_document(preview) if preview is not None else None


def guest_document(known: KnownGuest, live: dict[str, Any] | None) -> dict[str, Any]:
    """Return the document of `show`; what only a record has is null or empty."""
    return {
        **row_document(known.row),
        "changes": None,
        "record": None,
        "live": live,
        "live_error": known.not_inspected,
        "row_set_aside": None,
        "clinical_record": None,
        "events": [],
        "guest": guest_figures(known.guest),
        "adoption": adoption_document(known.adoption),
    }


def describe_guest(known: KnownGuest, *, reveal: bool = False) -> None:
    """Print everything on stdout; values of its settings that may be secret only with `reveal`."""
    row, guest = known.row, known.guest
    output.pairs(
        {
            "guest": f"{row.name} ({row.kind}, VMID {row.vmid}) in {row.cluster}",
            "node": row.node,
            "status": status_words(row),
            "last seen": output.local(row.observed_at),
            "now": _figures(guest) if row.status is Status.RUNNING else None,
            "tags": ", ".join(row.tags),
            "pool": row.pool,
            "HA": guest.hastate if guest is not None else None,
            "notes": notes_words(row),
        }
    )
    if known.not_inspected is not None:
        output.print_line(f"Not inspected: {known.not_inspected}")
    if isinstance(known.adoption, Refusal):
        output.print_line(f"It cannot be adopted: {known.adoption.reason}")
    elif known.adoption is not None:
        output.print_line(f"It can be adopted: {known.adoption.summary}")
        for warning in known.adoption.warnings:
            output.print_line(f"  {warning}")
    if isinstance(known.lookup, GuestDetail) and known.lookup.config is not None:
        output.print_settings("present config", known.lookup.config, reveal=reveal)


def _figures(guest: Guest | None) -> str | None:
    if guest is None:
        return None
    cpu = None if guest.cpu is None else f"cpu {percent(guest.cpu)}"
    memory = None if guest.mem is None else f"memory {human_bytes(guest.mem)}"
    limit = f"/{human_bytes(guest.maxmem)}" if memory and guest.maxmem else ""
    up = None if guest.uptime is None else f"up {human_age(guest.uptime)}"
    return "  ".join(filter(None, (cpu, memory and memory + limit, up)))
