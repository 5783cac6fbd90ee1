"""The form that asks where a lost container is restored to: its VMID, node and storage, and what it is connected to.
The plan checks the place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.text import human_bytes
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest, check_request
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import NodeStatus, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.presentation.operation_text import steps_lines
from proximity_tui.screens.request.form_dialog import FormDialog
from proximity_tui.screens.request.request_form import PlannedForm, names_or_none
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine

FIELDS = (
    Field("vmid", "VMID", number=True, optional=True, hint="empty: its own, or a free one"),
    Field("node", "node", optional=True, offered=True, hint="empty: the one it was on"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: the one it was on"),
)
"""In the order of the form; the ids are those of a RestoreRequest."""

CONNECTED = (
    Field("bridge", "bridge", optional=True, offered=True, hint="empty: as in the backup"),
    Field("pool", "pool", optional=True, offered=True, hint="empty: none"),
)
"""What an empty container has from its clinical record, and a restored one may be given."""

CHOSEN = ("vmid", "node", "storage", "bridge", "pool", "unique")
"""What the form decides of a RestoreRequest."""

MOST_NODES = 8
"""How many nodes are asked for the free space of their storages."""


@value_object
class PlaceForm(PlannedForm[RestoreRequest, Plan]):
    """The place of one restore. `request` is what was chosen so far."""

    VERB: ClassVar[str] = "place"
    CHOICES: ClassVar[Mapping[str, str]] = {"unique": "new hardware addresses"}

    name: str
    request: RestoreRequest
    make_plan: Callable[[Engine, RestoreRequest], Plan | Refusal]
    cluster: str | None = None
    nodes: tuple[str, ...] | None = None
    """The nodes that reach the backup; None: every node that is online."""
    empty: bool = False
    """Whether it is of an empty container, made without a backup."""
    chosen: frozenset[str] = frozenset()

    def choice(self, name: str) -> tuple[str, bool]:
        """Return that only a restore can keep the hardware addresses."""
        return ("an empty container has new ones", False) if self.empty else ("", True)

    @property
    def fields(self) -> Sequence[Field]:
        """The fields, with what was chosen so far."""
        fields = FIELDS if self.empty else (*FIELDS, *CONNECTED)
        return [replace(field, value=str(getattr(self.request, field.id) or "")) for field in fields]

    @property
    def heading(self) -> str:
        """Return whose place it is."""
        return f"Where to restore {self.name}"

    @property
    def agrees(self) -> str:
        """The words of the button that takes the place."""
        return "Take this place"

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> RestoreRequest | dict[str, str]:
        values, problems = read_fields(self.fields, typed, _checked)
        if problems:
            return problems
        values = {field.id: values.get(field.id) for field in self.fields}
        return replace(self.request, unique="unique" in chosen, **values)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str] | Mapping[str, str]]:
        """Return the nodes, the storages for root volumes with their free space, and where that can be read the bridges
        and pools.
        """
        nodes = self.nodes
        if nodes is None:
            nodes = tuple(node.name for node in client.nodes() if node.status == NodeStatus.ONLINE)
        free: dict[str, list[str]] = {}
        for node in nodes[:MOST_NODES]:
            for one in client.storages(node):
                if one.active:
                    room = "free space unknown" if one.available is None else f"{human_bytes(one.available)} free"
                    free.setdefault(one.name, []).append(f"{room} on {node}")
        offer: dict[str, Sequence[str] | Mapping[str, str]] = {
            "node": nodes,
            "storage": {name: ", ".join(there) for name, there in sorted(free.items())},
        }
        if not self.empty and nodes:
            offer |= {"bridge": names_or_none(lambda: client.bridges(nodes[0])), "pool": names_or_none(client.pools)}
        return offer

    def plan(self, engine: Engine, request: RestoreRequest) -> Plan | Refusal:
        return self.make_plan(engine, request)

    def plan_lines(self, plan: Plan) -> list[TextLine]:
        return [[(plan.summary, "accent")], *steps_lines(plan)]


class PlaceDialog(FormDialog[RestoreRequest, Plan]):
    """A dialog that plans a restore at the place that is typed, and hands it over once somebody agreed to it."""

    def __init__(self, form: PlaceForm, take: Callable[[RestoreRequest], None]) -> None:
        super().__init__(form)
        self._take = take

    def agree(self, plan: Plan, request: RestoreRequest) -> None:
        """Hand the place over, and close."""
        self._take(request)
        self.dismiss()


def _checked(field: Field, value: Any) -> Any:
    wrong = check_request(replace(RestoreRequest(), **{field.id: value}))
    if wrong is not None:
        raise Invalid(wrong.reason)
    return value
