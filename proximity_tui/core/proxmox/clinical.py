"""The clinical record: everything that can be captured of a guest, kept for ever at adoption and creation.

Gaps are named. Nothing is interpreted, and the config stays word for word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import ClinicalRecord, Gap, Unread
from proximity_tui.core.model.guest_config import Device, devices
from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.values import as_status, as_text, plain_tree, require_list_of_dicts
from proximity_tui.core.proxmox.settled import attempt, digest_of, read_settled
from proximity_tui.core.proxmox.transport.http import HttpSession

_RESOURCES = ["cpus", "maxmem", "maxswap", "maxdisk", "cpu", "mem", "swap", "disk", "uptime", "pid", "netin", "netout"]


def read_clinical(session: HttpSession, vmid: int, node: str, now: datetime) -> ClinicalRecord:
    """Return everything there is of a guest. Raises ProxmoxError only when not even the status can be read."""
    gaps: list[Gap] = []
    status, config = read_settled(session, vmid, node, gaps)

    def listed(word: str) -> tuple[Mapping[str, Any], ...]:
        # null, not [], is the answer for the interfaces of a stopped container (recorded 9.2 behaviour).
        answer = session.get(paths.guest(node, vmid, word))
        return tuple(plain_tree(row) for row in require_list_of_dicts([] if answer is None else answer, word))

    figures = {key: status[key] for key in _RESOURCES if isinstance(status.get(key), int | float | str)}
    return ClinicalRecord(
        captured_at=now,
        status=as_status(status["status"], "status"),
        raw_status=as_text(status["status"], "status"),
        config=config,
        digest=None if config is None else digest_of(config),
        resources=plain_tree(figures),
        networks=() if config is None else networks(config),
        snapshots=attempt(gaps, Unread.SNAPSHOTS, lambda: listed("snapshot"), ()),
        interfaces=attempt(gaps, Unread.INTERFACES, lambda: listed("interfaces"), ()),
        gaps=tuple(str(gap) for gap in gaps),
    )


def networks(config: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the parsed `netN` lines of a config, each with its own key as `id`, in the order of their numbers."""
    return tuple(
        {"id": key, **{plain(name): plain(value) for name, value in network.named.items()}}
        for key, network in devices(config, Device.NETWORK)
    )
