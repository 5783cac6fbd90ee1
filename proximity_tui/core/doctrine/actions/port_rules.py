"""Reserve, move and release a public port: the plan of it, or the refusal. Pure, and about our own registry alone.

The forwarding of a port is outside the program: a plan says so where something may still lead to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.model import Container, Refusal, RefusalCode, names
from proximity_tui.core.model.actions.port_plan import PortChange, PortPlan, PortRequest
from proximity_tui.core.model.port_registry import PortHolding, PortRegistry, no_open_record

FORWARDING = "what forwards to it is not changed by this program: change that, too"


def plan_port(request: PortRequest, registry: PortRegistry, containers: Mapping[int, Container]) -> PortPlan | Refusal:
    """Return the plan of a request, or the refusal; `containers` are the open records by id."""
    before = next((one for one in registry.holdings if one.key == request.held), None)
    if request.change is not PortChange.RESERVE and before is None:
        return refusals.changed("the port is not held as it was")
    after = None if request.change is PortChange.RELEASE else _after(request, before, registry, containers)
    if isinstance(after, Refusal):
        return after
    concerned = _concerned(before, after, containers)
    busy = next(filter(None, map(checks.check_free, concerned)), None)
    if busy:
        return busy
    return PortPlan(
        request,
        before,
        after,
        _summary(before, after),
        tuple((one.id, one.version) for one in concerned),
        (FORWARDING,) if before is not None and before.container is not None else (),
    )


def _after(
    request: PortRequest, before: PortHolding | None, registry: PortRegistry, containers: Mapping[int, Container]
) -> PortHolding | Refusal:
    """Return what is to be held, or the refusal."""
    public = _public(request, before, registry)
    if isinstance(public, Refusal):
        return public
    usual = before.container_port if before is not None else None
    inner = request.container_port if request.container_port is not None else usual
    wanted = _held_by(PortHolding(0, public, inner, None), request, before, containers)
    return wanted if isinstance(wanted, Refusal) else _check(wanted, before) or wanted


def _public(request: PortRequest, before: PortHolding | None, registry: PortRegistry) -> int | Refusal:
    """Return the public port that is to be held."""
    usual = before.public if before is not None else registry.next_free
    public = request.public if request.public is not None else usual
    if public is None:
        return Refusal(RefusalCode.PORT_TAKEN, f"all {len(registry.pool)} ports of {registry.range_words} are held")
    is_kept = before is not None and public == before.public
    if public not in registry.pool and not is_kept:
        outside = f"port {public} is outside the range {registry.range_words} of the settings"
        return Refusal(RefusalCode.PORT_RANGE, outside)
    others = [one for one in registry.holders(public) if one != before]
    if others:
        return Refusal(RefusalCode.PORT_TAKEN, f"{others[0].words}: choose another port, or release it first")
    return public


def _held_by(
    wanted: PortHolding, request: PortRequest, before: PortHolding | None, containers: Mapping[int, Container]
) -> PortHolding | Refusal:
    """Return the wanted holding with its holder: the requested one, or the one that it had."""
    if request.container is not None:
        one = containers.get(request.container)
        if one is None:
            return Refusal(RefusalCode.CLOSED, no_open_record(request.container))
        return replace(wanted, container=one.id, cluster=one.cluster, vmid=one.vmid, name=one.name)
    if before is None or request.note:
        return replace(wanted, note=request.note)
    holder = {name: getattr(before, name) for name in ("container", "cluster", "vmid", "name", "note")}
    return replace(wanted, **holder)


def _check(wanted: PortHolding, before: PortHolding | None) -> Refusal | None:
    """Return the refusal of a holding that says too little, or changes nothing."""
    inner = wanted.container_port
    if inner is not None and not names.is_port(inner):
        return refusals.invalid_port(inner)
    if wanted.container is not None and inner is None:
        return _invalid(f"say which port of {wanted.holder} it leads to")
    if wanted.container is None and not wanted.note:
        return _invalid("a port that no container holds yet needs a note that says what it is reserved for")
    if before is not None and before.evidence == wanted.evidence:
        return _invalid(f"{before.words} already: there is nothing to move")
    return None


def _concerned(
    before: PortHolding | None, after: PortHolding | None, containers: Mapping[int, Container]
) -> list[Container]:
    """Return the open records whose ports change."""
    ids = dict.fromkeys(one.container for one in (before, after) if one is not None)
    return [containers[one] for one in ids if one is not None and one in containers]


def _summary(before: PortHolding | None, after: PortHolding | None) -> str:
    if before is None:
        return f"reserve {after.words}" if after is not None else "nothing"
    return f"move {before.words}: after that, {after.words}" if after is not None else f"release {before.words}"


def _invalid(reason: str) -> Refusal:
    return Refusal(RefusalCode.INVALID, reason)
