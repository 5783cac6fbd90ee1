"""The engine: what screens and commands ask to plan, to carry out, to resume. Every call here may block for long.

It wires looks, rules, journal and gateway together and decides nothing by itself. Callers keep it off any event
loop; a plan that they show is the plan that is carried out, or nothing is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace

from proximity_tui.core import owners
from proximity_tui.core.clock import Clock, SystemClock
from proximity_tui.core.doctrine import cloning, creation, deletion, power
from proximity_tui.core.doctrine.adoption import AdoptionWish
from proximity_tui.core.doctrine.cloning import CloneRequest
from proximity_tui.core.doctrine.deletion import Choice, HardOptions
from proximity_tui.core.engine import adopt, backup, reattach, recovery, sight, soft_delete
from proximity_tui.core.engine.carry import carry
from proximity_tui.core.engine.outcome import EngineSettings, Result
from proximity_tui.core.engine.run import Run
from proximity_tui.core.engine.safemode import READ_ONLY as READ_ONLY
from proximity_tui.core.engine.safemode import refuse_write
from proximity_tui.core.model import (
    Action,
    Container,
    CreateRequest,
    Kind,
    Missing,
    Observation,
    Operation,
    OperationStatus,
    Plan,
    Refusal,
    Sighting,
    State,
)
from proximity_tui.core.proxmox.gateway import Gateway
from proximity_tui.core.store import operations, records
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.errors import Conflict, LostRace
from proximity_tui.core.store.journal import holder


class Engine:
    """One process's hands on its clusters and its database."""

    def __init__(
        self, gateways: Mapping[str, Gateway], settings: EngineSettings, clock: Clock | None = None, role: str = ""
    ) -> None:
        """`role` is what this process signs as, if it has one; see `owners`."""
        self.gateways = gateways
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.owner = owners.sign(role)

    def look(self, container: Container, *, backups: bool = False) -> Sighting | None:
        """A fresh close look at the guest of a record; None for a record without a VMID or a configured cluster."""
        gateway = self.gateways.get(container.cluster)
        if container.vmid is None or gateway is None:
            return None
        return sight.look(gateway, container.vmid, backups=backups)

    def plan_delete(
        self,
        container: Container,
        choice: Choice,
        options: HardOptions | None = None,
        sighting: Sighting | None = None,
    ) -> Plan | Refusal:
        """The plan for a soft or hard delete. A hard one looks first, unless a fresh look is handed in."""
        refused = self._refuse_write(container.cluster)
        if refused:
            return refused
        if choice is Choice.SOFT:
            free = _released(container)
            return _held(free) or deletion.plan_delete(free, choice)
        never = deletion.why_not_hard(container)
        held = None if never else _held(container)
        if held:
            return held
        if sighting is None and never is None:
            sighting = self.look(container, backups=True)
        planned = deletion.plan_delete(container, choice, sighting, options)
        return backup.lacking_rights(self.gateways, planned) or planned

    def plan_power(self, container: Container, action: Action) -> Plan | Refusal:
        """The plan for start, shut down, stop or reboot."""
        refused = self._refuse_write(container.cluster)
        if refused:
            return refused
        held = _held(container)
        if held:
            return held
        sighting = self.look(container)
        if sighting is None:
            return Refusal("unknown_status", f"{container.name} has no VMID, or {container.cluster} is not configured")
        return power.plan_power(container, action, sighting)

    def plan_adopt(self, cluster: str, vmid: int, wish: AdoptionWish) -> Plan | Refusal:
        """The plan for adopting the guest at `vmid` of `cluster`."""
        return self._refuse_write(cluster) or adopt.plan(self.gateways[cluster], vmid, wish)

    def plan_create(self, cluster: str, request: CreateRequest) -> Plan | Refusal:
        """The plan for a new native container; node, storage and VMID are chosen where the request leaves them open.
        Raises ProxmoxError when the cluster cannot be asked."""
        refused = self._refuse_write(cluster)
        if refused:
            return refused
        wrong = creation.check_request(request)
        if wrong:
            return wrong
        gateway = self.gateways[cluster]
        node = request.node or gateway.calmest_node()
        storage = request.storage or gateway.root_storage(node)
        if node is None or storage is None:
            return Refusal("no_place", "no node that is online offers a storage for root volumes: name one")
        taken = {container.vmid for container in records.active(cluster)}
        vmid = gateway.next_free(avoid=taken)
        quorate = gateway.quorum().quorate
        return creation.plan_create(request, cluster, node, storage, vmid, uuid.uuid4().hex, quorate)

    def delete(self, agreed: Plan, container: Container) -> Result:
        """Carry an agreed soft or hard delete out."""
        refused = self._refuse_write(container.cluster)
        if refused:
            return Result(False, agreed, container, refused=refused)
        if agreed.action is Action.SOFT_DELETE:
            # Closing a record ends its interrupted operation; the one of a dead process is not called that yet.
            operations.mark_interrupted_stale(self.clock.now())
            return soft_delete.carry_out(agreed, container, str(self.settings.actor))
        return self._hard_delete(agreed, container)

    def power(self, agreed: Plan, container: Container) -> Result:
        """Carry an agreed power action out."""
        return self._begin(agreed, container, State.UPDATING)

    def adopt(self, agreed: Plan, wish: AdoptionWish) -> Result:
        """Carry an agreed adoption out."""
        refused = self._refuse_write(agreed.cluster)
        if refused:
            return Result(False, agreed, refused=refused)
        return adopt.carry_out(self.gateways[agreed.cluster], agreed, wish, self.clock, self.settings)

    def plan_clone(self, source: Container, request: CloneRequest) -> Plan | Refusal:
        """The plan for a native copy of a container of ours; its VMID is chosen here. Raises ProxmoxError when the
        cluster cannot be asked."""
        refused = self._refuse_write(source.cluster) or cloning.check_request(request) or _held(source)
        if refused:
            return refused
        sighting = self.look(source)
        if sighting is None:
            return Refusal("unknown_status", f"{source.name} has no VMID, or {source.cluster} is not configured")
        taken = {container.vmid for container in records.active(source.cluster)}
        vmid = self.gateways[source.cluster].next_free(avoid=taken)
        return cloning.plan_clone(source, request, sighting, vmid, uuid.uuid4().hex)

    def create(self, agreed: Plan) -> Result:
        """Carry an agreed creation out: the record comes first, as `deploying`."""
        return self._make(agreed, State.DEPLOYING)

    def clone(self, agreed: Plan) -> Result:
        """Carry an agreed clone out: its record comes first, as `cloning`; that of the source stays as it is."""
        return self._make(agreed, State.CLONING)

    def _make(self, agreed: Plan, state: State) -> Result:
        refused = self._refuse_write(agreed.cluster)
        if refused:
            return Result(False, agreed, refused=refused)
        doing = "cloning" if state is State.CLONING else "creating"
        try:
            with transaction():
                container = records.add(
                    cluster=agreed.cluster,
                    vmid=agreed.vmid,
                    node=agreed.node,
                    name=agreed.name,
                    kind=Kind.NATIVE,
                    state=state,
                    marker=str(agreed.options["marker"]),
                    actor=self.settings.actor,
                    action=agreed.action.value,
                    message=f"{doing} {agreed.name} (CT {agreed.vmid} on {agreed.node})",
                )
                operation = operations.begin(
                    agreed,
                    container,
                    self.settings.actor,
                    self.owner,
                    transient=None,
                    message=f"started: {agreed.summary}",
                )
        except (Conflict, LostRace) as conflict:
            return Result(False, agreed, refused=Refusal("busy", str(conflict)))
        return carry(self._run(operation))

    def reattach(self, tombstone_id: int) -> Result:
        """Take a container that came back under care again, as what it was (N28). Asks Proxmox for looks only."""
        tombstone = records.get(tombstone_id)
        refused = self._refuse_write(tombstone.cluster)
        if refused:
            return Result(False, container=tombstone, refused=refused)
        if tombstone.cluster not in self.gateways:
            gone = Refusal("unknown_status", f"cluster {tombstone.cluster} is not configured")
            return Result(False, container=tombstone, refused=gone)
        return reattach.carry_out(self.gateways[tombstone.cluster], tombstone, self.settings)

    def interrupted(self) -> tuple[Operation, ...]:
        """Operations without an end that nobody carries any more; those of dead processes are marked as such first."""
        operations.mark_interrupted_stale(self.clock.now())
        found = operations.open_operations()
        return tuple(operation for operation in found if operation.status is OperationStatus.INTERRUPTED)

    def resume(self, operation_id: int) -> Result:
        """Go on with an interrupted operation, from its facts. Raises Conflict when somebody else carries it."""
        refused = self._refuse_to_settle(operation_id)
        if refused:
            return Result(False, refused=refused)
        operation = operations.take_over(operation_id, self.owner)
        return carry(self._run(operation))

    def abandon(self, operation_id: int) -> Result:
        """End an interrupted operation truthfully, asking Proxmox for nothing more than a look."""
        refused = self._refuse_to_settle(operation_id)
        if refused:
            return Result(False, refused=refused)
        operation = operations.take_over(operation_id, self.owner)
        return recovery.abandon(self._run(operation))

    def _refuse_to_settle(self, operation_id: int) -> Refusal | None:
        """Why an interrupted operation cannot even be taken over; once it is, others have to wait for us."""
        cluster = operations.get(operation_id).cluster
        return self._refuse_write(cluster) or (None if cluster in self.gateways else _unconfigured(cluster))

    def _refuse_write(self, cluster: str) -> Refusal | None:
        return refuse_write(self.settings, cluster, self.clock.now())

    def _hard_delete(self, agreed: Plan, container: Container) -> Result:
        never = deletion.why_not_hard(container)
        if never:
            return Result(False, agreed, container, refused=never)
        if container.vmid is not None and not agreed.bound_to.get("already_absent"):
            sighting = self.look(container)
            changed = _changed_since(agreed, sighting)
            if changed:
                return Result(False, agreed, container, refused=changed)
        return self._begin(agreed, container, State.REMOVING)

    def _begin(self, agreed: Plan, container: Container, transient: State) -> Result:
        refused = self._refuse_write(agreed.cluster)
        if refused:
            return Result(False, agreed, container, refused=refused)
        if agreed.cluster not in self.gateways:
            return Result(False, agreed, container, refused=_unconfigured(agreed.cluster))
        if agreed.bound_to.get("version") != container.version:
            changed = Refusal("changed", f"{container.name} changed since the plan was made: make the plan again")
            return Result(False, agreed, container, refused=changed)
        try:
            operation = operations.begin(
                agreed,
                container,
                self.settings.actor,
                self.owner,
                transient=transient,
                message=f"started: {agreed.summary}",
            )
        except (Conflict, LostRace) as conflict:
            return Result(False, agreed, container, refused=Refusal("busy", str(conflict)))
        return carry(self._run(operation))

    def _run(self, operation: Operation) -> Run:
        return Run(operation, self.gateways[operation.cluster], self.clock, self.settings, self.owner)


def _unconfigured(cluster: str) -> Refusal:
    return Refusal("unknown_status", f"cluster {cluster} is not configured here: nobody can look at its guests")


def _held(container: Container) -> Refusal | None:
    """Who is at work on the record, or left work undone on it: the doctrine only knows that somebody is (N39)."""
    if container.operation is None or container.is_tombstone:
        return None
    return Refusal("busy", f"{container.name} is busy: {holder(operations.get(container.operation))}")


def _released(container: Container) -> Container:
    """The record without the interrupted operation that nobody carries: forgetting abandons it, too."""
    if container.operation is None or operations.is_alive(operations.get(container.operation)):
        return container
    return replace(container, operation=None)


def _changed_since(agreed: Plan, sighting: Sighting | None) -> Refusal | None:
    if isinstance(sighting, Observation):
        return deletion.still_true(agreed, sighting)
    if isinstance(sighting, Missing):
        return Refusal("changed", f"{agreed.name} cannot be seen as it was planned: {sighting.reason}")
    return Refusal("changed", f"{agreed.name} was not seen")
