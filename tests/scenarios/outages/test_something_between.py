"""A proxy, a firewall or a sign-in page answers in Proxmox's place: it is named, and nothing is concluded from it."""

from __future__ import annotations

import pytest

from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store.alerts import alerts
from proximity_tui.simulator import Simulator
from tests.support.house import House

STATUSES = (200, 401, 403, 404, 500, 502)


@pytest.mark.parametrize("status", STATUSES)
def test_a_page_in_place_of_the_list_is_an_outage_and_no_lost_right(
    house: House, simulator: Simulator, status: int
) -> None:
    ours = house.adopted(101)
    simulator.faults.html(status=status)
    report = house.reconcile_twice()
    assert (report.undecided, report.hidden, report.orphans_found) == (1, 0, 0)
    [alert] = alerts.open_alerts()
    assert alert.kind == AlertKind.UNREACHABLE
    assert "last good answer" in alert.message
    if status != 502:
        assert f"something in front of it: {status} " in alert.message
        assert "nginx/1.22.1" in alert.message
    assert house.again(ours).missing_since is None
