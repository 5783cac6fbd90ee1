"""The rules for one container: each returns why it will hurt, None where all is well, or why that is not known.

A rule that does not apply returns None, too: a stopped container needs no start at boot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from proximity_tui.core.base.text import human_age, percent, settings_differ
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.lint.facts import LintSubject, UnreadFact
from proximity_tui.core.model import Container, Kind, State
from proximity_tui.core.model.guests.guest_config import is_on
from proximity_tui.core.model.limits import LintLimits
from proximity_tui.core.model.lint_report import LintRule, Remedy

RuleAnswer = str | UnreadFact | None

_CLOCKS = timedelta(days=1)
"""How far the clock of a node may be behind ours."""


def no_backup(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return why it has no young backup, None where it has one, or UnreadFact."""
    if isinstance(one.last_backup, UnreadFact):
        return one.last_backup
    if one.last_backup is None:
        return "it has no backup"
    age = now - one.last_backup
    if age <= limits.backup:
        return None
    return f"its last backup is {age_words(age)} old, and may be {age_words(limits.backup)}"


def protection_off(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return why an adopted container is not protected, None where it is or is native, or UnreadFact."""
    if one.container.kind is Kind.NATIVE:
        return None
    return _unless_set(one, "protection", "adopted with its protection off: anybody may destroy it on Proxmox")


def onboot_off(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return why what runs stays down after a reboot of its node, None where it comes back, or UnreadFact."""
    if one.container.state is not State.RUNNING:
        return None
    return _unless_set(one, "onboot", "it runs with onboot off: it stays down after a reboot of its node")


def port_silent(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return on which of its ports nothing listened, None where something did or it has none, or UnreadFact."""
    if not one.container.ports:
        return None
    if isinstance(one.silent_ports, UnreadFact):
        return one.silent_ports
    if not one.silent_ports:
        return None
    ports = ", ".join(f"{port.public} (its port {port.container})" for port in one.silent_ports)
    return f"nothing listened behind {ports} at the last probe"


def drift(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return how many settings differ without being accepted, None where none does, or UnreadFact."""
    if one.drift is None:
        return UnreadFact("it was not compared with its clinical record")
    if not one.drift:
        return None
    return f"{settings_differ(one.drift)} from its clinical record, and that was not accepted"


def can_have_old_snapshot(container: Container, limits: LintLimits, now: datetime) -> bool:
    """Return whether a container may have a snapshot that is too old: none of what we made ourselves, and from no
    backup, is older than the container.
    """
    is_our_own = container.kind is Kind.NATIVE and container.predecessor is None
    return not (is_our_own and timedelta(0) <= now - container.created_at < limits.snapshot - _CLOCKS)


def old_snapshot(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return the oldest of the snapshots that are too old, None where none is, or UnreadFact."""
    if isinstance(one.snapshots, UnreadFact):
        return one.snapshots
    old = [shot for shot in one.snapshots if shot.at is not None and now - shot.at > limits.snapshot]
    if not old:
        return None
    oldest = min(old, key=lambda shot: shot.at or now)
    more = f", and {len(old) - 1} more" if len(old) > 1 else ""
    age = age_words(now - (oldest.at or now))
    return f"its snapshot {oldest.name} is {age} old{more}: it holds all that changed since"


def disk_full(one: LintSubject, limits: LintLimits, now: datetime) -> RuleAnswer:
    """Return how full the disk of a running container is, None where it has room or does not run, or UnreadFact."""
    if one.container.state is not State.RUNNING:
        return None
    if isinstance(one.guest, UnreadFact):
        return one.guest
    if one.guest.disk is None or not one.guest.maxdisk:
        return UnreadFact("Proxmox does not say how much of its disk is used")
    used = one.guest.disk / one.guest.maxdisk
    return f"{percent(used)} of its disk is used" if used > limits.disk_used else None


@value_object
class RuleWords:
    """One rule: how a list calls it, its remedy, and the command of that, with `{name}` for the container."""

    title: str
    remedy: Remedy
    command: str
    weight: int
    """How much it hurts: 1 hurts most."""


RULES: Mapping[LintRule, RuleWords] = {
    LintRule.SAME_ADDRESS: RuleWords("same address", Remedy.EDIT, "set {name} net0.ip=ADDRESS/BITS", 1),
    LintRule.DISK_FULL: RuleWords("disk full", Remedy.EDIT, "resize {name} --disk +4", 1),
    LintRule.NO_BACKUP: RuleWords("no backup", Remedy.BACK_UP, "backup {name}", 2),
    LintRule.OLD_ALERT: RuleWords("old alert", Remedy.ALERT, "alerts ack {name} --note TEXT", 2),
    LintRule.PROTECTION_OFF: RuleWords("protection off", Remedy.EDIT, "set {name} protection=1", 3),
    LintRule.ONBOOT_OFF: RuleWords("onboot off", Remedy.EDIT, "set {name} onboot=1", 3),
    LintRule.DRIFT: RuleWords("drift", Remedy.DRIFT, "drift accept {name} --note TEXT", 3),
    LintRule.PORT_SILENT: RuleWords("silent port", Remedy.PORTS, "ports", 4),
    LintRule.OLD_SNAPSHOT: RuleWords("old snapshot", Remedy.SNAPSHOTS, "snapshot list {name}", 4),
    LintRule.TEMPLATE_UNUSED: RuleWords("unused template", Remedy.PAGE, "templates", 5),
}
"""The words of each rule; a list shows what hurts most first."""

OF_CONTAINERS: Mapping[LintRule, Callable[[LintSubject, LintLimits, datetime], RuleAnswer]] = {
    LintRule.DISK_FULL: disk_full,
    LintRule.NO_BACKUP: no_backup,
    LintRule.PROTECTION_OFF: protection_off,
    LintRule.ONBOOT_OFF: onboot_off,
    LintRule.DRIFT: drift,
    LintRule.PORT_SILENT: port_silent,
    LintRule.OLD_SNAPSHOT: old_snapshot,
}
"""The rules that judge one container by itself."""


def _unless_set(one: LintSubject, setting: str, reason: str) -> RuleAnswer:
    """Return the reason unless a setting of the config, which is off where it is missing, is on."""
    if isinstance(one.config, UnreadFact):
        return one.config
    return None if is_on(one.config, setting) else reason


def age_words(span: timedelta) -> str:
    """Return a span as everything else shows an age: `9h 5m`, `12d 4h`. A limit may be shorter than a day."""
    return human_age(span.total_seconds())
