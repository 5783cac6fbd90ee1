"""Which function carries out which step of which action: a new action has its rows here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from proximity_tui.core.engine.operations.actions import (
    backup,
    change,
    clone_network,
    create,
    hard_delete,
    migrate,
    power,
    restore,
)
from proximity_tui.core.engine.operations.actions.snapshot import rollback, snapshots
from proximity_tui.core.engine.operations.outcome import Fact
from proximity_tui.core.engine.operations.step_context import StepContext
from proximity_tui.core.model import POWER_ACTIONS, Action, StepName, StepRecord

Handler = Callable[[StepContext, StepRecord], Fact]

HANDLERS: Mapping[Action, Mapping[StepName, Handler]] = {
    Action.HARD_DELETE: {
        StepName.SHUTDOWN: hard_delete.shutdown,
        StepName.STOP: hard_delete.stop,
        StepName.BACK_UP: backup.back_up_stopped,
        StepName.PROVE_BACKUP: backup.prove_backup,
        StepName.DESTROY: hard_delete.destroy,
        StepName.PROVE_ABSENT: hard_delete.prove_absent,
        StepName.RELEASE: hard_delete.release,
    },
    Action.BACKUP: {StepName.BACK_UP: backup.back_up, StepName.PROVE_BACKUP: backup.prove_backup},
    Action.CREATE: {
        StepName.CREATE: create.create,
        StepName.VERIFY: create.verify,
        StepName.START: create.start,
        StepName.SETTLE: create.settle,
    },
    Action.CLONE: {
        StepName.CLONE: create.clone,
        StepName.VERIFY: create.verify,
        StepName.CHANGE: clone_network.change_card,
        StepName.START: create.start,
        StepName.SETTLE: create.settle,
    },
    Action.UPDATE: {StepName.CHANGE: change.change, StepName.GROW: change.grow, StepName.VERIFY: change.verify},
    Action.MIGRATE: {StepName.MIGRATE: migrate.migrate, StepName.VERIFY: migrate.verify},
    Action.RESTORE: {
        StepName.RESTORE: restore.restore,
        StepName.VERIFY: restore.verify,
        StepName.START: create.start,
        StepName.SETTLE: restore.settle,
    },
    Action.SNAPSHOT: {
        StepName.TAKE_SNAPSHOT: snapshots.take,
        StepName.PROVE_SNAPSHOT: snapshots.prove_taken,
    },
    Action.DELETE_SNAPSHOT: {
        StepName.DELETE_SNAPSHOT: snapshots.delete,
        StepName.PROVE_SNAPSHOT_GONE: snapshots.prove_deleted,
    },
    Action.ROLLBACK_SNAPSHOT: {
        StepName.ROLL_BACK: rollback.roll_back,
        StepName.RECORD_CONFIG: rollback.record_config,
        StepName.START: rollback.start,
    },
    **{one: {StepName.ASK: power.ask, StepName.AWAIT_STATUS: power.await_status} for one in POWER_ACTIONS},
}
"""Each action's steps, by the names that plans use."""
