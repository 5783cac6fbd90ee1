"""`list` of what has no record: it says which of it looks like a container that vanished."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from proximity_tui.last_list import completion_names
from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli


def test_n27_what_was_restored_under_another_vmid_is_flagged_among_the_unmanaged(cli: Cli, lab: Simulator) -> None:
    assert cli("adopt", "101", "--yes").code == 0
    lab.world.destroy_outside(101)
    lab.world.restore(101, new_vmid=301)
    lab.world.broadcast()
    assert cli("reconcile").code == 0
    [alert] = [one for one in cli.json("alerts") if one["kind"] == "reappeared"]
    lines = cli("list", "--kind", "unmanaged").out.splitlines()
    [restored] = [line for line in lines if " 301 " in line]
    assert restored.rstrip().endswith(f"looks like the former web-1 (CT 101): alert {alert['id']}")
    assert sum("looks like" in line for line in lines) == 1
    assert "looks like" not in cli("list").out


def test_where_nothing_is_managed_the_answer_says_what_can_be(cli: Cli, lab: Simulator) -> None:
    assert "no container is managed yet: `proximity-tui" in cli("list").err
    assert "list --kind unmanaged` lists those that can be adopted" in cli("list").err
    assert cli("list", "--kind", "native").err == cli("list", "--filter", "nobody").err == "nothing to list\n"


def test_n15_an_empty_list_says_that_no_cluster_was_asked(cli: Cli) -> None:
    cli.config.write_text(f'database = "sqlite:///{cli.database}"')
    nobody = f"no cluster is enabled in {cli.config}: none was asked\n"
    assert cli("list").err.endswith(f"nothing to list\n{nobody}"), "it advises no list of what can be adopted"
    assert cli("list", "--kind", "unmanaged").err == f"nothing to list\n{nobody}"
    listed = cli("list", "--kind", "all", "--json")
    assert (listed.code, listed.json, listed.err) == (0, [], nobody)
    assert cli("backups", "--uncovered").err == "no container is managed\n"


def test_a_cluster_whose_secret_is_away_is_enabled_all_the_same(cli: Cli, lab: Simulator) -> None:
    cli.connect("lab", lab, token_secret='{ command = "false" }')
    said = cli("list").err
    assert "lab cannot be asked" in said
    assert "no cluster is enabled" not in said


@pytest.mark.parametrize("refused", [errno.EACCES, errno.EROFS])
def test_who_has_no_home_to_write_in_is_not_warned_by_each_list(
    cli: Cli, lab: Simulator, adopted: Any, refused: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(url: str, inventories: object) -> None:
        raise OSError(refused, "not here")

    monkeypatch.setattr(completion_names, "keep", keep)
    assert cli("list").err == ""
