"""`drift`: what differs from the baseline, how it came, and making now the baseline."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli

SECRET = "hunter2hunter2"


def changed(document: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    return [(one["field"], one["before"], one["after"]) for one in document["changes"]]


def test_the_story_says_what_changed_field_by_field_and_accept_makes_it_the_baseline(
    cli: Cli, lab: Simulator, adopted: Any
) -> None:
    before = cli.json("show", "101")["live"]["config"]["net0"]
    assert cli("drift").err == "no container has drift\n"
    assert "has no drift: no watched setting" in cli("drift", "web-1").out
    refused = cli("drift", "accept", "web-1", "--note", "why not", "--yes", "--json")
    assert (refused.code, refused.json["refused"]["code"]) == (3, "no_drift")
    assert cli("drift", "accept", "web-1", "--yes").code == 2, "a reason is required"

    lab.world.set_config(101, net0=before.replace("vmbr0", "vmbr7"), nameserver="9.9.9.9", env=f"PASS={SECRET}")
    story = cli.json("drift", "web-1")
    assert (story["drift"], story["baseline"], story["not_compared"]) == (3, 1, None)
    assert changed(story) == [
        ("env", None, "[redacted]"), ("nameserver", None, "9.9.9.9"), ("net0.bridge", "vmbr0", "vmbr7"),
    ]  # fmt: skip
    assert [(one["revision"], one["cause"], one["now"]) for one in story["revisions"]] == [
        (2, "seen", True), (1, "captured", False),
    ]  # fmt: skip
    [listed] = cli.json("drift")
    assert (listed["name"], listed["drift"], changed(listed)) == ("web-1", 3, changed(story))
    told = cli("drift", "101").out
    assert "net0.bridge: vmbr0 → vmbr7" in told
    assert "revision 1 of" in told
    assert "(baseline): adopted" in told
    assert SECRET not in told + cli("drift").out
    assert SECRET in cli("drift", "101", "--reveal").out

    planned = cli("drift", "accept", "101", "--note", "moved to the new bridge", "--plan")
    assert "accept env, nameserver and net0.bridge as the baseline of web-1" in planned.out
    done = cli.json("drift", "accept", "101", "--note", "moved to the new bridge", "--yes")
    assert (done["success"], done["digest"]) == (True, story["digest"])
    after = cli.json("drift", "101")
    assert (after["drift"], after["changes"], after["baseline"]) == (0, [], 2)
    assert after["baseline_reason"].startswith("accepted by ")
    assert after["baseline_reason"].endswith(": moved to the new bridge")
    event = cli.json("audit", "101")[-1]
    assert (event["action"], event["evidence"]["note"]) == ("accept-drift", "moved to the new bridge")
    assert event["evidence"]["changed"] == ["env", "nameserver", "net0.bridge"]


def test_the_configuration_says_what_counts(cli: Cli, lab: Simulator, adopted: Any) -> None:
    cli.config.write_text(f'{cli.config.read_text()}\n[drift]\nignore = ["nameserver", "cores"]\n')
    lab.world.set_config(101, nameserver="9.9.9.9", cores=7, searchdomain="example.org")
    assert changed(cli.json("drift", "101")) == [("searchdomain", None, "example.org")]
    lab.world.broadcast()
    [row] = cli.json("list")
    assert row["drift"] == 1
    cli.config.write_text(cli.config.read_text().replace("nameserver", "namesever"))
    wrong = cli("list")
    assert wrong.code == 2
    assert "drift.ignore has namesever, which is no setting of a container: did you mean nameserver?" in wrong.err


def test_drift_is_reverted_and_a_revision_rolled_back_to(cli: Cli, lab: Simulator, adopted: Any) -> None:
    before = cli.json("show", "101")["live"]["config"]["memory"]
    lab.world.set_config(101, memory=4096, cores=7)
    cli.json("drift", "101")
    planned = cli("drift", "revert", "101", "--key", "memory", "--plan")
    assert f"set web-1 back to the baseline: memory 4096 → {before}" in planned.out
    wrong = cli("drift", "revert", "101", "--key", "memroy", "--yes", "--json")
    assert (wrong.code, wrong.json["refused"]["code"]) == (2, "invalid")
    done = cli.json("drift", "revert", "101", "--key", "memory", "--yes")
    assert (done["success"], done["stored"], done["not_stored"]) == (True, ["memory"], [])
    assert [one["field"] for one in cli.json("drift", "101")["changes"]] == ["cores"]
    assert cli("rollback", "101", "--to", "99", "--yes").code == 5
    back = cli.json("rollback", "101", "--to", "2", "--yes")
    assert [one["key"] for one in back["changes"]] == ["memory"]
    assert cli.json("show", "101")["live"]["config"]["memory"] == 4096
    assert cli("drift", "101", "--key", "memory").code == 2
