"""The form for a new snapshot: its name and a note. The container is inspected while it opens, so that an obstacle is
shown at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, Plan, Refusal, names
from proximity_tui.core.model.actions.plan_options import SnapshotOptions
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import ContainerForm
from proximity_tui.screens.text.form import Field, read_fields

FIELDS = (
    Field("name", "name", hint=f"letters, digits, - and _; at most {names.LONGEST_SNAPSHOT_NAME} characters"),
    Field("note", "note", optional=True, hint="one line, may stay empty"),
)
_CHECKS = {"name": snapshot_rules.check_name, "note": snapshot_rules.check_note}


@value_object
class TakeForm(ContainerForm[SnapshotOptions]):
    """A new snapshot of a container."""

    VERB: ClassVar[str] = "take"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    DOES: ClassVar[str] = "Take a snapshot of"

    inspected: bool = False

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> SnapshotOptions | dict[str, str]:
        """Return the request, or the problem of each field."""

        def checked(field: Field, value: Any) -> Any:
            wrong = _CHECKS[field.id](value)
            if wrong is not None:
                raise Invalid(wrong.reason)
            return value

        values, problems = read_fields(FIELDS, typed, checked)
        return problems or SnapshotOptions(**values)

    def inspect(self, engine: Engine, record: Container) -> TakeForm | None:
        """Find out what would keep Proxmox from taking a snapshot."""
        if self.inspected:
            return None
        likely = engine.plan_snapshot(record, SnapshotOptions("any-other-name"))
        return replace(self, inspected=True, known=[[(likely.reason, "warn")]] if isinstance(likely, Refusal) else [])

    def plan(self, engine: Engine, request: SnapshotOptions) -> Plan | Refusal:
        """Return the plan from the record as it is now, and another inspection of its guest."""
        return engine.plan_snapshot(records.get(self.container_id), request)
