"""The flag of a guest without a record that looks like one we managed, as the open alerts about that say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from proximity_tui.core.model.alert import Alert, AlertKind

ReappearedGuests = Mapping[str, Mapping[int, str]]
"""By cluster and VMID, what is said of the guest there."""

_KINDS = (AlertKind.RETURNED, AlertKind.REAPPEARED)


def reappeared_guests(alerts: Iterable[Alert]) -> ReappearedGuests:
    """Return what is said of each guest that looks like one which vanished: nothing of any other."""
    found: dict[str, dict[int, str]] = {}
    for alert in alerts:
        if alert.kind in _KINDS and alert.cluster is not None and alert.vmid is not None:
            found.setdefault(alert.cluster, {})[alert.vmid] = _sentence(alert)
    return found


def _sentence(alert: Alert) -> str:
    former = alert.evidence.get("former_vmid")
    place = f" (CT {former})" if former is not None and former != alert.vmid else ""
    return f"looks like the former {alert.name}{place}: alert {alert.id}"
