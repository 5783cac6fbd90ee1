"""The JSON that scripts rely on: these fields, these names, one document on stdout. Fields are added, never renamed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

ADOPT = """success container cluster node vmid name kind state status_at_adoption config_snapshot_captured
config_keys_count public_port error"""
DELETE = "success container cluster deletion_type adopted node steps error"
LIST = "id cluster node vmid name kind state status presence observed_at ports drift last_error operation"
AUDIT = "seq at actor action container cluster vmid message evidence hash"

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def missing(document: dict[str, Any], fields: str) -> set[str]:
    """Which of the promised fields a document lacks."""
    return set(fields.split()) - document.keys()


def test_an_adoption_answers_for_each_guest_by_itself(cli: Cli) -> None:
    outcome = cli("adopt", "101", "9999", "102", "--port", "80", "--yes", "--json")
    assert outcome.code == 5
    results = outcome.json["results"]
    assert [result["vmid"] for result in results] == [101, 9999, 102]
    assert [result["success"] for result in results] == [True, False, True]
    assert not any(missing(result, ADOPT) for result in results)
    first = results[0]
    assert (first["kind"], first["state"], first["status_at_adoption"]) == ("adopted", "running", "running")
    assert first["config_snapshot_captured"] is True
    assert first["config_keys_count"] == 12
    assert first["error"] is None


def test_the_number_of_captured_keys_is_that_of_the_config_endpoint(cli: Cli) -> None:
    [adopted] = cli.json("adopt", "101", "--yes")["results"]
    live = cli.json("show", "101")["live"]["config"]
    assert adopted["config_keys_count"] == len(live)


def test_a_soft_delete_says_that_the_vmid_is_preserved(cli: Cli, adopted: Any) -> None:
    document = cli.json("delete", "101", "--soft", "--yes")
    assert not missing(document, f"{DELETE} vmid_preserved")
    assert (document["adopted"], document["node"], document["error"]) == (True, "pve1", None)
    assert document["steps"] == [{"step": "release", "outcome": "done", "task": None}]


def test_a_hard_delete_names_its_steps_and_the_task_of_the_destroy(cli: Cli, native: Any) -> None:
    document = cli.json("delete", "web1", "--hard", "--confirm", "web1", "--yes")
    assert not missing(document, f"{DELETE} vmid_destroyed")
    assert (document["deletion_type"], document["adopted"], document["error"]) == ("hard", False, None)
    tasks = {step["step"]: step["task"] for step in document["steps"]}
    assert "vzdestroy" in tasks["destroy"]
    assert tasks["release"] is None


def test_a_hard_delete_that_fails_claims_nothing(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.fail_next_task("vzdestroy", native["vmid"], "storage is busy")
    outcome = cli("delete", "web1", "--hard", "--confirm", "web1", "--yes", "--json")
    document = outcome.json
    assert outcome.code == 1
    assert (document["success"], document["vmid_destroyed"]) == (False, None)
    assert "storage is busy" in document["error"]
    [row] = cli.json("list")
    assert "storage is busy" in row["last_error"]
    assert row["ports"] == [{"public": 8100, "container": 80}]


def test_a_row_of_the_list_has_every_field_that_is_promised(cli: Cli, adopted: Any) -> None:
    [row] = cli.json("list")
    assert not missing(row, LIST)
    assert (row["id"], row["presence"], row["drift"], row["operation"]) == (adopted["container"], "present", 0, None)
    assert UTC.fullmatch(row["observed_at"])


def test_list_tells_the_drift_that_show_found(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_config(native["vmid"], onboot=1, nameserver="9.9.9.9")
    assert cli.json("list")[0]["drift"] == 0, "a list alone cannot see it"
    assert cli.json("show", "web1")["drift"] == 2
    assert cli.json("list")[0]["drift"] == 2
    assert "drift 2" in cli("list").out
    assert "drift 2" in cli("show", "web1").out


def test_a_read_only_show_changes_nothing_that_list_tells(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_config(native["vmid"], onboot=1)
    assert cli.json("--read-only", "show", "web1")["drift"] == 1
    assert cli.json("list")[0]["drift"] == 0


def test_unmanaged_guests_have_no_record(cli: Cli, lab: Simulator, adopted: Any) -> None:
    rows = cli.json("list", "--kind", "unmanaged")
    assert not any(missing(row, LIST) for row in rows)
    assert {(row["kind"], row["id"], row["state"]) for row in rows} == {("unmanaged", None, None)}
    offered = {row["vmid"] for row in rows}
    assert 102 in offered
    assert not {101, 200, 900} & offered, "what is managed, a virtual machine or a template is not offered"


@pytest.mark.parametrize(("kind", "expected"), [("native", {"web1"}), ("adopted", {"web-1"})])
def test_the_list_of_a_kind_has_that_kind_alone(
    cli: Cli, native: Any, adopted: Any, kind: str, expected: set[str]
) -> None:
    assert {row["name"] for row in cli.json("list", "--kind", kind)} == expected
    assert {"web1", "web-1", "web-2"} <= {row["name"] for row in cli.json("list", "--kind", "all")}


@pytest.mark.parametrize(("kind", "expected"), [("vm", {(200, "vm"), (201, "vm")}), ("template", {(900, "template")})])
def test_what_is_never_touched_is_listed_when_asked_for(
    cli: Cli, adopted: Any, kind: str, expected: set[tuple[int, str]]
) -> None:
    rows = cli.json("list", "--kind", kind)
    assert not any(missing(row, LIST) for row in rows)
    assert {(row["vmid"], row["kind"]) for row in rows} == expected
    assert {(row["id"], row["state"], row["drift"]) for row in rows} == {(None, None, None)}
    assert rows[0]["observed_at"] is not None
    every = {(row["vmid"], row["kind"]) for row in cli.json("list", "--kind", "everything")}
    assert expected | {(101, "adopted"), (102, "unmanaged")} <= every
    assert not expected & {(row["vmid"], row["kind"]) for row in cli.json("list", "--kind", "all")}


def test_nothing_is_said_of_when_a_guest_of_a_dead_node_was_seen(cli: Cli, lab: Simulator) -> None:
    node = next(row["node"] for row in cli.json("list", "--kind", "unmanaged"))
    lab.world.set_node_online(node, False)
    rows = [row for row in cli.json("list", "--kind", "everything") if row["node"] == node]
    assert {(row["status"], row["observed_at"]) for row in rows} == {("unknown", None)}


def test_list_asks_each_cluster_once(cli: Cli, lab: Simulator, adopted: Any) -> None:
    lab.journal.clear()
    cli.json("list")
    assert lab.journal.count("GET", "/cluster/resources") == 1
    assert len(lab.journal.entries()) <= 3, "which cluster it is, the inventory, and the quorum"


def test_a_container_is_shown_with_its_changes_since_the_clinical_record(cli: Cli, lab: Simulator, native: Any) -> None:
    lab.world.set_config(native["vmid"], memory=2048)
    document = cli.json("show", "web1")
    assert not missing(document, f"{LIST} live clinical_record events changes")
    assert document["drift"] == 1
    assert document["changes"] == [{"key": "memory", "recorded": 512, "seen": 2048}]
    assert document["live"]["config"]["hostname"] == "web1"
    assert document["clinical_record"]["config"]["memory"] == 512
    assert document["events"][0]["message"].startswith("created web1")


def test_for_people_a_container_is_shown_in_sentences(cli: Cli, native: Any) -> None:
    said = cli("show", "web1").out
    for expected in ("web1 (native", "8100→80", "clinical record of", "no changes since", "created web1"):
        assert expected in said


def test_the_audit_trail_is_numbered_without_a_gap(cli: Cli, adopted: Any) -> None:
    trail = cli.json("audit")
    assert not any(missing(event, AUDIT) for event in trail)
    assert [event["seq"] for event in trail] == list(range(1, len(trail) + 1))
    assert UTC.fullmatch(trail[0]["at"])
    assert "via proximity@pve!tui" in trail[0]["actor"]
    verdict = cli.json("audit", "verify")
    assert verdict == {"whole": True, "events": len(trail), "head": trail[-1]["hash"]}


def test_audit_of_one_container_and_of_the_last_events(cli: Cli, adopted: Any, native: Any) -> None:
    assert {event["vmid"] for event in cli.json("audit", "101")} == {101}
    assert [event["seq"] for event in cli.json("audit", "--last", "2")] == [2, 3]
    assert cli("audit", "--last", "1").out.count("\n") == 2


def test_audit_works_while_secrets_and_clusters_do_not(cli: Cli, adopted: Any) -> None:
    cli.config.with_name("lab.token").unlink()
    assert cli.json("audit")
    assert cli("adopt", "102", "--yes").code == 2


def test_an_error_is_one_document_too(cli: Cli) -> None:
    for words, code in ((("show", "nobody"), 5), (("list", "--frob"), 2), (("--cluster", "lob", "list"), 2)):
        outcome = cli(*words, "--json")
        assert outcome.code == code
        assert outcome.json["success"] is False
        assert outcome.json["error"]


def test_a_name_that_would_act_on_a_terminal_is_shown(cli: Cli, lab: Simulator) -> None:
    vmid = lab.world.add_container(node="pve1", hostname="plain")
    lab.world.set_config(vmid, description="\x1b[31mred\x1b[0m [bold]\u202e")
    lab.world.broadcast()
    assert cli("adopt", str(vmid), "--yes").code == 0
    shown = cli("show", str(vmid)).out
    assert "␛[31mred" in shown
    assert "[bold]" in shown
    assert "⟨U+202E⟩" in shown
    assert not set(shown) & {"\x1b", "\u202e"}
    assert "\x1b" not in cli("show", str(vmid), "--json").out
