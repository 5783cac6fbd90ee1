"""The plan to change what stands with a backup that is there: its protection and its note. It concerns a volume of a
storage: no guest, and of our records only whose VMID it is.
"""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.action import Step, StepName
from proximity_tui.core.model.guests.guest_backup import Backup
from proximity_tui.core.model.names import storage_of


@value_object
class BackupMarks:
    """What stands with a backup."""

    protected: bool
    note: str
    """Whole, with all its lines; empty where it has none."""


@value_object
class BackupChangeRequest:
    """What a person asked for. `record` is the record, open or closed, whose VMID the backup is of."""

    record: int
    volume: str
    protected: bool | None = None
    """None: as it is."""
    note: str | None = None
    """None: as it is; empty: it goes away."""

    @property
    def storage(self) -> str:
        """The storage that the backup lies on."""
        return storage_of(self.volume)


@value_object
class BackupChangePlan:
    """A change that can be made, by what was read at `taken_at`. A value that is None is not sent."""

    request: BackupChangeRequest
    taken_at: datetime
    cluster: str
    node: str
    vmid: int
    backup: Backup
    before: BackupMarks
    protected: bool | None = None
    note: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def wanted(self) -> BackupMarks:
        """The marks that the backup is to have afterwards."""
        before = self.before
        return BackupMarks(
            before.protected if self.protected is None else self.protected,
            before.note if self.note is None else self.note,
        )

    @property
    def summary(self) -> str:
        """All of it in one line."""
        what = [self._verb] if self._verb else []
        if self.note is not None:
            what.append("change its note" if what else "change the note")
        return f"{' and '.join(what)}: {self.request.volume}, of CT {self.vmid}, cluster {self.cluster}"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in order, each with its reason."""
        told = []
        if self.protected is not None:
            told.append(
                "protected: no retention removes it, and Proxmox refuses to delete it"
                if self.protected
                else "no longer protected: the retention of its storage may remove it, and people may delete it"
            )
        if self.note is not None:
            told.append(f"note: {_shown(self.before.note)} becomes {_shown(self.note)}")
        return (
            Step(StepName.CHANGE, f"write it on {self.node}, in one request; {'; '.join(told)}"),
            Step(StepName.VERIFY, "read the backup again: only what is seen then counts as done"),
        )

    @property
    def _verb(self) -> str:
        if self.protected is None:
            return ""
        return "protect the backup" if self.protected else "take the protection from the backup"


def as_note(text: str) -> str:
    """Return a note as it is kept and compared: the same whatever ends its lines, and without space around it."""
    return text.replace("\r\n", "\n").strip()


def _shown(note: str) -> str:
    return f'"{plain(note, limit=80)}"' if note else "none"
