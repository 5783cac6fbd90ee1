"""A guest that an operation made or changed, seen while its config is not whole, or without a status: that is not
another guest and no failure. The operation waits to be resumed, and nothing of it is recorded (laws 2, 3 and 5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Resumable
from proximity_tui.core.model import CreateRequest, Plan
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.simulator import Simulator
from tests.support.house import TEMPLATE, House
from tests.support.records.every_action import WITH_A_TASK
from tests.support.timing.meddling import when

NAMED = {one.name: one for one in WITH_A_TASK}


def without(*keys: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A config without these settings."""
    return lambda config: {key: value for key, value in config.items() if key not in keys}


@pytest.mark.parametrize("missing", [("rootfs",), ("rootfs", "net0", "hostname", "ostype", "description")])
@pytest.mark.parametrize("name", ["restore", "roll-back", "migrate"])
def test_law_5_without_its_root_volume_a_guest_is_neither_failed_nor_recorded(
    house: House, simulator: Simulator, name: str, missing: tuple[str, ...]
) -> None:
    action = NAMED[name]
    ready = action.prepare(house)
    when(simulator, action.is_write, lambda: simulator.faults.rewrite(without(*missing), "/lxc/[0-9]+/config$"))

    result = ready.execute(house.engine)

    assert isinstance(result, Resumable), result
    assert "its config has no root volume" in result.reason
    assert result.operation is not None
    assert result.container is not None
    recorded = records.get(result.container.id)
    assert recorded.fingerprint is None if name == "restore" else recorded.fingerprint == result.plan.fingerprint  # type: ignore[union-attr]
    last = clinical_records.latest(recorded.id)
    assert last is None or "rootfs" in (last.record.config or {})

    simulator.faults.clear()
    assert isinstance(house.engine.resume(result.operation.id), Done)
    assert action.writes(house) == 1


def test_law_5_a_new_container_whose_status_is_not_known_yet_is_no_failure(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_create("lab", CreateRequest(TEMPLATE, "web1", node="pve1", start=False))
    assert isinstance(plan, Plan)
    simulator.faults.rewrite(lambda row: row | {"status": "checking"}, "/status/current$")

    result = house.engine.create(plan)

    assert isinstance(result, Resumable), result
    assert "its status is not known: wait and resume" in result.reason
    assert result.operation is not None
    simulator.faults.clear()
    assert house.engine.resume(result.operation.id).success
