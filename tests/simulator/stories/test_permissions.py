"""Who sees what: refusals come before existence, lists are thinned without a word, and two answers hide nothing."""

from __future__ import annotations

import pytest

from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.simulator.lab import DEBIAN, Lab, asking
from tests.support.timing.waiting import until


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "No ticket"),
        ("Bearer abc", "No ticket"),
        ("PVEAPIToken=proximity@pve!tui=wrong", "Authentication failed!"),
        ("PVEAPIToken=nobody@pve!x=wrong", "Authentication failed!"),
        ("PVEAPIToken=rubbish", "Authentication failed!"),
    ],
)
def test_who_is_not_known_gets_a_reason_and_no_body(lab: Lab, header: str | None, reason: str) -> None:
    lab.authorization = header
    reply = lab.ask("GET", "/version")
    assert reply.failure == f"401 {reason}"
    assert reply.body is None
    assert "Content-Type" not in reply.headers


def test_a_refusal_of_identity_can_be_held_back() -> None:
    from proximity_tui.simulator import ManualClock, Simulator

    lab = Lab()
    lab.simulator.stop()
    lab.simulator = Simulator("empty", clock=ManualClock(), auth_delay=3600.0)
    lab.authorization = None
    with lab:
        refused = asking(lab, "/version")
        refused.start()
        until(lambda: lab.simulator.journal.count(path_contains="/version"))
        welcome = f"PVEAPIToken={lab.simulator.token_id}={lab.simulator.token_secret}"
        connection = lab.connection()
        assert lab.ask_on(connection, "GET", "/version", headers={"Authorization": welcome}).status == 200
        connection.close()
        assert refused.is_alive(), "who was refused waits for the answer"


def test_a_revoked_token_is_a_stranger(lab: Lab) -> None:
    lab.simulator.remove_token(lab.simulator.token_id)
    assert lab.ask("GET", "/version").status == 401


def test_a_token_without_rights_sees_an_empty_world_with_nodes_in_it(demo: Lab) -> None:
    demo.act_as("none@pve!x", {})
    assert demo.get("/cluster/resources", type="vm") == []
    assert demo.get("/nodes/pve1/lxc") == []
    assert demo.get("/pools") == []
    assert demo.get("/storage") == []
    assert demo.get("/access/permissions") == {}
    assert set(demo.get("/cluster/resources", type="node")[0]) == {
        "id", "node", "type", "status", "level", "cgroup-mode",
    }  # fmt: skip


def test_hidden_and_missing_containers_are_refused_alike(demo: Lab) -> None:
    demo.act_as("none@pve!x", {})
    for vmid in (101, 999):
        reply = demo.ask("GET", f"/nodes/pve1/lxc/{vmid}/config")
        assert reply.failure == f"403 Permission check failed (/vms/{vmid}, VM.Audit)"


def test_next_id_and_the_directory_of_a_container_tell_anybody_that_it_exists(demo: Lab) -> None:
    demo.act_as("none@pve!x", {})
    assert demo.ask("GET", "/cluster/nextid", {"vmid": 101}).status == 400
    assert demo.get("/cluster/nextid", vmid=999) == "999"
    assert demo.ask("GET", "/nodes/pve1/lxc/101").status == 200
    assert demo.ask("GET", "/nodes/pve2/lxc/101").status == 500


def test_quorum_is_only_shown_to_sys_audit(demo: Lab) -> None:
    demo.act_as("none@pve!x", {"/vms": ["VM.Audit"]})
    assert demo.ask("GET", "/cluster/status").failure == "403 Permission check failed (/, Sys.Audit)"


def test_rights_on_a_pool_are_rights_on_its_members(demo: Lab) -> None:
    demo.act_as("pool@pve!x", {"/pool/prod": ["VM.Audit", "VM.PowerMgmt"]})
    seen = {row["vmid"]: row for row in demo.get("/cluster/resources", type="vm")}
    assert set(seen) == {101, 102, 103, 104, 110, 111, 112, 113}
    assert "pool" not in seen[101]
    assert "/vms/101" in demo.get("/access/permissions")


def test_a_deeper_entry_replaces_what_is_inherited(demo: Lab) -> None:
    demo.act_as("some@pve!x", {"/": ["VM.Audit"], "/vms/130": ["VM.PowerMgmt"]})
    assert demo.get("/access/permissions", path="/vms/130") == {"/vms/130": {"VM.PowerMgmt": 1}}
    assert demo.ask("GET", "/nodes/pve1/lxc/130/config").status == 403
    assert demo.ask("GET", "/nodes/pve1/lxc/104/config").status == 200


def test_a_lost_right_shows_at_the_next_request(demo: Lab) -> None:
    assert len(demo.rows()) > 20
    demo.simulator.set_acl(demo.simulator.token_id, {})
    assert demo.rows() == {}


def test_a_pools_token_creates_what_it_sees_only_at_the_end(lab: Lab) -> None:
    lab.world.add_pool("prod")
    rights = sorted(privilege for privilege in PRIVILEGES if privilege.startswith("VM."))
    lab.act_as("pool@pve!x", {"/pool/prod": rights, "/storage": ["Datastore.AllocateSpace"]})
    wish = {"vmid": 105, "ostemplate": DEBIAN, "pool": "prod"}
    tagged = lab.ask("POST", "/nodes/pve1/lxc", {**wish, "tags": "a"})
    assert tagged.failure == "403 Permission check failed (/vms/105, VM.Config.Options)"
    bare = lab.ask("POST", "/nodes/pve1/lxc", {"vmid": 105, "ostemplate": DEBIAN})
    assert bare.failure == "403 Permission check failed"
    lab.begin("POST", "/nodes/pve1/lxc", wish)
    assert lab.rows() == {}
    lab.clock.advance(1)
    assert set(lab.rows()) == {105}


def test_an_invented_privilege_is_an_error(lab: Lab) -> None:
    with pytest.raises(ValueError, match=r"invalid privilege 'VM\.Monitor'"):
        lab.simulator.add_token("x@pve!y", {"/": ["VM.Monitor"]})


def test_replication_and_interfaces_of_nodes_are_filtered_silently(demo: Lab) -> None:
    demo.act_as("none@pve!x", {})
    assert demo.get("/cluster/replication") == []
    assert demo.get("/nodes/pve1/network", type="any_bridge") == []
