"""An alert about what is gone for good ends when the cluster says that it is none of its own, and by no silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from proximity_tui.core.doctrine.reconciliation.gone_for_good import left_nodes, storage_of, why_left
from proximity_tui.core.model import Membership, Quorum
from proximity_tui.core.model.alert import Alert, AlertKind, Delivery, DeliveryState, Severity
from tests.support.records.make import guest, inventory

AT = datetime(2026, 11, 23, tzinfo=UTC)
TWO = Quorum(True, told=Membership("prod", frozenset({"pve1", "pve2"})))
LEFT = inventory(nodes={"pve1": "online", "pve2": "online"}, quorum=TWO)


def alert(kind: AlertKind = AlertKind.NODE_OFFLINE, **evidence: Any) -> Alert:
    return Alert(
        id=1, severity=Severity.RED, kind=kind, cluster="prod", vmid=None, container=None, name="pve3", message="",
        opened_at=AT, last_seen_at=AT, count=1, acknowledged=None, resolved_at=None, resolution=None,
        evidence=evidence or {"node": "pve3"}, delivery=Delivery(DeliveryState.NONE),
    )  # fmt: skip


def test_a_node_left_where_a_cluster_with_a_quorum_does_not_name_it() -> None:
    assert why_left(alert(), LEFT) == "pve3 is no node of prod any more"
    certificate = alert(AlertKind.CERTIFICATE_EXPIRES, node="pve3", file="pve-ssl.pem")
    assert why_left(certificate, LEFT) == "pve3 is no node of prod any more"
    assert left_nodes([alert(), alert(node="pve2")], TWO) == {"pve3"}


@pytest.mark.parametrize(
    "quorum",
    [
        Quorum(False, told=TWO.told),
        Quorum(None, told=TWO.told),
        Quorum(None, standalone=True, told=TWO.told),
        Quorum(True),
        Quorum(True, told=Membership("prod", frozenset({"pve1", "pve2", "pve3"}))),
    ],
    ids=["no quorum", "unseen", "standalone", "members unread", "still a member"],
)
def test_otherwise_it_is_not_known_to_have_left(quorum: Quorum) -> None:
    assert why_left(alert(), replace(LEFT, quorum=quorum)) is None
    assert left_nodes([alert()], quorum) == frozenset()


def test_a_node_that_is_listed_or_has_guests_did_not_leave_for_good() -> None:
    assert why_left(alert(), inventory(quorum=TWO)) is None
    here, there = guest(101, node="pve1"), guest(102, node="pve3")
    assert why_left(alert(), replace(LEFT, guests={101: here})) is not None
    assert why_left(alert(), replace(LEFT, guests={101: here, 102: there})) is None
    assert why_left(alert(), replace(LEFT, complete=False)) is None


def test_what_stands_on_a_node_that_is_left_is_not_over() -> None:
    shared = {"storage": "nas", "used": None}
    both = alert(AlertKind.STORAGE_UNAVAILABLE, nodes=["pve2", "pve3"], **shared)
    assert why_left(both, LEFT) is None
    alone = alert(AlertKind.STORAGE_UNAVAILABLE, nodes=["pve3", "pve4"], **shared)
    assert why_left(alone, LEFT) == "pve3, pve4 are no nodes of prod any more"
    assert why_left(alert(nodes="pve3"), LEFT) is None, "that cannot be read"


def test_the_backup_of_a_guest_failed_wherever_that_was() -> None:
    assert why_left(alert(AlertKind.BACKUP_FAILED, node="pve3", vmid="101"), LEFT) is None
    assert why_left(alert(AlertKind.BACKUP_FAILED, node="pve3", vmid=None), LEFT) is not None


def test_an_alert_says_which_storage_it_is_about() -> None:
    assert storage_of(alert(AlertKind.STORAGE_FULL, storage="nas")) == "nas"
    assert storage_of(alert(AlertKind.STORAGE_FULL, storage=5)) is None
    assert storage_of(alert(AlertKind.BACKUP_FAILED, storage="nas")) is None
