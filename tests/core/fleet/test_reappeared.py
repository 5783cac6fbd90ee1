"""A guest without a record that looks like one which vanished is flagged where it is discovered (N27)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from proximity_tui.core.fleet import reappeared_guests
from proximity_tui.core.model.alert import Alert, AlertKind, Delivery, DeliveryState, Severity
from tests.support.records.make import NOON


def alert(kind: AlertKind, vmid: int | None, **evidence: Any) -> Alert:
    return Alert(
        id=4, severity=Severity.AMBER, kind=kind, cluster="lab", vmid=vmid, container=2, name="web-1", message="",
        opened_at=NOON, last_seen_at=NOON, count=1, acknowledged=None, resolved_at=None, resolution=None,
        evidence=evidence, delivery=Delivery(DeliveryState.NONE),
    )  # fmt: skip


def test_n27_a_guest_is_flagged_with_the_vmid_that_it_had() -> None:
    flagged = reappeared_guests([alert(AlertKind.REAPPEARED, 301, former_vmid=101)])
    assert flagged == {"lab": {301: "looks like the former web-1 (CT 101): alert 4"}}


def test_one_that_is_back_at_its_vmid_needs_no_other_one() -> None:
    flagged = reappeared_guests([alert(AlertKind.RETURNED, 101, former_vmid=101)])
    assert flagged == {"lab": {101: "looks like the former web-1: alert 4"}}


def test_an_alert_of_before_names_no_vmid_and_flags_all_the_same() -> None:
    assert reappeared_guests([alert(AlertKind.REAPPEARED, 301)]) == {
        "lab": {301: "looks like the former web-1: alert 4"}
    }


def test_no_other_alert_flags_a_guest() -> None:
    orphan = alert(AlertKind.ANOMALOUS_ORPHAN, 101)
    assert reappeared_guests([orphan, replace(orphan, kind=AlertKind.REAPPEARED, vmid=None)]) == {}
