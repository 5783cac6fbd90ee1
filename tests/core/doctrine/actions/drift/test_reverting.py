"""What is written to set a config back, and what is left: disks, hardware addresses, and what waits for a restart."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.drift.reverting import Reversal, reversal, warnings_of
from proximity_tui.core.model import Refusal, Status
from tests.support.records.make import container, observation

MAC = "hwaddr=BC:24:11:00:00:01"
WANTED: dict[str, Any] = {
    "hostname": "web1",
    "memory": 512,
    "net0": f"name=eth0,bridge=vmbr0,{MAC},ip=dhcp,type=veth",
    "features": "nesting=1",
    "protection": 1,
    "tags": "a;b",
    "mp0": "local:1,mp=/data,size=1G",
    "unprivileged": 1,
}


def found(*keys: str, status: Status = Status.RUNNING, with_restart: bool = False, **now: Any) -> Reversal | Refusal:
    config = {key: value for key, value in {**WANTED, **now, "digest": "d"}.items() if value is not None}
    seen = observation(config=config, status=status)
    return reversal(container(), seen, WANTED, keys=keys, with_restart=with_restart)


def written(result: Reversal | Refusal) -> dict[str, str | None]:
    assert isinstance(result, Reversal), result
    return {change.key: change.value for change in result.changes}


def left(result: Reversal | Refusal) -> list[str]:
    assert isinstance(result, Reversal), result
    return [one.key for one in result.left]


def test_what_changed_came_or_went_is_set_back() -> None:
    result = found(memory=2048, protection=None, tags="a", cores=4)
    assert written(result) == {"cores": None, "memory": "512", "protection": "1", "tags": "a;b"}
    assert left(result) == []


def test_a_network_card_is_set_back_and_keeps_the_hardware_address_that_it_has() -> None:
    other = "hwaddr=BC:24:11:FF:FF:FF"
    assert written(found(net0=f"name=eth0,bridge=vmbr1,{other},ip=dhcp,tag=5,type=veth")) == {
        "net0": f"name=eth0,bridge=vmbr0,{other},ip=dhcp,type=veth"
    }
    came = found(net1=f"name=eth1,bridge=vmbr0,{other}", memory=1)
    assert (written(came), left(came)) == ({"memory": "512"}, ["net1"]), "removing it would lose its address"


def test_only_the_keys_and_fields_that_are_meant_are_set_back() -> None:
    net = f"name=eth0,bridge=vmbr1,{MAC},ip=dhcp,tag=5,type=veth"
    assert written(found("memory", memory=2048, tags="a")) == {"memory": "512"}
    assert written(found("net0.bridge", net0=net)) == {"net0": f"name=eth0,bridge=vmbr0,{MAC},ip=dhcp,tag=5,type=veth"}
    assert written(found("net0.tag", net0=net)) == {"net0": f"name=eth0,bridge=vmbr1,{MAC},ip=dhcp,type=veth"}
    assert written(found("net0", net0=net)) == {"net0": f"name=eth0,bridge=vmbr0,{MAC},ip=dhcp,type=veth"}


def test_what_waits_for_a_restart_is_left_unless_it_is_asked_for_or_the_container_is_stopped() -> None:
    changed: dict[str, Any] = {"features": None, "memory": 1}
    assert left(found(**changed)) == ["features"]
    for result in (found(with_restart=True, **changed), found(status=Status.STOPPED, **changed)):
        assert written(result) == {"features": "nesting=1", "memory": "512"}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"mp0": "local:1,mp=/data,size=2G"}, "is a disk"),
        ({"mp1": "local:2,mp=/srv,size=2G"}, "is a disk"),
        ({"unprivileged": None}, "fixed when a container is made"),
        ({"lxc": [["lxc.cap.drop", "sys_time"]]}, "never an API token. Edit the config file"),
    ],
)
def test_disks_and_what_nobody_can_change_are_never_set_back(now: dict[str, Any], why: str) -> None:
    alone = found(with_restart=True, **now)
    assert isinstance(alone, Refusal)
    assert why in alone.reason
    assert left(found(with_restart=True, memory=1, **now)) == list(now)


def test_a_key_that_does_not_differ_is_refused_with_the_nearest_that_does() -> None:
    refused = found("memroy", memory=2048)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.reason) == ("invalid", "memroy does not differ: did you mean memory?")
    same = found()
    assert isinstance(same, Refusal)
    assert same.code == "no_drift"


def test_pending_changes_and_what_is_left_are_said() -> None:
    seen = observation(config={**WANTED, "memory": 1})
    result = Reversal(())
    assert warnings_of(result, seen, {**seen.config, "features": "nesting=0"}) == (  # type: ignore[dict-item]
        "pending until its next start already: features",
    )
    assert warnings_of(result, seen, None) == ("whether changes are pending until its next start could not be read",)
    assert warnings_of(result, seen, seen.config) == ()
