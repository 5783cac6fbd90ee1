"""The numbers in the names of tests: docs/scenarios.md says what each stands for."""

from __future__ import annotations

import re
from pathlib import Path

import proximity_tui

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
LISTED = [f"{kind}{int(number)}" for kind, number in re.findall(r"^\| ([NO])(\d+) \|", PAGE, re.MULTILINE)]


def test_every_number_in_the_name_of_a_test_is_explained_and_every_explained_one_is_tested() -> None:
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    played = {f"{kind.upper()}{int(number)}" for kind, number in re.findall(r"def test_([no])(\d+)_", tests)}
    assert len(LISTED) == len(set(LISTED))
    assert played == set(LISTED)


def test_no_module_of_the_program_speaks_of_such_a_number() -> None:
    package = Path(proximity_tui.__file__).parent
    found = [path for path in package.rglob("*.py") if re.search(r"\bN\d{1,3}\b", path.read_text(encoding="utf-8"))]
    assert found == []
