"""The fleet of the demo: containers created and adopted by the real engine, so that the screens have content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.fleet import unmanaged_rows
from proximity_tui.core.model import CreateRequest, Plan

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_CREATED = (("shop", 80, True), ("build-cache", None, False))
"""The native containers of a demo: name, port, whether it is started. Each costs its start most of a second."""

_ADOPTED = 2
_ADOPTED_FOR_A_DRILL = 30
"""A drill strikes the usual fleet somewhere: it is only seen where we look after the container it strikes."""

ACCIDENT_AFTER = 60.0
"""Seconds of the simulated clock until somebody else destroys a container of the demo behind our back."""


def manage_some(session: AppContext, cluster: str, *, drill: bool = False) -> tuple[int, ...]:
    """Create and adopt real containers by the real engine, so that the screens have content.

    Returns the VMIDs that were adopted; for a drill that is the whole fleet.
    """
    engine, client = session.engine, session.clients[cluster]
    inventory = client.inventory()
    node = client.least_loaded_node()
    templates = client.templates(node) if node else ()
    for name, port, start in _CREATED if templates else ():
        request = CreateRequest(template=templates[0].volid, hostname=name, port=port, start=start)
        plan = engine.plan_create(cluster, request)
        if isinstance(plan, Plan):
            engine.create(plan)
    offered = [row for row in unmanaged_rows({cluster: inventory}, ()) if row.lock is None]
    adopted = []
    for row in offered[: _ADOPTED_FOR_A_DRILL if drill else _ADOPTED]:
        adopt_request = AdoptionRequest(port=80)
        adoption = engine.plan_adopt(cluster, row.vmid or 0, adopt_request)
        if isinstance(adoption, Plan) and engine.adopt(adoption, adopt_request).success:
            adopted.append(row.vmid or 0)
    return tuple(adopted)
