"""The rules for a backup that a person asks for by name: where to, how, and what it does to the container.

No older backup is ever removed for it. Deletion never uses these rules: `backup` has those of the backup before a
destroy, and what both share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup import backup_rules
from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on, identity_doubts, plan_for_guest
from proximity_tui.core.doctrine.guards import checks
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_text
from proximity_tui.core.model import (
    Action,
    BackupMode,
    Compression,
    Container,
    GuestDetail,
    GuestLookup,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan_options import BackupOptions
from proximity_tui.core.model.guests.guest_config import Device, kind_of

GUEST_NAME = "{{guestname}}"
"""What Proxmox replaces by the name of the guest; the usual note of a backup job."""

VARIABLES = ("cluster", "guestname", "node", "vmid")
"""The names that Proxmox replaces between two braces in a note; it leaves others as they are."""

_VARIABLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)

LONGEST_NOTE = 1024


@value_object
class BackupRequest:
    """What a person asks of a backup. `storage` None: see `usual_or_shared_storage`."""

    storage: str | None = None
    mode: BackupMode = BackupMode.SNAPSHOT
    compress: Compression = Compression.ZSTD
    note: str | None = None
    """None: the name of the guest."""
    protected: bool = False
    notify: tuple[str, ...] = ()


def check_request(request: BackupRequest) -> Refusal | None:
    """Return a refusal for a request that is wrong by itself, else None."""
    wrong = _wrong_note(request.note or "")
    if wrong is not None:
        return Refusal(RefusalCode.INVALID, f"the note: {wrong}; nothing was backed up")
    odd = [
        address
        for address in request.notify
        if not address or wrong_text(address) or any(sign in address for sign in ", ;\t")
    ]
    if odd:
        return Refusal(RefusalCode.INVALID, f"{odd[0]!r} is no address for a mail: nothing was backed up")
    return None


def plan_backup(
    container: Container, request: BackupRequest, lookup: GuestLookup, can_snapshot: bool | None = None
) -> Plan | Refusal:
    """Return the plan for a backup of `container`, or the refusal. `can_snapshot` is whether Proxmox can take snapshots
    of all its volumes, None where that is not known.
    """
    seen = guest_to_act_on(container, lookup)
    if isinstance(seen, Refusal):
        return seen
    storage = backup_rules.choose_storage(seen, request.storage or usual_or_shared_storage(seen))
    if isinstance(storage, Refusal):
        return storage
    note = _template(GUEST_NAME if request.note is None else request.note)
    order = BackupOptions(storage, request.mode, request.compress, note, request.protected, request.notify)
    return check_backup(container, order, seen) or _plan(container, order, seen, can_snapshot)


def usual_or_shared_storage(seen: GuestDetail) -> str | None:
    """Return the default storage: where the last backup is, else the only possible one, else the only shared one, from
    which any node can restore. Return None where a person must choose.
    """
    shared = seen.shared_backup_storages
    return backup_rules.usual_storage(seen) or (shared[0] if len(shared) == 1 else None)


def check_backup(container: Container, order: BackupOptions, seen: GuestDetail) -> Refusal | None:
    """Return the refusal of the guards for a backup, also right before it is sent; else None."""
    return checks.check_ready(container, seen) or _check_high_availability(order, seen)


def interrupts(order: BackupOptions, status: Status) -> bool:
    """Return whether a backup takes a container down that runs."""
    return order.mode is BackupMode.STOP and status is Status.RUNNING


def _check_high_availability(order: BackupOptions, seen: GuestDetail) -> Refusal | None:
    """Return a refusal where HA would start the container again while it is stopped for its backup; else None."""
    if order.mode is not BackupMode.STOP or seen.ha_state not in ("started", "enabled"):
        return None
    reason = (
        f"CT {seen.vmid} is managed by HA, so Proxmox does not back it up in mode stop: choose mode snapshot or suspend"
    )
    return Refusal(RefusalCode.HA_MANAGED, reason)


def _plan(container: Container, order: BackupOptions, seen: GuestDetail, can_snapshot: bool | None) -> Plan:
    where = f"CT {seen.vmid} up to {order.storage}"
    kept = "; it is protected, so no retention removes it" if order.protected else ""
    return plan_for_guest(
        container,
        seen,
        Action.BACKUP,
        steps=(
            Step(
                StepName.BACK_UP,
                f"back {where}: {_effect(order, seen)}. No older backup is removed for it{kept}",
            ),
            Step(StepName.PROVE_BACKUP, f"verify that {order.storage} lists the new backup"),
        ),
        summary=f"back {container.label} up to {order.storage}",
        options=order,
        warnings=tuple(_warnings(container, order, seen, can_snapshot)),
    )


def _effect(order: BackupOptions, seen: GuestDetail) -> str:
    if seen.status is not Status.RUNNING:
        return "it is stopped and stays so"
    return {
        BackupMode.SNAPSHOT: "mode snapshot, it keeps running",
        BackupMode.SUSPEND: "mode suspend, it is paused while the last changes are copied",
        BackupMode.STOP: "mode stop, it is shut down first and started again when the backup is made",
    }[order.mode]


def _warnings(
    container: Container, order: BackupOptions, seen: GuestDetail, can_snapshot: bool | None
) -> Iterator[str]:
    yield from identity_doubts(container, seen)
    if interrupts(order, seen.status):
        yield f"{container.name} is down for as long as the backup takes"
    if order.mode is BackupMode.SNAPSHOT and seen.status is Status.RUNNING and can_snapshot is not True:
        why = "not every volume can have a snapshot"
        if can_snapshot is None:
            why = "whether every volume can have a snapshot is not known"
        yield f"{why}: where one that is backed up cannot, Proxmox uses mode suspend and pauses the container"
    yield from _left_out(seen)
    if not order.protected:
        yield "it is not protected: the retention of a later backup job may remove it"


def _left_out(seen: GuestDetail) -> Iterator[str]:
    if seen.config is None:
        yield "its config could not be read: which mount points are not part of the backup is not known"
    for key, mount in backup_rules.outside_of(seen):
        if kind_of(key) == Device.UNUSED:
            why = "it is not in use"
        else:
            why = "a bind mount never is" if mount.is_folder else "its flag backup is not set"
        yield f"{key} ({backup_rules.place_of(mount)}) is not part of the backup: {why}"
    if (seen.config or {}).get("parent"):
        yield "its snapshots are not part of the backup"


def _wrong_note(note: str) -> str | None:
    """Return what is wrong with a note, as the end of a sentence; None for a good one."""
    wrong = wrong_text(note, lines=True) or wrong_text(_template(note), longest=LONGEST_NOTE)
    if wrong is not None:
        return wrong
    unknown = next((name for name in _VARIABLE.findall(note) if name not in VARIABLES), None)
    if unknown is None:
        return None
    known = ", ".join(f"{{{{{name}}}}}" for name in VARIABLES)
    return f"{{{{{plain(unknown, limit=40)}}}}} is not a variable of Proxmox, which knows {known}"


def _template(note: str | None) -> str:
    """Return a note as Proxmox takes it: one line, in which a backslash begins an escape."""
    return (note or "").strip().replace("\r\n", "\n").replace("\\", "\\\\").replace("\n", "\\n")
