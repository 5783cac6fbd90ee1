"""The laws of reconciliation, in every order of what Proxmox does and of what we get to see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings

from proximity_tui.core import store
from proximity_tui.core.store import events
from tests.properties.histories import FAULTS, VMIDS, Histories
from tests.properties.imagined import CLEAR, Weather
from tests.support.timing.lived import awake


@pytest.fixture(autouse=True)
def opened(tmp_path: Path) -> Iterator[None]:
    store.open_store(f"sqlite:///{tmp_path}/proximity.db")
    yield
    store.close_store()


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    """The time of the histories, which passes only when it is told to."""
    with time_machine.travel(datetime.now(UTC), tick=False) as travelling, awake():
        Histories.time = travelling
        yield travelling


@pytest.mark.usefixtures("traveller")
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_single_fault_of_what_we_see_lets_anything_be_concluded(fault: Weather) -> None:
    history = Histories()
    history.begin(ours=set(VMIDS), others=set())
    history.some_vanish_and_all_looks_are_through_one_weather(gone={101, 102}, weather=fault)
    assert history.concluded == set()
    history.some_vanish_and_all_looks_are_through_one_weather(gone=set(), weather=CLEAR)
    assert len(history.concluded) == 2


@pytest.mark.usefixtures("traveller")
def test_more_than_the_breaker_lets_through_are_concluded_only_when_a_person_believes_it() -> None:
    history = Histories()
    history.begin(ours=set(VMIDS), others=set())
    history.some_vanish_and_all_looks_are_through_one_weather(gone=set(VMIDS[:4]), weather=CLEAR)
    assert history.concluded == set()
    history.answer_the_breaker(believes=True)
    history.the_reconciler_looks(CLEAR, False)
    assert len(history.concluded) == 4


def test_no_history_breaks_a_law(traveller: time_machine.Traveller) -> None:
    Histories.TestCase.settings = settings(max_examples=20, stateful_step_count=15)
    Histories.TestCase("runTest").runTest()
    assert events.verify().whole
