"""The change of a public port: a form with its fields, the request that is typed and its plan, and the dialog that
carries it out in our registry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.actions import change_ports
from proximity_tui.core.fleet import FleetRow
from proximity_tui.core.model import Container, Refusal
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.guests.probe_result import PortObservation
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.presentation.operation_text import warning_lines
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import PlannedForm
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine
from proximity_tui.widgets.background_work import in_background


@value_object
class PortForm(PlannedForm[PortRequest, PortPlan]):
    """A change of a port that is being asked for: of which holding, and which containers may hold it."""

    VERB: ClassVar[str] = "port"

    change: PortChange
    registry: PortRegistry
    held: PortHolding | None = None
    containers: Mapping[str, int] = field(default_factory=dict)
    """The ids of records by what a person may type for them."""
    holder: Container | None = None
    """The container that is to hold it, where that is known already."""
    observed: tuple[PortObservation, ...] = ()
    """Its ports that were observed open: the first is filled in."""

    @property
    def heading(self) -> str:
        """Return the title."""
        return f"{self.change.capitalize()} {self.held.words if self.held is not None else 'a public port'}"

    @property
    def agrees(self) -> str:
        """The words of the button that agrees to the plan."""
        return self.change.capitalize()

    @property
    def is_dangerous(self) -> bool:
        """True for a release."""
        return self.change is PortChange.RELEASE

    @property
    def offered(self) -> Mapping[str, Sequence[str]]:
        """The containers that may hold it."""
        return {} if self.change is PortChange.RELEASE else {"holder": list(self.containers)}

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields; a release has none."""
        if self.change is PortChange.RELEASE:
            return ()
        held, following = self.held, self.registry.next_free
        free = f"empty: next free, {following}" if following is not None else "no port is free"
        place = held or self.holder
        holder = "" if place is None or place.vmid is None else f"{place.cluster}/{place.vmid}"
        first = self.observed[0].port if self.observed else ""
        inner = str(first) if held is None else str(held.container_port or "")
        return (
            Field("public", "public port", str(held.public) if held else "", number=True, optional=True, hint=free),
            Field("holder", "held by", holder, optional=True, offered=True, hint="a container; empty: nothing yet"),
            Field("inner", "leads to", inner, number=True, optional=True, hint="the port of the container"),
            Field("note", "note", (held.note or "") if held else "", optional=True, hint="what for, if none holds it"),
        )

    def read(self, typed: Mapping[str, str], chosen: Collection[str] = ()) -> PortRequest | dict[str, str]:
        """Return the request, or the problem of each field."""

        def checked(field: Field, value: Any) -> Any:
            if field.id != "holder":
                return value
            if value not in self.containers:
                raise Invalid(f"no container is called {value}")
            return self.containers[value]

        values, problems = read_fields(self.fields, typed, checked)
        if problems:
            return problems
        held = self.held.key if self.held is not None else None
        holder, inner = values.get("holder"), values.get("inner")
        return PortRequest(
            self.change, held, values.get("public"), holder, inner, values.get("note"), self._seen(holder, inner)
        )

    def plan(self, engine: Engine, request: PortRequest) -> PortPlan | Refusal:
        """Return the plan from the registry as it is now."""
        return change_ports.plan(request, engine.settings, engine.clock.now())

    def plan_lines(self, plan: PortPlan) -> list[TextLine]:
        """Return the change, and what to know before it."""
        # The title of a release says all of it.
        summary: list[TextLine] = [] if self.is_dangerous else [[(plan.summary, "accent")]]
        return [*summary, *warning_lines(plan.warnings), [("Nothing changes on Proxmox.", "dim")]]

    def _seen(self, holder: int | None, inner: int | None) -> str | None:
        """Return the observation that is taken for a fact, if it is one."""
        mine = self.observed if self.holder is not None and self.holder.id == holder else ()
        return next((one.evidence for one in mine if one.port == inner), None)


def containers_of(rows: Sequence[FleetRow]) -> dict[str, int]:
    """Return the ids of the records by `cluster/VMID`, and by name and VMID where that means one."""
    found: dict[str, int] = {}
    spoken: list[tuple[str, int]] = []
    for row in rows:
        if row.id is not None and row.vmid is not None:
            found[f"{row.cluster}/{row.vmid}"] = row.id
            spoken += [(row.name, row.id), (str(row.vmid), row.id)]
    words = [word for word, _ in spoken]
    return {**found, **{word: number for word, number in spoken if words.count(word) == 1}}


class PortDialog(FormDialog[PortRequest, PortPlan]):
    """A dialog that carries the confirmed change out in our registry. A release has no form: it is planned at once."""

    def agree(self, plan: PortPlan, request: PortRequest) -> None:
        """Carry the plan out; what is refused stays in sight."""
        self.busy = True
        in_background(self, partial(self._execute, plan))

    async def _execute(self, plan: PortPlan) -> None:
        controller = self.app.controller
        engine = controller.context.engine
        try:
            done = await controller.write(change_ports.execute, plan, engine.settings, engine.clock.now())
        except StoreError as error:
            self.reject(str(error))
            return
        if isinstance(done, Refusal):
            self.reject(done.reason)
        else:
            self.app.show_message(f"Done: {plan.summary}.")
            self.dismiss()
