"""The form for a new native container."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from proximity_tui.config.errors import Invalid
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.creation import check_request
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.outcome import Outcome
from proximity_tui.core.model import CreateRequest, NodeStatus, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.create.form import RequestForm
from proximity_tui.screens.text.form import Field, read_fields
from proximity_tui.screens.text.lines import TextLine

FIELDS = (
    Field("hostname", "hostname"),
    Field("template", "template", offered=True, hint="up, down: choose"),
    Field("node", "node", optional=True, offered=True, hint="empty: node with most free memory"),
    Field("storage", "storage", optional=True, offered=True, hint="empty: storage with most free space"),
    Field("cores", "cores", "1", number=True),
    Field("memory_mib", "memory MiB", "512", number=True),
    Field("disk_gib", "disk GiB", "4", number=True),
    Field("port", "public port", number=True, optional=True, hint="empty: none"),
)
"""In the order of the form; the ids are those of a CreateRequest."""

_SOUND = CreateRequest("local:vztmpl/any.tar.zst", "any")
"""A request without a problem: a field is checked by putting it in here."""


@value_object
class CreateForm(RequestForm[CreateRequest]):
    """Everything that a new container needs."""

    VERB: ClassVar[str] = "create"
    FIELDS: ClassVar[Sequence[Field]] = FIELDS
    CHOICES: ClassVar[Mapping[str, str]] = {"start": "start after creation"}

    cluster: str
    chosen: frozenset[str] = frozenset({"start"})
    known: Sequence[TextLine] = ()

    @property
    def heading(self) -> str:
        return f"New native container on cluster {self.cluster}"

    def choice(self, name: str) -> tuple[str, bool]:
        return "", True

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> CreateRequest | dict[str, str]:
        return read_form(typed, start="start" in chosen)

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the online nodes, and the offer of the first of them."""
        nodes = [node.name for node in client.nodes() if node.status == NodeStatus.ONLINE]
        if not nodes:
            return {}
        storages = [storage.name for storage in client.storages(nodes[0]) if storage.active]
        # A storage that cannot be read hides no template of another.
        templates = [template.volid for template in client.templates(nodes[0], gaps=[])]
        return {"node": nodes, "template": templates, "storage": storages}

    def learn(self, engine: Engine) -> None:
        """Return None: there is nothing to learn first."""

    def plan(self, engine: Engine, request: CreateRequest) -> Plan | Refusal:
        """Return the plan; node, storage and VMID are chosen where the request leaves them open."""
        return engine.plan_create(self.cluster, request)

    def execute(self, engine: Engine, plan: Plan) -> Outcome:
        return engine.create(plan)


def read_form(typed: Mapping[str, str], *, start: bool) -> CreateRequest | dict[str, str]:
    """Return the request, or the problem of each field that has one."""
    values, problems = read_fields(FIELDS, typed, _checked)
    return problems or CreateRequest(start=start, **values)


def _checked(field: Field, value: Any) -> Any:
    wrong = check_request(replace(_SOUND, **{field.id: value}))
    if wrong is not None:
        raise Invalid(wrong.reason)
    return value
