"""The documentation says what the program does: the page of keys is made, and every document it names is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from proximity_tui.commands import COMMANDS
from proximity_tui.core.model.alert import AlertKind

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_keys_is_the_one_that_the_table_makes() -> None:
    said = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert said == tool("keys_page").page(), "make it anew with: .venv/bin/python tools/keys_page.py"


def test_the_table_of_privileges_is_the_one_that_doctor_and_errors_use() -> None:
    said = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert tool("permissions_table").table() in said, "make it anew with: .venv/bin/python tools/permissions_table.py"


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    """By its path or the end of it; a name with capitals stands for any: `m00NN_what.py`."""
    there = [f"/{one.relative_to(ROOT)}" for one in ROOT.rglob("*.py") if ".venv" not in one.parts]
    named = set(re.findall(r"[\w/]+\.py\b", page.read_text(encoding="utf-8")))
    assert [one for one in named if one.islower() and not any(path.endswith(f"/{one}") for path in there)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_documentation(command: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert re.search(rf"`(proximity-tui )?([\w ]*, )?{command}\b", pages), f"{command} is nowhere in the documentation"


@pytest.mark.parametrize("kind", AlertKind)
def test_every_alert_that_somebody_is_sent_has_its_runbook(kind: AlertKind) -> None:
    runbooks = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    assert f"\n## {kind}\n" in runbooks
