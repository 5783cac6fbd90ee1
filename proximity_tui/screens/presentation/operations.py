"""What an operation is doing, in words. Pure."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.text import human_age
from proximity_tui.core.model import Action, Operation, OperationStatus

DOING = {
    Action.ADOPT: "adopting",
    Action.ACCEPT_DRIFT: "accepting the drift of",
    Action.CREATE: "creating",
    Action.CLONE: "cloning",
    Action.SOFT_DELETE: "closing the record of",
    Action.HARD_DELETE: "deleting",
    Action.START: "starting",
    Action.SHUTDOWN: "shutting down",
    Action.STOP: "stopping",
    Action.REBOOT: "rebooting",
    Action.UPDATE: "changing",
    Action.MIGRATE: "migrating",
    Action.RESTORE: "restoring",
    Action.BACKUP: "backing up",
    Action.SNAPSHOT: "taking a snapshot of",
    Action.DELETE_SNAPSHOT: "deleting a snapshot of",
    Action.ROLLBACK_SNAPSHOT: "rolling back",
}


def operation_text(operation: Operation, now: datetime, owner: str = "") -> str:
    """Return `deleting 2/5 18s`, with the owner where it is another process, or that no process executes it."""
    doing = DOING.get(operation.action, operation.action.value)
    if operation.status is OperationStatus.INTERRUPTED:
        return f"INTERRUPTED {doing} {operation.progress}"
    words = f"{doing} {operation.progress} {human_age(max(0.0, (now - operation.started_at).total_seconds()))}"
    if operation.owner == owner:
        return words
    return f"in progress by {operation.actor.partition(' via ')[0]}: {words}"
