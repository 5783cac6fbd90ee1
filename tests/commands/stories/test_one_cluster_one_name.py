"""One physical cluster has one name with us: a second one is refused, and a new one is an act of its own."""

from __future__ import annotations

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def twice(cli: Cli) -> None:
    """Have the cluster in the configuration under a second name, too."""
    table = cli.config.read_text()
    cli.config.write_text(
        table + "\n" + table[table.index("[clusters.lab]") :].replace("clusters.lab", "clusters.twin")
    )


def test_a_second_name_adopts_nothing_and_the_first_goes_on(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "101", "--yes").code == 0
    twice(cli)
    for words in (("adopt", "101"), ("adopt", "102"), ("create", "--template", "x", "--hostname", "y")):
        outcome = cli(*words, "--cluster", "twin", "--yes", "--json")
        assert (outcome.code, outcome.json["refused"]["code"]) == (2, "same_cluster")
        assert "twin and lab are one and the same cluster" in outcome.json["refused"]["reason"]
        assert "cluster rename lab twin" in outcome.json["refused"]["reason"]
    assert cli("adopt", "102", "--cluster", "lab", "--yes").code == 0
    assert {one["cluster"] for one in cli.json("list")} == {"lab"}


def test_a_cluster_renamed_in_the_configuration_alone_is_refused_until_its_records_follow(
    cli: Cli, lab: Simulator
) -> None:
    assert cli("adopt", "101", "--yes").code == 0
    cli.config.write_text(cli.config.read_text().replace("clusters.lab", "clusters.attic"))
    again = cli("adopt", "101", "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (2, "same_cluster")
    done = cli.json("cluster", "rename", "lab", "attic", "--yes")
    assert (done["success"], done["records"], done["configuration"]) == (True, 1, None)
    assert [(one["cluster"], one["kind"], one["presence"]) for one in cli.json("list")] == [
        ("attic", "adopted", "present")
    ]
    assert cli("adopt", "101", "--yes").code == 6, "it is managed"
    assert cli.json("audit", "verify")["whole"]


def test_renaming_changes_the_configuration_too_and_asks_first(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "101", "--yes").code == 0
    cli.config.write_text(f"# by hand\n{cli.config.read_text()}")
    before = cli.config.read_text()
    assert cli("cluster", "rename", "lab", "attic").code == 3
    assert cli("cluster", "rename", "lab", "Attic!", "--yes").code == 2
    assert cli("cluster", "rename", "nowhere", "attic", "--yes").code == 5
    same = cli("cluster", "rename", "lab", "lab", "--yes", "--json")
    assert (same.code, same.json["error"]) == (2, "OLD and NEW are both lab: nothing was renamed")
    assert cli.config.read_text() == before
    assert cli("cluster", "rename", "lab", "attic", "--yes").code == 0
    assert cli.config.read_text() == before.replace("[clusters.lab]", "[clusters.attic]")
    assert cli("shutdown", "attic/101", "--yes").code == 0
