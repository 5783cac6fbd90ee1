"""The form that moves a container to another node: it is asked where to, and told first what that means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_node
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.model import Container, NodeStatus, Plan, Refusal
from proximity_tui.core.model.actions.plan_options import MigrateOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records
from proximity_tui.screens.request.request_form import ContainerForm
from proximity_tui.screens.text.form import Field


@value_object
class MigrateForm(ContainerForm[str]):
    """The node that a container is moved to."""

    VERB: ClassVar[str] = "migrate"
    FIELDS: ClassVar[Sequence[Field]] = (Field("node", "to node", offered=True, hint="up, down: choose"),)
    DOES: ClassVar[str] = "Migrate"

    def words_of(self, record: Container) -> str:
        """Return where it was: nothing is read of it before the plan is made."""
        return f"{record.status} on {record.node or 'an unknown node'} when last seen"

    def read(self, typed: Mapping[str, str], chosen: Collection[str]) -> str | dict[str, str]:
        node = typed.get("node", "").strip()
        wrong = wrong_node(node) if node else "is required"
        return {"node": wrong} if wrong else node

    def read_offer(self, client: PveClient) -> Mapping[str, Sequence[str]]:
        """Return the other nodes that are online."""
        here = self.record.node if self.record is not None else None
        return {"node": [one.name for one in client.nodes() if one.status is NodeStatus.ONLINE and one.name != here]}

    def takes_down(self, plan: Plan) -> bool:
        """Return whether it is shut down here and started there."""
        return plan.carries(MigrateOptions).restart

    def plan(self, engine: Engine, request: str) -> Plan | Refusal:
        """Return the plan from the record as it is now, and an inspection of its guest and of the node."""
        return engine.plan_migrate(records.get(self.container_id), request)
