"""The rules for a change of a backup that is there: which it is, what of it may be changed, and that it is still the
same when the change is sent and when it is read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from proximity_tui.core.base.text import describe
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup.backup_now import LONGEST_NOTE
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_text
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, owner_of, too_many_protected
from proximity_tui.core.model import Backup, BackupList, Container, Refusal, RefusalCode
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest, BackupMarks, as_note
from proximity_tui.core.model.names import is_volume

_NAMED = 5
"""Volumes in a sentence; more help nobody."""


@value_object
class BackupFacts:
    """What was read of a backup at `taken_at`."""

    taken_at: datetime
    node: str
    backup: Backup
    marks: BackupMarks
    beside: Sequence[Backup]
    """The backups of the VMID on its storage, itself among them."""
    most_protected: int
    """How many protected ones of a VMID the storage takes from us."""


def check_request(request: BackupChangeRequest) -> Refusal | None:
    """Return a refusal for a request that is wrong by itself, else None."""
    if not is_volume(request.volume):
        return Refusal(RefusalCode.INVALID, f"{request.volume!r} is not a volume id: `backups` lists them")
    if request.protected is None and request.note is None:
        return Refusal(RefusalCode.INVALID, "nothing of the backup is to be changed: protect it, or change its note")
    wrong = wrong_text(request.note or "", lines=True, longest=LONGEST_NOTE)
    return None if wrong is None else Refusal(RefusalCode.INVALID, f"the note: {wrong}; nothing was changed")


def choose(container: Container, volume: str, listed: BackupList) -> Backup | Refusal:
    """Return the backup of a volume id in the list of its VMID, or the refusal: it is not listed, or on two nodes."""
    found = [one for one in listed.found if one.volid == volume]
    if len(found) == 1:
        return found[0]
    if found:
        nodes = describe([node for one in found for node in one.nodes])
        return Refusal(RefusalCode.INVALID, f"there is a {volume} on each of {nodes}: change it on its node")
    there = [one.volid for one in listed.found][:_NAMED]
    instead = f"the newest that are listed: {describe(there)}" if there else "none is listed"
    more = f" ({'; '.join(listed.unlisted)})" if listed.gaps else ""
    return Refusal(
        RefusalCode.NOT_FOUND, f"{volume} is not listed among the backups of {container.label}; {instead}{more}"
    )


def plan_change(container: Container, request: BackupChangeRequest, facts: BackupFacts) -> BackupChangePlan | Refusal:
    """Return the plan of a change, or the refusal."""
    note = None if request.note is None else as_note(request.note)
    protected, marks = request.protected, facts.marks
    plan = BackupChangePlan(
        request,
        facts.taken_at,
        container.cluster,
        facts.node,
        int(container.vmid or 0),
        facts.backup,
        marks,
        None if protected == marks.protected else protected,
        None if note == marks.note else note,
    )
    if plan.protected is None and plan.note is None:
        return Refusal(RefusalCode.UNCHANGED, f"{request.volume} is so already: nothing to change")
    full = (
        too_many_protected(plan.vmid, request.storage, facts.beside, facts.most_protected) if plan.protected else None
    )
    if full is not None:
        reason = f"{request.volume} cannot be protected: {full}. Take the protection from another one first"
        return Refusal(RefusalCode.BACKUP_LIMIT, reason)
    return plan


def warnings(container: Container, plan: BackupChangePlan) -> Iterator[str]:
    """Yield what a person has to know besides."""
    owner = owner_of(plan.backup, container)
    if owner is not BackupOwner.OURS:
        sure = "is" if owner is BackupOwner.FORMER else "may be"
        yield f"it {sure} of a former CT {plan.vmid}, not of {container.name}"
    elif owner_of(replace(plan.backup, notes=plan.wanted.note.partition("\n")[0]), container) is not owner:
        yield (
            f"it is older than our record, and only its note tells that it is of {container.name}: afterwards it counts"
            f" as one that may be of a former CT {plan.vmid}"
        )
    if plan.note is not None and "\n" in plan.before.note:
        yield "its note has several lines: all of them are replaced"


def check_same(agreed: BackupChangePlan, now: Backup | None, marks: BackupMarks | None) -> Refusal | None:
    """Return the refusal where a backup is gone, or is not as it was shown; else None. `marks` None: not read."""
    if now is None or (now.at, now.size) != (agreed.backup.at, agreed.backup.size):
        return refusals.changed(f"{agreed.request.volume} was removed, or replaced,")
    if marks is not None and marks != agreed.before:
        return refusals.changed(f"the protection or the note of {agreed.request.volume} changed")
    return None


def what_is_missing(agreed: BackupChangePlan, marks: BackupMarks) -> tuple[str, ...]:
    """Return what of a change is not seen at the backup: `protection`, `note`; empty where all is."""
    lacking = []
    if agreed.protected is not None and marks.protected != agreed.protected:
        lacking.append("protection")
    if agreed.note is not None and marks.note != agreed.note:
        lacking.append("note")
    return tuple(lacking)
