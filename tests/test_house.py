"""What the repository promises before the program starts: locked packages, one version, a plain refusal."""

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import proximity_tui

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(lock: str) -> dict[str, str]:
    """Return name -> the whole entry (version, markers, hashes) of every package in the file `lock`."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    return {entry.split("==")[0]: entry for entry in entries if not entry.startswith("#")}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", requirement)[0] for requirement in requirements}


def test_the_installed_version_is_the_one_written_in_the_package() -> None:
    assert importlib.metadata.version("proximity-tui") == proximity_tui.__version__


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_a_hash(lock: str) -> None:
    assert pins(lock)
    for entry in pins(lock).values():
        assert re.match(r"[a-z0-9-]+==[^\s]+ ", entry), entry
        assert "--hash=sha256:" in entry


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_registry(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_the_locks_hold_everything_that_is_declared(project: dict[str, Any]) -> None:
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    to_run = names(project["project"]["dependencies"]) | names(groups["build"])
    assert to_run <= pins("requirements.lock").keys()
    optional = [requirement for extra in extras.values() for requirement in extra]
    assert to_run | names(groups["dev"]) | names(optional) <= pins("requirements-dev.lock").keys()


def test_tests_run_on_the_very_versions_that_users_get() -> None:
    run, dev = map(pins, LOCKS)
    assert {name: dev[name] for name in run} == run


def test_the_source_distribution_holds_what_tests_make_and_documents_need(project: dict[str, Any]) -> None:
    packages = {found.parent.name for found in ROOT.glob("*/*.py") if not found.parent.name.startswith(".")}
    documents = {"README.md", "CONTRIBUTING.md"}
    linked = {
        link.partition("/")[0]
        for name in documents
        for link in re.findall(r"\]\((?!http)([\w./-]+)", (ROOT / name).read_text())
    }
    held = {path.strip("/") for path in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    assert packages | documents | linked | {"Makefile", "packaging", *LOCKS} <= held


def test_an_old_python_is_refused_in_one_sentence(bootstrap: ModuleType) -> None:
    bootstrap.check_python((3, 11, 0))
    with pytest.raises(bootstrap.Obstacle, match=r"needs Python 3\.11 or newer and this is 3\.10\.13"):
        bootstrap.check_python((3, 10, 13))


def test_a_finished_bootstrap_has_nothing_left_to_do() -> None:
    if not (ROOT / ".venv" / ".dev.stamp").is_file():
        pytest.skip("these tests do not run from the .venv of the repository")
    again = [sys.executable, "tools/bootstrap.py", "dev"]
    done = subprocess.run(again, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_entry_point_loads_nothing_before_it_is_called() -> None:
    ask = "import sys, proximity_tui.__main__; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", ask], text=True).split()
    assert "proximity_tui.__main__" in loaded
    assert not {"proximity_tui.cli", "textual", "peewee", "requests"} & set(loaded)


def test_the_screens_load_no_parser_of_commands() -> None:
    ask = "import sys, proximity_tui.cli, proximity_tui.commands.base.execution, proximity_tui.commands.setup.tui"
    more = "proximity_tui.commands.printed.called_with, proximity_tui.app"
    loaded = subprocess.check_output([sys.executable, "-c", f"{ask}, {more}; print(*sys.modules)"], text=True).split()
    assert "proximity_tui.app" in loaded
    assert "argparse" not in loaded


def test_libraries_for_one_purpose_are_loaded_by_nothing_else() -> None:
    """Prometheus' by the daemon alone, and the one that edits TOML only when a file is about to be edited."""
    only_for = {"prometheus_client": "proximity_tui.daemon", "tomlkit": "proximity_tui.config.files.toml_edit"}
    ask = (
        "import importlib, pkgutil, sys, proximity_tui;"
        " found = pkgutil.walk_packages(proximity_tui.__path__, 'proximity_tui.');"
        f" names = [one.name for one in found if not one.name.startswith({tuple(only_for.values())})];"
        " [importlib.import_module(name) for name in names]; print(*sys.modules)"
    )
    loaded = set(subprocess.check_output([sys.executable, "-c", ask], text=True).split())
    assert {"proximity_tui.screens.routes", "proximity_tui.commands.setup.connect"} <= loaded
    assert not only_for.keys() & loaded
    assert "apprise" not in loaded, "it is loaded when something is sent, and by nothing else"
    alone = "; ".join(f"import {module}" for module in ("proximity_tui.daemon.daemon_services", only_for["tomlkit"]))
    ask = f"import sys; {alone}; print(*sys.modules)"
    assert only_for.keys() <= set(subprocess.check_output([sys.executable, "-c", ask], text=True).split())


