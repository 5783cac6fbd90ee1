"""The facts before a power action: the names of the four, and the plan or the refusal of each for one container.

Reading them blocks, so the controller does it.
"""

from __future__ import annotations

from collections.abc import Mapping

from proximity_tui.core.doctrine.actions.power_rules import plan_power
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.engine.engine import Engine
from proximity_tui.core.engine.operations.record_guards import refuse_busy
from proximity_tui.core.model import POWER_ACTIONS, Action, Container, GuestLookup, Plan, Refusal

KEYS: Mapping[str, Action] = dict(zip("sdxb", POWER_ACTIONS, strict=True))
"""The letter of each action."""
LABELS: Mapping[Action, str] = {
    Action.START: "start",
    Action.SHUTDOWN: "shut down",
    Action.STOP: "stop",
    Action.REBOOT: "reboot",
}
MEANINGS: Mapping[Action, str] = {
    Action.START: "start the container",
    Action.SHUTDOWN: "clean shutdown",
    Action.STOP: "stop at once, like pulling the plug: what is not written is lost",
    Action.REBOOT: "clean shutdown, then start",
}


YES: Mapping[Action, str] = {
    Action.START: "Start",
    Action.SHUTDOWN: "Shut down",
    Action.STOP: "Pull the plug",
    Action.REBOOT: "Reboot",
}
"""The button that confirms each action, which says what it does."""

Outcomes = Mapping[Action, Plan | Refusal]


def plans_of(engine: Engine, record: Container, lookup: GuestLookup | None) -> Outcomes:
    """Return the plan of each action, from one inspection; the engine inspects again before it begins. Raises
    StoreError.
    """
    refused = engine.refuse_write_to(record.cluster)
    if refused is not None:
        return dict.fromkeys(POWER_ACTIONS, refused)
    if lookup is None:
        return dict.fromkeys(POWER_ACTIONS, refusals.no_guest_to_ask(record))
    busy = refuse_busy(record)
    if busy is not None:
        return dict.fromkeys(POWER_ACTIONS, busy)
    return {action: plan_power(record, action, lookup) for action in POWER_ACTIONS}
