"""A name in an answer is one that Proxmox can be asked by again, or the answer is malformed, in one wording."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from proximity_tui.core import proxmox
from proximity_tui.core.proxmox.decode import names_in_answers
from proximity_tui.core.proxmox.decode.json_values import Malformed

UPID = "UPID:pve1:0000C530:001B2A3C:67A1B2C3:vzdestroy:105:root@pam:"

Reading = Callable[[object, str], object]


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (names_in_answers.as_node_name, "pve1"),
        (names_in_answers.as_storage_name, "local-lvm"),
        (names_in_answers.as_vmid, 105),
    ],
)
def test_a_name_that_a_request_may_hold_is_read_as_it_is(read: Reading, name: object) -> None:
    assert read(name, "it") == name


def test_a_task_id_is_read_with_its_parts() -> None:
    assert names_in_answers.as_task_id(UPID, "upid").node == "pve1"


@pytest.mark.parametrize(
    ("read", "name", "why"),
    [
        (names_in_answers.as_node_name, "pve1/../pve2", "it is not a node name: 'pve1/../pve2'"),
        (names_in_answers.as_node_name, None, "it is not a node name: None"),
        (names_in_answers.as_storage_name, ["local"], "it is not a storage: ['local']"),
        (names_in_answers.as_vmid, -7, "it is not a VMID: -7"),
        (names_in_answers.as_task_id, "OK", "it is not a task id: 'OK'"),
    ],
)
def test_every_other_one_is_malformed_and_shown(read: Reading, name: object, why: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(name, "it")
    assert str(caught.value) == why


def test_nobody_else_makes_a_malformed_answer_of_a_wrong_name() -> None:
    """Or it has a wording of its own, which says less."""
    folder = Path(proxmox.__path__[0])
    translating = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ExceptHandler) and node.type is not None and "InvalidName" in ast.unparse(node.type)
        if any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    }
    assert translating == {"decode/names_in_answers.py"}
