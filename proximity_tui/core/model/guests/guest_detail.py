"""The result of inspecting one guest: everything that a decision needs, its tasks among it, or the reason why it is not
seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest import Fingerprint, Presence, Status
from proximity_tui.core.model.guests.guest_backup import Backup
from proximity_tui.core.model.guests.membership import Quorum

HA_IGNORES = "ignored"
"""The state of a guest that HA does nothing for. Proxmox starts and stops it itself, and refuses its destroy without
purge (from its source, not recorded)."""

_NO_EXIT_STATUS = ("unexpected status", "unable to read tail", "unable to get last line", "unable to open file - ")
"""What stands in place of an exit status when the log of the task does not end in one."""


END_NOT_KNOWN = "the end of its task is not known"


def ended_well(exitstatus: object) -> bool:
    """Return whether the exit status of a task that did not fail says that it ended well; else its end is not known."""
    return isinstance(exitstatus, str) and (exitstatus == "OK" or exitstatus.startswith("WARNINGS: "))


@value_object
class Task:
    """A Proxmox task: `status` is `running` or `stopped`; `exitstatus` is None while it runs or is not known."""

    upid: str
    node: str
    type: str
    id: str
    user: str
    started_at: datetime
    status: str
    exitstatus: str | None = None
    ended_at: datetime | None = None
    warnings: tuple[str, ...] = ()
    """What it warned of, once it was waited for."""

    @property
    def running(self) -> bool:
        """True while the task runs."""
        return self.status == "running"

    @property
    def ending(self) -> str:
        """The exit status, or a sentence where it is not known."""
        return self.exitstatus or END_NOT_KNOWN

    @property
    def succeeded(self) -> bool:
        """True for `OK` and `WARNINGS: n`; anything else, also a missing exit status, is no success."""
        return self.exitstatus == "OK" or self.warned

    @property
    def warned(self) -> bool:
        """True for `WARNINGS: n`: it succeeded, and its log says what a person should know."""
        text = self.exitstatus or ""
        return text.startswith("WARNINGS: ") and text[10:].isdigit()

    @property
    def failed(self) -> bool:
        """True when Proxmox says that it failed. A task whose end got lost neither failed nor succeeded: inspect the
        guest (observed on Proxmox VE 9.2).
        """
        text = self.exitstatus
        return text is not None and not self.succeeded and not text.startswith(_NO_EXIT_STATUS)


class Unread(StrEnum):
    """A part of a guest that may turn out not to be readable."""

    CONFIG = "config"
    TEMPLATE = "template"
    PROTECTION = "protection"
    HA = "HA"
    QUORUM = "quorum"
    TASKS = "running tasks"
    TASK_ROW = "a running task"
    """One task of a list that was read otherwise."""
    BACKUPS = "backups"
    REPLICATION = "replication"
    PERMISSIONS = "permissions"
    SNAPSHOTS = "snapshots"
    INTERFACES = "interfaces"


@value_object
class Gap:
    """A part of a guest that could not be read, and the reason for a person."""

    what: Unread
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}"


@value_object
class GuestDetail:
    """A close inspection of one container: everything that a decision about it needs, read at one moment.

    What could not be read is None and named in `gaps`; a decision treats a gap as a refusal, not as "fine".
    """

    cluster: str
    vmid: int
    node: str
    taken_at: datetime
    status: Status
    lock: str | None
    template: bool
    config: Mapping[str, Any] | None
    fingerprint: Fingerprint | None
    digest: str | None
    protection: bool | None
    ha_state: str | None
    ha_known: bool
    replicated: bool | None
    quorum: Quorum
    tasks: tuple[Task, ...] | None = field(default=None, repr=False)
    """Every task that its node lists of it, newest first; None when not all of them could be read."""
    busy_tasks: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    backups: tuple[Backup, ...] = ()
    backups_unlisted: tuple[str, ...] = ()
    """Why there may be more backups than listed; see `BackupList.unlisted`."""
    backup_storages: tuple[str, ...] | None = None
    """The active storages of its node that take backups; None where that was not asked or could not be read."""
    shared_backup_storages: tuple[str, ...] = ()
    """Those of them that every node of the cluster shares."""
    config_at: datetime | None = None

    @property
    def fingerprint_at(self) -> datetime:
        """The moment when its fingerprint was read: with the config, which is read last."""
        return self.config_at or self.taken_at

    @property
    def is_run_by_ha(self) -> bool:
        """True where HA carries out what is requested; not where it was told to ignore the guest, which stays in its
        list.
        """
        return self.ha_state not in (None, HA_IGNORES)

    def gap(self, what: Unread) -> Gap | None:
        """Return the gap of one part; None where it was read, or not asked for."""
        return next((gap for gap in self.gaps if gap.what is what), None)


@value_object
class GuestConfig:
    """The config of one container, read by one request: enough to judge its identity and name."""

    vmid: int
    node: str
    taken_at: datetime
    lock: str | None
    config: Mapping[str, Any]
    fingerprint: Fingerprint


@value_object
class GuestNotSeen:
    """A close inspection that found no guest of ours at a VMID.

    Only `presence` ABSENT is a proof (this inspection's share of one): complete inventory, quorum, and `nextid` says
    free.
    """

    cluster: str
    vmid: int
    taken_at: datetime
    presence: Presence
    reason: str
    exists: bool = False
    """Whether Proxmox says all the same that its VMID is taken: the list may only lag behind."""


@value_object
class Vacancy:
    """An inspection of a VMID for a new container: whether it is free, and the quorum, read just now."""

    cluster: str
    node: str
    vmid: int
    taken_at: datetime
    free: bool
    quorum: Quorum
    tasks: tuple[Task, ...] = ()
    """Every task that its node lists of that VMID, newest first."""


GuestLookup = GuestDetail | GuestNotSeen
"""What an inspection brings back."""
