"""What reconciliation may ask of Proxmox: it reads, and holds nothing that could do more (law 4)."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import proximity_tui.core
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.proxmox.client import PveClient

CORE = Path(next(iter(proximity_tui.core.__path__)))


def imported(source: Path) -> set[str]:
    tree = ast.parse(source.read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(
    "module",
    [
        "operations/actions/soft_delete", "reconcile/reconciler", "reconcile/close_orphan", "reconcile/janitor_run",
        "observe/collect", "reconcile/evidence",
    ],
)  # fmt: skip
def test_law_4_what_only_remembers_never_meets_a_client_that_could_do_more(module: str) -> None:
    names = imported(CORE / "engine" / f"{module}.py")
    writers = {
        "proximity_tui.core.proxmox.client",
        "proximity_tui.core.engine.operations.step_context",
    }
    assert names & writers == set()


def test_none_of_what_it_offers_takes_a_permit_and_every_write_does() -> None:
    offered = {name for name in vars(Reader) if not name.startswith("_")}
    asked = {name: getattr(PveClient, name) for name in dir(PveClient) if not name.startswith("_")}
    writes = {name for name, one in asked.items() if callable(one) and "permit" in inspect.signature(one).parameters}
    assert offered <= asked.keys()
    assert {"destroy", "stop", "create"} <= writes
    assert offered & writes == set()
