"""The worlds one can start with, the accidents that wait in them, and the simulator on its own."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time

import pytest

from proximity_tui.simulator import SCENARIOS, RealClock, Simulator
from tests.simulator.lab import Lab
from tests.support.timing.waiting import LONGEST, until

ACCIDENT = 104


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"large"}))
def test_every_scenario_lives_through_ten_minutes(name: str) -> None:
    with Lab(name) as lab:
        for _ in range(20):
            lab.clock.advance(30)
            lab.world.containers()
        lab.simulator.faults.clear()
        assert lab.ask("GET", "/cluster/resources").status == 200
    assert SCENARIOS[name].description


def test_the_demo_has_one_of_everything(demo: Lab) -> None:
    rows = demo.rows()
    containers = [row for row in rows.values() if row["type"] == "lxc"]
    assert len(containers) == 24
    assert {row["node"] for row in containers} == {"pve1", "pve2", "pve3"}
    assert {row["status"] for row in containers} == {"running", "stopped"}
    assert sum(row["type"] == "qemu" for row in rows.values()) == 2
    assert rows[134]["lock"] == "backup"
    assert rows[112]["hastate"] == "started"
    assert rows[900]["template"] == 1
    assert demo.get("/nodes/pve1/lxc/110/config")["protection"] == 1
    assert "[bold]" in demo.get("/nodes/pve3/lxc/141/config")["description"]
    templates = [row["volid"] for row in demo.get("/nodes/pve2/storage/local/content", content="vztmpl")]
    assert "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst" in templates
    assert demo.get("/nodes/pve1/storage/backups/content", content="backup")


def test_five_thousand_containers_are_listed_whole() -> None:
    # How fast, `make bench` tells: a test would only measure the machine.
    with Lab("large") as lab:
        assert len(lab.rows()) == 5000
        lab.clock.advance(10)
        assert len(lab.rows()) == 5000


def test_rogue_destroy_strikes_after_forty_five_seconds() -> None:
    with Lab("rogue-destroy") as lab:
        lab.clock.advance(44)
        assert ACCIDENT in lab.rows()
        lab.clock.advance(1)
        assert ACCIDENT not in lab.rows()
        task = lab.get("/nodes/pve1/tasks", vmid=ACCIDENT)[0]
        assert (task["type"], task["user"]) == ("vzdestroy", "root@pam")


def test_rights_on_one_pool_go_and_the_others_stay() -> None:
    with Lab("pool-permission-lost") as lab:
        assert {101, 120, 151} <= set(lab.rows())
        lab.clock.advance(45)
        assert {120, 151} <= set(lab.rows())
        assert 101 not in lab.rows()
        assert lab.ask("GET", "/cluster/nextid", {"vmid": 101}).status == 400


def test_an_outage_begins_and_ends_by_the_clock() -> None:
    with Lab("api-down") as lab:
        lab.clock.advance(50)
        with pytest.raises(http.client.RemoteDisconnected):
            lab.get("/version")
        lab.clock.advance(60)
        assert lab.ask("GET", "/version").status == 200


def test_a_half_destroyed_container_is_a_stub_that_nothing_removes() -> None:
    with Lab("half-destroyed") as lab:
        lab.clock.advance(31)
        assert lab.rows()[ACCIDENT]["lock"] == "destroyed"
        reply = lab.ask("DELETE", f"/nodes/pve1/lxc/{ACCIDENT}", {"force": 1, "purge": 1})
        assert reply.failure == "500 CT is locked (destroyed)"


def test_a_migration_flips_the_node_under_a_lock() -> None:
    with Lab("migration") as lab:
        seen = []
        for _ in range(4):
            lab.clock.advance(12)
            row = lab.rows()[ACCIDENT]
            seen.append((row["node"], row.get("lock")))
        assert seen == [("pve1", None), ("pve1", None), ("pve1", "migrate"), ("pve2", None)]


def test_what_is_scheduled_happens_once_and_on_time(lab: Lab) -> None:
    lab.simulator.schedule(30, lambda world: world.add_container(101))
    lab.clock.advance(29)
    assert lab.world.containers() == []
    lab.clock.advance(1)
    assert [container.vmid for container in lab.world.containers()] == [101]


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="demo"):
        Simulator("nosuch")


def test_a_fast_clock_runs_faster() -> None:
    clock = RealClock(1000.0)
    first, began = clock.now(), time.monotonic()
    until(lambda: clock.now() >= first + 100)
    really = time.monotonic() - began
    assert clock.now() - first > 100 * really


def test_served_alone_it_says_how_to_connect_and_ends_when_told() -> None:
    program = "from proximity_tui.simulator import serve; raise SystemExit(serve(('127.0.0.1', 0), 'empty', 1, 1.0))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        access = json.loads(process.stdout.readline())
        assert set(access) == {"url", "token_id", "token_secret", "fingerprint"}
        assert access["url"].startswith("https://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST) == 0
