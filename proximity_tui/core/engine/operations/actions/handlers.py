"""Which function carries out which step of which action: a new action has its rows here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proximity_tui.core.engine.operations.actions import (
    backup_steps,
    change_steps,
    clone_network_steps,
    create_steps,
    hard_delete,
    migrate_steps,
    power_steps,
    restore_steps,
)
from proximity_tui.core.engine.operations.actions.snapshot import rollback_steps, snapshot_steps
from proximity_tui.core.engine.operations.outcome import Fact
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import POWER_ACTIONS, Action, StepName, StepRecord

Handler = Callable[[StepContext, StepRecord], Fact]
"""A step: it returns the fact that ends it. It raises StepFailed where it certainly did not happen, NotNeeded where it
was done before, and Interrupted where it has to be resumed: its outcome is not known, or nothing could be sent or read
now. A ProxmoxError or StoreError of what it reads goes through.
"""

HANDLERS: Mapping[Action, Mapping[StepName, Handler]] = {
    Action.HARD_DELETE: {
        StepName.SHUTDOWN: hard_delete.shutdown,
        StepName.STOP: hard_delete.stop,
        StepName.BACK_UP: backup_steps.back_up_stopped,
        StepName.PROVE_BACKUP: backup_steps.prove_backup,
        StepName.DESTROY: hard_delete.destroy,
        StepName.PROVE_ABSENT: hard_delete.prove_absent,
        StepName.RELEASE: hard_delete.release,
    },
    Action.BACKUP: {StepName.BACK_UP: backup_steps.back_up, StepName.PROVE_BACKUP: backup_steps.prove_backup},
    Action.CREATE: {
        StepName.CREATE: create_steps.create,
        StepName.VERIFY: create_steps.verify,
        StepName.START: create_steps.start,
        StepName.SETTLE: create_steps.settle,
    },
    Action.CLONE: {
        StepName.CLONE: create_steps.clone,
        StepName.VERIFY: create_steps.verify,
        StepName.CHANGE: clone_network_steps.change_card,
        StepName.START: create_steps.start,
        StepName.SETTLE: create_steps.settle,
    },
    Action.UPDATE: {
        StepName.CHANGE: change_steps.change,
        StepName.GROW: change_steps.grow,
        StepName.VERIFY: change_steps.verify,
    },
    Action.MIGRATE: {StepName.MIGRATE: migrate_steps.migrate, StepName.VERIFY: migrate_steps.verify},
    Action.RESTORE: {
        StepName.RESTORE: restore_steps.restore,
        StepName.VERIFY: restore_steps.verify,
        StepName.START: create_steps.start,
        StepName.SETTLE: restore_steps.settle,
    },
    Action.SNAPSHOT: {
        StepName.TAKE_SNAPSHOT: snapshot_steps.take,
        StepName.PROVE_SNAPSHOT: snapshot_steps.prove_taken,
    },
    Action.DELETE_SNAPSHOT: {
        StepName.DELETE_SNAPSHOT: snapshot_steps.delete,
        StepName.PROVE_SNAPSHOT_GONE: snapshot_steps.prove_deleted,
    },
    Action.ROLLBACK_SNAPSHOT: {
        StepName.ROLL_BACK: rollback_steps.roll_back,
        StepName.RECORD_CONFIG: rollback_steps.record_config,
        StepName.START: rollback_steps.start,
    },
    **{one: {StepName.ASK: power_steps.ask, StepName.AWAIT_STATUS: power_steps.await_status} for one in POWER_ACTIONS},
}
"""Each action's steps, by the names that plans use."""
