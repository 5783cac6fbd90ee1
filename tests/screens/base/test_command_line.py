"""The `:` line: understood or told why not; completed with what there is."""

from __future__ import annotations

import pytest

from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.screens.base.command_line import TypedCommand, complete, find_rows, understand
from proximity_tui.screens.keyboard.keys import ScreenId
from tests.support.make import container


def rows() -> list[FleetRow]:
    found = (
        container(id=1, vmid=101, name="web1", cluster="prod"),
        container(id=2, vmid=101, name="web1", cluster="lab"),
        container(id=3, vmid=105, name="db1", cluster="prod"),
        container(id=105, vmid=106, name="db2", cluster="prod"),
    )
    return managed_rows(found, {}, (), {})


def test_a_command_and_its_argument() -> None:
    call = understand("cluster prod", ScreenId.FLEET)
    assert isinstance(call, TypedCommand)
    assert (call.command.id, call.argument) == ("cluster", "prod")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("flet", "did you mean :fleet?"),
        ("container", ":container needs an argument"),
        ("quit now", ":quit takes no argument"),
        ("power", ":power is not a command of this screen"),
    ],
)
def test_what_is_not_understood_is_told(typed: str, words: str) -> None:
    assert words in str(understand(typed, ScreenId.AUDIT))


def test_it_completes_commands_clusters_and_containers() -> None:
    assert complete("un", ScreenId.FLEET, (), ()) == ["unmanaged"]
    assert "cluster " in complete("clu", ScreenId.FLEET, (), ())
    assert complete("cluster p", ScreenId.FLEET, ("lab", "prod"), ()) == ["cluster prod"]
    assert complete("container d", ScreenId.FLEET, (), rows()) == ["container db1", "container db2"]


def test_a_name_that_two_clusters_have_is_completed_by_cluster_and_vmid() -> None:
    assert "container lab/101" in complete("container ", ScreenId.FLEET, (), rows())


@pytest.mark.parametrize(
    ("text", "ids"),
    [("db1", [3]), ("web1", [1, 2]), ("lab/web1", [2]), ("prod/101", [1]), ("105", [3]), ("2", [2]), ("nobody", [])],
)
def test_a_container_is_found_by_name_vmid_or_record(text: str, ids: list[int]) -> None:
    assert [row.id for row in find_rows(rows(), text)] == ids
