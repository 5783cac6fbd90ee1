"""One guest during an adoption: its inspection, the data to capture, its result.

Reading blocks and belongs on a worker thread; the texts are pure. It decides nothing: the doctrine does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self

from proximity_tui.core.base.text import number_of
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.observe.shared_inventory import SharedInventory
from proximity_tui.core.engine.operations.actions import adopt_guest
from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.model import (
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Plan,
    Presence,
    Refusal,
    RefusalCode,
    Status,
    names,
)
from proximity_tui.core.model.guests.guest_config import Device, devices
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.app.background_task import TaskResult
from proximity_tui.screens.batch.item import BatchItem


@value_object
class Candidate(BatchItem):
    """A guest and its progress. Without a `preview` it was not inspected yet."""

    cluster: str
    vmid: int
    name: str
    node: str
    status: Status
    preview: Plan | Refusal | None = None
    lookup: GuestLookup | None = None
    """The look that the preview was made from; what is agreed to is bound to it."""
    captures: str = ""
    """What would be captured, in a few words."""

    @property
    def key(self) -> str:
        """Its key in a table: cluster and VMID."""
        return f"{self.cluster}/{self.vmid}"

    @property
    def cluster_name(self) -> str:
        return self.cluster

    @property
    def needs_consent(self) -> bool:
        """True when it can only be adopted without its clinical record, and by choice."""
        return isinstance(self.preview, Refusal) and self.preview.code is RefusalCode.NO_CLINICAL_RECORD

    def not_read(self) -> Self:
        return replace(self, preview=None, lookup=None, captures="")

    def unreadable(self, reason: str) -> Self:
        return replace(self, preview=Refusal(RefusalCode.FAILED, reason))

    def is_ready(self, *, consent: bool) -> bool:
        """Return whether it can be adopted now."""
        return isinstance(self.preview, Plan) or (consent and self.needs_consent)

    @property
    def is_offered(self) -> bool:
        """True while it can be adopted as it is, and nothing was begun or decided."""
        decided = self.ended is not None or self.untouched or self.begun
        return isinstance(self.preview, Plan) and not decided

    def outcome(self, *, consent: bool = False) -> tuple[str, Tone]:
        """Return its state, in words."""
        if self.ended is not None:
            return _ended_words(self.ended)
        if self.untouched:
            return "untouched", "dim"
        if self.begun:
            return "adopting", "normal"
        if self.preview is None:
            return "reading", "dim"
        if isinstance(self.preview, Plan):
            return "ready", "normal"
        if self.needs_consent:
            return ("ready, without a clinical record" if consent else "needs your consent"), "warn"
        return f"cannot be adopted: {self.preview.reason}", "bad"

    def describe(self) -> str:
        """Return everything that is known of it: the data to capture, and each warning."""
        if self.ended is not None:
            return _ended_words(self.ended)[0]
        if isinstance(self.preview, Refusal):
            return self.preview.reason
        if self.preview is None:
            return f"reading CT {self.vmid}"
        return "; ".join((f"captures {self.captures}", *self.preview.warnings))


def inspect_item(engine: Engine, candidate: Candidate, inventory: SharedInventory) -> Candidate:
    """Return the candidate with its plan (or the refusal) from a fresh inspection. Blocks; raises StoreError."""
    cluster, vmid = candidate.cluster, candidate.vmid
    seen: GuestLookup
    try:
        seen = engine.inspect_to_adopt(cluster, vmid, inventory.read())
    except ProxmoxError as error:
        seen = GuestNotSeen(cluster, vmid, engine.clock.now(), Presence.UNKNOWN, error.sentence)
    preview = adopt_guest.plan(engine.clients[cluster], vmid, AdoptionRequest(), seen)
    if isinstance(seen, GuestDetail):
        captures = _captures(seen.config) if seen.config is not None else "no config, because it cannot be read"
        found = replace(candidate, preview=preview, lookup=seen, captures=captures)
        return replace(found, status=seen.status, node=seen.node)
    return replace(candidate, preview=preview, lookup=seen)


def plan_as_shown(engine: Engine, candidate: Candidate, request: AdoptionRequest) -> Plan | Refusal:
    """Return the plan for exactly this request, from the inspection that was shown: another guest at the VMID was not
    confirmed. Raises StoreError.
    """
    return engine.plan_adopt(candidate.cluster, candidate.vmid, request, candidate.lookup)


def read_port(text: str) -> int | Refusal | None:
    """Return the typed port, None for none, or the refusal of an invalid one."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and names.is_port(int(text))):
        return refusals.invalid_port(repr(text))
    return int(text)


def _captures(config: Mapping[str, Any]) -> str:
    nets = len(list(devices(config, Device.NETWORK)))
    mounts = len(list(devices(config, Device.MOUNT)))
    parts = [f"{len(config)} config keys"]
    if "cores" in config:
        parts.append(f"{config['cores']} core{'' if str(config['cores']) == '1' else 's'}")
    if "memory" in config:
        parts.append(f"{config['memory']} MiB")
    parts.append(number_of(nets, "network"))
    if mounts:
        parts.append(number_of(mounts, "mount point"))
    return ", ".join(parts)


def _ended_words(ended: TaskResult) -> tuple[str, Tone]:
    match ended.result:
        case Done(detail=detail):
            published = f", public port {detail['public_port']}" if detail.get("public_port") else ""
            if not detail.get("config_snapshot_captured"):
                return f"adopted without a clinical record{published}", "warn"
            return f"adopted, {detail.get('config_keys_count')} config keys{published}", "good"
        case _:
            return ended.outcome, "bad"
