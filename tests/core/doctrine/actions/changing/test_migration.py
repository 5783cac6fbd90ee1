"""The move to another node: what stands in the way is said before anything is shut down."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.changing.migration import TargetFacts, plan_migrate
from proximity_tui.core.model import NodeStatus, Plan, Quorum, Refusal, Status
from proximity_tui.core.model.actions.plan_options import MigrateOptions
from tests.support.records.make import container, fingerprint, observation

CONFIG = {"rootfs": "local-lvm:vm-101-disk-0,size=8G", "mp0": "ceph:vm-101-disk-1,mp=/data", "digest": "d1"}
THERE = frozenset({"ceph", "local-lvm"})


def _facts(**changes: Any) -> TargetFacts:
    free = {"local-lvm": 100 << 30}
    usual: dict[str, Any] = {"allowed": True, "shared": frozenset({"ceph"}), "there": THERE, "free": free}
    return TargetFacts("pve2", changes.pop("status", NodeStatus.ONLINE), **{**usual, **changes})


def _answer(facts: TargetFacts, *, offline: bool = False, **seen: Any) -> Plan | Refusal:
    return plan_migrate(container(), observation(**{"config": CONFIG, **seen}), facts, offline=offline)


def test_a_running_container_is_restarted_there_and_its_local_disk_copied() -> None:
    plan = _answer(_facts())
    assert isinstance(plan, Plan)
    assert plan.carries(MigrateOptions) == MigrateOptions("pve2", restart=True)
    assert [step.name for step in plan.steps] == ["migrate", "verify"]
    assert plan.warnings == (
        "rootfs (8G) on local-lvm is copied to pve2",
        "it is down while its disks are copied",
    )


def test_a_copy_that_may_not_fit_is_said_before_and_what_is_shared_needs_no_room() -> None:
    plan = _answer(_facts(free={"local-lvm": 6 << 30, "ceph": 0}))
    assert isinstance(plan, Plan)
    (said,) = [warning for warning in plan.warnings if "free" in warning]
    assert said.startswith("local-lvm of pve2 has only 6.0G free, and the volumes may grow to 8.0G")


def test_a_stopped_container_is_moved_as_it_is() -> None:
    plan = _answer(_facts(shared=THERE), status=Status.STOPPED, offline=True)
    assert isinstance(plan, Plan)
    assert (plan.carries(MigrateOptions).restart, plan.warnings) == (False, ())


@pytest.mark.parametrize(
    ("facts", "seen", "code"),
    [
        ({"status": NodeStatus.UNKNOWN}, {}, "not_found"),
        ({"status": NodeStatus.OFFLINE}, {}, "offline"),
        ({"allowed": False}, {}, "denied"),
        ({"blocked": ("ct:102 (resource-affinity)",)}, {}, "ha_managed"),
        ({"there": None}, {}, "unknown_status"),
        ({"there": frozenset({"ceph"})}, {}, "not_shared"),
        ({}, {"node": "pve2"}, "unchanged"),
        ({}, {"lock": "backup"}, "locked"),
        ({}, {"quorum": Quorum(quorate=False)}, "no_quorum"),
        ({}, {"quorum": Quorum(quorate=True, apart=frozenset({"pve2"}))}, "no_quorum"),
        ({}, {"busy_tasks": ("UPID:x",)}, "busy"),
        ({}, {"fingerprint": fingerprint(marker="f" * 32)}, "replaced"),
        ({}, {"config": {**CONFIG, "mp1": "/srv/data,mp=/data"}}, "bind_mount"),
    ],
)
def test_what_stands_in_the_way_is_refused_before(facts: dict[str, Any], seen: dict[str, Any], code: str) -> None:
    refused = _answer(_facts(**facts), **seen)
    assert isinstance(refused, Refusal), refused
    assert refused.code == code


def test_a_running_container_is_not_moved_offline() -> None:
    refused = _answer(_facts(), offline=True)
    assert isinstance(refused, Refusal)
    assert refused.code == "running"


def test_a_folder_that_every_node_has_may_move() -> None:
    shared = {**CONFIG, "mp1": "/mnt/nfs,mp=/data,shared=1"}
    assert isinstance(_answer(_facts(), config=shared), Plan)


def test_the_step_says_whether_it_is_shut_down_for_it() -> None:
    running, stopped = _answer(_facts()), _answer(_facts(), status=Status.STOPPED)
    assert isinstance(running, Plan)
    assert isinstance(stopped, Plan)
    assert "shut CT 101 down, move it from pve1 to pve2, and start it there" in running.steps[0].reason
    assert "move CT 101 from pve1 to pve2" in stopped.steps[0].reason
    assert "shut" not in stopped.steps[0].reason
