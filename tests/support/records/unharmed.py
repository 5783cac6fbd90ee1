"""What has to be as it was after a reconciliation that could conclude nothing."""

from __future__ import annotations

from proximity_tui.core.engine.reconcile.report import Report
from proximity_tui.core.model import Container
from tests.support.house import House


def nothing_was_lost(house: House, fleet: list[Container]) -> None:
    """Every record is open, in its state, with its ports; and nobody wrote to Proxmox."""
    for before in fleet:
        now = house.again(before)
        assert not now.is_tombstone
        assert (now.state, now.ports) == (before.state, before.ports)
    assert house.wire() == []


def concluded_nothing(report: Report) -> bool:
    """No container was found to be gone, and none was closed."""
    return (report.orphans_found, report.orphans_purged, report.anomalous_orphans) == (0, 0, 0)
