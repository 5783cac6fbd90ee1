"""The rules for taking a snapshot and for deleting one. Both are asked for by name, also of an adopted container.

A snapshot is refused where Proxmox would refuse it, with its reason, before anything is sent. Deleting one
destroys what it holds, so its name is typed. The digest of a config covers its snapshots, too: a plan that was made
from one list is void once there is another.
"""

from __future__ import annotations

from proximity_tui.core.base.text import describe, plain
from proximity_tui.core.doctrine.actions.guest_plan import identity_doubts, plan_for_guest
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_text
from proximity_tui.core.doctrine.observation.snapshot_tree import children_of
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestSnapshots,
    Plan,
    Refusal,
    RefusalCode,
    Snapshot,
    Status,
    Step,
    StepName,
    names,
)
from proximity_tui.core.model.actions.plan_options import SnapshotOptions
from proximity_tui.core.model.guests.guest_config import disks

RESERVED = frozenset({names.PRESENT, "pending", "vzdump"})
"""Names that Proxmox uses itself."""

LONGEST_NOTE = 200
"""Characters. Proxmox takes far more; a note is one line in a list."""


def check_name(name: str) -> Refusal | None:
    """Return a refusal for a name that no snapshot can have, else None."""
    if name in RESERVED:
        return Refusal(RefusalCode.INVALID, f"unable to use snapshot name '{name}' (reserved name)")
    if names.is_snapshot(name):
        return None
    return Refusal(
        RefusalCode.INVALID,
        f"'{name}' cannot be the name of a snapshot: it begins with a letter, has letters, digits, - and _, and is 2 to"
        f" {names.LONGEST_SNAPSHOT_NAME} characters long",
    )


def check_note(note: str) -> Refusal | None:
    """Return a refusal for a note that is not one line of text, or is too long; else None."""
    wrong = wrong_text(note, longest=LONGEST_NOTE)
    return None if wrong is None else Refusal(RefusalCode.INVALID, f"the note: {wrong}")


def may_be_ours(found: Snapshot, request: SnapshotOptions) -> bool:
    """Return whether a snapshot that stands in the list after a request without an answer may be the one asked for.
    There was none of that name before, so only its note can tell that somebody else was faster.
    """
    return found.note is None or found.note == plain(request.note.strip())


def plan_take(container: Container, request: SnapshotOptions, found: GuestSnapshots) -> Plan | Refusal:
    """Return the plan for a new snapshot of `container`, or the refusal."""
    seen, listed = found.seen, found.listed
    refused = (
        check_name(request.name)
        or check_note(request.note)
        or check_take(container, seen)
        or check_same_reading(container, found)
        or _check_free_name(request.name, found)
        or _check_possible(found)
    )
    if refused:
        return refused
    note = f' with the note "{request.note}"' if request.note else ""
    running = "; it runs on, and what programs did not write to disk yet is not in it"
    return plan_for_guest(
        container,
        seen,
        Action.SNAPSHOT,
        steps=(
            Step(
                StepName.TAKE_SNAPSHOT,
                f"take snapshot {request.name} of CT {seen.vmid} on {seen.node}{note}"
                + (running if seen.status is Status.RUNNING else ""),
            ),
            Step(StepName.PROVE_SNAPSHOT, "verify that it is listed"),
        ),
        summary=f"take snapshot {request.name} of {container.label}",
        options=request,
        warnings=(*identity_doubts(container, seen), *listed.gaps),
    )


