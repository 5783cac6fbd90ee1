"""The form for a new native container. `create_form` has the fields, the base class the plan and the start."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from proximity_tui.core.engine.operations.outcome import Result
from proximity_tui.core.model import CreateRequest, Plan, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.screens.create.create_form import FIELDS, read_form
from proximity_tui.screens.create.planned_form import PlannedForm


class CreateScreen(PlannedForm[CreateRequest]):
    """A form for everything that a new container needs."""

    VERB = "create"
    FIELDS = FIELDS
    CHOICES: ClassVar[Mapping[str, str]] = {"start": "start it when it is made"}

    def __init__(self, cluster: str) -> None:
        super().__init__(chosen=("start",))
        self._cluster = cluster

    def on_mount(self) -> None:
        """Read the offer of the cluster."""
        self.run_worker(self.offer_what_there_is(self._cluster), group="offers")

    def heading(self) -> str:
        """Return the cluster of the new container."""
        return f"New native container on cluster {self._cluster}"

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> CreateRequest | dict[str, str]:
        """Return a request, or the problem of each field."""
        return read_form(typed, start="start" in chosen)

    def make_plan(self, request: CreateRequest) -> Plan | Refusal:
        """Return the plan; node, storage and VMID are chosen where the request leaves them open."""
        return self.app.controller.session.engine.plan_create(self._cluster, request)

    def execute(self, plan: Plan) -> Result:
        """Create the container."""
        return self.app.controller.session.engine.create(plan)

    def read_offers(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the online nodes, and the offer of the first of them."""
        nodes = [node.name for node in client.nodes() if node.status == "online"]
        if not nodes:
            return {}
        storages = [storage.name for storage in client.storages(nodes[0]) if storage.active]
        return {
            "node": nodes,
            # A storage that cannot be read hides no template of another.
            "template": [template.volid for template in client.templates(nodes[0], gaps=[])],
            "storage": storages,
        }
