"""Each rule finds what will hurt, leaves alone what does not, and never takes what it does not know for fine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.lint.facts import (
    LintFacts,
    LintSubject,
    SnapshotAge,
    UnreadFact,
    UnusedTemplate,
)
from proximity_tui.core.doctrine.lint.findings import lint, with_waivers
from proximity_tui.core.doctrine.lint.rules import OF_CONTAINERS, RULES, can_have_old_snapshot
from proximity_tui.core.model import Container, PortMapping, State
from proximity_tui.core.model.alert import Acknowledgement, Alert, Delivery, DeliveryState, Severity
from proximity_tui.core.model.limits import LintLimits
from proximity_tui.core.model.lint_report import LintReport, LintRule, Waiver
from tests.support.records.make import NOON, adopted, container, guest

LIMITS = LintLimits()
UNKNOWN = UnreadFact("the cluster does not answer")
FINE = LintSubject(
    container(ports=(PortMapping(8101, 80),)),
    guest(disk=10, maxdisk=100),
    {"onboot": 1, "protection": 1},
    0,
    ("10.0.0.5",),
    NOON - timedelta(days=1),
    (SnapshotAge("fresh", NOON - timedelta(days=2)),),
    (),
)


def of(*subjects: LintSubject, **changes: Any) -> LintReport:
    facts = replace(LintFacts(subjects, (), {}), **changes)
    return lint(facts, LIMITS, (), NOON)


def found(report: LintReport) -> list[LintRule]:
    return [one.rule for one in report.findings]


def alert(days: float, **changes: Any) -> Alert:
    opened = NOON - timedelta(days=days)
    usual = Alert(
        7, Severity.RED, "replaced", "prod", 101, 1, "web1", "…", opened, NOON, 1, None, None, None, {},
        Delivery(DeliveryState.NONE),
    )  # fmt: skip
    return replace(usual, **changes)


def test_every_rule_has_its_words_and_its_remedy() -> None:
    assert set(RULES) == set(LintRule)
    assert found(of(FINE)) == []


@pytest.mark.parametrize(
    ("changes", "rule", "says"),
    [
        ({"last_backup": None}, LintRule.NO_BACKUP, "it has no backup"),
        ({"last_backup": NOON - timedelta(days=8)}, LintRule.NO_BACKUP, "8d old, and may be 7d"),
        ({"container": adopted(), "config": {"onboot": 1}}, LintRule.PROTECTION_OFF, "protection off"),
        ({"config": {"onboot": 0}}, LintRule.ONBOOT_OFF, "stays down after a reboot"),
        ({"silent_ports": (PortMapping(8101, 80),)}, LintRule.PORT_SILENT, "8101 (its port 80)"),
        ({"drift": 2}, LintRule.DRIFT, "2 settings differ"),
        (
            {"snapshots": (SnapshotAge("old", NOON - timedelta(days=31)), SnapshotAge("unknown", None))},
            LintRule.OLD_SNAPSHOT,
            "its snapshot old is 31d old",
        ),
        ({"guest": guest(disk=91, maxdisk=100)}, LintRule.DISK_FULL, "91% of its disk"),
    ],
)
def test_a_rule_finds_what_will_hurt_and_says_why(changes: dict[str, Any], rule: LintRule, says: str) -> None:
    report = of(replace(FINE, **changes))
    assert found(report) == [rule]
    assert says in report.findings[0].reason


def test_what_hurts_most_is_told_first() -> None:
    everything = LintSubject(
        adopted(ports=(PortMapping(8101, 80),)),
        guest(disk=91, maxdisk=100),
        {"onboot": 0, "protection": 0},
        1,
        ("10.0.0.5",),
        None,
        (SnapshotAge("old", NOON - timedelta(days=31)),),
        (PortMapping(8101, 80),),
    )
    report = of(everything, alerts=(alert(90),), templates={"prod": (UnusedTemplate("prod", "local:x"),)})
    assert found(report) == [
        LintRule.DISK_FULL,
        LintRule.NO_BACKUP,
        LintRule.OLD_ALERT,
        LintRule.DRIFT,
        LintRule.ONBOOT_OFF,
        LintRule.PROTECTION_OFF,
        LintRule.OLD_SNAPSHOT,
        LintRule.PORT_SILENT,
        LintRule.TEMPLATE_UNUSED,
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"last_backup": NOON - timedelta(days=7)},
        {"config": {"protection": 0, "onboot": "1"}},
        {"container": container(state=State.STOPPED), "config": {}, "guest": guest(disk=99, maxdisk=100)},
        {"guest": guest(disk=90, maxdisk=100)},
        {"container": container(), "silent_ports": UNKNOWN},
    ],
)
def test_what_is_at_its_limit_or_needs_no_rule_is_left_alone(changes: dict[str, Any]) -> None:
    report = of(replace(FINE, **changes))
    assert (found(report), report.not_checked) == ([], ())


def test_an_age_and_its_limit_are_told_apart_within_one_day() -> None:
    limits = LintLimits(backup=timedelta(hours=24), alert=timedelta(hours=12))
    facts = LintFacts((replace(FINE, last_backup=NOON - timedelta(hours=36)),), (alert(0.75),), {})
    reasons = [one.reason for one in lint(facts, limits, (), NOON).findings]
    assert reasons == ["its last backup is 1d 12h old, and may be 1d", "alert 7 has been open for 18h: …"]


def test_what_was_not_read_is_named_and_never_fine() -> None:
    ports = (PortMapping(8101, 80),)
    blind = LintSubject(adopted(ports=ports), UNKNOWN, UNKNOWN, None, (), UNKNOWN, UNKNOWN, UNKNOWN)
    report = of(blind, templates={"prod": UNKNOWN})
    assert found(report) == []
    assert {one.rule for one in report.not_checked} == {*OF_CONTAINERS, LintRule.TEMPLATE_UNUSED}


@pytest.mark.parametrize(
    ("record", "days", "can"),
    [
        (container(), 1, False),
        (container(), 28, False),
        (container(), 30, True),
        (container(), -1, True),
        (container(predecessor=3), 1, True),
        (adopted(), 1, True),
    ],
)
def test_what_we_made_of_nothing_has_no_snapshot_older_than_itself(record: Container, days: int, can: bool) -> None:
    """What was there before us, or came back, may bring an old one with it; and a clock that went back tells no age."""
    made = replace(record, created_at=NOON - timedelta(days=days))
    assert can_have_old_snapshot(made, LIMITS, NOON) is can


def test_two_of_one_cluster_with_one_address_are_both_named() -> None:
    other = replace(FINE, container=container(id=2, vmid=102, name="web2"))
    elsewhere = replace(FINE, container=container(id=3, cluster="lab"))
    report = of(FINE, other, elsewhere)
    assert [(one.rule, one.vmid) for one in report.findings] == [
        (LintRule.SAME_ADDRESS, 101),
        (LintRule.SAME_ADDRESS, 102),
    ]
    assert "10.0.0.5 is also that of web2" in report.findings[0].reason
    assert report.findings[0].command == "set prod/101 net0.ip=ADDRESS/BITS", "the rest of net0 stays"


def test_only_an_open_alert_grows_old() -> None:
    seen = alert(30, id=8, acknowledged=Acknowledgement(NOON, "ann", "known"))
    report = of(alerts=(alert(8), alert(7, id=9), seen))
    assert [(one.rule, one.subject) for one in report.findings] == [(LintRule.OLD_ALERT, "alert:7")]


def test_what_was_found_is_waived_as_if_it_had_been_before_it_was_looked_for() -> None:
    report = of(replace(FINE, drift=1, last_backup=None), replace(FINE, last_backup=UNKNOWN))
    waiver = Waiver(1, LintRule.NO_BACKUP, "c1", "on purpose", "ann", NOON)
    waived = with_waivers(report, (waiver,))
    assert (waived.checked_at, waived.not_checked) == (NOON, report.not_checked)
    assert [(one.rule, one.waiver) for one in waived.findings] == [
        (LintRule.DRIFT, None),
        (LintRule.NO_BACKUP, waiver),
    ]
    assert with_waivers(waived, ()) == report


def test_a_waiver_is_shown_with_its_finding_and_a_rule_that_is_off_is_not_applied() -> None:
    waiver = Waiver(1, LintRule.DRIFT, "c1", "on purpose", "ann", NOON)
    facts = LintFacts((replace(FINE, drift=1, last_backup=None),), (), {"prod": (UnusedTemplate("prod", "local:x"),)})
    off = replace(LIMITS, disabled=frozenset({LintRule.NO_BACKUP}))
    report = lint(facts, off, (waiver,), NOON)
    assert [(one.rule, one.waiver) for one in report.findings] == [
        (LintRule.TEMPLATE_UNUSED, None),
        (LintRule.DRIFT, waiver),
    ]
    assert [one.rule for one in report.open] == [LintRule.TEMPLATE_UNUSED]


def test_of_several_old_snapshots_the_oldest_is_named_wherever_it_stands() -> None:
    ages = {"newer": 40, "oldest": 90, "old": 60}
    shots = tuple(SnapshotAge(name, NOON - timedelta(days=days)) for name, days in ages.items())
    (one,) = of(replace(FINE, snapshots=shots)).findings
    assert one.reason.startswith("its snapshot oldest is 90d old, and 2 more")
