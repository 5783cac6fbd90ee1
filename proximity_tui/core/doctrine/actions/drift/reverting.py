"""The rules for setting a config back to one that it was: the baseline, or any revision.

The result is a set of changes for `plan_change`, which has the last word, and a list of what is left as it is. Disks
are never set back, a network card keeps its hardware address, and what waits for a restart is left unless asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from proximity_tui.core.base.text import describe, did_you_mean
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.changing.settings import check_setting, differences, is_set_at_once
from proximity_tui.core.doctrine.observation.config_drift import drift
from proximity_tui.core.doctrine.observation.config_fields import FieldChange, field_changes
from proximity_tui.core.model import Container, GuestDetail, Plan, Refusal, RefusalCode, Status
from proximity_tui.core.model.actions.plan_options import ChangeOptions, ConfigChange
from proximity_tui.core.model.drift_rules import setting_of
from proximity_tui.core.model.guests.guest_config import (
    Device,
    is_property_string,
    kind_of,
    named_properties,
    properties,
)


@value_object
class LeftAsItIs:
    """A setting that is not set back, and why."""

    key: str
    why: str

    @property
    def sentence(self) -> str:
        """The setting and the reason, for a person."""
        return f"{self.key} is left as it is: {self.why}"


@value_object
class Reversal:
    """What is to be written so that a config is again what it was, and what is not."""

    changes: tuple[ConfigChange, ...]
    left: tuple[LeftAsItIs, ...] = ()


def reversal(
    container: Container,
    seen: GuestDetail,
    wanted: Mapping[str, Any],
    *,
    keys: Sequence[str] = (),
    with_restart: bool = False,
) -> Reversal | Refusal:
    """Return what sets the config that was seen back to the `wanted` one, or the refusal. `keys` are the settings or
    fields that are meant (none: all); `with_restart` also takes those that wait for the next start.
    """
    now = seen.config or {}
    fields = field_changes(now, wanted)
    unknown = _check_known(keys, fields)
    if unknown is not None:
        return unknown
    changes, left = [], []
    for key in dict.fromkeys(field.key for field in fields if _is_meant(field, keys)):
        change = ConfigChange(key, _value(key, now, wanted, [one for one in fields if one.key == key], keys))
        why = _why_left(change, now, running=seen.status is not Status.STOPPED, with_restart=with_restart)
        if why is None:
            changes.append(change)
        else:
            left.append(LeftAsItIs(key, why))
    if not fields:
        return Refusal(RefusalCode.NO_DRIFT, f"{container.name} needs no change: no setting differs")
    if not changes:
        reasons = "; ".join(one.sentence for one in left)
        return Refusal(RefusalCode.INVALID, f"nothing of {container.name} can be set back: {reasons}")
    return Reversal(tuple(changes), tuple(left))


def warnings_of(found: Reversal, seen: GuestDetail, coming: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return what a person must know beside the plan: what is left, and what is pending already. `coming` is the config
    as it will be after the next start; None where it could not be read.
    """
    if coming is None:
        pending = ["whether changes are pending until its next start could not be read"]
    else:
        waiting = [change.key for change in drift(seen.config, coming) or ()]
        pending = [f"pending until its next start already: {describe(waiting)}"] if waiting else []
    return (*(one.sentence for one in found.left), *pending)


def named(plan: Plan, target: str, warnings: Iterable[str]) -> Plan:
    """Return the plan of the change under the name of what it is for, with further warnings."""
    lines = [line for change in plan.carries(ChangeOptions).changes for line in differences(change)]
    summary = f"set {plan.name} back to {target}: {'; '.join(lines)}"
    return replace(plan, summary=summary, warnings=(*plan.warnings, *warnings))


def _is_meant(field: FieldChange, keys: Collection[str]) -> bool:
    return not keys or field.key in keys or field.label in keys


def _check_known(keys: Iterable[str], fields: Sequence[FieldChange]) -> Refusal | None:
    """Return the refusal of a key that does not differ, with the nearest one that does; None where all do."""
    known = {name for field in fields for name in (field.key, field.label)}
    wrong = next((key for key in keys if key not in known), None)
    if wrong is None or not fields:
        return None
    advice = did_you_mean(wrong, sorted(known), f"what differs: {describe(sorted(known))}")
    return Refusal(RefusalCode.INVALID, f"{wrong} does not differ: {advice}")


def _value(
    key: str, now: Mapping[str, Any], wanted: Mapping[str, Any], fields: Sequence[FieldChange], keys: Sequence[str]
) -> str | None:
    """Return what a setting is to be: as wanted, or with only the fields that are meant as wanted. A network card keeps
    the hardware address that it has.
    """
    target = wanted.get(key)
    own_mac = kind_of(key) == Device.NETWORK and key in now and target is not None
    fieldwise = is_property_string(key) and key in now and bool(keys) and key not in keys
    if not own_mac and not fieldwise:
        return None if target is None else str(target)
    meant = {field.field for field in fields if not fieldwise or field.label in keys}
    return _merged(now[key], target, meant - {"hwaddr"} if own_mac else meant)


def _merged(now: object, target: object, meant: Collection[str | None]) -> str | None:
    """Return the properties of now, with the meant ones as in the target, in their order of now."""
    first, wanted, default = named_properties(now), named_properties(target), properties(now).default
    merged = {name: value for name, value in first.items() if name not in meant or name in wanted}
    merged |= {name: wanted[name] for name in wanted if name in meant}
    texts = (value if name == "volume" and default else f"{name}={value}" for name, value in merged.items())
    return ",".join(texts) or None


def _why_left(change: ConfigChange, now: Mapping[str, Any], *, running: bool, with_restart: bool) -> str | None:
    refused = check_setting(change, now)
    if refused is not None:
        return refused.reason
    if kind_of(change.key) in (Device.MOUNT, Device.UNUSED) or setting_of(change.key) == "rootfs":
        return "a disk is never set back"
    if running and not with_restart and not is_set_at_once(change.key):
        return "it would wait for the next start of the container (--with-restart takes it, too)"
    return None
