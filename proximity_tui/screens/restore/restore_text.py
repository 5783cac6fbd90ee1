"""The texts of the restore dialog. Pure."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.text import describe, human_bytes, plain
from proximity_tui.core.model import Backup, BackupList, Container, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.screens.presentation.ages import coarse_age
from proximity_tui.screens.presentation.operation_text import steps_lines
from proximity_tui.screens.text.lines import TextLine


def heading(record: Container | None) -> str:
    """Return the container that is to come back."""
    if record is None:
        return "Restore: reading the record"
    place = f"CT {record.vmid} on {record.node or 'an unknown node'}" if record.vmid else "no VMID"
    return f"Restore {record.name} ({record.kind}, {place}, cluster {record.cluster})"


def made_at(one: Backup) -> str:
    """Return when a backup was made: `2026-11-30 02:41`."""
    return f"{one.at.astimezone():%Y-%m-%d %H:%M}"


def backup_words(one: Backup, now: datetime) -> str:
    """Return what is known of a backup beside when it was made: its age, its storage and size."""
    words = [f"{coarse_age((now - one.at).total_seconds())} ago", one.storage]
    words += [human_bytes(one.size)] if one.size is not None else []
    words += [f"verified: {one.verification}"] if one.verification is not None else []
    words += ["protected"] if one.protected else []
    words += ["encrypted"] if one.encrypted else []
    words += [plain(one.notes, limit=40)] if one.notes else []
    return ", ".join(words)


def plan_lines(planned: Plan | Refusal | None, waited: int) -> list[TextLine]:
    """Return the steps and warnings of the plan, or why there is none; `waited` is in seconds."""
    if planned is None:
        return [[(f"reading the backups and the place... {waited} s", "dim")]]
    if isinstance(planned, Refusal):
        return [[(planned.reason, "warn")]]
    backup = chosen_backup(planned)
    source = f"from {backup}" if backup is not None else "EMPTY, as its clinical record says"
    return [[(f"as CT {planned.vmid} on {planned.node} {source}", "normal")], *steps_lines(planned)]


def list_lines(found: BackupList | None, record: Container | None, planned: Plan | Refusal | None) -> list[TextLine]:
    """Return what stands above the backups: how many there are of the VMID. That there is none is what the refusal
    says.
    """
    if found is None or record is None:
        return []
    if not found.found:
        advice = "alt+e plans an empty container, as its clinical record says."
        return [[(advice, "warn")]] if isinstance(planned, Refusal) else []
    vmids = describe([str(one) for one in sorted({one.vmid or record.vmid or 0 for one in found.found})])
    count = f"{len(found.found)} {'backup' if len(found.found) == 1 else 'backups'} of VMID {vmids}"
    return [[], [(f"{count}, newest first", "accent")]]


def gap_lines(found: BackupList | None, record: Container | None) -> list[TextLine]:
    """Return which storages could not be seen, and how everything else can be chosen."""
    if found is None or record is None:
        return []
    seen: list[TextLine] = [[(f"Not seen: {gap}", "warn")] for gap in found.unlisted]
    return [*seen, [("alt+p: another VMID, node, storage, bridge, pool, or new hardware addresses", "dim")]]


def chosen_backup(planned: Plan | Refusal | None) -> str | None:
    """Return the volume id that a plan restores, None without one."""
    options = planned.options if isinstance(planned, Plan) else None
    return options.backup if isinstance(options, RestoreOptions) else None
