"""The rules for the change of a container: settings of its config, written with the digest that was read, and disks
that grow.

A change is refused as a whole when one of its settings may not be written. It is a plan of what differs only: what is
as it was requested is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions import plan_validity
from proximity_tui.core.doctrine.actions.changing.requests import SettingRequest, resolve
from proximity_tui.core.doctrine.actions.changing.settings import (
    NO_CONSENT,
    Consent,
    check_setting,
    completed,
    differences,
    has_value,
    is_set_at_once,
)
from proximity_tui.core.doctrine.actions.guest_plan import guest_to_act_on, identity_doubts, plan_for_guest
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestLookup,
    Plan,
    Refusal,
    RefusalCode,
    Status,
    Step,
    StepName,
    names,
)
from proximity_tui.core.model.actions.plan_options import ChangeOptions, ConfigChange, DiskGrowth
from proximity_tui.core.model.guests.guest import display_name
from proximity_tui.core.model.guests.guest_config import LARGEST_DISK_GIB, properties, size_in_bytes

_SIZE = re.compile(r"(?P<more>\+?)(?P<number>\d{1,12}(?:\.\d{1,3})?)(?P<unit>[KMGT]?)", re.ASCII)
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def plan_change(
    container: Container,
    lookup: GuestLookup,
    changes: Sequence[ConfigChange],
    growth: Sequence[DiskGrowth] = (),
    consent: Consent = NO_CONSENT,
) -> Plan | Refusal:
    """Return the plan of one change of `container`, or the refusal. The size of a growth may be one to add: `+4G`."""
    seen = guest_to_act_on(container, lookup)
    if isinstance(seen, Refusal):
        return seen
    refused = check_guards(container, seen)
    if refused:
        return refused
    config = seen.config or {}
    for change in changes:
        refused = check_setting(change, config, consent)
        if refused:
            return refused
    grown = _grown(growth, config)
    if isinstance(grown, Refusal):
        return grown
    whole = (completed(change, config, _marker_of(container)) for change in changes)
    wanted = tuple(change for change in whole if not has_value(change.key, change.value, config))
    if not wanted and not grown:
        return Refusal(RefusalCode.UNCHANGED, f"{container.name} has these settings already: nothing to change")
    return _plan(container, seen, ChangeOptions(wanted, grown))


def check_requests(requested: Sequence[SettingRequest], config: Mapping[str, Any]) -> Refusal | None:
    """Return the refusal of what is requested, by itself, for a container with this config; else None."""
    resolved = resolve(requested, config)
    if isinstance(resolved, Refusal):
        return resolved
    refused = next(filter(None, (check_setting(change, config) for change in resolved.changes)), None)
    grown = _grown(resolved.growth, config)
    return refused or (grown if isinstance(grown, Refusal) else None)


def check_change(container: Container, plan: Plan, seen: GuestDetail) -> Refusal | None:
    """Return the refusal of the same guards right before the settings are written, else None: the config must be the
    one that was shown.
    """
    return check_guards(container, seen) or plan_validity.check_config_and_node(plan, seen)


def check_growth(container: Container, growth: DiskGrowth, seen: GuestDetail) -> Refusal | None:
    """Return the refusal of the same guards right before a disk is grown, else None: it must have the size that was
    shown.
    """
    size = properties((seen.config or {}).get(growth.disk, "")).named.get("size")
    changed = None if size == growth.before else refusals.changed(f"the size of {growth.disk} of {container.name}")
    return check_guards(container, seen) or changed


def size_of(disk: str, config: Mapping[str, Any]) -> str:
    """Return the size of a disk in Proxmox's words, as a config has it."""
    return properties(config.get(disk, "")).named.get("size", "no size")


def added_by_storage(growth: Sequence[DiskGrowth], config: Mapping[str, Any]) -> dict[str, int]:
    """Return how many bytes the disks grow by on each storage together."""
    found: dict[str, int] = {}
    for one in growth:
        storage = names.storage_of(properties(config.get(one.disk, "")).volume or "")
        more = (size_in_bytes(one.size) or 0) - (size_in_bytes(one.before) or 0)
        found[storage] = found.get(storage, 0) + more
    return found


