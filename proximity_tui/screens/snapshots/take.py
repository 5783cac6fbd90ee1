"""The form for a new snapshot: its name and a note. The container is inspected while it opens, so that an obstacle is
shown at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.snapshot import snapshots
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Container, Plan, Refusal, names
from proximity_tui.core.model.actions.snapshot_options import SnapshotOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import RequestForm
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine

FIELDS = (
    Field("name", "name", hint=f"letters, digits, - and _, up to {names.LONGEST_SNAPSHOT_NAME}"),
    Field("note", "note", optional=True, hint="one line, may stay empty"),
)
_CHECKS = {"name": snapshots.check_name, "note": snapshots.check_note}
_READING: Sequence[TextLine] = ([("Reading the record.", "dim")],)


@value_object
class TakeForm(RequestForm[SnapshotOptions]):
    """A new snapshot of a container."""

    VERB: ClassVar[str] = "take"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    CHOICES: ClassVar[Mapping[str, str]] = {}

    container_id: int
    container: Container | None = None
    inspected: bool = False
    cluster: str | None = None
    chosen: frozenset[str] = frozenset()
    known: Sequence[TextLine] = _READING

    @property
    def heading(self) -> str:
        """Return the title."""
        return f"Take a snapshot of {self.container.label}" if self.container else "Take a snapshot"

    def choice(self, name: str) -> tuple[str, bool]:
        """Return nothing: there is nothing to switch."""
        return "", False

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> SnapshotOptions | dict[str, str]:
        """Return the request, or the problem of each field."""

        def checked(field: Field, value: Any) -> Any:
            wrong = _CHECKS[field.id](value)
            if wrong is not None:
                raise Invalid(wrong.reason)
            return value

        values, problems = read_fields(FIELDS, typed, checked)
        return problems or SnapshotOptions(**values)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return nothing: there is nothing to choose from."""
        return {}

    def learn(self, engine: Engine) -> TakeForm | None:
        """Read the record, then what would keep Proxmox from taking a snapshot."""
        if self.container is None:
            container = records.get(self.container_id)
            looking: TextLine = [(f"reading CT {container.vmid or '-'}...", "dim")]
            return replace(self, container=container, known=[looking])
        if self.inspected:
            return None
        likely = engine.plan_snapshot(self.container, SnapshotOptions("any-other-name"))
        return replace(self, inspected=True, known=[[(likely.reason, "warn")]] if isinstance(likely, Refusal) else [])

    def plan(self, engine: Engine, request: SnapshotOptions) -> Plan | Refusal:
        """Return the plan from the record as it is now, and another inspection of its guest."""
        return engine.plan_snapshot(records.get(self.container_id), request)

    def execute(self, engine: Engine, plan: Plan, request: SnapshotOptions) -> Outcome:
        """Take the snapshot."""
        return engine.carry_out(plan, records.get(self.container_id))
