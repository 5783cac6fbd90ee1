"""What holds for every test: nobody's settings, database or proxy of the machine is read or written."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.unraisableexception import gc_collect_iterations_key
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from proximity_tui.__main__ import LOADING
from proximity_tui.core.base import masking
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.runtime import process_memory
from tests.support import alone, compiled, left_behind, memory, parsed_once
from tests.support.timing import ages, at_rest, patient, slow_threads

# Loaded and collected as the program loads: to look for garbage where there is none takes a tenth of the time. Nor is
# it looked for more often afterwards: the many Apps of a run leave enough at once.
gc.set_threshold(LOADING)
process_memory.YOUNG = LOADING
# Without bytecode, as in many a container, each process that a test starts compiles all that it imports, and each run
# all of the tests: four seconds of collection become ten.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ("tests.support.servers.databases", "tests.support.servers.simulated")

# The machine that runs the tests is shared and slow at times; how long an example took says nothing there.
# The same examples at every run, so that a change is judged and not luck; `--hypothesis-profile=search` tries others.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("house")


patient.be_patient()
ages.let_nothing_grow_old()
at_rest.be_exact()
slow_threads.slow_down()
parsed_once.keep_what_is_parsed()

WATCH = pytest.StashKey[alone.ConnectionWatch]()
TRUE_NOW = SystemClock.now


def pytest_configure(config: pytest.Config) -> None:
    """Keep the temporary folders of the tests in memory, unless somebody said where they are to be."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory.folder()))
    # What a test leaves to fail while it is collected is found by one search at the end as well as by five.
    config.stash[gc_collect_iterations_key] = 1
    if settings.get_current_profile_name() == "house":
        # Nor do they depend on the constants in whatever modules are loaded by then: each worker would parse them all.
        providers._get_local_constants = lambda: providers._local_constants
    compiled.share(config)
    if config.option.markexpr == alone.ALONE:
        config.stash[WATCH] = alone.ConnectionWatch()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no module of which nothing would be run: most of the modules in a run of those that need no other."""
    alone_only = config.stash.get(WATCH, None) is not None and collection_path.suffix == ".py"
    return True if alone_only and alone.is_connected_throughout(collection_path) else None


# First, so that the expression of markers chooses by these marks too.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    alone.mark_connected(items)


def pytest_collection_finish() -> None:
    """Take the thousands of tests as lasting, as the program takes itself once it is loaded: else every search for
    garbage goes through them all.
    """
    process_memory.keep_loaded_objects()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Let no test leave its time to the next one, which would wait for minutes that do not pass."""
    yield
    left, SystemClock.now = SystemClock.now, TRUE_NOW  # type: ignore[method-assign]
    assert left is TRUE_NOW, f"{item.nodeid} left a clock of its own behind"


@pytest.fixture(autouse=True)
def own_process(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the test within its process, in a run of those that need no other."""
    watch = request.config.stash.get(WATCH, None)
    if watch is None:
        yield
        return
    with watch.watching():
        yield


@pytest.fixture(autouse=True)
def own_threads(own_process: None) -> Iterator[None]:
    """Let no thread of this test write into the database of the next one. It ends when the databases and the clusters
    that the test asked for are gone.
    """
    yield
    left_behind.wait_for_it()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a home of its own, without the variables that lead the program or its HTTP elsewhere."""
    home = tmp_path_factory.mktemp("home")
    for name in filter(leads_elsewhere, list(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    # Else argparse looks for its translations on the disk at every word of a help.
    monkeypatch.setenv("LANGUAGE", "C")
    return home


@pytest.fixture(autouse=True)
def own_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know no secret of an earlier test: a word of one must not be taken out of what the next one reads."""
    monkeypatch.setattr(masking, "_known", ())


@pytest.fixture
def true_ages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the program its own ages back, for a test that hands every time to it and reads no clock."""
    ages.grow_old_as_the_program(monkeypatch)


def leads_elsewhere(variable: str) -> bool:
    if variable.startswith("PROXIMITY_TUI_TEST_"):
        return False
    proxies = ("http_proxy", "https_proxy", "all_proxy")
    return variable.lower() in proxies or variable.startswith(("PROXIMITY_TUI_", "SENTRY_", "XDG_"))
