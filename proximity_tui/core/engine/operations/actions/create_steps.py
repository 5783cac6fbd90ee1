"""The steps of creating a native container: create or clone, verify, start if requested, settle the record.

A clone differs by its first step: the copy is requested once, of the source that was planned, and Proxmox lists the
task under the VMID of the source.
"""

from __future__ import annotations

from proximity_tui.core.doctrine.actions.create.cloning import check_source, differs_from_source, is_copy_to
from proximity_tui.core.doctrine.actions.create.creation import marker_of
from proximity_tui.core.doctrine.actions.create.creation_settings import not_kept
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_node_in_quorum
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.doctrine.observation.identity import described, judge_marker
from proximity_tui.core.engine.operations import new_guest
from proximity_tui.core.engine.operations.actions.power_steps import start_once
from proximity_tui.core.engine.operations.actions.read_back import see_whole, unrecognised
from proximity_tui.core.engine.operations.last_inspection import Permitted
from proximity_tui.core.engine.operations.outcome import Fact, NotNeeded, StepFailed, fact_of
from proximity_tui.core.engine.operations.step_context import StepContext, Write
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    IdentityCause,
    Match,
    Plan,
    PortMapping,
    Refusal,
    RefusalCode,
    StepRecord,
)
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS, Credentials
from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions
from proximity_tui.core.store.db.store_errors import PortsExhausted
from proximity_tui.core.store.records import public_ports, records

_DONE = {Action.CREATE: "created", Action.CLONE: "cloned", Action.RESTORE: "restored"}


def create(context: StepContext, step: StepRecord) -> Fact:
    """Create the container, stopped, with our marker in its description, and await the task; return the fact. `start`
    is a separate step, so its failure is visible. Raises NotNeeded where it was asked for before and a guest is there,
    StepFailed where it is refused or its task did not end well, Interrupted where it has to be resumed.
    """
    plan = context.operation.plan
    request = plan.carries(CreateOptions)
    node = str(plan.node)

    def send(permit: WritePermit) -> str:
        credentials, context.credentials = context.credentials, NO_CREDENTIALS
        return context.client.create(
            permit, request, hostname=plan.name, description=described(request.marker), credentials=credentials
        )

    # Asked before without an answer: whether what is there is ours is seen by its marker, in the next step.
    taken = f"CT {context.vmid} is there" if step.may_have_run else None

    def permit() -> Permitted[WritePermit]:
        permitted = context.last_inspection.permit_to_make(node, context.vmid, taken=taken)
        forgotten = check_credentials(plan, context.credentials)
        if forgotten:
            raise StepFailed(forgotten.reason)
        return permitted

    write = Write("vzcreate", node, permit, send)
    return fact_of(context.ask(step, write), f"Proxmox could not create CT {context.vmid}")


def check_credentials(plan: Plan, credentials: Credentials) -> Refusal | None:
    """Return a refusal unless the password and the keys are those that the plan of a creation names, else None. They
    are kept nowhere, so an operation that is resumed has none.
    """
    options = plan.carries(CreateOptions)
    if (options.password, options.ssh_keys) == (credentials.password is not None, len(credentials.ssh_keys)):
        return None
    if credentials != NO_CREDENTIALS:
        return refusals.changed("the root password or the SSH keys are not those of the plan")
    return Refusal(RefusalCode.CHANGED, f"CT {plan.vmid} was not created; {not_kept(options)}")


def verify(context: StepContext, step: StepRecord) -> Fact:
    """Verify that the new container carries our marker, and a clone what its source had; record its fingerprint and
    clinical record, and return the fact. Raises StepFailed for another container, Interrupted where it cannot be read.
    """
    seen, captured = see_whole(context, lambda: _recognised(context))
    container = context.container
    assert seen.fingerprint is not None, "what is recognised has a fingerprint"
    with context.writing():
        new_guest.record_identity(context, container, seen.fingerprint, captured, _DONE[context.operation.action])
    return Fact(detail={"digest": seen.digest})


