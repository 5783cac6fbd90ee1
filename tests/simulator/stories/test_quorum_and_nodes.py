"""A cluster that is not whole: reads go on, writes fail in their different ways, and one of them half works."""

from __future__ import annotations

import pytest

from tests.simulator.lab import DEBIAN, Lab


@pytest.fixture
def alone(lab: Lab) -> Lab:
    """Two nodes that have lost quorum, and one container that runs and one that does not."""
    lab.world.add_node("pve2")
    lab.world.add_container(101)
    lab.world.add_container(102, status="stopped", tags="kept")
    lab.world.set_quorate(False)
    return lab


def test_reads_look_as_ever_and_the_status_says_so(alone: Lab) -> None:
    assert set(alone.rows()) == {101, 102}
    assert alone.get("/cluster/status")[0]["quorate"] == 0


def test_nothing_starts_or_is_made(alone: Lab) -> None:
    failure = "500 cluster not ready - no quorum?"
    assert alone.ask("POST", "/nodes/pve1/lxc/102/status/start").failure == failure
    assert alone.ask("POST", "/nodes/pve1/lxc", {"vmid": 105, "ostemplate": DEBIAN}).failure == failure
    assert alone.ask("POST", "/nodes/pve1/lxc/102/clone", {"newid": 105}).failure == failure


def test_settings_cannot_be_written(alone: Lab) -> None:
    reply = alone.ask("PUT", "/nodes/pve1/lxc/102/config", {"cores": 1})
    assert reply.failure.startswith("500 unable to open file '/etc/pve/nodes/pve1/lxc/102.conf.tmp.")
    assert reply.failure.endswith(" - Permission denied")


def test_stopping_works_and_a_reboot_is_a_stop(alone: Lab) -> None:
    assert alone.run("POST", "/nodes/pve1/lxc/101/status/reboot") == "startup for container '101' failed"
    assert alone.get("/nodes/pve1/lxc/101/status/current")["status"] == "stopped"


def test_a_destroy_frees_the_disks_and_leaves_the_configuration(alone: Lab) -> None:
    before = alone.get("/nodes/pve1/lxc/102/config")
    assert alone.run("DELETE", "/nodes/pve1/lxc/102").endswith("Permission denied")
    assert alone.get("/nodes/pve1/lxc/102/config") == before
    assert alone.get("/nodes/pve1/storage/local-lvm/content", vmid=102) == []
    alone.world.set_quorate(True)
    assert alone.run("POST", "/nodes/pve1/lxc/102/status/start") == "volume 'local-lvm:vm-102-disk-0' does not exist"


def test_a_standalone_host_has_no_cluster_entry(lab: Lab) -> None:
    assert [row["type"] for row in lab.get("/cluster/status")] == ["node"]


def test_requests_for_a_dead_node_have_no_route_and_no_body(demo: Lab) -> None:
    demo.world.offline_delay = 0.0
    demo.world.set_node_online("pve3", False)
    for method, path in (("GET", "/nodes/pve3/lxc"), ("POST", "/nodes/pve3/lxc/103/status/start")):
        reply = demo.ask(method, path)
        assert reply.failure == "595 No route to host"
        assert reply.body is None
    assert demo.ask("GET", "/nodes/pve3/lxc/103/rrddata", {"timeframe": "hour"}).status == 200
    assert demo.get("/nodes/pve1/lxc")


def test_a_node_that_comes_back_starts_its_containers_afresh(demo: Lab) -> None:
    demo.world.set_node_online("pve3", False)
    demo.clock.advance(400)
    demo.world.set_node_online("pve3", True)
    demo.clock.advance(10)
    row = demo.rows()[103]
    assert (row["status"], row["uptime"]) == ("running", 10)


def test_an_unknown_node_does_not_resolve(lab: Lab) -> None:
    assert lab.ask("GET", "/nodes/nosuch/lxc").failure.startswith("500 hostname lookup 'nosuch' failed - ")


@pytest.mark.parametrize(
    ("vmid", "complaint"),
    [
        ("99", "invalid format - value does not look like a valid VM ID\n"),
        ("9999999999", "invalid format - value does not look like a valid VM ID\n"),
        ("abc", "type check ('integer') failed - got 'abc'"),
    ],
)
def test_impossible_vmids_are_a_matter_of_parameters(lab: Lab, vmid: str, complaint: str) -> None:
    assert lab.ask("GET", f"/nodes/pve1/lxc/{vmid}/config").body["errors"] == {"vmid": complaint}
