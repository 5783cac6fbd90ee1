"""What may be cloned, and what a clone is: native, with a marker of its own, whatever its source is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.create.cloning import (
    CloneRequest,
    check_source,
    differs_from_source,
    is_copy_to,
    plan_clone,
)
from proximity_tui.core.model import (
    Action,
    Container,
    GuestDetail,
    GuestNotSeen,
    Plan,
    Presence,
    Quorum,
    Refusal,
    Status,
)
from proximity_tui.core.model.actions.plan import SourceBound
from proximity_tui.core.model.actions.plan_options import CloneOptions
from tests.support.records.make import NOON, adopted, container, fingerprint, observation

REQUEST = CloneRequest("web2")


def plan(
    source: Container | None = None, seen: GuestDetail | GuestNotSeen | None = None, **wish: Any
) -> Plan | Refusal:
    """The plan for cloning a stopped container, unless told otherwise."""
    return plan_clone(source or container(), replace(REQUEST, **wish), seen or stopped(), 105, "cafe")


def stopped(**changes: Any) -> GuestDetail:
    return observation(**{"status": Status.STOPPED, **changes})


def agreed(planned: Plan | Refusal) -> Plan:
    assert isinstance(planned, Plan), planned
    return planned


def test_a_stopped_container_is_copied_in_full_read_back_and_settled() -> None:
    made = agreed(plan())
    assert (made.action, made.vmid, made.node, made.name) == (Action.CLONE, 105, "pve1", "web2")
    assert [step.name for step in made.steps] == ["clone", "verify", "settle"]
    options = made.carries(CloneOptions)
    assert (options.source, options.full, options.marker) == (101, True, "cafe")


def test_what_is_wished_is_in_the_plan() -> None:
    made = agreed(plan(node="pve2", storage="ceph", port=80, start=True))
    assert [step.name for step in made.steps] == ["clone", "verify", "start", "settle"]
    assert made.node == "pve2"
    options = made.carries(CloneOptions)
    assert (options.storage, options.port) == ("ceph", 80)


def test_an_adopted_container_may_be_cloned() -> None:
    source = adopted(vmid=101, fingerprint=fingerprint(marker=None))
    assert agreed(plan(source, stopped(fingerprint=source.fingerprint))).action is Action.CLONE


def test_a_template_is_linked_unless_a_full_copy_is_wished() -> None:
    template = stopped(template=True)
    assert agreed(plan(seen=template)).carries(CloneOptions).full is False
    assert agreed(plan(seen=template, full=True)).carries(CloneOptions).full is True


@pytest.mark.parametrize(
    ("seen", "wish", "code"),
    [
        (observation(), {}, "running"),
        (stopped(status=Status.UNKNOWN), {}, "unknown_status"),
        (stopped(), {"full": False}, "not_a_template"),
        (stopped(lock="backup"), {}, "locked"),
        (stopped(lock="disk"), {}, "locked"),
        (stopped(quorum=Quorum(quorate=False)), {}, "no_quorum"),
        (stopped(quorum=Quorum(quorate=True, apart=frozenset({"pve2"}))), {"node": "pve2"}, "no_quorum"),
        (stopped(busy_tasks=("vzdump",)), {}, "busy"),
        (stopped(config={"mp0": "/srv/data,mp=/data"}), {}, "bind_mount"),
        (stopped(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:99:99:99"}), marker=None)), {}, "replaced"),
        (GuestNotSeen("prod", 101, NOON, Presence.ABSENT, "proved"), {}, "absent"),
        (GuestNotSeen("prod", 101, NOON, Presence.HIDDEN, "no permission"), {}, "unknown_status"),
        (stopped(), {"hostname": "no host!"}, "invalid"),
        (stopped(), {"port": 70000}, "invalid"),
        (stopped(template=True), {"full": False, "storage": "ceph"}, "invalid"),
    ],
)
def test_what_proxmox_would_not_copy_or_is_not_the_source_is_refused(
    seen: GuestDetail | GuestNotSeen, wish: dict[str, Any], code: str
) -> None:
    refused = plan(seen=seen, **wish)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.parametrize("source", [container(operation=7), container(closed_at=NOON, closed_reason="gone")])
def test_a_busy_or_closed_record_is_not_cloned(source: Container) -> None:
    assert isinstance(plan(source), Refusal)


def test_what_comes_along_is_said() -> None:
    config = {"protection": 1, "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=10.0.0.5/24"}
    (everything, protection, address) = agreed(plan(seen=stopped(config=config), start=True)).warnings
    assert "host keys" in everything
    assert "protection" in protection
    assert "two guests will use one address" in address
    dynamic = {"net0": "name=eth0,bridge=vmbr0,ip=dhcp"}
    assert len(agreed(plan(seen=stopped(config=dynamic))).warnings) == 1


@pytest.mark.parametrize(
    ("log", "is_ours"),
    [
        (("creating a clone of container 104 with ID 170", "TASK OK"), True),
        (("trying to acquire lock...", " OK", "creating a clone of container 104 with ID 170"), True),
        (("creating a clone of container 170 with ID 171",), False),
        (("creating a clone of container 104 with ID 1701",), False),
        (("no content",), None),
        ((), None),
    ],
)
def test_the_log_of_a_clone_names_the_copy(log: tuple[str, ...], is_ours: bool | None) -> None:
    assert is_copy_to(170, log) is is_ours


@pytest.mark.parametrize(
    ("source", "made", "told"),
    [
        ({}, {}, None),
        ({}, {"hostname": "web2", "marker": None, "rootfs": "ceph:vm-170-disk-0", "hwaddrs": frozenset()}, None),
        ({}, {"ostype": "alpine"}, "ostype debian expected, alpine now"),
        ({}, {"arch": None}, "arch amd64 expected, none now"),
        ({"arch": None, "unprivileged": None}, {}, None),
        ({}, {"ostype": "alpine", "unprivileged": False}, "ostype debian expected, alpine now; unprivileged yes expec"),
    ],
    ids=["a copy", "what a copy gets anew", "another system", "not set", "not known of the source", "both"],
)
def test_a_copy_keeps_what_every_copy_keeps(source: dict[str, Any], made: dict[str, Any], told: str | None) -> None:
    planned = agreed(plan(seen=stopped(fingerprint=fingerprint(**source))))
    found = differs_from_source(planned, fingerprint(**made))
    assert found is None if told is None else str(found).startswith(told)


def test_of_a_source_that_could_not_be_read_nothing_is_expected() -> None:
    planned = replace(agreed(plan()), bound_to=SourceBound(101))
    assert differs_from_source(planned, fingerprint(ostype="alpine")) is None


@pytest.mark.parametrize(
    ("seen", "full", "code"),
    [
        (stopped(), True, None),
        (stopped(template=True), False, None),
        (stopped(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:99:99:99"}))), True, None),
        (stopped(fingerprint=fingerprint(hwaddrs=frozenset({"BC:24:11:99:99:99"}), marker=None)), True, "replaced"),
        (stopped(lock="backup"), True, "locked"),
        (stopped(), False, "not_a_template"),
        (observation(), True, "running"),
    ],
    ids=["a full copy", "a linked one", "an unsure source", "another guest", "locked", "no template", "running"],
)
def test_a_source_is_checked_again_right_before_it_is_copied(seen: GuestDetail, full: bool, code: str | None) -> None:
    """A doubt about it was shown in the plan: a copy changes nothing of its source."""
    refused = check_source(container(), seen, full=full)
    assert (None if refused is None else refused.code) == code
