"""`list --kind all`: a list that may be empty for lack of rights says so on stderr, and stays an array."""

from __future__ import annotations

import json

import pytest

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


@pytest.mark.parametrize(
    ("acl", "said"),
    [
        ({"/": ["Sys.Audit"]}, "lab: our token has VM.Audit on no path"),
        ({"/": ["Sys.Audit"], "/pool/tools": ["VM.Audit"]}, "lab: our token has VM.Audit on /pool/tools"),
    ],
)
def test_a_list_that_may_lack_guests_names_the_right(
    cli: Cli, lab: Simulator, acl: dict[str, list[str]], said: str
) -> None:
    lab.set_acl(lab.token_id, acl)
    for json_wanted in ((), ("--json",)):
        outcome = cli("list", "--kind", "all", *json_wanted)
        assert outcome.code == 0
        assert said in outcome.err
        assert "needs VM.Audit on /vms" in outcome.err
    assert isinstance(json.loads(outcome.out), list)


def test_a_container_that_the_token_may_not_see_names_the_privilege_and_the_path(
    cli: Cli, lab: Simulator, adopted: object
) -> None:
    lab.set_acl(lab.token_id, {"/": ["Sys.Audit"], "/vms/102": ["VM.Audit"]})
    for _ in range(2):
        [row] = cli.json("list")
        assert (row["status"], row["presence"]) == ("unknown", "unknown"), "a miss is not a proof"
        assert row["presence_reason"] == (
            "no VM.Audit on /vms/101: our token may not see it, and it is not in the list of lab"
        )
    assert "no VM.Audit on /vms/101" in cli("list").out
    assert cli("reconcile").code == 0
    [row] = cli.json("list")
    assert (row["presence"], row["presence_reason"]) == (
        "hidden", "no VM.Audit on /vms/101: VMID 101 exists, but our token may not see it"
    )  # fmt: skip


def test_a_container_that_a_token_would_see_is_not_said_to_be_hidden(cli: Cli, lab: Simulator, adopted: object) -> None:
    lab.world.destroy_outside(101)
    [row] = cli.json("list")
    assert (row["presence"], row["presence_reason"]) == ("unknown", "not in the list of lab")


def test_a_token_that_sees_everything_and_a_list_of_records_say_nothing_of_it(cli: Cli, lab: Simulator) -> None:
    assert "VM.Audit" not in cli("list", "--kind", "all").err
    lab.set_acl(lab.token_id, {"/": ["Sys.Audit"]})
    assert "VM.Audit" not in cli("list").err
