"""An empty container as a clinical record says: what is taken over, what is lost, and the line for root."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.restore.recreating import (
    RecreateRequest,
    choose_template,
    request_for,
    what_is_lost,
)
from proximity_tui.core.model import CreateRequest, PortMapping, Refusal, State
from tests.support.records.make import container

DEBIAN = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
CONFIG: dict[str, Any] = {
    "arch": "amd64",
    "hostname": "web1",
    "ostype": "debian",
    "cores": 4,
    "memory": 2048,
    "swap": 256,
    "onboot": 1,
    "unprivileged": 1,
    "tags": "prod;web",
    "nameserver": "10.0.0.1 10.0.0.2",
    "features": "nesting=1",
    "rootfs": "local-lvm:vm-101-disk-0,size=8704M",
    "mp0": "local-lvm:vm-101-disk-1,mp=/srv,size=250G",
    "net0": "name=eth0,bridge=vmbr1,gw=10.0.0.1,hwaddr=BC:24:11:00:00:01,ip=10.0.0.5/24,ip6=auto,tag=20,type=veth",
    "net1": "name=eth1,bridge=vmbr2,type=veth",
    "startup": "order=2",
    "digest": "d1",
}


def request(**wanted: Any) -> CreateRequest:
    record = container(ports=(PortMapping(8100, 80),))
    return request_for(record, CONFIG, DEBIAN, RecreateRequest(**wanted), 101)


def test_what_a_creation_takes_is_as_it_was() -> None:
    assert request() == CreateRequest(
        template=DEBIAN,
        hostname="web1",
        node="pve1",
        storage="local-lvm",
        cores=4,
        memory_mib=2048,
        disk_gib=9,
        port=80,
        start=True,
        bridge="vmbr1",
        vmid=101,
        vlan=20,
        address="10.0.0.5/24",
        gateway="10.0.0.1",
        address6="auto",
        dns=("10.0.0.1", "10.0.0.2"),
        swap_mib=256,
        tags=("prod", "web"),
        onboot=True,
        nesting=True,
    )


@pytest.mark.parametrize(
    ("features", "nesting"), [("fuse=1,nesting=1", True), ("nesting=0", False), ("keyctl=1", False), (None, False)]
)
def test_nesting_is_one_of_the_features(features: str | None, nesting: bool) -> None:
    config = {**CONFIG, "features": features} if features else {k: v for k, v in CONFIG.items() if k != "features"}
    assert request_for(container(), config, DEBIAN, RecreateRequest(), 101).nesting is nesting


def test_what_is_chosen_comes_before_what_was() -> None:
    made = request(vmid=300, node="pve2", storage="ceph", start=False)
    assert (made.vmid, made.node, made.storage, made.start) == (300, "pve2", "ceph", False)


def test_a_config_that_says_nothing_gets_what_proxmox_gives() -> None:
    made = request_for(container(state=State.STOPPED), {}, DEBIAN, RecreateRequest(), None)
    assert (made.hostname, made.cores, made.memory_mib, made.disk_gib) == ("web1", 1, 512, 4)
    assert (made.start, made.vmid, made.storage) == (False, None, None)


def test_what_is_lost_is_said_plainly() -> None:
    said = what_is_lost(CONFIG, ["before-update"])
    assert said[0] == "it is EMPTY: everything that was on rootfs (9 GiB) and mp0 (/srv, 250 GiB) is lost"
    assert said[1] == "its snapshots are lost: before-update"
    assert "it had BC:24:11:00:00:01" in said[2]
    assert said[3] == "these settings are not taken over: mp0, net1, startup"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rootfs": "local-lvm:vm-101-disk-0,acl=1,size=8G,ro=1"}, "not taken over: mp0, net1, rootfs.acl, rootfs.ro"),
        (
            {"net0": "name=lan0,bridge=vmbr1,firewall=1,hwaddr=BC:24:11:00:00:01,ip=dhcp,mtu=9000"},
            "not taken over: mp0, net0.firewall, net0.mtu, net0.name, net1",
        ),
        ({"net0": "name=eth0,bridge=vmbr1,ip=manual"}, "asks for an IPv4 address by DHCP, and had none"),
        ({"net0": "name=eth0,bridge=vmbr1,ip6=auto"}, "asks for an IPv4 address by DHCP, and had none"),
    ],
)
def test_what_a_disk_or_a_card_loses_is_named(changes: dict[str, Any], told: str) -> None:
    assert told in "\n".join(what_is_lost({**CONFIG, **changes}, []))


def test_a_container_that_might_use_every_core_is_said_to_get_one() -> None:
    unlimited = {key: value for key, value in CONFIG.items() if key != "cores"}
    assert "it might use every core of its node, and gets 1" in what_is_lost(unlimited, [])
    assert not any("every core" in one for one in what_is_lost(CONFIG, []))


def test_what_was_privileged_is_said_to_be_no_more() -> None:
    assert "it was privileged, and becomes unprivileged" in what_is_lost({**CONFIG, "unprivileged": 0}, [])


@pytest.mark.parametrize(
    ("offered", "wanted", "chosen"),
    [
        ((DEBIAN, "local:vztmpl/debian-11-standard_11.7-1_amd64.tar.zst"), None, DEBIAN),
        ((DEBIAN, "local:vztmpl/debian-9.0-standard_9.7-1_amd64.tar.gz"), None, DEBIAN),
        ((), "local:vztmpl/mine.tar.zst", "local:vztmpl/mine.tar.zst"),
        (("local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz",), None, None),
    ],
)
def test_the_template_is_the_newest_of_its_distribution(
    offered: tuple[str, ...], wanted: str | None, chosen: str | None
) -> None:
    found = choose_template(CONFIG, offered, wanted)
    assert isinstance(found, Refusal) if chosen is None else found == chosen
