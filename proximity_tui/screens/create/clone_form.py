"""The form for a native clone of one of our containers. Its source is inspected while the form opens, so that an
obstacle is shown at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest, check_request
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import Container, NodeStatus, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import CloneOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import ContainerForm, names_or_none
from proximity_tui.screens.text.form import Field, read_fields

FIELDS = (
    Field("hostname", "hostname", hint="name of the clone"),
    Field("node", "node", optional=True, offered=True, hint="empty: as the source"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: as the source"),
    Field("bridge", "bridge", optional=True, offered=True, hint="empty: as the source"),
    Field("vlan", "VLAN tag", number=True, optional=True, hint="empty: same; 0: none"),
    Field("address", "address", optional=True, hint="empty: same; dhcp, IP/24"),
    Field("gateway", "gateway", optional=True, hint="empty: same; none"),
    Field("port", "publish port", number=True, optional=True, hint="its own; empty: none"),
)
"""In the order of the form; the ids are those of a CloneRequest."""

MORE = (
    Field("address6", "IPv6", optional=True, hint="empty: same; auto, dhcp, none, or 2001:db8::5/64"),
    Field("gateway6", "IPv6 gateway", optional=True, hint="empty: same; none, or fe80::1"),
    Field("network", "network card", optional=True, hint="empty: the first one; or net1"),
)

ANY = CloneRequest("any")
"""A request without a problem: a field is checked by putting it in here, and a source by planning it."""


@value_object
class CloneForm(ContainerForm[CloneRequest]):
    """The differences between a container and its clone. `inspected`: a clone of it was planned for a try."""

    VERB: ClassVar[str] = "clone"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    MORE: ClassVar[Sequence[Field]] = MORE
    CHOICES: ClassVar[Mapping[str, str]] = {"full": "full clone", "start": "start after cloning"}

    DOES: ClassVar[str] = "Clone"

    template: bool | None = None
    """Whether the source is a template; None until that is known."""
    inspected: bool = False

    def choice(self, name: str) -> tuple[str, bool]:
        """Return the kinds of clones: only a template has two."""
        if name != "full":
            return "", True
        kinds = {
            None: "",
            False: "only a template can have linked clones",
            True: "off: a linked clone, which needs the volumes of the template",
        }
        return kinds[self.template], self.template is True

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> CloneRequest | dict[str, str]:
        full = "full" in chosen if self.template else None
        return read_form(typed, full=full, start="start" in chosen)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the online nodes, and the storages and bridges of the source's node."""
        nodes = [node.name for node in client.nodes() if node.status == NodeStatus.ONLINE]
        here = self.record.node if self.record is not None else None
        if here not in nodes:
            return {"node": nodes}
        return {
            "node": nodes,
            "storage": [storage.name for storage in client.storages(here) if storage.active],
            "bridge": names_or_none(lambda: client.bridges(here)),
        }

    def inspect(self, engine: Engine, record: Container) -> CloneForm | None:
        """Find out what would keep its guest from being cloned, and whether it is a template."""
        if self.inspected:
            return None
        likely = self.plan(engine, ANY)
        if isinstance(likely, Refusal):
            return replace(self, inspected=True, known=[[(likely.reason, "warn")]])
        # Proxmox links templates, and copies the rest.
        full = likely.carries(CloneOptions).full
        return replace(self, inspected=True, known=[], template=not full, chosen=frozenset({"full"} if full else ()))

    def plan(self, engine: Engine, request: CloneRequest) -> Plan | Refusal:
        """Return the plan from the record as it is now, and another inspection of its guest."""
        return engine.plan_clone(records.get(self.container_id), request)

    def execute(self, engine: Engine, plan: Plan, request: CloneRequest) -> Outcome:
        return engine.clone(plan)


def read_form(typed: Mapping[str, str], *, full: bool | None, start: bool) -> CloneRequest | dict[str, str]:
    """Return the request, or the problem of each field that has one. `full` is None where there is no choice."""

    def checked(field: Field, value: Any) -> Any:
        # A card alone asks for nothing.
        along = {"bridge": "vmbr0"} if field.id == "network" else {}
        wrong = check_request(replace(ANY, **{**along, field.id: value}, full=full))
        if wrong is not None:
            raise Invalid(wrong.reason)
        return value

    values, problems = read_fields((*FIELDS, *MORE), typed, checked)
    if problems:
        return problems
    request = CloneRequest(full=full, start=start, **values)
    wrong = check_request(request)
    return request if wrong is None else {_field_of_several(values): wrong.reason}


def _field_of_several(values: Mapping[str, Any]) -> str:
    """Return the field beside which a fault of several together is told."""
    return next((name for name in ("gateway", "gateway6", "network") if name in values), "address")
