"""What is written down of a look: a list that is older than our own close look changes no status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.engine.observe.poller import Poller
from proximity_tui.core.model import Action, State, Status
from proximity_tui.core.store import events
from proximity_tui.simulator import ManualClock, Simulator
from tests.support.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The demo cluster, whose broadcast every test makes old by itself."""
    with Simulator("demo", clock=ManualClock(), task_seconds=0.0) as simulator:
        yield House({"lab": simulator}, tmp_path)
        store.close_store()


def test_looks_right_after_an_operation_do_not_undo_what_it_observed(house: House) -> None:
    web = house.adopt(101)
    poller = Poller(house.clients["lab"], 10.0, SystemClock())
    poller.poll_once()
    assert house.power(web, Action.STOP).success
    for _ in range(3):
        poller.poll_once()
        assert house.again(web).state is State.STOPPED
        assert house.again(web).status is Status.STOPPED
    told = [event.message for event in events.list_events(container=web.id) if event.action == "observe"]
    assert not any("is running" in message for message in told)
