"""The documentation says what the program does: the page of keys is made, and every document it names is there."""

from __future__ import annotations

import ast
import builtins
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from proximity_tui.commands import COMMANDS
from proximity_tui.core.model import ClosedReason
from proximity_tui.core.model.alert import AlertKind
from tests.support.plain_words import GIVEN_UP, PRIVATE, docstrings, program_trees

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

BACKTICKED = re.compile(r"`((?:[A-Z][a-z0-9]+){2,}(?:\.\w+)*|[A-Z][a-z]+\.[a-z]\w*)(?:\([^`]*\))?`")
"""`PveClient.within`, as a page or a docstring names a class of ours."""
RAISED = re.compile(r"\b[Rr]aises? `?([A-Z]\w+)")
WORD = re.compile(r"[A-Z]?[a-z]+")
"""A word of a name, such as the two of `read_all` and of `OpenAlert`."""
KEPT = frozenset({ClosedReason.FORGOTTEN})
"""Words that stand in databases."""
NAMED = frozenset({"name", "id", "attr", "arg", "asname"})
"""Where a node of a syntax tree has a name."""
OUTSIDE = frozenset({"ConnectionPool", "DataTable", "ProximityOps"})
"""Names of others, and one that a reader is to choose."""


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_keys_is_the_one_that_the_table_makes() -> None:
    said = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert said == tool("keys_page").page(), "make it again with: .venv/bin/python tools/keys_page.py"


def test_the_table_of_privileges_is_the_one_that_doctor_and_errors_use() -> None:
    said = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert tool("permissions_table").table() in said, "make it again with: .venv/bin/python tools/permissions_table.py"


@each_page
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    assert missing_modules(page.read_text(encoding="utf-8")) == []


def test_every_module_that_a_docstring_names_is_there() -> None:
    assert [(where, missing) for where, text in spoken() if (missing := missing_modules(text))] == []


@each_page
def test_every_class_that_a_page_names_is_there(page: Path) -> None:
    assert missing_names(page.read_text(encoding="utf-8")) == []


def test_every_class_that_a_docstring_names_is_there() -> None:
    assert [(where, missing) for where, text in spoken() if (missing := missing_names(text))] == []


@each_page
def test_no_page_has_a_word_that_was_given_up(page: Path) -> None:
    assert GIVEN_UP.findall(page.read_text(encoding="utf-8")) == []


def test_no_docstring_has_a_word_that_was_given_up() -> None:
    assert [(where, found) for where, text in spoken() if (found := GIVEN_UP.findall(text))] == []


def test_no_name_of_the_program_has_a_word_that_was_given_up() -> None:
    names = ((where, name) for where, tree in program_trees() for name in defined(tree))
    assert [(where, name) for where, name in names if GIVEN_UP.search(" ".join(WORD.findall(name)))] == []


def test_no_sentence_of_the_program_has_a_private_word() -> None:
    """Also those that neither a screen nor a command of the tests happens to show."""
    found = [(where, words) for where, text in sentences() if (words := PRIVATE.findall(text)) and text not in KEPT]
    assert found == []


def test_what_is_gone_is_found() -> None:
    """The checks can fail: a module, a class and a word of former versions."""
    assert missing_modules("see `core/sight.py` and `core/base/text.py`") == ["core/sight.py"]
    text = "`Looks.within`, `PveClient.within`; raises OldError or ValueError"
    assert missing_names(text) == ["Looks.within", "OldError"]
    assert GIVEN_UP.findall("A close look; it is read anew.") == ["close look", "anew"]
    assert list(defined(ast.parse("def read_anew(wish): patrol = Desk.crew = 1"))) == [
        "read_anew",
        "wish",
        "patrol",
        "crew",
    ]


@each_page
def test_every_file_that_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def missing_modules(text: str) -> list[str]:
    """Return the modules that a text names and that are not there: by their path or the end of it. A name with capitals
    stands for any: `m00NN_what.py`.
    """
    named = dict.fromkeys(re.findall(r"[\w/]+\.py\b", text))
    return [one for one in named if one.islower() and not any(path.endswith(f"/{one}") for path in module_paths())]


def missing_names(text: str) -> list[str]:
    """Return the classes, and their members, that a text names and that no module has or uses."""
    named = dict.fromkeys([*BACKTICKED.findall(text), *RAISED.findall(text)])
    return [one for one in named if not names_in_code().issuperset(one.split("."))]


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the functions, classes and parameters of a module, and of what it assigns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def spoken() -> Iterator[tuple[str, str]]:
    """Yield every docstring of the program, with where it stands."""
    for where, tree in program_trees():
        for one in docstrings(tree):
            yield f"{where}:{one.lineno}", str(one.value)


def sentences() -> Iterator[tuple[str, str]]:
    """Yield every string of the program that has more than one word, with where it stands; neither SQL, nor what the
    simulator says in Proxmox's words.
    """
    for where, tree in program_trees():
        if where.startswith("proximity_tui/simulator/"):
            continue
        said = {id(one) for one in docstrings(tree)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in said:
                continue
            if " " in node.value and not node.value.startswith("\nBEGIN"):
                yield f"{where}:{node.lineno}", node.value


@cache
def module_paths() -> tuple[str, ...]:
    folders = [one for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith(".")]
    return tuple(f"/{one.relative_to(ROOT)}" for folder in folders for one in folder.rglob("*.py"))


@cache
def names_in_code() -> frozenset[str]:
    """Return every name of the program, and every word of its strings, its docstrings left out."""
    found = set(OUTSIDE).union(vars(builtins))
    for _, tree in program_trees():
        said = {id(one) for one in docstrings(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                found.update(re.findall(r"\w+", node.value))
            for kind in NAMED.intersection(node._fields):
                found.update((name,) if isinstance(name := getattr(node, kind), str) else ())
    return frozenset(found)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_documentation(command: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert re.search(rf"`(proximity-tui )?([\w ]*, )?{command}\b", pages), f"{command} is nowhere in the documentation"


@pytest.mark.parametrize("kind", AlertKind)
def test_every_alert_that_somebody_is_sent_has_its_runbook(kind: AlertKind) -> None:
    runbooks = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    assert f"\n## {kind}\n" in runbooks
