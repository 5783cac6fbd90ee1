"""What a list misses asks for a run at once, and the same trouble asks only once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.jobs.missing_trigger import MissingTrigger
from proximity_tui.core.model import Container
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store.alerts import alerts
from tests.scenarios.jobs.jobs_at_work import at_work, ended
from tests.support.house import House
from tests.support.timing.waiting import until


@pytest.fixture
def look(house: House) -> Callable[[], object]:
    """Have the list read, as a poller does; it is not recorded."""
    return Poller(house.clients["lab"], 3600.0, house.clock, record=False).poll_once


def test_a_node_that_dies_is_told_of_long_before_the_next_run(
    house: House, fleet: list[Container], look: Callable[[], object]
) -> None:
    with at_work(house) as jobs:
        until(lambda: ended())
        trigger = MissingTrigger(jobs, house.clock)

        def looked() -> None:
            trigger.polled(look())  # type: ignore[arg-type]

        looked()
        house.simulator.world.set_node_online("pve3", False)
        looked()
        assert len(ended()) == 1, "one list is not enough"
        looked()
        until(lambda: [alert for alert in alerts.open_alerts() if alert.kind == AlertKind.NODE_OFFLINE])
        until(lambda: len(ended()) == 2)
        looked()
        assert len(ended()) == 2, "and the same trouble triggers nothing again"
