"""Every step that a plan shows has a function that carries it out, whatever the action."""

from __future__ import annotations

import pytest

from proximity_tui.core.engine.operations.actions.handlers import HANDLERS
from proximity_tui.core.model import Action
from tests.support.house import House
from tests.support.records.every_action import EVERY_ACTION, EveryAction


@pytest.mark.parametrize("action", [pytest.param(one, id=one.name) for one in EVERY_ACTION])
def test_each_step_of_a_plan_has_its_handler(house: House, action: EveryAction) -> None:
    plan = action.prepare(house).plan
    assert [step.name for step in plan.steps if step.name not in HANDLERS[plan.action]] == []


def test_what_is_one_transaction_has_no_steps() -> None:
    """An adoption, a soft delete and the acceptance of drift ask Proxmox for no change, so there is no journal."""
    assert HANDLERS.keys() & {Action.ADOPT, Action.SOFT_DELETE, Action.ACCEPT_DRIFT} == set()
