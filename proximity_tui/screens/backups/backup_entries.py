"""The lines of the list of backups: a backup each, and each storage whose backups could not be listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.text import human_bytes
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.backup_list import BackupOwner, owner_of, owner_words
from proximity_tui.core.model import Backup, BackupGap, BackupList, Container, Unlisted, Verification
from proximity_tui.screens.lists.list_entry import FewFields, Moment
from proximity_tui.screens.presentation.backup_cells import backup_age_cell, size_cell, verified_cell
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.filter import Fields
from proximity_tui.widgets.table.quantity import Amount

_GAPS: Mapping[Unlisted, str] = {
    Unlisted.NODE_OFFLINE: "node offline",
    Unlisted.STORAGE_OFFLINE: "offline",
    Unlisted.NO_RIGHT: "not shown to our token",
    Unlisted.STORAGES_HIDDEN: "storages not shown to our token",
    Unlisted.UNREADABLE: "cannot be read",
    Unlisted.RIGHTS_UNKNOWN: "our rights are not known",
}


@value_object
class BackupRow:
    """A backup of a VMID, and whose it is."""

    backup: Backup
    owner: BackupOwner
    cluster: str
    vmid: int | None


@value_object
class GapRow:
    """A reason why there may be more backups than are listed."""

    gap: BackupGap
    cluster: str


def rows_of(container: Container, listed: BackupList) -> tuple[BackupRow | GapRow, ...]:
    """Return the lines: what could not be listed first, then the backups, newest first."""
    gaps = tuple(GapRow(gap, container.cluster) for gap in listed.gaps)
    return gaps + tuple(
        BackupRow(one, owner_of(one, container), container.cluster, container.vmid) for one in listed.found
    )


def facts_of(row: BackupRow) -> dict[str, str]:
    """Return everything about a backup, by what a person calls it."""
    backup = row.backup
    return {
        "made": local_time(backup.at),
        "of": owner_words(row.owner, row.vmid) or f"this container, CT {row.vmid}",
        "storage": backup.storage,
        "reached by": ", ".join(backup.nodes) or "not known",
        "size": "not known" if backup.size is None else f"{human_bytes(backup.size)} ({backup.size} bytes)",
        "format": backup.format or "not known",
        "encrypted": "yes" if backup.encrypted else "no",
        "protected": "yes: no retention removes it" if backup.protected else "no",
        "verification": "not verified" if backup.verification is None else f"verified: {backup.verification}",
        "note": backup.notes or "none",
    }


@value_object
class BackupEntry(FewFields):
    """A backup in the list."""

    row: BackupRow

    @property
    def key(self) -> str:
        """Its volume id."""
        return self.row.backup.volid

    @property
    def urgent(self) -> bool:
        """True when its verification failed."""
        return self.row.backup.verification is Verification.FAILED

    def seen_at(self, at: Moment) -> datetime | None:
        """Return when it was made."""
        return self.row.backup.at

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        backup = self.row.backup
        match column:
            case "age":
                return backup_age_cell(backup.at, at.now)
            case "made":
                return Cell(f"{backup.at.astimezone():%Y-%m-%d %H:%M}", order=backup.at.timestamp())
            case "size":
                return size_cell(backup.size)
            case "verified":
                return verified_cell(backup.verification)
            case "protected":
                return "yes" if backup.protected else ""
            case "notes":
                whose = owner_words(self.row.owner, self.row.vmid)
                return Cell("; ".join(filter(None, (whose, backup.notes))), "warn" if whose else "normal")
            case _:
                return str(getattr(backup, column) or "")

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        backup = self.row.backup
        return {
            "storage": backup.storage,
            "node": " ".join(backup.nodes),
            "verified": backup.verification or "",
            "protected": "yes" if backup.protected else "no",
            "note": backup.notes or "",
            "owner": self.row.owner,
            "size": "" if backup.size is None else Amount(backup.size),
            "age": Amount((at.now - backup.at).total_seconds()),
        }

    def detail(self, at: Moment) -> str:
        """Return everything about it in one line."""
        backup = self.row.backup
        pieces = (
            backup.volid,
            owner_words(self.row.owner, self.row.vmid),
            "protected: no retention removes it" if backup.protected else "",
            "encrypted" if backup.encrypted else "",
            f"verification {backup.verification}" if backup.verification else "",
            f"reached by {', '.join(backup.nodes)}" if backup.nodes else "",
        )
        return "; ".join(filter(None, pieces))


@value_object
class GapEntry(FewFields):
    """A storage whose backups could not be listed, in the list."""

    row: GapRow

    @property
    def key(self) -> str:
        """Its reason, storage and node."""
        gap = self.row.gap
        return f"gap {gap.why} {gap.storage or ''} {gap.node or ''} {gap.sentence}"

    @property
    def urgent(self) -> bool:
        """True: an empty list says "none" only without it."""
        return True

    def seen_at(self, at: Moment) -> datetime | None:
        """Return None: it is no observation."""
        return None

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return the cell of a column, with ages as they are `at` that moment."""
        gap = self.row.gap
        match column:
            case "age":
                return Cell("?", "warn", order=-1.0)
            case "storage":
                return Cell(gap.storage or "?", "warn")
            case "notes":
                where = f" on {gap.node}" if gap.node else ""
                return Cell(f"{_GAPS[gap.why]}{where}", "warn")
            case _:
                return ""

    def fields(self, at: Moment) -> Fields:
        """Return the fields of the filter's `key:value`."""
        gap = self.row.gap
        return {
            "storage": gap.storage or "",
            "node": gap.node or "",
            "verified": "",
            "protected": "",
            "note": gap.sentence,
            "owner": "",
            "size": "",
            "age": "",
        }

    def detail(self, at: Moment) -> str:
        """Return the reason."""
        return f"There may be more backups: {self.row.gap.sentence}"
