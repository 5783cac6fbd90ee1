"""`doctor`: a line for everything, what to do about it, and an exit code that tells ours from theirs."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.model import Membership
from proximity_tui.core.model.required_privileges import NEEDS
from proximity_tui.core.store import close_store, clusters, open_store
from proximity_tui.core.store.db import waits
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.timing.meddling import asked, held_by_another, when

NEEDED = sorted({one for need in NEEDS if need.advised and not need.any_of for one in need.privileges})
ESSENTIAL = {"VM.Audit", "Sys.Audit"}


def checks(document: Any, area: str, level: str | None = None) -> list[Any]:
    return [one for one in document["checks"] if one["area"] == area and level in (None, one["level"])]


def test_a_sound_installation_ends_with_0_and_looks_at_everything(cli: Cli, lab: Simulator) -> None:
    cli.json("list")
    document = cli.json("doctor")
    assert document["ok"]
    assert {one["area"] for one in document["checks"]} == {
        "configuration", "database", "reachable", "tls", "identity", "token", "privileges", "quorum", "clock", "jobs",
        "sentry", "terminal",
    }  # fmt: skip
    assert all(set(one) == {"area", "subject", "level", "message", "advice"} for one in document["checks"])
    assert {one["area"] for one in document["checks"] if one["level"] != "ok"} <= {"jobs", "terminal"}
    assert all(one["advice"] for one in document["checks"] if one["level"] != "ok")
    assert lab.journal.writes() == []


def test_every_line_begins_with_how_it_is(cli: Cli) -> None:
    outcome = cli("doctor")
    assert outcome.code == 0
    assert {line.split()[0] for line in outcome.out.splitlines() if not line.startswith(" ")} <= {"ok", "warn", "fail"}
    assert "failures" in outcome.err


@pytest.mark.parametrize("lacking", NEEDED)
def test_a_token_that_lacks_one_privilege_hears_which_and_how_to_get_it(cli: Cli, lab: Simulator, lacking: str) -> None:
    lab.set_acl(lab.token_id, {"/": PRIVILEGES - {lacking}})
    outcome = cli("doctor", "--json")
    assert outcome.code == (1 if lacking in ESSENTIAL else 0)
    found = [one for one in checks(outcome.json, "privileges") if one["level"] != "ok"]
    assert found
    for one in found:
        assert lacking in one["message"]
        assert f'"{lacking}' in one["advice"] or f" {lacking}" in one["advice"]
        assert "pveum role add" in one["advice"]
        assert "pveum acl modify" in one["advice"]


def test_a_cluster_that_cannot_be_asked_ends_with_4(cli: Cli, lab: Simulator) -> None:
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    outcome = cli("doctor", "--json")
    assert (outcome.code, outcome.json["ok"]) == (4, False)
    assert checks(outcome.json, "reachable", "fail")


def test_a_token_that_is_refused_ends_with_4_and_a_stranger_too(cli: Cli, lab: Simulator) -> None:
    cli.config.with_name("lab.token").write_text("00000000-0000-0000-0000-000000000000")
    assert cli("doctor", "--json").code == 4
    cli.connect("lab", lab, fingerprint=f'"{":".join(["AB"] * 32)}"')
    lab.journal.clear()
    outcome = cli("doctor", "--json")
    assert (outcome.code, len(checks(outcome.json, "tls", "fail"))) == (4, 1)
    assert lab.journal.entries() == []


def test_another_cluster_is_a_failure_of_ours_and_is_not_written_down(cli: Cli, lab: Simulator) -> None:
    cli.json("list")
    with Simulator("demo", seed=2) as other:
        cli.connect("lab", other)
        for _ in range(2):
            outcome = cli("doctor", "--json")
            assert (outcome.code, len(checks(outcome.json, "identity", "fail"))) == (1, 1)


def test_a_server_is_held_against_the_nodes_on_record_when_it_answered(cli: Cli, lab: Simulator) -> None:
    """A person accepted them as the whole cluster while the doctor asked."""
    cli.json("list")
    open_store(f"sqlite:///{cli.database}")
    told = clusters.known_members("lab")
    assert told is not None
    clusters.note_members("lab", Membership("former", frozenset({"node1", "node2", "node3"})))
    close_store()
    assert checks(cli("doctor", "--json").json, "quorum", "fail"), "it left that cluster"
    when(lab, asked("GET", "/cluster/status"), lambda: clusters.note_members("lab", told))
    assert not checks(cli.json("doctor"), "quorum", "fail")


def test_both_clusters_are_looked_at_and_one_on_request(cli: Cli, lab: Simulator) -> None:
    with Simulator("empty") as other:
        cli.connect("attic", other)
        assert {one["subject"] for one in checks(cli.json("doctor"), "token")} == {"lab", "attic"}
        assert {one["subject"] for one in checks(cli.json("--cluster", "attic", "doctor"), "token")} == {"attic"}


def test_a_cluster_that_is_not_configured_is_a_usage_error_as_everywhere(cli: Cli) -> None:
    outcome = cli("doctor", "--cluster", "lba", "--json")
    assert outcome.code == 2
    assert outcome.json == {"success": False, "error": "there is no cluster lba; did you mean lab?"}


def test_without_a_configuration_it_says_how_to_get_one(bare: Cli) -> None:
    outcome = bare("doctor", "--json")
    assert outcome.code == 1
    [finding] = checks(outcome.json, "configuration")
    assert (finding["level"], finding["advice"]) == ("fail", "proximity-tui connect")


def test_a_configuration_that_cannot_be_read_is_a_finding_like_others(cli: Cli) -> None:
    cli.config.write_text("[clusters.lab]\nurls = 5\n")
    outcome = cli("doctor", "--json")
    assert outcome.code == 1
    assert "urls" in checks(outcome.json, "configuration")[0]["message"]


@pytest.mark.parametrize(
    ("table", "wrong", "named"),
    [
        ("keys", 'delet = "f8"', "keys.delet is not an action"),
        ("aliases", 'prod = "flet tag:prod"', "aliases.prod: flet is not a command"),
        ("views", 'hot = "audt"', "views.hot: audt is not a list"),
    ],
)
def test_what_keeps_the_screens_from_starting_is_a_finding(cli: Cli, table: str, wrong: str, named: str) -> None:
    cli.config.write_text(f"{cli.config.read_text()}\n[{table}]\n{wrong}\n")
    outcome = cli("doctor", "--json")
    assert outcome.code == 1
    [finding] = checks(outcome.json, "configuration", "fail")
    assert (finding["subject"], finding["advice"]) == (table, f"correct [{table}]")
    assert named in finding["message"]


def test_keys_short_names_and_views_that_the_screens_take_are_told(cli: Cli) -> None:
    tables = '[keys]\ndelete = "f8"\n[aliases]\nprod = "fleet tag:prod"\n[views]\nhot = "fleet cpu:>80 sort:-cpu"\n'
    cli.config.write_text(f"{cli.config.read_text()}\n{tables}")
    told = {one["subject"]: one["level"] for one in checks(cli.json("doctor"), "configuration")}
    assert [told[table] for table in ("keys", "aliases", "views")] == ["ok"] * 3


def test_a_database_that_cannot_be_opened_does_not_hide_the_rest(cli: Cli) -> None:
    cli.database.write_text("no database " * 500)
    outcome = cli("doctor", "--json")
    assert outcome.code == 1
    [found] = checks(outcome.json, "database", "fail")
    assert found["advice"].startswith("restore a backup")
    assert checks(outcome.json, "token", "ok")


def test_a_backup_is_advised_only_for_a_database_that_is_damaged(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of one that is only locked it would lose what is in it."""
    monkeypatch.setattr(waits, "WRITER", 0.05)
    with held_by_another(f"sqlite:///{cli.database}"):
        [found] = checks(cli("doctor", "--json").json, "database", "fail")
    assert ("is locked by another program" in found["message"], found["advice"]) == (True, None)


def test_the_secret_is_in_none_of_it(cli: Cli, lab: Simulator) -> None:
    outcome = cli("doctor", "--json")
    assert lab.token_secret not in outcome.out + outcome.err