def is_grown(growth: DiskGrowth, config: Mapping[str, Any]) -> bool:
    """Return whether a disk has the size that it was to get."""
    size = size_in_bytes(properties(config.get(growth.disk, "")).named.get("size", ""))
    return size is not None and size == size_in_bytes(growth.size)


def check_guards(container: Container, seen: GuestDetail) -> Refusal | None:
    """Return the refusal of the guards for any write into the config of a guest, else None."""
    if seen.config is None or seen.digest is None:
        return refusals.config_unread(seen)
    return checks.check_ready(container, seen)


def _marker_of(container: Container) -> str | None:
    recorded = container.fingerprint.marker if container.fingerprint is not None else None
    return container.marker or recorded


def _grown(growth: Sequence[DiskGrowth], config: Mapping[str, Any]) -> tuple[DiskGrowth, ...] | Refusal:
    found = []
    for one in growth:
        resolved = _resolved(one, config)
        if isinstance(resolved, Refusal):
            return resolved
        if resolved.size != resolved.before:
            found.append(resolved)
    return tuple(found)


def _resolved(growth: DiskGrowth, config: Mapping[str, Any]) -> DiskGrowth | Refusal:
    """Return the growth with its size before and after, or the refusal."""
    disk, wanted = growth.disk, _SIZE.fullmatch(growth.size.strip().upper())
    if disk not in config:
        return Refusal(RefusalCode.INVALID, f"there is no disk {disk}")
    if wanted is None:
        return Refusal(RefusalCode.INVALID, f"{growth.size!r} is not a size: 12G, or +4G for so much more")
    before = properties(config[disk]).named.get("size", "")
    size = size_in_bytes(before)
    if size is None:
        return Refusal(RefusalCode.INVALID, f"the size of {disk} is not in its config: it cannot be grown here")
    amount = size_in_bytes(wanted["number"] + wanted["unit"]) or 0
    after = size + amount if wanted["more"] else amount
    if after < size:
        return Refusal(RefusalCode.INVALID, f"unable to shrink disk size: {disk} has {before}, not less")
    # A disk that is larger already is no slip of the keyboard.
    if size < LARGEST_DISK_GIB * 2**30 < after:
        return Refusal(RefusalCode.INVALID, f"{disk}: at most {LARGEST_DISK_GIB} GiB, not {growth.size}")
    return DiskGrowth(disk, before if after == size else _shortest(after), before)


def _shortest(size: int) -> str:
    unit = next(unit for unit in ("T", "G", "M", "K", "") if size % _UNITS[unit] == 0)
    return f"{size // _UNITS[unit]}{unit}"


def _plan(container: Container, seen: GuestDetail, options: ChangeOptions) -> Plan:
    lines = [line for change in options.changes for line in differences(change)]
    grown = [f"{one.disk} {one.before} \N{RIGHTWARDS ARROW} {one.size}" for one in options.growth]
    return plan_for_guest(
        container,
        seen,
        Action.UPDATE,
        steps=_steps(seen, options),
        summary=f"change {container.label}: {'; '.join([*lines, *grown])}",
        options=options,
        warnings=_warnings(container, seen, options),
    )


def _steps(seen: GuestDetail, options: ChangeOptions) -> tuple[Step, ...]:
    keys = describe([change.key for change in options.changes])
    write = f"write {keys} into the config of CT {seen.vmid} on {seen.node}, unless somebody changed it meanwhile"
    return (
        *([Step(StepName.CHANGE, write)] if options.changes else []),
        *(
            Step(StepName.GROW, f"grow {one.disk} from {one.before} to {one.size}; no disk can be made smaller again")
            for one in options.growth
        ),
        Step(StepName.VERIFY, "read the config back, and record what was stored"),
    )


def _warnings(container: Container, seen: GuestDetail, options: ChangeOptions) -> tuple[str, ...]:
    found = [*identity_doubts(container, seen)]
    waiting = [change.key for change in options.changes if not is_set_at_once(change.key)]
    if waiting and seen.status is Status.RUNNING:
        found.append(f"pending until the next start of the container: {describe(waiting)}")
    changed = {change.key: change for change in options.changes}
    if "hostname" in changed:
        name = display_name(changed["hostname"].value, seen.vmid)
        found.append(f"it is called {name} from then on, here and in Proxmox")
    if "protection" in changed and changed["protection"].value != "1":
        found.append("its protection ends: Proxmox would let it be destroyed")
    return tuple(found)
