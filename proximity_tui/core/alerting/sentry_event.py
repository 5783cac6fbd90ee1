"""The Sentry event of an alert, and the cleaning of every event before it leaves. Knows nothing of the SDK."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import Any

from proximity_tui import __version__
from proximity_tui.core.base.secret import REDACTED, masked, masked_text
from proximity_tui.core.model.alert import Alert, Severity

LOGGER = "proximity_tui.alerts"

_LONGEST_TEXT = 2000
_LONGEST_LIST = 100
_DEEPEST = 8
_OURS = ("event_id", "timestamp", "level", "platform", "release", "environment", "server_name", "sdk")
"""What neither Proxmox nor a person can write into, so that cleaning it could only spoil it."""


def event_of(alert: Alert) -> dict[str, Any]:
    """Return the event of an alert: the alert determines its id; its fingerprint covers only this record and kind."""
    evidence = alert.evidence
    tags = {
        "cluster": alert.cluster,
        "node": evidence.get("node"),
        "vmid": alert.vmid,
        "kind": evidence.get("kind"),
        "anomaly_type": alert.kind,
    }
    return {
        "event_id": alert.delivery.event_id,
        "timestamp": alert.opened_at,
        "level": "error" if alert.severity is Severity.RED else "warning",
        "logger": LOGGER,
        "release": __version__,
        "message": alert.message,
        "fingerprint": [alert.kind, alert.cluster or "no cluster", _about(alert)],
        "tags": {name: str(value) for name, value in tags.items() if value is not None},
        "contexts": {
            "alert": {
                "id": alert.id,
                "severity": alert.severity.value,
                "name": alert.name,
                "container": alert.container,
                "opened_at": alert.opened_at.isoformat(),
                "seen": alert.count,
            },
            "evidence": dict(evidence),
        },
    }


def cleaned(event: Mapping[str, Any], *, hostname_allowed: bool) -> dict[str, Any]:
    """Return the event as it may leave: bounded, without secrets, and without the name of this host unless allowed."""
    clean: dict[str, Any] = {}
    for key, value in event.items():
        if key in _OURS:
            clean[key] = value
        elif key == "fingerprint":
            # Lists of two are pairs of name and value to `masked`, and these are neither.
            clean[key] = [masked_text(str(part)) for part in value]
        else:
            clean[key] = _bounded(masked(value))
    return clean if hostname_allowed else _without_host(clean)


def _about(alert: Alert) -> str:
    """Return `105/7`, the VMID and the record, because a VMID alone is not an identity (law 3)."""
    known = [str(part) for part in (alert.vmid, alert.container) if part is not None]
    return "/".join(known) or alert.name or "cluster"


def _bounded(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_TEXT else value[:_LONGEST_TEXT] + "…"
    if not isinstance(value, Mapping | list):
        return value
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {key: _bounded(item, depth + 1) for key, item in list(value.items())[:_LONGEST_LIST]}
    cut = [_bounded(item, depth + 1) for item in value[:_LONGEST_LIST]]
    return cut if len(value) <= _LONGEST_LIST else [*cut, f"… {len(value) - _LONGEST_LIST} more"]


def _without_host(value: Any) -> Any:
    if isinstance(value, str):
        return _this_host().sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {key: _without_host(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_host(item) for item in value]
    return value


def _this_host() -> re.Pattern[str]:
    """Return the pattern of our own host in our texts: `user@host` and `host:pid:…`. The node of a guest may have the
    same name.
    """
    host = re.escape(socket.gethostname())
    return re.compile(rf"(?<=@){host}\b(?:\.[\w.-]+)?|\b{host}(?=:\d+:)")