def _recognised(context: StepContext) -> GuestDetail:
    """Return the container that was made. Raises StepFailed for another one, and for a copy of another source: its VMID
    may have been given to somebody else between the last inspection and the request. Raises Interrupted where that
    cannot be read, or its config is not that of a whole guest.
    """
    seen, plan = new_guest.see_unlocked(context), context.operation.plan
    if seen.fingerprint is None:
        # What cannot be read proves nothing, and certainly not that it is another one (law 2).
        raise new_guest.unread(seen)
    identity = judge_marker(marker_of(plan), seen.fingerprint, seen.lock)
    if identity.match is Match.DIFFERENT:
        raise StepFailed(f"the container at CT {seen.vmid} does not have our marker: it is not the one that we created")
    if identity.cause is not IdentityCause.ONLY_MARKER:
        raise unrecognised(seen, identity)
    other = differs_from_source(plan, seen.fingerprint) if context.operation.action is Action.CLONE else None
    if other is not None:
        source = plan.carries(CloneOptions).source
        raise StepFailed(f"CT {seen.vmid} is no copy of the CT {source} that was shown: {other}")
    return seen


def start(context: StepContext, step: StepRecord) -> Fact:
    """Start the container and observe that it runs; return the fact. Raises as `start_once` does."""
    return start_once(context, step, done=_DONE[context.operation.action])


def settle(context: StepContext, step: StepRecord) -> Fact:
    """Set the record to what is observed, allocate the requested port, and return the fact. One transaction ends the
    operation. Raises StepFailed where another guest is there, Interrupted where none is seen, or its status is not
    known.
    """

    def final_event(container: Container, seen: GuestDetail) -> new_guest.FinalEvent:
        mapping, lacking = _publish(context, container.id)
        message = f"{_DONE[context.operation.action]} {container.label}, {seen.status}"
        return new_guest.FinalEvent(message, {"port": mapping}, lacking)

    return new_guest.finish_new_guest(context, step, final_event)


def _publish(context: StepContext, container: int) -> tuple[PortMapping | None, str | None]:
    """Return the requested public port; or, with the pool exhausted, None and the reason: the container exists all the
    same.
    """
    options = context.operation.plan.options
    port = options.port if isinstance(options, CreateOptions | CloneOptions) else None
    if port is None:
        return None, None
    try:
        return public_ports.allocate(container, port, context.settings.port_pool), None
    except PortsExhausted as error:
        return None, f"it has no public port: {error}"


def clone(context: StepContext, step: StepRecord) -> Fact:
    """Copy the source, stopped, with our marker in place of its description, and await the task; return the fact.
    Raises NotNeeded where it was asked for before and a guest is there, StepFailed where it is refused or its task did
    not end well, Interrupted where it has to be resumed.
    """
    plan = context.operation.plan
    request = plan.carries(CloneOptions)
    vmid, full = request.source, request.full
    # Its VMID is not its identity: somebody may have put another guest there since (law 3).
    source = records.get(request.source_record)

    def check(seen: GuestDetail) -> Refusal | None:
        if seen.node != request.source_node:
            return refusals.moved(f"the source CT {vmid}", request.source_node, seen.node)
        return check_source(source, seen, full=full) or check_node_in_quorum(str(plan.node), seen.quorum)

    def send(permit: WritePermit) -> str:
        return context.client.clone(
            permit,
            request,
            newid=context.vmid,
            hostname=plan.name,
            description=described(request.marker),
            target=plan.node if plan.node != request.source_node else None,
        )

    node = request.source_node
    write = Write(
        task_type="vzclone",
        node=node,
        permit=lambda: context.permit_to_act_on(source, WriteAction.CLONE, node, check),
        send=send,
        skip_if_done=lambda: _skip_if_taken(context),
        # Proxmox lists a clone under the VMID of its source.
        vmid=vmid,
        is_of=lambda log: is_copy_to(context.vmid, log),
    )
    return fact_of(context.ask(step, write), f"Proxmox could not clone CT {vmid} to CT {context.vmid}")


def _skip_if_taken(context: StepContext) -> None:
    """Raise NotNeeded where a guest is there: whether that is ours is seen by its marker, in the next step."""
    if not context.client.is_free(context.vmid):
        raise NotNeeded(f"CT {context.vmid} is there")
