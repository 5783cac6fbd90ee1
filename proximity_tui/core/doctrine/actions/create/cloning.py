"""The rules for cloning: the checks of a source, and the steps.

The clone is native, whatever its source is: we made it, and it carries a marker of its own instead of the copied one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.create.clone_network import (
    CardPlan,
    NetworkRequest,
    check_network,
    keeps_fixed_address,
    plan_card,
    step_of,
)
from proximity_tui.core.doctrine.actions.create.creation import (
    check_hostname,
    check_place_names,
    check_port,
    steps_from,
)
from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on
from proximity_tui.core.doctrine.guards.checks import (
    check_identity,
    check_lock,
    check_node_in_quorum,
    check_quorum,
    check_status,
    check_tasks,
)
from proximity_tui.core.model import (
    Action,
    Container,
    Fingerprint,
    GuestDetail,
    GuestLookup,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.plan import SourceBound
from proximity_tui.core.model.actions.plan_options import CloneOptions
from proximity_tui.core.model.guests.guest_config import Device, devices, is_on

_COPY = re.compile(r"creating a clone of container \d+ with ID (?P<copy>\d+)$", re.ASCII)


@value_object
class CloneRequest(NetworkRequest):
    """One request to clone a container. Proxmox decides what is left out: the node and storages of the source; a full
    copy of a container, a linked clone of a template. The network is that of the source but for what is asked of it.
    """

    hostname: str
    node: str | None = None
    storage: str | None = None
    full: bool | None = None
    port: int | None = None
    """The port of the copy to publish; None publishes none."""
    start: bool = False


def check_request(request: CloneRequest) -> Refusal | None:
    """Return None when the request is valid, else the refusal for its first fault."""
    if request.full is False and request.storage is not None:
        return Refusal(RefusalCode.INVALID, "a linked clone uses the storage of its template: omit the storage")
    return (
        check_hostname(request.hostname)
        or check_place_names(request.node, request.storage)
        or check_port(request.port)
        or check_network(request)
    )


def plan_clone(source: Container, request: CloneRequest, lookup: GuestLookup, vmid: int, marker: str) -> Plan | Refusal:
    """Return the plan for cloning `source`, as just seen, to CT `vmid`; or the refusal, in Proxmox's words if it has
    some.
    """
    wrong = check_request(request)
    if wrong:
        return wrong
    seen = guest_to_act_on(source, lookup)
    if isinstance(seen, Refusal):
        return seen
    full, node = is_full(request, seen), request.node or seen.node
    refused = check_source(source, seen, full=full) or check_quorum(seen) or check_tasks(seen)
    refused = refused or check_node_in_quorum(node, seen.quorum)
    if refused:
        return refused
    card = plan_card(request, seen.config or {}, seen.vmid)
    if isinstance(card, Refusal):
        return card
    how = "full" if full else "linked"
    changes = [step_of(card, vmid)] if card.key is not None else []
    first = Step(StepName.CLONE, f"{how} clone of CT {seen.vmid} to CT {vmid} on {node}, with a marker of its own")
    return Plan(
        action=Action.CLONE,
        cluster=source.cluster,
        vmid=vmid,
        node=node,
        name=request.hostname,
        steps=steps_from(first, *changes, start=request.start, port=request.port),
        summary=f"clone {source.name} (CT {seen.vmid}) to {request.hostname} (native, CT {vmid} on {node}), {how}",
        bound_to=SourceBound(seen.vmid, seen.digest, seen.fingerprint),
        options=replace(
            _options(source, request, seen, marker, full=full), network=card.key, properties=card.properties
        ),
        warnings=_warnings(seen.config or {}, request, card),
    )


def _options(source: Container, request: CloneRequest, seen: GuestDetail, marker: str, *, full: bool) -> CloneOptions:
    return CloneOptions(
        source=seen.vmid,
        source_record=source.id,
        source_node=seen.node,
        full=full,
        marker=marker,
        storage=request.storage,
        port=request.port,
        start=request.start,
    )


def is_full(request: CloneRequest, seen: GuestDetail) -> bool:
    """Return whether the volumes are copied; a linked clone takes no space of its own at first."""
    return request.full if request.full is not None else not seen.template


def check_source(source: Container, seen: GuestDetail, *, full: bool) -> Refusal | None:
    """Return a refusal for a source that Proxmox would not copy or that is another guest than recorded; else None. It
    is checked again right before the request is sent.
    """
    return check_identity(source, seen, unsure_confirmed=True) or check_lock(seen) or _check_copyable(seen, full=full)


def differs_from_source(plan: Plan, made: Fingerprint) -> str | None:
    """Return what a clone has otherwise than the source of its plan, in words, of what every copy keeps; else None."""
    source = plan.fingerprint
    if source is None:
        return None
    kept = (
        ("ostype", source.ostype, made.ostype),
        ("arch", source.arch, made.arch),
        ("unprivileged", source.unprivileged, made.unprivileged),
    )
    differences = [
        f"{what} {_in_words(mine)} expected, {_in_words(found)} now"
        for what, mine, found in kept
        if mine not in (None, found)
    ]
    return "; ".join(differences) or None


def _in_words(value: str | bool | None) -> str:
    """Return a value of a config as a person reads it: a switch as yes or no, what is not set as none."""
    return value if isinstance(value, str) else {True: "yes", False: "no", None: "none"}[value]


def is_copy_to(vmid: int, log: Sequence[str]) -> bool | None:
    """Return whether the task with this log makes the copy CT `vmid`, by the line in which Proxmox names the copy; None
    where there is no such line, or not yet.
    """
    named = next(filter(None, map(_COPY.match, log)), None)
    return None if named is None else int(named["copy"]) == vmid


def _check_copyable(seen: GuestDetail, *, full: bool) -> Refusal | None:
    if not full and not seen.template:
        return Refusal(RefusalCode.NOT_A_TEMPLATE, f"a linked clone needs a template, and CT {seen.vmid} is not one")
    if full and not seen.template:
        doubtful = check_status(seen)
        if doubtful:
            return doubtful
        if seen.status is Status.RUNNING:
            return Refusal(
                RefusalCode.RUNNING,
                "Full clone of a running container is only possible from a snapshot:"
                f" shut CT {seen.vmid} down, clone it, and start it again",
            )
    bound = [key for key, mount in devices(seen.config or {}, Device.MOUNT) if mount.is_folder]
    if bound:
        return Refusal(
            RefusalCode.BIND_MOUNT, f"unable to clone mountpoint '{bound[0]}': it is a directory of {seen.node}"
        )
    return None


def _warnings(config: Mapping[str, Any], request: CloneRequest, card: CardPlan) -> tuple[str, ...]:
    warnings = ["the clone has the same contents: host keys, secrets, identities, tags and settings"]
    if is_on(config, "protection"):
        warnings.append("the clone is protected, too: it cannot be destroyed until the protection is removed")
    if keeps_fixed_address(config, card):
        told = "the clone has the same fixed IP address"
        by_hand = f"`proximity-tui set {request.hostname} net0.ip=ADDRESS/BITS`"
        warnings.append(
            f"{told}, and it is started: two guests will use one address; give it another one (--address)"
            if request.start
            else f"{told}: give it another one (--address), or change it before it is started, as by {by_hand}"
        )
    return tuple(warnings)
