"""`set` and `resize`: settings changed from the command line, one container or several."""

from __future__ import annotations

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.timing.meddling import asked, when

pytestmark = pytest.mark.usefixtures("adopted")


def test_settings_are_changed_and_told(cli: Cli, lab: Simulator) -> None:
    found = cli.json("set", "101", "memory=3G", "tags+=blue", "disk=+4G", "--yes")
    changes = {one["key"]: one["after"] for one in found["changes"]}
    assert (found["success"], found["action"], changes["memory"]) == (True, "update", "3072")
    assert "blue" in changes["tags"]
    assert (found["stored"], found["pending"], len(found["growth"])) == (["memory", "tags"], [], 1)
    assert cli.json("show", "101")["drift"] == 0
    again = cli("set", "101", "memory=3G", "--yes", "--json")
    assert (again.code, again.json["refused"]["code"]) == (3, "unchanged")


def test_a_plan_says_each_difference_and_writes_nothing(cli: Cli, lab: Simulator) -> None:
    before = len(lab.journal.writes())
    planned = cli("resize", "101", "--cores", "3", "--disk", "+1G", "--plan")
    assert planned.code == 0
    assert "cores" in planned.out
    assert "grow rootfs from" in planned.out
    assert " free, and " not in planned.out
    assert " free, and 10T are added" in cli("resize", "101", "--disk", "+10T", "--plan").out
    assert len(lab.journal.writes()) == before


def test_several_get_a_tag_and_one_that_has_it_is_no_failure(cli: Cli, lab: Simulator) -> None:
    cli.json("adopt", "102", "103", "--yes")
    cli.json("set", "102", "tags+=blue", "--yes")
    outcome = cli("set", "--filter", "vmid:101-103", "tags+=blue", "--yes", "--json")
    results = {one["vmid"]: one for one in outcome.json["results"]}
    assert outcome.code == 0
    assert [results[vmid]["success"] for vmid in (101, 102, 103)] == [True, False, True]
    assert results[102]["refused"]["code"] == "unchanged"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("set", "101", "--yes"), 2, "KEY=VALUE"),
        (("set", "memory=1G", "--yes"), 2, "name a container"),
        (("set", "101", "memry=1G", "--yes"), 2, "did you mean 'memory'?"),
        (("set", "101", "unprivileged=0", "--yes"), 2, "fixed when a container is made"),
        (("set", "101", "net0.hwaddr=BC:24:11:FF:FF:FF", "--yes"), 2, "by which the container is recognised"),
        (("set", "101", "hookscript=local:snippets/x.pl", "--yes"), 3, "never an API token. Run `pct set` on the node"),
        (("set", "101", "net0.mtu=1", "--yes"), 2, "net0: mtu: a number from 64 to 65535, not '1'"),
        (("resize", "101", "--disk", "1M", "--yes"), 2, "unable to shrink"),
        (("resize", "101", "--disk", "+200T", "--yes"), 2, "rootfs: at most 131072 GiB"),
        (("resize", "101", "--yes"), 2, "--cores"),
    ],
)
def test_bad_input_is_a_clear_error_and_nothing_is_written(
    cli: Cli, lab: Simulator, words: tuple[str, ...], code: int, said: str
) -> None:
    before = len(lab.journal.writes())
    outcome = cli(*words)
    assert (outcome.code, said in outcome.err) == (code, True), outcome
    assert len(lab.journal.writes()) == before


def test_a_change_by_somebody_else_meanwhile_is_a_conflict(cli: Cli, lab: Simulator) -> None:
    """The second reading of the config is the last look before the write."""
    when(lab, asked("GET", "/101/config"), lambda: lab.world.set_config(101, cores=7), nth=2)
    outcome = cli("set", "101", "memory=3G", "--yes", "--json")
    assert (outcome.code, outcome.json["success"]) == (6, False), outcome
    assert "nothing was stored" in outcome.json["error"]


def test_a_value_that_is_another_right_after_our_write_blames_nobody(cli: Cli, lab: Simulator) -> None:
    when(lab, asked("PUT", "/101/config"), lambda: lab.world.set_config(101, memory=1024))
    outcome = cli("set", "101", "memory=3G", "--yes", "--json")
    assert (outcome.code, outcome.json["not_stored"]) == (1, ["memory"])
    told = (
        "Proxmox did not store everything of CT 101, or somebody changed it again right after; not as written: memory"
    )
    assert told in outcome.json["error"]


def test_what_was_stored_of_a_refused_change_is_told(cli: Cli, lab: Simulator) -> None:
    outcome = cli("set", "101", "net0.bridge=nosuch0", "memory=3G", "--yes", "--json")
    assert outcome.code == 1
    assert sorted(outcome.json["stored"]) == ["memory", "net0"]
    assert "bridge 'nosuch0' does not exist" in outcome.json["error"]
