"""Lists have two speeds: existence, node, lock, tags and pool are live, everything else is as old as the last
broadcast, and what the token may not see is missing without a word."""

from __future__ import annotations

import pytest

from tests.simulator.lab import DEBIAN, Lab

FIVE_KEYS = {"id", "vmid", "node", "type", "status"}


def test_a_stop_shows_live_at_once_and_in_the_cluster_list_at_the_next_round(lab: Lab) -> None:
    lab.world.add_container(101, hostname="web")
    lab.world.set_status(101, "stopped")
    assert lab.get("/nodes/pve1/lxc/101/status/current")["status"] == "stopped"
    assert lab.rows()[101]["status"] == "running"
    lab.clock.advance(10)
    assert lab.rows()[101]["status"] == "stopped"


def test_node_lock_and_tags_are_never_stale(lab: Lab) -> None:
    lab.world.add_node("pve2")
    lab.world.add_container(101, tags=["a"])
    lab.world.migrate(101, "pve2")
    lab.world.set_lock(101, "backup")
    lab.world.set_config(101, tags="b;a")
    row = lab.rows()[101]
    assert (row["node"], row["lock"], row["tags"]) == ("pve2", "backup", "a;b")


def test_a_new_container_is_a_bare_unknown_row_until_its_node_speaks(lab: Lab) -> None:
    lab.begin("POST", "/nodes/pve1/lxc", {"vmid": 105, "ostemplate": DEBIAN, "hostname": "fresh"})
    assert set(lab.rows()[105]) == FIVE_KEYS | {"lock"}
    lab.clock.advance(5)
    assert lab.rows()[105] == {"id": "lxc/105", "vmid": 105, "node": "pve1", "type": "lxc", "status": "unknown"}
    lab.clock.advance(5)
    assert lab.rows()[105]["name"] == "fresh"


def test_a_reused_vmid_shows_its_predecessors_name_until_the_next_round(lab: Lab) -> None:
    lab.world.add_container(101, hostname="ours")
    before = lab.world.container(101)
    lab.world.recreate_outside(101, hostname="theirs")
    after = lab.world.container(101)
    assert before
    assert after
    assert before.conf["net0"] != after.conf["net0"]
    assert lab.rows()[101]["name"] == "ours"
    lab.clock.advance(10)
    assert lab.rows()[101]["name"] == "theirs"


def test_containers_of_a_dead_node_run_on_for_five_minutes_and_are_then_unknown(demo: Lab) -> None:
    uptime = demo.rows()[112]["uptime"]
    demo.world.set_node_online("pve3", False)
    nodes = {row["node"]: row for row in demo.get("/cluster/resources", type="node")}
    assert nodes["pve3"]["status"] == "offline"
    assert "cpu" not in nodes["pve3"]
    assert "maxmem" in nodes["pve3"]
    demo.clock.advance(290)
    assert (demo.rows()[112]["status"], demo.rows()[112]["uptime"]) == ("running", uptime)
    demo.clock.advance(10)
    assert set(demo.rows()[112]) == FIVE_KEYS | {"tags", "pool", "hastate"}
    assert demo.rows()[101]["status"] == "running"


def test_a_hanging_status_daemon_makes_running_containers_unknown_on_a_living_node(lab: Lab) -> None:
    lab.world.add_container(101)
    fault = lab.simulator.faults.pvestatd_down()
    lab.clock.advance(310)
    assert lab.rows()[101]["status"] == "unknown"
    assert lab.get("/nodes")[0]["status"] == "unknown"
    assert lab.get("/nodes/pve1/lxc/101/status/current")["status"] == "running"
    lab.simulator.faults.remove(fault)
    lab.clock.advance(10)
    assert lab.rows()[101]["status"] == "running"


def test_one_silent_status_daemon_leaves_the_other_nodes_known(demo: Lab) -> None:
    demo.world.set_statd("pve2", False)
    demo.clock.advance(310)
    assert demo.rows()[102]["status"] == "unknown"
    assert demo.rows()[101]["status"] == "running"


