"""An adopted container as its adoption leaves it, for tests of what comes after it.

An adoption reads the list of guests and the guest itself, shows a plan, and reads the guest again. Nobody agrees to a
plan here, so the guest is read once; the record is written by the adoption itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.actions.adoption import AdoptionRequest
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.actions import adopt_guest
from proximity_tui.core.engine.operations.outcome import Done
from proximity_tui.core.engine.operations.plan_check import CapturedGuest
from proximity_tui.core.model import Container, Plan
from proximity_tui.simulator import Simulator


def make_adopted(
    engine: Engine,
    simulators: Mapping[str, Simulator],
    vmid: int,
    *,
    port: int | None = None,
    cluster: str | None = None,
) -> Container:
    """Return the record of a guest of a simulated cluster, in the open store, with its clinical record. Where there is
    one cluster alone, it need not be named.
    """
    name = cluster or next(iter(simulators))
    client, guest, request = engine.clients[name], simulators[name].world.container(vmid), AdoptionRequest(port)
    assert guest is not None, f"there is no container {vmid} in {name}"
    seen, captured = client.inspect_and_capture(vmid, guest.node, None)
    plan = adopt_guest.plan(client, vmid, request, seen)
    assert isinstance(plan, Plan), plan
    made = adopt_guest.record_adopted(client, CapturedGuest(seen, captured, plan), request, engine.settings)
    assert isinstance(made, Done), made
    assert made.container is not None, made
    return made.container
