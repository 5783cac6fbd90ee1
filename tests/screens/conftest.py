"""The stage that tests of screens play on."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from proximity_tui.core.jobs import next_run
from proximity_tui.screens.app import controller, last_list_keeper, startup
from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.keyboard import bound_keys
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.pane import pane_screen
from proximity_tui.widgets.terminal import key_queue
from tests.screens.stage import Stage
from tests.screens.support.deleting import create
from tests.support.timing.patient import LONGER_THAN_A_TEST

# Long enough to be read on a busy machine, and gone before a test gives up waiting for what it covers.
BaseApp.NOTIFICATION_TIMEOUT = 20.0
# What the screens wait for comes, however late: none of them goes on without it.
startup.RECORDS_PATIENCE = startup.CLUSTERS_PATIENCE = LONGER_THAN_A_TEST
controller.STOP = last_list_keeper.PATIENCE = key_queue.PATIENCE = LONGER_THAN_A_TEST


@pytest.fixture(autouse=True)
def _looks_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a look that was cut short repeated soon: two times half a minute is longer than a test waits."""
    monkeypatch.setattr(next_run, "READ_AGAIN", timedelta(seconds=1))


@pytest.fixture(autouse=True)
def _keys_of_no_test_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have sentences name the default keys where no App says otherwise."""
    monkeypatch.setattr(bound_keys._Bound, "keymap", Keymap())


@pytest.fixture(autouse=True)
def _pane_only_in_tests_of_it(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the pane beside no list, however wide: it tells times of now, which no agreed picture can hold."""
    if request.path.parent.name != "pane":
        monkeypatch.setattr(pane_screen, "FROM_COLUMNS", sys.maxsize)


@pytest.fixture
def set_up(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Give a function that sets a stage up: `set_up("demo", clusters=("prod", "lab"))`."""
    stages: list[Stage] = []

    def build(*arguments: Any, **options: Any) -> Stage:
        stages.append(Stage(tmp_path, *arguments, **options))
        return stages[-1]

    yield build
    # The last one first: each puts back the clock that it found.
    for stage in reversed(stages):
        stage.close()


@pytest.fixture
def stage(set_up: Callable[..., Stage]) -> Stage:
    """The demo cluster as `prod`, with web-1 and web-2 adopted and the rest unmanaged."""
    stage = set_up()
    stage.adopt(101, port=80)
    stage.adopt(102)
    return stage


@pytest.fixture
def live(set_up: Callable[..., Stage]) -> Stage:
    """A cluster whose tasks end, with the native app1 (CT 100, running)."""
    stage = set_up("demo", running_clock=True)
    create(stage, "app1", port=80)
    return stage
