"""What undoes an event of the audit trail, by its action; and of the others why nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from proximity_tui.core.model import Action, Event
from proximity_tui.core.model.actions.event import EventAction


class UndoKind(StrEnum):
    """The ways to take something back."""

    REATTACH = "reattach"
    """Manage a container again whose record was closed: with its history, as what it was."""
    STOP_MANAGING = "stop_managing"
    """Close the record of an adoption; the container is not touched."""
    REOPEN = "reopen"
    """Let an alert wait for a person again."""
    BASELINE = "baseline"
    """Compare with the baseline of before again."""
    PORT = "port"
    """Make a public port what it was: the opposite change of our registry."""


UNDONE_BY: Mapping[str, UndoKind] = {
    Action.SOFT_DELETE: UndoKind.REATTACH,
    Action.ADOPT: UndoKind.STOP_MANAGING,
    EventAction.REATTACH: UndoKind.STOP_MANAGING,
    EventAction.ALERT_ACKNOWLEDGED: UndoKind.REOPEN,
    Action.ACCEPT_DRIFT: UndoKind.BASELINE,
    EventAction.PORT_RESERVED: UndoKind.PORT,
    EventAction.PORT_MOVED: UndoKind.PORT,
    EventAction.PORT_RELEASED: UndoKind.PORT,
}
"""What undoes an event, by its action."""

WHY_NEVER: Mapping[str, str] = {
    Action.HARD_DELETE: "a destroyed container does not come back by itself: restore a backup of it",
    Action.CREATE: "a created container goes away only by a hard delete, which asks for its name",
    Action.CLONE: "a clone goes away only by a hard delete, which asks for its name",
    Action.START: "shut the container down instead",
    Action.SHUTDOWN: "start the container instead",
    Action.STOP: "start the container instead",
    Action.REBOOT: "a reboot has no opposite",
    Action.UPDATE: "what runs may rely on it by now: set the settings back, or roll the config back to a revision",
    Action.RESTORE: "what was restored goes away only by a hard delete, which asks for its name",
    Action.MIGRATE: "migrate it back to the node that it came from",
    Action.BACKUP: "a backup that is not wanted is deleted on its storage",
    EventAction.BACKUP_CHANGE: "the event has the old values: set them with `backup --existing`",
    Action.SNAPSHOT: "a snapshot is deleted by its own command",
    Action.DELETE_SNAPSHOT: "a deleted snapshot does not come back",
    Action.ROLLBACK_SNAPSHOT: "what was lost by a rollback does not come back",
    Action.UNREADABLE: "only the version of proximity-tui that did it knows what it was",
    EventAction.ANOMALOUS_ORPHAN: "its guest is gone: the alert says what can be done",
    EventAction.EXPECTED_ORPHAN: "its guest is gone: restore a backup, if there is one",
    EventAction.ALERT_REOPENED: "acknowledge the alert again",
    EventAction.BASELINE_RETURNED: "accept the config again",
    EventAction.BREAKER_APPROVED: "what was closed then is managed again container by container",
    EventAction.BREAKER_DISMISSED: "what is missing is judged again by the next run of the reconciler",
    EventAction.JOB_PAUSED: "resume the job",
    EventAction.JOB_RESUMED: "pause the job again",
    EventAction.FREEZE: "lift the freeze with `unfreeze`",
    EventAction.UNFREEZE: "freeze again, with a reason",
    EventAction.ARM: "write mode ends by itself",
    EventAction.CLUSTER_TRUSTED: "take the cluster out of the configuration",
    EventAction.CLUSTER_RETRUSTED: "who was trusted before does not answer any more: `connect --retrust` trusts again",
    EventAction.CLUSTER_RENAMED: "rename the cluster back with `cluster rename`",
    EventAction.LINT_WAIVED: "take the waiver back with `lint unwaive`",
    EventAction.LINT_UNWAIVED: "waive the finding again with `lint waive`",
    EventAction.DATABASE_COPIED: "a copy that is not wanted is deleted",
    EventAction.TEMPLATE_DOWNLOAD: "a template that is not wanted is deleted on its storage",
}
"""Why an event is never undone, by its action."""


def is_decision(event: Event) -> bool:
    """Return whether an event tells of something that somebody did, and not of what was only seen."""
    if event.action == EventAction.CLUSTER_RENAMED:
        # It is told of each record, too, with which nothing was done.
        return event.container is None
    return event.action in UNDONE_BY or event.action in WHY_NEVER


def newest_decision(events: Iterable[Event]) -> Event | None:
    """Return the first of `events`, the newest first, that may be asked to be undone; None where there is none."""
    return next(filter(is_decision, events), None)
