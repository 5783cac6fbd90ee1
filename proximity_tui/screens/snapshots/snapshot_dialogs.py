"""The dialog that deletes a snapshot or rolls back to one: the plan first, and what is lost; then a name is typed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.snapshot import rollback_rules as snapshot_rollback
from proximity_tui.core.doctrine.actions.snapshot import snapshot_rules
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, Plan, Refusal, RefusalCode
from proximity_tui.core.model.actions.plan_options import RollbackOptions, SnapshotOptions
from proximity_tui.core.store.records import records
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.operation.plan_dialogs import StartsTypedPlan
from proximity_tui.screens.presentation.operation_text import steps_lines
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton


@value_object
class SnapshotRequest(ABC):
    """What is to become of one snapshot of a container."""

    VERB: ClassVar[str]
    """What the button says."""

    container_id: int
    name: str

    @abstractmethod
    def heading(self, container: Container) -> str:
        """Return the title."""

    @abstractmethod
    def wanted(self, container: Container) -> str:
        """Return the name that has to be typed."""

    @abstractmethod
    def check(self, container: Container, typed: str) -> Refusal | None:
        """Return the refusal of what was typed, else None."""

    @abstractmethod
    def plan(self, engine: Engine, container: Container) -> Plan | Refusal:
        """Return the plan. Blocks; raises ProxmoxError."""


@value_object
class DeleteSnapshot(SnapshotRequest):
    """Delete it."""

    VERB: ClassVar[str] = "Delete"

    def heading(self, container: Container) -> str:
        """Return the title."""
        return f"Delete snapshot {self.name} of {container.name}"

    def wanted(self, container: Container) -> str:
        """Return the name of the snapshot."""
        return self.name

    def check(self, container: Container, typed: str) -> Refusal | None:
        """Return the refusal unless the name of the snapshot was typed."""
        return snapshot_rules.check_confirmation(self.name, typed)

    def plan(self, engine: Engine, container: Container) -> Plan | Refusal:
        """Return the plan to delete the snapshot, or the refusal."""
        return engine.plan_delete_snapshot(container, SnapshotOptions(self.name))


@value_object
class Rollback(SnapshotRequest):
    """Roll the container back to it."""

    VERB: ClassVar[str] = "Roll back"

    start: bool = False
    """Whether the container is started afterwards."""

    def heading(self, container: Container) -> str:
        """Return the title."""
        return f"Roll {container.name} back to {self.name}"

    def wanted(self, container: Container) -> str:
        """Return the name of the container."""
        return container.name

    def check(self, container: Container, typed: str) -> Refusal | None:
        """Return the refusal unless the name of the container was typed."""
        return snapshot_rollback.check_confirmation(container, typed)

    def plan(self, engine: Engine, container: Container) -> Plan | Refusal:
        """Return the plan to roll back to the snapshot, or the refusal."""
        return engine.plan_rollback_snapshot(container, RollbackOptions(self.name, start=self.start))


class SnapshotDialog(StartsTypedPlan):
    """Shows the plan of a request, asks for a name, starts the plan, and becomes its progress view."""

    AUTO_FOCUS = "#snapshot-cancel"
    GO = "#snapshot-go"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+t", "toggle_start", "Start", priority=True, tooltip="Start it afterwards, or not."),
        Binding("up", "scroll_body(-1)", "Up", show=False),
        Binding("down", "scroll_body(1)", "Down", show=False),
    ]

    def __init__(self, request: SnapshotRequest) -> None:
        super().__init__()
        self._request = request
        self._container: Container | None = None

    def compose_body(self) -> ComposeResult:
        """Yield the plan, and for a roll back whether it is started afterwards."""
        yield Lines(id="snapshot-plan")
        yield ChoiceLine("start", "start afterwards", id="snapshot-start", square=True)

    def compose_foot(self) -> ComposeResult:
        """Yield the field for the confirmation."""
        yield TypedRow("snapshot-name")

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and the yes."""
        yield LineButton("Cancel", id="snapshot-cancel")
        yield LineButton(self._request.VERB, id="snapshot-go", danger=True, agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Read the record, inspect and plan."""
        self._plan_again()

    @property
    def followed(self) -> tuple[int, ...]:
        return (self._request.container_id,)

    def action_toggle_start(self) -> None:
        """Start it afterwards, or leave it as the roll back leaves it; that makes another plan."""
        if isinstance(self._request, Rollback) and self._container is not None and not self._begun:
            self._request = replace(self._request, start=not self._request.start)
            self._plan_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for the key of the start where nothing is rolled back: it is not offered then."""
        idle = action == "toggle_start" and not isinstance(self._request, Rollback)
        return False if idle else super().check_action(action, parameters)

    def press(self, button: LineButton) -> None:
        """Start the confirmed plan, and become its progress view."""
        plan, container = self._agreed(), self._container
        if plan is None or container is None or self._begun:
            return
        label = f"{self._request.VERB.lower()} {self._request.name} of {container.name}"
        self.start_and_watch(plan, label, self.app.controller.context.engine.carry_out, plan, container)

    @on(ChoiceLine.Chosen)
    def _chosen(self) -> None:
        self.action_toggle_start()

    def confirms(self, plan: Plan, typed: str) -> bool:
        """Return whether the name was typed that the request wants."""
        return self._container is not None and self._request.check(self._container, typed) is None

    async def _plan(self) -> None:
        request, engine = self._request, self.app.controller.context.engine
        container = await self._ask(records.get, request.container_id)
        if isinstance(container, Refusal):
            self._take(container)
            return
        self._container = container
        self._show()
        self._take(await self._ask(request.plan, engine, container))
        if isinstance(self._planned, Plan):
            self.query_one(TypedRow).enter()

    @unless_unmounted
    def _show(self) -> None:
        request, container = self._request, self._container
        self.show_title(request.heading(container) if container is not None else f"{request.VERB}: {request.name}")
        self.query_one("#snapshot-plan", Lines).set_text(self._lines())
        start = self.query_one("#snapshot-start", ChoiceLine)
        start.display = isinstance(request, Rollback)
        start.show("alt+t", chosen=isinstance(request, Rollback) and request.start, disabled=self._begun)
        self._show_confirmation(request.wanted(container) if container is not None else "")
        self.show_keys()

    def _lines(self) -> list[TextLine]:
        if isinstance(self._planned, Refusal):
            tone: Tone = "bad" if self._planned.code is RefusalCode.FAILED else "warn"
            return [[(self._planned.reason, tone)], [("Nothing was done.", "dim")]]
        if self._planned is None:
            vmid = self._container.vmid if self._container is not None else None
            return [[(f"reading CT {vmid or '-'}...", "dim")]]
        return [[(self._planned.summary, "accent")], *steps_lines(self._planned)]
