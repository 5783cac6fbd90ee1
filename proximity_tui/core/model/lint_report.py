"""The words of lint: its rules, what was found, and what a person waived."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class LintRule(StrEnum):
    """The rules. The words stand in configurations, databases and JSON: add, never rename."""

    NO_BACKUP = "no_backup"
    PROTECTION_OFF = "protection_off"
    ONBOOT_OFF = "onboot_off"
    PORT_SILENT = "port_silent"
    TEMPLATE_UNUSED = "template_unused"
    DRIFT = "drift"
    OLD_SNAPSHOT = "old_snapshot"
    DISK_FULL = "disk_full"
    SAME_ADDRESS = "same_address"
    OLD_ALERT = "old_alert"


class Remedy(StrEnum):
    """What to do about a finding: the dialog or list that does it."""

    BACK_UP = "back_up"
    EDIT = "edit"
    DRIFT = "drift"
    SNAPSHOTS = "snapshots"
    PORTS = "ports"
    ALERT = "alert"
    PAGE = "look"


@value_object
class Waiver:
    """The word of a person that a finding is known and stays: for one rule and one subject."""

    id: int
    rule: LintRule
    subject: str
    note: str
    by: str
    at: datetime


@value_object
class LintFinding:
    """Something that will hurt. `subject` is its identity, whatever it is called: `c7`, `alert:3`, a volume id."""

    rule: LintRule
    subject: str
    cluster: str | None
    vmid: int | None
    name: str
    container: int | None
    """The id of the record that it is about, if any."""
    reason: str
    remedy: Remedy
    command: str
    """The command that does the same as the key."""
    waiver: Waiver | None = None
    alert: int | None = None
    """The id of the alert that it is about, if any."""

    @property
    def key(self) -> str:
        """Its identity in a list."""
        return f"{self.rule}/{self.subject}"


@value_object
class NotChecked:
    """A rule that could not be applied: to one subject, or (`name` None) to a whole cluster or to anything."""

    rule: LintRule
    cluster: str | None
    name: str | None
    why: str


@value_object
class LintReport:
    """Everything that was found, what hurts most first, and what could not be checked."""

    checked_at: datetime
    findings: tuple[LintFinding, ...]
    not_checked: tuple[NotChecked, ...]

    @property
    def open(self) -> tuple[LintFinding, ...]:
        """The findings that nobody waived."""
        return tuple(one for one in self.findings if one.waiver is None)
