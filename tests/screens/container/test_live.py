"""What the page of a container asks for, when what comes is not all sound."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.doctrine.actions.write_permit import WriteAction
from proximity_tui.screens.container.live import Place, tasks_of
from proximity_tui.simulator import Simulator
from tests.support.house import gateway_to
from tests.support.permits import permit_to


def torn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*rows, {"upid": "torn", "id": "101"}]


def test_a_task_that_cannot_be_read_hides_no_other() -> None:
    place = Place("prod", "pve1", 101)
    with Simulator("demo") as simulator:
        client = gateway_to(simulator)
        simulator.faults.rewrite(lambda rows: torn([]), "/tasks", times=1)
        found, why = tasks_of(client, place)
        assert found is None
        assert why is not None
        assert "cannot be read" in why
        client.wait_task(client.reboot(permit_to(client, WriteAction.REBOOT, 101, "pve1")), 60.0)
        simulator.faults.rewrite(torn, "/tasks")
        found, why = tasks_of(client, place)
        assert found
        assert why is None
        client.close()
