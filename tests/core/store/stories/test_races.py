"""Several threads and processes at once: one wins, the others are told, nothing is made twice."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from proximity_tui.core import store
from proximity_tui.core.model import Operation, OperationStatus, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import Conflict, LostRace
from proximity_tui.core.store.records import operations, public_ports, records
from tests.core.store.making import a_container, begun, move
from tests.core.store.racing import adopt_all, open_and_close
from tests.support.timing.patient import be_patient

THREADS = 8


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What `work` returned (or raised) in each of the threads, all started at the same moment."""
    start = threading.Barrier(THREADS)

    def run(number: int) -> Any:
        start.wait()
        try:
            return work(number)
        except (Conflict, LostRace) as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.fixture
def processes() -> ProcessPoolExecutor:
    """Two processes that share nothing with us but the database. One that never pauses can keep the other from writing
    for as long as the machine is busy.
    """
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"), initializer=be_patient)


def test_of_two_processes_that_adopt_the_same_guests_each_guest_goes_to_one(
    url: str, processes: ProcessPoolExecutor, closed_after: None
) -> None:
    vmids = range(100, 140)
    with processes:
        outcomes = [processes.submit(adopt_all, url, vmids) for _ in range(2)]
        (won, lost), (also_won, also_lost) = [outcome.result() for outcome in outcomes]
    assert sorted(won + also_won) == list(vmids)
    assert (set(lost), set(also_lost)) == (set(also_won), set(won))
    store.open_store(url)
    assert len(records.active()) == len(operations.open_operations()) == len(vmids)
    report = events.verify()
    assert (report.whole, report.events) == (True, 2 * len(vmids))


def test_processes_that_open_a_new_database_at_once_all_succeed(url: str, processes: ProcessPoolExecutor) -> None:
    with processes:
        assert list(processes.map(open_and_close, [url] * 6)) == [0] * 6


def test_threads_that_allocate_ports_get_each_port_once_and_none_is_skipped(opened: str) -> None:
    containers = [a_container(vmid=101 + number) for number in range(THREADS)]
    given = at_once(
        lambda number: [public_ports.allocate(containers[number].id, 80, range(8100, 9000)).public for _ in range(10)]
    )
    assert sorted(port for share in given for port in share) == list(range(8100, 8180))


def test_of_threads_that_move_the_same_record_one_wins(opened: str) -> None:
    web = a_container()
    outcomes = at_once(lambda _: move(web, State.REMOVING))
    assert [type(outcome) for outcome in outcomes].count(LostRace) == THREADS - 1
    assert records.get(web.id).version == web.version + 1
    assert len(events.list_events(container=web.id)) == 2


def test_of_threads_that_begin_on_the_same_guest_one_wins_and_the_others_learn_who(opened: str) -> None:
    web = a_container()
    outcomes = at_once(lambda number: begun(web, owner=f"elsewhere:{number}:x"))
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == THREADS - 1
    assert {error.holder.partition(" since")[0] for error in refused} == {"soft-delete in progress by anna@jump1"}


def test_of_threads_that_take_over_an_interrupted_operation_one_wins(opened: str) -> None:
    operation = begun()
    operations.finish(operation.id, OperationStatus.INTERRUPTED)
    outcomes = at_once(lambda number: operations.take_over(operation.id, f"jump{number}:1:x"))
    winners = [outcome for outcome in outcomes if isinstance(outcome, Operation)]
    assert [winner.owner for winner in winners] == [operations.get(operation.id).owner]


def test_events_of_many_threads_make_one_whole_chain(opened: str) -> None:
    at_once(
        lambda number: [
            events.append(actor=f"a{number}", action=EventAction.OBSERVE, message=f"{n}") for n in range(10)
        ]
    )
    report = events.verify()
    assert (report.whole, report.events) == (True, 10 * THREADS)
