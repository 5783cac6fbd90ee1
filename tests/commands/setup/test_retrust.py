"""`connect --retrust`: what was trusted beside what is shown now, and only the name replaces one by the other."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import OTHER, Cli
from tests.commands.person import at_terminal


def test_a_renewed_certificate_is_trusted_by_its_name_with_old_and_new_on_record(cli: Cli, lab: Simulator) -> None:
    old = lab.fingerprint
    lab.renew_certificate()
    lab.journal.clear()
    assert cli("reconcile", "--no-wait").code == 4
    with at_terminal("connect", "--retrust", "lab") as person:
        person.read_until("Type lab to trust it: ")
        assert "lab shows another certificate than the trusted one." in person.seen
        assert f"trusted until now: {old}" in person.seen
        assert lab.fingerprint in person.seen
        assert lab.journal.entries() == []
        person.type("lab")
        assert person.end() == 0, person.seen
    assert cli.configured["lab"]["fingerprint"] == lab.fingerprint
    assert cli.json("list", "--kind", "all")
    assert [alert for alert in cli.json("alerts") if alert["kind"] == "certificate_changed"] == []
    [event] = [one for one in cli.json("audit") if one["action"] == "cluster-retrusted"]
    assert event["evidence"]["old"]["fingerprints"] == [old]
    assert event["evidence"]["new"]["fingerprints"] == [lab.fingerprint]


def test_another_word_than_the_name_trusts_nothing(cli: Cli, lab: Simulator) -> None:
    before = cli.config.read_text()
    lab.renew_certificate()
    lab.journal.clear()
    with at_terminal("connect", "--retrust", "lab") as person:
        person.read_until("Type lab to trust it: ")
        person.type("yes")
        assert person.end() == 3
    assert lab.journal.entries() == []
    assert cli.config.read_text() == before


def test_without_a_terminal_the_new_certificate_must_be_named(cli: Cli, lab: Simulator) -> None:
    lab.renew_certificate()
    lab.journal.clear()
    for words in ((), ("--confirm", "lab"), ("--fingerprint", lab.fingerprint), ("--yes",)):
        assert cli("connect", "--retrust", "lab", *words).code == 3
    assert cli("connect", "--retrust", "lab", "--confirm", "lab", "--fingerprint", OTHER).code == 4
    assert lab.journal.entries() == []
    done = cli.json("connect", "--retrust", "lab", "--confirm", "lab", "--fingerprint", lab.fingerprint)
    assert done["fingerprints"] == [lab.fingerprint]


def test_another_cluster_is_refused_until_it_is_trusted_by_its_name(cli: Cli, lab: Simulator, adopted: Any) -> None:
    with Simulator("demo", seed=2) as other:
        cli.connect("lab", other)
        other.journal.clear()
        refused = cli("stop", "101", "--yes", "--json")
        assert (refused.code, refused.json["refused"]["code"]) == (3, "wrong_cluster")
        assert other.journal.writes() == []
        assert {entry.path for entry in other.journal.entries()} == {"/nodes/localhost/certificates/info"}
        [row] = cli.json("list")
        assert (row["status"], row["presence"]) == ("unknown", "unknown")
        assert "another cluster" in row["presence_reason"]

        with at_terminal("connect", "--retrust", "lab") as person:
            person.read_until("Type lab to trust it: ")
            assert "ANOTHER CLUSTER" in person.seen
            assert f"known until now: {lab.ca_fingerprint}" in person.seen
            assert f"shown now:       {other.ca_fingerprint}" in person.seen
            person.type("lab")
            assert person.end() == 0, person.seen
        assert cli("list").code == 0
        [event] = [one for one in cli.json("audit") if one["action"] == "cluster-retrusted"]
        assert event["evidence"]["old"]["identity"] == lab.ca_fingerprint
        assert event["evidence"]["new"]["identity"] == other.ca_fingerprint


def test_the_red_alert_about_another_cluster_is_over_once_it_is_trusted(cli: Cli, lab: Simulator, adopted: Any) -> None:
    with Simulator("demo", seed=2) as other:
        cli.connect("lab", other)
        assert cli("reconcile", "--no-wait").code == 4
        [alert] = [one for one in cli.json("alerts") if one["kind"] == "cluster_changed"]
        assert alert["severity"] == "red"
        cli.json("connect", "--retrust", "lab", "--confirm", "lab")
        assert [one for one in cli.json("alerts") if one["kind"] == "cluster_changed"] == []


def test_what_is_trusted_already_needs_nothing(cli: Cli, lab: Simulator) -> None:
    cli.json("list")
    before = cli.config.read_text()
    assert cli("connect", "--retrust", "lab", "--confirm", "lab").code == 0
    assert cli.config.read_text() == before
    assert [one for one in cli.json("audit") if one["action"] == "cluster-retrusted"] == []


def alone(lab: Simulator) -> None:
    """From now on, a server answers that left the cluster with its root CA."""
    lab.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")


def test_a_command_that_meets_only_who_left_the_cluster_concludes_and_changes_nothing(
    cli: Cli, lab: Simulator, native: dict[str, Any]
) -> None:
    assert cli("reconcile", "--no-wait").code == 0
    alone(lab)
    lab.journal.clear()
    assert "tells of itself alone, and lab is a cluster of pve1, pve2, pve3" in cli("reconcile", "--no-wait").out
    refused = cli("delete", "web1", "--hard", "--yes", "--confirm", "web1", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "no_quorum")
    assert "connect --retrust lab" in refused.json["refused"]["reason"]
    for words in (("stop", "web1"), ("shutdown", "web1"), ("set", "web1", "memory=256M")):
        refused = cli(*words, "--yes", "--json")
        assert (refused.code, refused.json["refused"]["code"]) == (3, "no_quorum"), words
        assert "connect --retrust lab" in refused.json["refused"]["reason"], words
    assert lab.journal.writes() == []
    assert "left the cluster" in cli("doctor").out


def test_a_cluster_is_a_single_host_from_the_moment_its_name_was_typed_for_that(cli: Cli, lab: Simulator) -> None:
    assert cli("reconcile", "--no-wait").code == 0
    alone(lab)
    with at_terminal("connect", "--retrust", "lab") as person:
        person.read_until("Type lab to trust it: ")
        assert "lab is known as a cluster of pve1, pve2, pve3" in person.seen
        person.type("yes")
        assert person.end() == 3
    assert cli("reconcile", "--no-wait").code != 0
    with at_terminal("connect", "--retrust", "lab") as person:
        person.read_until("Type lab to trust it: ")
        person.type("lab")
        assert person.end() == 0, person.seen
    assert cli("reconcile", "--no-wait").code == 0
    [event] = [one for one in cli.json("audit") if one["action"] == "cluster-retrusted"]
    assert event["evidence"]["old"]["nodes"] == ["pve1", "pve2", "pve3"]
    assert event["evidence"]["new"]["nodes"] == ["pve1"]
    assert event["message"] == "lab: it is only pve1 from now on, not pve1, pve2, pve3"
    assert [one for one in cli.json("alerts") if one["kind"] == "quorum_lost"] == []
    assert "nothing to do" in cli("connect", "--retrust", "lab", "--confirm", "lab").out


def test_a_part_of_a_cluster_is_not_accepted_while_another_url_leads_to_the_whole(cli: Cli, lab: Simulator) -> None:
    assert cli("reconcile", "--no-wait").code == 0
    other = lab.url.replace("127.0.0.1", "localhost")
    text = cli.config.read_text()
    cli.config.write_text(text.replace(f'url = "{lab.url}"', f'urls = ["{lab.url}", "{other}"]'))
    # Only the first of the two tells of itself alone.
    lab.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status", times=1)
    refused = cli("connect", "--retrust", "lab", "--confirm", "lab")
    assert refused.code == 2
    assert f"{other} answers for lab with a quorum" in refused.err
    assert f"Take {lab.url} out of the configuration" in refused.err
    assert [one for one in cli.json("audit") if one["action"] == "cluster-retrusted"] == []
