"""The rules for creating a native container: the checks of a request, and the steps.

A native container carries our marker in its description, so that it is recognised even if our record is lost.
"""

from __future__ import annotations

import shlex
from dataclasses import fields

from proximity_tui.core.base.text import number_of
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.create.creation_settings import (
    LARGEST_MEMORY,
    check_settings,
    needs_nesting,
    settings_sentence,
)
from proximity_tui.core.doctrine.actions.guest_plan import START_MADE, settle_made
from proximity_tui.core.doctrine.actions.restore.restored_guest import is_another
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.checks import check_node_in_quorum
from proximity_tui.core.doctrine.guards.wrong_texts import wrong_bridge, wrong_storage
from proximity_tui.core.doctrine.observation.identity import judge_marker, unsettled_identity
from proximity_tui.core.model import (
    Action,
    CreateRequest,
    GuestLookup,
    GuestNotSeen,
    Match,
    Operation,
    Plan,
    Presence,
    Quorum,
    Refusal,
    RefusalCode,
    Step,
    StepName,
    StepOutcome,
    names,
)
from proximity_tui.core.model.actions.create_request import CreateSettings
from proximity_tui.core.model.actions.plan_options import CloneOptions, CreateOptions, RestoreOptions, UnreadablePlan
from proximity_tui.core.model.guests.guest_config import LARGEST_DISK_GIB


def check_request(request: CreateRequest) -> Refusal | None:
    """Return None when the request is valid, else the refusal for its first fault."""
    checks = (
        (
            names.is_template(request.template),
            f"{request.template!r} is not a template: STORAGE:vztmpl/FILE",
        ),
        (1 <= request.cores <= 8192, "cores: at least 1, at most 8192"),
        (16 <= request.memory_mib <= LARGEST_MEMORY, f"memory: at least 16 MiB, at most {LARGEST_MEMORY}"),
        (1 <= request.disk_gib <= LARGEST_DISK_GIB, f"disk: at least 1 GiB, at most {LARGEST_DISK_GIB}"),
    )
    wrong = next((sentence for good, sentence in checks if not good), None) or wrong_bridge(request.bridge)
    return (
        check_hostname(request.hostname)
        or (Refusal(RefusalCode.INVALID, wrong) if wrong else None)
        or check_place_names(request.node, request.storage)
        or check_port(request.port)
        or check_settings(request)
    )


def check_place_names(node: str | None, storage: str | None) -> Refusal | None:
    """Return a refusal for an invalid name of a node or storage, else None. None as a name means "choose one".

    The name of a node with its domain passes here: only the cluster can say which of its nodes is meant.
    """
    if node is not None and not names.is_hostname(node):
        return Refusal(RefusalCode.INVALID, f"{node!r} is not the name of a node: a host name without its domain")
    wrong = wrong_storage(storage)
    return Refusal(RefusalCode.INVALID, wrong) if wrong else None


def check_hostname(text: str) -> Refusal | None:
    """Return a refusal for an invalid hostname, else None."""
    wrong = names.wrong_hostname(text)
    return Refusal(RefusalCode.INVALID, wrong) if wrong else None


def check_port(port: int | None) -> Refusal | None:
    """Return a refusal for an invalid port number, else None. No port is valid."""
    if port is None or names.is_port(port):
        return None
    return refusals.invalid_port(port)


@value_object
class CreatePlace:
    """The place of a new container: its root volume is on `storage`."""

    cluster: str
    node: str
    storage: str
    vmid: int
    quorum: Quorum
    warnings: tuple[str, ...] = ()
    """The settings that could not be checked."""


def plan_create(request: CreateRequest, place: CreatePlace, marker: str) -> Plan | Refusal:
    """Return the plan for creating `request` at this place, with our marker in its description; or the refusal."""
    node, vmid, storage = place.node, place.vmid, place.storage
    wrong = check_request(request) or check_node_in_quorum(node, place.quorum)
    if wrong:
        return wrong
    options = _options(request, storage, marker)
    what = f"create CT {vmid} on {node} from {request.template} with our marker in its description"
    first = Step(StepName.CREATE, f"{what}; {settings_sentence(options)}")
    cores = number_of(request.cores, "core")
    size = f"{cores}, {request.memory_mib} MiB, {request.disk_gib} GiB on {storage}"
    return Plan(
        action=Action.CREATE,
        cluster=place.cluster,
        vmid=vmid,
        node=node,
        name=request.hostname,
        steps=steps_from(first, start=request.start, port=request.port),
        summary=f"create {request.hostname} (native, CT {vmid} on {node}): {size}",
        options=options,
        warnings=place.warnings,
    )


def steps_from(first: Step, *changes: Step, start: bool, port: int | None) -> tuple[Step, ...]:
    """Return the steps of a plan that makes a native container: `first` makes it, `changes` are what is changed before
    it is started, and the others are always the same.
    """
    published = f"; a public port for its port {port}" if port is not None else ""
    return (
        first,
        Step(StepName.VERIFY, "read its marker, fingerprint and clinical record"),
        *changes,
        *([START_MADE] if start else []),
        settle_made(published),
    )


def _options(request: CreateRequest, storage: str, marker: str) -> CreateOptions:
    return CreateOptions(
        template=request.template,
        storage=storage,
        cores=request.cores,
        memory_mib=request.memory_mib,
        disk_gib=request.disk_gib,
        marker=marker,
        nesting=needs_nesting(request.template) if request.nesting is None else request.nesting,
        **{one.name: getattr(request, one.name) for one in fields(CreateSettings)},
    )


def marker_of(plan: Plan) -> str:
    """Return the marker that the new container of a plan carries. Raises UnreadablePlan."""
    if isinstance(plan.options, CreateOptions | CloneOptions):
        return plan.options.marker
    raise UnreadablePlan(f"the plan to {plan.action} {plan.name} has no marker")


def never_made(operation: Operation, lookup: GuestLookup) -> bool:
    """Return whether the guest that an operation was to create does not exist: its request cannot have run, or its
    absence is proved. One that was verified was made, whatever became of it since.
    """
    if any(step.name is StepName.VERIFY and step.outcome is StepOutcome.DONE for step in operation.steps):
        return False
    making = operation.action in (Action.CREATE, Action.CLONE, Action.RESTORE)
    return (making and operation.nothing_ran) or never_came_to_be(operation.plan, lookup)


def never_came_to_be(plan: Plan, lookup: GuestLookup) -> bool:
    """Return whether the guest that a plan was to create is proved not to exist: its VMID is free, or the guest there
    does not carry the marker of the plan, or is not what the backup promised. A guest that cannot be read, or is not
    settled, may be ours (law 2).
    """
    options = plan.options
    if not isinstance(options, CreateOptions | CloneOptions | RestoreOptions):
        return False
    if isinstance(lookup, GuestNotSeen):
        return lookup.presence is Presence.ABSENT
    seen, lock = lookup.fingerprint, lookup.lock
    if not isinstance(options, RestoreOptions):
        return judge_marker(options.marker, seen, lock).match is Match.DIFFERENT
    if seen is None or unsettled_identity(seen, lock) is not None:
        return False
    return is_another(options.fingerprint, seen, unique=options.unique)


def download_line(storage: str, template: str) -> str:
    """Return the command that downloads a template to a storage, for root on the node."""
    return f"pveam download {storage} {shlex.quote(template)}"
