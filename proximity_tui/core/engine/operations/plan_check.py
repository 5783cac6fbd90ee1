"""The check, right before anything is begun, that a confirmed plan still matches the cluster (law 5).

It only reads. A change means a refusal: nothing was begun, and the plan has to be made and confirmed again. The guest
that the first write acts on is read last, so that its permit can be minted from the same inspection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.observation.backup_list import SHOWS_STORAGE
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.places import restorable
from proximity_tui.core.engine.operations.last_inspection import LastInspection
from proximity_tui.core.model import (
    Action,
    ClinicalRecord,
    Container,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    names,
)
from proximity_tui.core.model.actions.plan import AbsenceBound, RestoreBound
from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions, RestoreOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import records


def refuse_void(last: LastInspection, agreed: Plan) -> Refusal | None:
    """Return the refusal when a confirmed plan is void by now; None while it holds. A plan without a VMID always
    does.
    """
    if agreed.action is Action.CREATE:
        return (
            _refuse_made_already(last.client, agreed)
            or _refuse_missing_template(last.client, agreed)
            or _refuse_taken_place(last, agreed)
        )
    if agreed.action is Action.CLONE:
        return _refuse_taken_number(last.client, agreed) or _refuse_changed_source(last, agreed)
    if agreed.action is Action.RESTORE:
        return _refuse_changed_loss(last.client, agreed) or _refuse_taken_place(last, agreed)
    if agreed.vmid is None:
        return None
    seen = last.inspect(agreed.vmid, agreed.node)
    return _check_absent(agreed, seen) if isinstance(agreed.bound_to, AbsenceBound) else _check_seen(agreed, seen)


def _check_seen(agreed: Plan, seen: GuestLookup) -> Refusal | None:
    if isinstance(seen, GuestDetail):
        return plan_validity.check_unchanged(agreed, seen)
    return _not_seen(agreed.name, seen)


def _not_seen(name: str, missing: GuestNotSeen) -> Refusal:
    known = missing.presence in (Presence.ABSENT, Presence.REPLACED)
    message = "cannot be seen as it was planned" if known else "cannot be seen now"
    return Refusal(RefusalCode.CHANGED if known else RefusalCode.UNKNOWN_STATUS, f"{name} {message}: {missing.reason}")


def _check_absent(agreed: Plan, seen: GuestLookup) -> Refusal | None:
    """Return the refusal when a guest is at the VMID of a container that the plan took for gone, else None."""
    if isinstance(seen, GuestNotSeen) and seen.presence is not Presence.REPLACED:
        return None
    return refusals.not_absent(agreed.vmid)


def _refuse_changed_source(last: LastInspection, agreed: Plan) -> Refusal | None:
    """Return the refusal when the source of a clone is not as it was shown; else None."""
    options = agreed.carries(CloneOptions)
    seen = last.inspect(options.source, options.source_node)
    if isinstance(seen, GuestNotSeen):
        return _not_seen(f"its source, CT {seen.vmid},", seen)
    return plan_validity.check_same_source(agreed, seen)


def _refuse_changed_loss(client: PveClient, agreed: Plan) -> Refusal | None:
    """Return the refusal when the record of a container that is to be restored, or its backup, is not as it was shown,
    or when the container is there again; else None.
    """
    options, bound = agreed.carries(RestoreOptions), agreed.bound_to
    if not isinstance(bound, RestoreBound) or records.get(bound.record).version != bound.version:
        return refusals.changed(f"our record of {agreed.name} changed")
    if records.find_successor(bound.record) is not None:
        return refusals.changed(f"{agreed.name} came back")
    storage = names.storage_of(options.backup)
    try:
        lost = records.get(bound.record)
        vmids = (bound.former_vmid, *restorable.former_vmids(lost))
        listed = [one for vmid in vmids for one in client.backups(str(agreed.node), vmid, (storage,))]
        hidden = None if listed else _why_hidden(client, str(agreed.node), vmids, storage)
        returned = _refuse_returned(client, lost)
    except ProxmoxError as error:
        return _unchecked(f"{options.backup} still exists", error.sentence)
    if returned:
        return returned
    if any((one.volid, one.size) == (options.backup, bound.backup_size) for one in listed):
        return None
    if hidden is not None:
        return _unchecked(f"{options.backup} still exists", hidden)
    return refusals.changed(f"{options.backup} was removed, or changed,")


@value_object
class CapturedGuest:
    """A guest as it was shown, its clinical record from the same reading, and the plan that both give now."""

    seen: GuestDetail
    record: ClinicalRecord
    plan: Plan


def capture_as_shown(
    client: PveClient, agreed: Plan, plan_for: Callable[[GuestLookup], Plan | Refusal]
) -> CapturedGuest | Refusal:
    """Return the guest of a confirmed plan, captured; or the refusal: `plan_for` makes no plan of what is seen now, or
    it is not as it was shown (law 5). Its config is the last thing that is read, before a record is written (law 3).
    """
    lookup, captured = inspection.inspect_and_capture(client, agreed)
    fresh = plan_for(lookup)
    if isinstance(fresh, Refusal):
        return fresh
    assert isinstance(lookup, GuestDetail), "what was not seen is refused"
    assert captured is not None, "what is seen was captured with it"
    changed = plan_validity.check_as_shown(agreed, lookup, lookup.digest)
    return changed or CapturedGuest(lookup, captured, fresh)


def _refuse_returned(client: PveClient, lost: Container) -> Refusal | None:
    """Return the refusal when a lost container is at its VMID again, or any guest at that of an open record; else None.
    Raises ProxmoxError.
    """
    if not lost.is_tombstone:
        vmid = int(lost.vmid or 0)
        return None if client.is_free(vmid) else refusals.not_absent(vmid)
    holder = None if lost.vmid is None else restorable.former_holder(client, lost)
    return holder if isinstance(holder, Refusal) else None


def _refuse_made_already(client: PveClient, agreed: Plan) -> Refusal | None:
    """Return the refusal when the lost container of an empty one has another one by now, or came back; else None."""
    instead_of = agreed.carries(CreateOptions).instead_of
    if instead_of is None:
        return None
    lost = records.get(instead_of)
    made = restorable.made_instead_of(lost)
    if made is not None:
        return refusals.changed(f"{made.label} was made for the same container")
    try:
        return _refuse_returned(client, lost)
    except ProxmoxError as error:
        return _unchecked(f"{lost.name} did not come back", error.sentence)


def _refuse_missing_template(client: PveClient, agreed: Plan) -> Refusal | None:
    template = agreed.carries(CreateOptions).template
    try:
        if any(one.volid == template for one in client.templates(str(agreed.node))):
            return None
        place = f"/storage/{names.storage_of(template)}"
        granted = client.permissions(place).get(place, frozenset())
    except ProxmoxError as error:
        return _unchecked(f"{template} still exists", error.sentence)
    if not granted.intersection(SHOWS_STORAGE):
        needed = " or ".join(SHOWS_STORAGE)
        return _unchecked(f"{template} still exists", f"our token may not see it (needs {needed} on {place})")
    return Refusal(RefusalCode.CHANGED, f"{agreed.node} does not offer {template} (any more): make the plan again")


def _refuse_taken_place(last: LastInspection, agreed: Plan) -> Refusal | None:
    """Return the refusal when the VMID of a creation is taken, or cannot be read; else None."""
    vmid, node = int(agreed.vmid or 0), str(agreed.node)
    return _refuse_taken(agreed, lambda: last.find_vacancy(vmid, node).free)


def _refuse_taken_number(client: PveClient, agreed: Plan) -> Refusal | None:
    """Return the refusal when the VMID of a clone is taken, or cannot be read; else None."""
    return _refuse_taken(agreed, lambda: client.is_free(int(agreed.vmid or 0)))


def _refuse_taken(agreed: Plan, is_free: Callable[[], bool]) -> Refusal | None:
    try:
        free = is_free()
    except ProxmoxError as error:
        return _unchecked(f"VMID {agreed.vmid} is still free", error.sentence)
    return None if free else refusals.vmid_taken(agreed.vmid)


def _why_hidden(client: PveClient, node: str, vmids: Iterable[int], storage: str) -> str | None:
    """Return why backups of these VMIDs on a storage may not be shown to our token; None where all are. Raises
    ProxmoxError.
    """
    gaps = (gap for vmid in vmids for gap in client.backup_list(node, vmid).gaps)
    return next((gap.sentence for gap in gaps if gap.storage in (storage, None)), None)


def _unchecked(what: str, why: str) -> Refusal:
    return Refusal(RefusalCode.UNKNOWN_STATUS, f"could not check that {what}: {why}")
