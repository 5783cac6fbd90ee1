"""The actions, and the steps that their plans are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from proximity_tui.core.base.text import read_word
from proximity_tui.core.base.value_object import value_object


class Action(StrEnum):
    """The actions that an operation can perform."""

    ADOPT = "adopt"
    ACCEPT_DRIFT = "accept-drift"
    CREATE = "create"
    CLONE = "clone"
    SOFT_DELETE = "soft-delete"
    HARD_DELETE = "hard-delete"
    START = "start"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    REBOOT = "reboot"
    UPDATE = "update"
    """The write of settings into its config, and the growth of its disks."""
    RESTORE = "restore"
    """Make a container again that is gone, from a backup."""
    BACKUP = "backup"
    SNAPSHOT = "snapshot"
    DELETE_SNAPSHOT = "delete-snapshot"
    ROLLBACK_SNAPSHOT = "rollback-snapshot"
    MIGRATE = "migrate"
    """The move to another node of its cluster."""
    UNREADABLE = "unreadable"
    """A recorded action that this version does not know. It is never carried out."""

    @classmethod
    def read(cls, text: object) -> Action:
        """Return the action that `text` names, `UNREADABLE` for any other text."""
        return read_word(text, cls.UNREADABLE)


POWER_ACTIONS = (Action.START, Action.SHUTDOWN, Action.STOP, Action.REBOOT)
SNAPSHOT_ACTIONS = (Action.SNAPSHOT, Action.DELETE_SNAPSHOT, Action.ROLLBACK_SNAPSHOT)


class StepName(StrEnum):
    """The name of a step of a plan. The words stand in databases, in JSON and in the journal: add, never rename."""

    ASK = "ask"
    """The one request of a power action."""
    AWAIT_STATUS = "await_status"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    BACK_UP = "back_up"
    PROVE_BACKUP = "prove_backup"
    DESTROY = "destroy"
    PROVE_ABSENT = "prove_absent"
    RELEASE = "release"
    """Free the ports and close the record."""
    CREATE = "create"
    CLONE = "clone"
    RESTORE = "restore"
    VERIFY = "verify"
    START = "start"
    SETTLE = "settle"
    """Set the record of a new container to what is observed of it."""
    CHANGE = "change"
    """Write settings into a config."""
    GROW = "grow"
    """Grow one disk."""
    MIGRATE = "migrate"
    TAKE_SNAPSHOT = "take_snapshot"
    PROVE_SNAPSHOT = "prove_snapshot"
    DELETE_SNAPSHOT = "delete_snapshot"
    PROVE_SNAPSHOT_GONE = "prove_snapshot_gone"
    ROLL_BACK = "roll_back"
    RECORD_CONFIG = "record_config"
    """Record the identity and the config of a container again, after an action of ours changed them."""
    CAPTURE = "capture"
    RECORD = "record"
    INSPECT = "look"
    UNREADABLE = "unreadable"
    """A journaled name that this version does not know. It is never carried out."""

    @classmethod
    def read(cls, text: object) -> StepName:
        """Return the step that `text` names, `UNREADABLE` for any other text."""
        return read_word(text, cls.UNREADABLE)

    @property
    def words(self) -> str:
        """The name as a person reads it: `verify absence`."""
        return _WORDS.get(self, self.value)


_WORDS: Mapping[StepName, str] = {
    StepName.ASK: "request",
    StepName.AWAIT_STATUS: "wait",
    StepName.SHUTDOWN: "shut down",
    StepName.BACK_UP: "back up",
    StepName.PROVE_BACKUP: "verify backup",
    StepName.PROVE_ABSENT: "verify absence",
    StepName.RELEASE: "close record",
    StepName.TAKE_SNAPSHOT: "take snapshot",
    StepName.PROVE_SNAPSHOT: "verify snapshot",
    StepName.DELETE_SNAPSHOT: "delete snapshot",
    StepName.PROVE_SNAPSHOT_GONE: "verify it is gone",
    StepName.ROLL_BACK: "roll back",
    StepName.RECORD_CONFIG: "update record",
    StepName.SETTLE: "update record",
    StepName.INSPECT: "check",
    StepName.UNREADABLE: "unknown step",
}


@value_object
class Step:
    """One step of a plan: its name, and why it is there."""

    name: StepName
    reason: str
