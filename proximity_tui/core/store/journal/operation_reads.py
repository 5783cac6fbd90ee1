"""The reading of an `Operation` from its rows, with steps and plan; the conditions are those of who asks.

`journal` and `operations` know which operations are wanted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from proximity_tui.core.model import Action, Operation, OperationStatus, StepName, StepOutcome, StepRecord
from proximity_tui.core.store import clock_readings
from proximity_tui.core.store.db.queries import chunks, dicts
from proximity_tui.core.store.schema.operation_tables import OperationRow, StepRow

if TYPE_CHECKING:
    from proximity_tui.core.model import Fingerprint, Plan

UNFINISHED = (OperationStatus.OPEN.value, OperationStatus.INTERRUPTED.value)
"""The operations that hold their guest and record."""


def read_operations(*conditions: Any) -> tuple[Operation, ...]:
    """Return the operations that meet the conditions on `OperationRow`, oldest first, with steps, in two queries."""
    rows = dicts(OperationRow.select().where(*conditions).order_by(OperationRow.id))
    steps: dict[int, list[StepRecord]] = defaultdict(list)
    if rows:
        query = (
            StepRow.select()
            .join(OperationRow, on=(StepRow.operation_id == OperationRow.id))
            .where(*conditions)
            .order_by(StepRow.operation_id, StepRow.seq)
        )
        for row in dicts(query):
            steps[row["operation_id"]].append(_step(row))
    return tuple(_operation(row, tuple(steps[row["id"]])) for row in rows)


def read_plans(ids: Collection[int]) -> dict[int, Plan]:
    """Return the plans of these operations, by the id of the operation, in one query for some hundred."""
    if not ids:
        return {}
    from proximity_tui.core.store.journal.plans import read_plan

    row = OperationRow
    query = row.select(row.id, row.action, row.cluster, row.vmid, row.name, row.plan)
    found = (one for chunk in chunks(ids) for one in dicts(query.where(row.id.in_(chunk))))
    return {one["id"]: read_plan(one) for one in found}


def read_promises(records: Collection[int]) -> dict[int, Fingerprint]:
    """Return what the backup promised of these records, as far as they were restored and keep their addresses."""
    from proximity_tui.core.model.actions.plan_options import RestoreOptions

    row = OperationRow
    query = row.select(row.id, row.container_id).where(row.action == Action.RESTORE.value)
    found = (one for chunk in chunks(records) for one in dicts(query.where(row.container_id.in_(chunk))))
    restored = {one["id"]: one["container_id"] for one in found}
    options = {restored[number]: plan.options for number, plan in read_plans(restored).items()}
    return {
        record: one.fingerprint
        for record, one in options.items()
        if isinstance(one, RestoreOptions) and one.fingerprint is not None and not one.unique
    }


def _operation(row: Mapping[str, Any], steps: tuple[StepRecord, ...]) -> Operation:
    # Every process reads records, and hardly any of them meets a plan.
    from proximity_tui.core.store.journal.plans import read_plan

    return Operation(
        id=row["id"],
        container=row["container_id"],
        cluster=row["cluster"],
        vmid=row["vmid"],
        name=row["name"],
        action=Action.read(row["action"]),
        status=OperationStatus(row["status"]),
        plan=read_plan(row),
        actor=row["actor"],
        owner=row["owner"],
        started_at=row["started_at"],
        heartbeat_at=row["heartbeat_at"],
        finished_at=row["finished_at"],
        error=row["error"],
        steps=steps,
        heartbeat_clock=clock_readings.read(row["heartbeat_clock"], row["heartbeat_at"]),
    )


def _step(row: Mapping[str, Any]) -> StepRecord:
    return StepRecord(
        seq=row["seq"],
        name=StepName.read(row["name"]),
        reason=row["reason"],
        outcome=StepOutcome(row["outcome"]),
        task=row["task"],
        intent_at=row["intent_at"],
        fact_at=row["fact_at"],
        detail=row["detail"] or {},
    )