def test_stopped_containers_report_zeroes_and_their_configured_disk(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped", disk_gib=8)
    row = lab.rows()[101]
    assert [row[key] for key in ("uptime", "cpu", "mem", "disk", "netin", "netout")] == [0] * 6
    assert row["maxdisk"] == 8 << 30
    lab.world.set_status(101, "running")
    lab.world.broadcast()
    assert lab.rows()[101]["maxdisk"] < 8 << 30


def test_a_container_without_hostname_is_called_by_its_number(lab: Lab) -> None:
    lab.world.add_container(105)
    assert lab.rows()[105]["name"] == "CT105"


def test_rows_are_sorted_by_vmid_as_text(lab: Lab) -> None:
    for vmid in (200, 1000, 101):
        lab.world.add_container(vmid)
    assert [row["vmid"] for row in lab.get("/cluster/resources", type="vm")] == [1000, 101, 200]


def test_lxc_is_no_type_to_ask_for(lab: Lab) -> None:
    reply = lab.ask("GET", "/cluster/resources", {"type": "lxc"})
    assert reply.failure == "400 Parameter verification failed."
    expected = "value 'lxc' does not have a value in the enumeration 'vm, storage, node, sdn'"
    assert reply.body["errors"] == {"type": expected}


def test_interfaces_of_a_stopped_container_are_null(lab: Lab) -> None:
    lab.world.add_container(101, net=[{"ip": "10.0.0.7/24"}])
    running = lab.get("/nodes/pve1/lxc/101/interfaces")
    assert [each["name"] for each in running] == ["lo", "eth0"]
    assert running[1]["ip-addresses"][0] == {"ip-address": "10.0.0.7", "ip-address-type": "inet", "prefix": "24"}
    lab.world.set_status(101, "stopped")
    assert lab.get("/nodes/pve1/lxc/101/interfaces") is None


def test_snapshots_end_with_the_present(lab: Lab) -> None:
    lab.world.add_container(101, snapshots=["before", "after"])
    rows = lab.get("/nodes/pve1/lxc/101/snapshot")
    assert [row["name"] for row in rows] == ["before", "after", "current"]
    assert rows[1]["parent"] == "before"
    assert (rows[2]["parent"], rows[2]["running"], rows[2]["description"]) == ("after", 1, "You are here!")


@pytest.mark.parametrize("timeframe", ["hour", "day", "week", "month", "year"])
def test_graphs_carry_nothing_but_time_before_the_container_existed(lab: Lab, timeframe: str) -> None:
    lab.world.add_container(101)
    points = lab.get("/nodes/pve1/lxc/101/rrddata", timeframe=timeframe)
    born = lab.simulator.world.clock.now() - 30 * 86_400
    assert all((set(point) == {"time"}) == (point["time"] < born) for point in points)
    assert points[-1]["time"] <= lab.clock.now()


def test_the_same_seed_and_time_give_the_same_figures() -> None:
    answers = []
    for _ in range(2):
        with Lab("demo") as lab:
            answers.append(lab.get("/cluster/resources", type="vm"))
    assert answers[0] == answers[1]


def test_a_reused_vmid_shows_its_former_guest_in_everything_that_is_broadcast(lab: Lab) -> None:
    """Recorded as reuse-stale-row, reuse-live-list and reuse-config: it even seems to run on."""
    lab.world.add_container(101, hostname="first", cores=2, memory_mib=300, uptime=9, tags=["old"])
    lab.world.set_status(101, "stopped")
    lab.begin("DELETE", "/nodes/pve1/lxc/101")
    lab.clock.advance(2)
    lab.begin("POST", "/nodes/pve1/lxc", {"vmid": 101, "ostemplate": DEBIAN, "hostname": "second", "memory": 150})
    lab.clock.advance(2)
    row = lab.rows()[101]
    assert (row["name"], row["status"], row["uptime"]) == ("first", "running", 9)
    assert (row["maxcpu"], row["maxmem"]) == (2, 300 << 20)
    assert "tags" not in row, "tags come from the config itself"
    (live,) = lab.get("/nodes/pve1/lxc")
    assert (live["name"], live["status"], live["maxmem"]) == ("second", "stopped", 150 << 20)
    assert lab.get("/nodes/pve1/lxc/101/config")["hostname"] == "second"


def test_a_container_that_was_being_made_at_the_last_round_is_a_placeholder_until_the_next(lab: Lab) -> None:
    """Recorded as create-polled: also once its lock is gone."""
    lab.clock.advance(9.9)
    lab.begin("POST", "/nodes/pve1/lxc", {"vmid": 110, "ostemplate": DEBIAN, "hostname": "polled", "memory": 128})
    lab.clock.advance(0.15)
    made = lab.rows()[110]
    assert (made["name"], made["lock"], made["maxmem"], made["maxdisk"]) == ("CT110", "create", 512 << 20, 4 << 30)
    lab.clock.advance(5)
    unlocked = lab.rows()[110]
    assert "lock" not in unlocked
    assert (unlocked["name"], unlocked["maxmem"], unlocked["maxcpu"]) == ("CT110", 512 << 20, made["maxcpu"])
    lab.clock.advance(5)
    assert (lab.rows()[110]["name"], lab.rows()[110]["maxmem"]) == ("polled", 128 << 20)
