"""Everything that can go wrong on the way, each as a client meets it."""

from __future__ import annotations

import http.client

import pytest

from proximity_tui.simulator import Fault
from tests.simulator.lab import Lab, asking
from tests.support.timing.waiting import LONGEST, until


def test_latency_delays_what_it_meets_and_nothing_else(lab: Lab) -> None:
    lab.simulator.faults.latency(0.1, "/nodes")
    lab.simulator.faults.latency(3600.0, "/version")
    slow = asking(lab, "/version")
    slow.start()
    assert lab.get("/nodes"), "a little later, and before the hour is over"
    assert slow.is_alive()


@pytest.mark.parametrize(("status", "reason"), [(595, "Connection refused"), (596, "Connection timed out")])
def test_a_proxy_error_has_a_reason_and_no_body(lab: Lab, status: int, reason: str) -> None:
    lab.simulator.faults.answer(status, reason, "/nodes/pve1/lxc")
    reply = lab.ask("GET", "/nodes/pve1/lxc")
    assert reply.failure == f"{status} {reason}"
    assert reply.body is None


def test_a_server_error_carries_its_message(lab: Lab) -> None:
    lab.simulator.faults.answer(500, "something died", method="POST", times=1)
    reply = lab.ask("POST", "/nodes/pve1/lxc")
    assert reply.body == {"data": None, "message": "something died\n"}
    assert lab.ask("POST", "/nodes/pve1/lxc").status == 400


def test_a_dropped_request_never_ran(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.simulator.faults.drop("/status/stop", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        lab.ask("POST", "/nodes/pve1/lxc/101/status/stop")
    assert lab.get("/nodes/pve1/tasks", source="all") == []
    assert [entry.status for entry in lab.simulator.journal.writes()] == [0]


def test_a_lost_answer_leaves_work_behind(lab: Lab) -> None:
    lab.world.add_container(101, status="stopped")
    lab.simulator.faults.lose_answer(method="DELETE")
    with pytest.raises(http.client.RemoteDisconnected):
        lab.ask("DELETE", "/nodes/pve1/lxc/101")
    lab.clock.advance(2)
    assert lab.world.container(101) is None
    assert lab.get("/nodes/pve1/tasks", vmid=101)[0]["type"] == "vzdestroy"


def test_a_trickle_is_the_true_answer_byte_by_byte(demo: Lab) -> None:
    whole = demo.get("/version")
    demo.simulator.faults.trickle(0.0001, "/version", times=1)
    assert demo.get("/version") == whole


def test_a_rewritten_answer_is_the_true_one_changed(demo: Lab) -> None:
    whole = demo.get("/version")
    demo.simulator.faults.rewrite(lambda version: version | {"release": 9}, "/version")
    assert demo.get("/version") == whole | {"release": 9}


def test_a_page_of_a_proxy_has_the_status_it_is_given(demo: Lab) -> None:
    demo.simulator.faults.html("/version", status=403)
    assert demo.ask("GET", "/version").failure == "403 Forbidden"


def test_a_truncated_answer_is_noticed_by_its_length(demo: Lab) -> None:
    demo.simulator.faults.truncate("/cluster/resources")
    with pytest.raises(http.client.IncompleteRead):
        demo.rows()


def test_a_portal_answers_html_with_200(lab: Lab) -> None:
    lab.simulator.faults.html()
    reply = lab.ask("GET", "/cluster/resources")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/html")


def test_an_answer_may_lack_its_data(lab: Lab) -> None:
    lab.simulator.faults.no_data("/version")
    assert lab.ask("GET", "/version").body == {}


def test_a_partial_list_is_a_list_like_any_other(demo: Lab) -> None:
    everything = set(demo.rows())
    demo.simulator.faults.partial({101, 102})
    assert everything - set(demo.rows()) == {101, 102}
    assert demo.ask("GET", "/cluster/nextid", {"vmid": 101}).status == 400


def test_a_hanging_request_hangs_until_the_simulator_stops() -> None:
    with Lab() as lab:
        lab.simulator.faults.hang("/version")
        hanging = asking(lab, "/version")
        hanging.start()
        until(lambda: lab.simulator.journal.count(path_contains="/version"))
        assert lab.get("/nodes")
        assert hanging.is_alive()
    hanging.join(LONGEST)
    assert not hanging.is_alive()


def test_tokens_can_be_refused_for_a_while(lab: Lab) -> None:
    fault = lab.simulator.faults.unauthorized()
    assert lab.ask("GET", "/version").failure == "401 Authentication failed!"
    lab.simulator.faults.remove(fault)
    assert lab.ask("GET", "/version").status == 200


def test_a_dead_cluster_file_system_fails_everything(lab: Lab) -> None:
    lab.simulator.faults.pmxcfs_down()
    failure = "500 RPCEnvironment init request failed: Unable to load access control list: Connection refused"
    assert lab.ask("GET", "/version").failure == failure
    lab.simulator.faults.clear()
    assert lab.ask("GET", "/version").status == 200


def test_a_restarted_cluster_file_system_has_forgotten_its_own_guests(demo: Lab) -> None:
    demo.world.forget_broadcasts("pve1")
    rows = demo.rows()
    assert (rows[101]["status"], rows[102]["status"]) == ("unknown", "running")
    demo.clock.advance(10)
    assert demo.rows()[101]["status"] == "running"


def test_rules_are_counted_and_taken_in_order(lab: Lab) -> None:
    lab.simulator.faults.add(Fault("status", path="/version", times=2, status=500, reason="first"))
    lab.simulator.faults.add(Fault("status", path="/version", status=500, reason="second"))
    assert [lab.ask("GET", "/version").reason for _ in range(3)] == ["first", "first", "second"]


def test_the_journal_tells_reads_from_writes_and_who_asked(lab: Lab) -> None:
    lab.world.add_container(101)
    lab.get(
        "/nodes",
    )
    lab.ask("PUT", "/nodes/pve1/lxc/101/config", {"cores": 3})
    (entry,) = lab.simulator.journal.writes()
    assert (entry.method, entry.path, entry.status) == ("PUT", "/nodes/pve1/lxc/101/config", 200)
    assert (entry.params, entry.token_id, entry.at) == ({"cores": "3"}, "proximity@pve!tui", lab.clock.now())
    assert lab.simulator.journal.count("GET", "/nodes") == 1
    lab.simulator.journal.clear()
    assert lab.simulator.journal.entries() == []


def test_a_mistake_in_a_test_is_answered_and_named(lab: Lab) -> None:
    lab.simulator.schedule(5, lambda world: world.destroy_outside(999))
    lab.clock.advance(5)
    reply = lab.ask("GET", "/version")
    assert reply.failure == "500 the simulator failed: KeyError(999)"
    assert lab.ask("GET", "/version").status == 200
