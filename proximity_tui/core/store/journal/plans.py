"""Plans as they are kept in an operation: from JSON to the classes of their action.

What cannot be read becomes nothing: the operation is listed all the same, and cannot be carried out (law 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar

from proximity_tui.core.model import (
    POWER_ACTIONS,
    Action,
    BackupMode,
    Compression,
    Kind,
    Match,
    Plan,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.action import SNAPSHOT_ACTIONS
from proximity_tui.core.model.actions.plan import (
    UNBOUND,
    AbsenceBound,
    AdoptionBound,
    Bound,
    DestroyBound,
    GuestBound,
    RecordBound,
    RestoreBound,
    SourceBound,
)
from proximity_tui.core.model.actions.plan_options import (
    NO_OPTIONS,
    AdoptionOptions,
    BackupOptions,
    ChangeOptions,
    CloneOptions,
    ConfigChange,
    CreateOptions,
    DestroyOptions,
    DiskGrowth,
    MigrateOptions,
    NoOptions,
    Options,
    PowerOptions,
    PropertyChange,
    RestoreOptions,
    RollbackOptions,
    SnapshotOptions,
)
from proximity_tui.core.store.db.fields import fingerprint_in

_T = TypeVar("_T")

_OPTIONS: Mapping[Action, type[Options]] = {
    Action.HARD_DELETE: DestroyOptions,
    Action.ADOPT: AdoptionOptions,
    Action.CREATE: CreateOptions,
    Action.CLONE: CloneOptions,
    Action.UPDATE: ChangeOptions,
    Action.MIGRATE: MigrateOptions,
    Action.RESTORE: RestoreOptions,
    Action.BACKUP: BackupOptions,
    Action.SNAPSHOT: SnapshotOptions,
    Action.DELETE_SNAPSHOT: SnapshotOptions,
    Action.ROLLBACK_SNAPSHOT: RollbackOptions,
    **dict.fromkeys(POWER_ACTIONS, PowerOptions),
}

_BOUND: Mapping[Action, type[Bound]] = {
    Action.SOFT_DELETE: RecordBound,
    Action.HARD_DELETE: DestroyBound,
    Action.ADOPT: AdoptionBound,
    Action.CLONE: SourceBound,
    Action.UPDATE: GuestBound,
    Action.MIGRATE: GuestBound,
    Action.RESTORE: RestoreBound,
    Action.BACKUP: GuestBound,
    **dict.fromkeys(SNAPSHOT_ACTIONS, GuestBound),
    **dict.fromkeys(POWER_ACTIONS, GuestBound),
}

_ITEMS: Mapping[str, type[ConfigChange] | type[DiskGrowth] | type[PropertyChange]] = {
    "changes": ConfigChange,
    "growth": DiskGrowth,
    "properties": PropertyChange,
}

_WORDS: Mapping[str, type[StrEnum]] = {
    "status": Status,
    "identity": Match,
    "kind": Kind,
    "mode": BackupMode,
    "compress": Compression,
}


def read_plan(row: Mapping[str, Any]) -> Plan:
    """Return the plan in a row of the table of operations."""
    data = row["plan"] if isinstance(row["plan"], Mapping) else {}
    action = Action.read(row["action"])
    return Plan(
        action=action,
        cluster=row["cluster"],
        vmid=row["vmid"],
        name=row["name"],
        steps=tuple(_steps(data.get("steps"))),
        summary=data.get("summary", "the recorded plan cannot be read"),
        node=data.get("node"),
        bound_to=_bound(action, data.get("bound_to")),
        options=_options(action, data.get("options")),
        warnings=tuple(data.get("warnings", ())),
    )


def _steps(data: Any) -> Iterable[Step]:
    for step in data if isinstance(data, list) else ():
        if isinstance(step, Mapping):
            yield Step(StepName.read(step.get("name")), str(step.get("reason", "")))


def _bound(action: Action, data: Any) -> Bound:
    """Return what a plan is bound to; nothing where that cannot be read."""
    recorded = data if isinstance(data, Mapping) else {}
    kind = _BOUND.get(action)
    if kind is DestroyBound and recorded.get("already_absent"):
        kind = AbsenceBound
    elif kind is DestroyBound and "status" not in recorded:
        kind = RecordBound
    return (_built(kind, recorded) if kind else None) or UNBOUND


def _options(action: Action, data: Any) -> Options:
    """Return what a plan carries; nothing where nothing is recorded, or not all that its action needs."""
    return (_built(_OPTIONS.get(action, NoOptions), data) if data else None) or NO_OPTIONS


def _built(kind: type[_T], data: Any) -> _T | None:
    """Return a class filled with what is recorded under the names of its fields; None where one that it needs is
    missing or is no word of ours. What only a later version knows is left out.
    """
    recorded = data if isinstance(data, Mapping) else {}
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    try:
        return kind(**{key: _value(key, value) for key, value in recorded.items() if key in known})
    except (TypeError, ValueError):
        return None


def _value(key: str, value: Any) -> Any:
    if key == "fingerprint":
        return fingerprint_in(value)
    if isinstance(value, list):
        return _items(_ITEMS[key], value) if key in _ITEMS else tuple(value)
    return _WORDS[key](value) if key in _WORDS else value


def _items(kind: type[_T], data: list[Any]) -> tuple[_T, ...]:
    """Return the parts of a plan that are classes of their own. Raises ValueError unless all of them can be read: a
    part of a plan is never carried out.
    """
    found = [_built(kind, one) for one in data]
    if None in found:
        raise ValueError("a part of the plan cannot be read")
    return tuple(one for one in found if one is not None)