def test_no_work_of_a_screen_is_given_to_textual_as_a_coroutine() -> None:
    """See `in_background`."""
    modules = Path(proximity_tui.__file__).parent.rglob("*.py")
    assert [one.name for one in modules if ".run_worker(" in one.read_text()] == ["background_work.py"]


def test_no_handler_of_a_message_calls_that_of_its_base() -> None:
    """Textual calls the handler of each class itself: called by hand it runs twice, with all that it asks for."""
    called = re.compile(r"super\(\)\._?on_(?!event\b)")
    modules = Path(proximity_tui.__file__).parent.rglob("*.py")
    assert [one.name for one in modules if called.search(one.read_text())] == []


def test_no_folder_holds_more_than_sixteen_modules() -> None:
    """More of them are no room that a newcomer finds the way in."""
    modules = (one.parent for one in Path(proximity_tui.__file__).parent.rglob("*.py") if one.name != "__init__.py")
    assert {folder.name: held for folder, held in Counter(modules).items() if held > 16} == {}


def test_every_folder_of_ten_modules_has_layers_of_its_own(project: dict[str, Any]) -> None:
    """In a smaller one it is enough that its files do not import each other in a circle, which is a contract, too. The
    model has none: its package hands on the words of all its modules.
    """
    contracts = project["tool"]["importlinter"]["contracts"]
    layered = {name for one in contracts for name in (*one.get("containers", ()), *one.get("modules", ()))}
    package = Path(proximity_tui.__file__).parent
    held = Counter(one.parent for one in package.rglob("*.py") if one.name != "__init__.py")
    large = [".".join(folder.relative_to(package.parent).parts) for folder, count in held.items() if count >= 10]
    assert [one for one in large if not {one, f"{one}.*"} & layered] == ["proximity_tui.core.model"]


def test_no_file_is_longer_than_250_lines_and_no_function_than_40() -> None:
    """Each is read in one sitting."""
    long_files, long_functions = [], []
    for one in Path(proximity_tui.__file__).parent.rglob("*.py"):
        text = one.read_text()
        if text.count("\n") > 250:
            long_files.append(one.name)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40:
                long_functions.append(f"{one.name}: {node.name}")
    assert (long_files, long_functions) == ([], [])


STORIES = {"properties", "scenarios", "stories"}
"""Folders of tests that cross modules. Every other test stands where its module does, and has its name."""

OF_THE_WHOLE = ("commands/test_contract.py",)
"""Beside those that stand at the top."""


def test_tests_mirror_the_tree_or_are_stories() -> None:
    tests = ROOT / "tests"
    named = [one.relative_to(tests) for one in tests.rglob("test_*.py") if not STORIES & set(one.parts)]
    below = [one for one in named if len(one.parts) > 1 and one.as_posix() not in OF_THE_WHOLE]
    assert [str(one) for one in below if not _is_named_after_a_module(one)] == []


def test_every_module_of_the_engine_has_tests_of_its_name() -> None:
    """Who changes how something is observed, carried out or reconciled finds beside it what must stay true."""
    package = ROOT / "proximity_tui"
    modules = [one for one in (package / "core" / "engine").rglob("*.py") if one.name != "__init__.py"]
    mirrors = {one: ROOT / "tests" / one.relative_to(package).parent / f"test_{one.name}" for one in modules}
    assert [str(one.relative_to(package)) for one, mirror in mirrors.items() if not mirror.exists()] == []


def _is_named_after_a_module(test: Path) -> bool:
    """Return whether the test is that of a module or package, or of one aspect of it: `test_row_table_painting.py`."""
    name = test.stem.removeprefix("test_")
    for folder in (ROOT / "proximity_tui" / test.parent, ROOT / test.parent):
        modules = {one.stem for one in folder.glob("*.py")} | {one.parent.name for one in folder.glob("*/__init__.py")}
        if any(name == module or name.startswith(f"{module}_") for module in modules):
            return True
    return False


def test_a_guard_is_called_check_and_one_that_reads_refuse() -> None:
    """A `Refusal` or None is the answer of a guard. The doctrine reads nothing, so all of its guards only check."""
    core = Path(proximity_tui.__file__).parent / "core"
    for folder, prefixes in {"doctrine": ("check",), "engine": ("check", "refuse")}.items():
        guards = [one for file in (core / folder).rglob("*.py") for one in _guards(file)]
        assert [one for one in guards if not one.lstrip("_").startswith(prefixes)] == []


def _guards(file: Path) -> list[str]:
    """Return the names of the functions that return a `Refusal` or None; a property has one and decides nothing."""
    functions = (one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.FunctionDef))
    return [
        one.name
        for one in functions
        if one.returns and ast.unparse(one.returns) == "Refusal | None" and not one.decorator_list
    ]