def plan_delete(container: Container, request: SnapshotOptions, found: GuestSnapshots) -> Plan | Refusal:
    """Return the plan for deleting a snapshot of `container`, or the refusal."""
    seen = found.seen
    refused = check_delete(container, seen, unsure_confirmed=request.unsure_confirmed)
    refused = refused or check_same_reading(container, found)
    snapshot = found.listed.find(request.name)
    if refused or snapshot is None:
        return refused or not_listed(container, request.name)
    following = children_of(found.listed, request.name)
    as_is = "stays as it is" if len(following) == 1 else "stay as they are"
    stays = f"; {describe([one.name for one in following])} {as_is}" if following else ""
    return plan_for_guest(
        container,
        seen,
        Action.DELETE_SNAPSHOT,
        steps=(
            Step(StepName.DELETE_SNAPSHOT, f"delete snapshot {request.name} of CT {seen.vmid} on {seen.node}{stays}"),
            Step(StepName.PROVE_SNAPSHOT_GONE, "verify that it is not listed any more"),
        ),
        summary=f"delete snapshot {request.name} of {container.label}, {taken(snapshot)}",
        options=request,
        warnings=(
            f"the state that {request.name} holds is lost for good; the container itself is not changed",
            *identity_doubts(container, seen),
        ),
    )


def check_take(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return a refusal unless a snapshot may be taken now, else None. Called for the plan, and again right before the
    request.
    """
    return (
        checks.check_same_guest(container, seen)
        or checks.check_part_of_quorum(seen)
        or checks.check_status(seen)
        or check_no_template(seen, "you can't take a snapshot if it's a template")
        or checks.check_lock(seen)
        or checks.check_tasks(seen)
    )


def check_delete(container: Container, seen: GuestDetail, *, unsure_confirmed: bool) -> Refusal | None:
    """Return a refusal unless a snapshot may be deleted now, else None. Called for the plan, and again before the
    request.
    """
    return (
        checks.check_identity(container, seen, unsure_confirmed=unsure_confirmed)
        or checks.check_quorum(seen)
        or checks.check_status(seen)
        or checks.check_lock(seen)
        or checks.check_tasks(seen)
    )


def check_confirmation(name: str, typed: str | None) -> Refusal | None:
    """Return None when `typed` is exactly the name of the snapshot to delete, else the refusal."""
    return checks.check_typed(name, typed, "the deletion with the name of the snapshot")


def check_no_template(seen: GuestDetail, words: str) -> Refusal | None:
    """Return the refusal in Proxmox's words for a template, else None."""
    return Refusal(RefusalCode.TEMPLATE, words) if seen.template else None


def check_same_reading(container: Container, found: GuestSnapshots) -> Refusal | None:
    """Return a refusal when config and snapshots were not read of the same state, else None: the plan is bound to the
    digest of the config alone.
    """
    same = found.seen.digest is not None and found.seen.digest == found.listed.digest
    return None if same else refusals.config_changed(container.name)


def not_listed(container: Container, name: str) -> Refusal:
    """Return the refusal for a snapshot that is not there, in Proxmox's words."""
    return Refusal(RefusalCode.NOT_FOUND, f"snapshot '{name}' does not exist: {container.name} has none of that name")


def taken(snapshot: Snapshot) -> str:
    """Return when a snapshot was taken, in words."""
    return "taken at an unknown time" if snapshot.at is None else f"taken {snapshot.at:%Y-%m-%d %H:%M:%S} UTC"


def _check_free_name(name: str, found: GuestSnapshots) -> Refusal | None:
    if found.listed.find(name) is None:
        return None
    return Refusal(RefusalCode.NAME_TAKEN, f"snapshot name '{name}' already used")


def _check_possible(found: GuestSnapshots) -> Refusal | None:
    if found.possible:
        return None
    if found.possible is None:
        message = f"whether a snapshot can be taken could not be read: {found.why_unknown}"
        return Refusal(RefusalCode.UNKNOWN_STATUS, message)
    where = describe(_volumes(found.seen))
    return Refusal(
        RefusalCode.NO_SNAPSHOTS,
        f"snapshot feature is not available: not every volume lies on a storage that can take snapshots ({where})",
    )


def _volumes(seen: GuestDetail) -> list[str]:
    """Return the root volume and the mount points of a guest, each with its place."""
    return [f"{key} {disk.volume}" for key, disk in disks(seen.config or {})]
