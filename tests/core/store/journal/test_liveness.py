"""Whose an operation is: its owner's while the heart beats, then anybody's, but only one's."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from proximity_tui.core.base import clock, process_id
from proximity_tui.core.model import ClockReading, Operation, OperationStatus
from proximity_tui.core.store import events
from proximity_tui.core.store.db.store_errors import Conflict, LostRace
from proximity_tui.core.store.journal import liveness
from proximity_tui.core.store.journal.journal import holder
from proximity_tui.core.store.records import operations, records
from tests.core.store.making import OWNER, a_container, begun, close
from tests.support.timing.lived import after_living

pytestmark = pytest.mark.usefixtures("opened")

RIVAL = "jump2:99:beef"


@pytest.fixture
def dead_owner() -> str:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:dead"


def after_beat(operation: Operation, seconds: int) -> ClockReading:
    """What every clock says so many seconds after the last heartbeat of an operation is too old."""
    seconds += int(liveness.STALE.total_seconds())
    beat = operation.heartbeat_clock
    assert beat is not None
    assert beat.uptime_ms is not None
    served = None if beat.server_ms is None else beat.server_ms + seconds * 1000
    at, awake = beat.at + timedelta(seconds=seconds), beat.uptime_ms + seconds * 1000
    return replace(beat, at=at, uptime_ms=awake, server_ms=served)


def test_a_heartbeat_keeps_the_operation_alive() -> None:
    operation = begun()
    with after_living(liveness.STALE / 2):
        operations.heartbeat(operation.id, OWNER)
    beaten = operations.get(operation.id)
    assert operations.is_alive(beaten, after_beat(beaten, 0))
    assert not operations.is_alive(beaten, after_beat(beaten, 1))
    assert not operations.is_alive(operation, after_beat(beaten, 0)), "the beat before that is older"


def test_nobody_has_to_wait_long_for_an_operation_of_a_dead_host(true_ages: None) -> None:
    operation = begun()
    assert operations.is_alive(operation, after_beat(operation, 0))
    assert timedelta(seconds=15) == liveness.STALE


def test_somebody_elses_living_operation_cannot_be_taken() -> None:
    operation = begun()
    with pytest.raises(Conflict, match="in progress"):
        operations.take_over(operation.id, RIVAL)


def test_a_silent_operation_is_taken_by_the_first_who_asks() -> None:
    operation = begun()
    with after_living(liveness.STALE + timedelta(seconds=1)):
        taken = operations.take_over(operation.id, RIVAL)
        assert (taken.owner, taken.status) == (RIVAL, OperationStatus.OPEN)
        with pytest.raises(Conflict):
            operations.take_over(operation.id, "jump3:1:cafe")


def test_the_old_owner_notices_and_can_write_nothing_more() -> None:
    operation = begun()
    with after_living(liveness.STALE + timedelta(seconds=1)):
        operations.take_over(operation.id, RIVAL)
    with pytest.raises(LostRace, match=RIVAL):
        operations.heartbeat(operation.id, OWNER)
    with pytest.raises(LostRace):
        operations.intend(operation.id, 1, owner=OWNER)
    with pytest.raises(LostRace):
        operations.finish(operation.id, OperationStatus.DONE, owner=OWNER)


def test_a_dead_process_of_this_host_does_not_have_to_be_waited_for(dead_owner: str) -> None:
    operation = begun(owner=dead_owner)
    assert not operations.is_alive(operation)
    assert operations.take_over(operation.id, RIVAL).owner == RIVAL


def test_a_process_of_another_host_of_the_same_name_is_not_looked_for_here(
    backend: str, dead_owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts that share a database may both be called localhost. The boot of its heartbeat tells which one it was."""
    operation = begun_in_another_boot(dead_owner, monkeypatch)
    if backend == "sqlite":
        assert not operations.is_alive(operation), "a file belongs to one host, which was started again"
        return
    assert operations.is_alive(operation)
    assert operations.mark_interrupted_stale() == ()
    with pytest.raises(Conflict, match="in progress"):
        operations.take_over(operation.id, RIVAL)


def test_a_process_in_another_container_is_not_looked_for_here(
    dead_owner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Containers on one host may have its name, and one kernel: a pid of the one says nothing in the other."""
    elsewhere = tmp_path / "pid"
    elsewhere.symlink_to("pid:[4026531999]")
    with monkeypatch.context() as there:
        there.setattr(process_id, "NAMESPACE", elsewhere)
        namespace = process_id.namespace()
    operation = begun(owner=f"{dead_owner}.{namespace}")
    assert operations.is_alive(operation)
    assert operations.mark_interrupted_stale() == ()
    with pytest.raises(Conflict, match="in progress"):
        operations.take_over(operation.id, RIVAL)
    assert not operations.is_alive(operation, after_beat(operation, 1)), "its heart tells"
    here = process_id.namespace()
    assert not operations.is_alive(begun(a_container(vmid=102), owner=f"{dead_owner}.{here}"))


def test_what_a_file_has_from_before_a_restart_is_taken_at_once_whatever_the_clocks_say(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock was years ahead when it beat, and another process has its number by now."""
    operation = begun_in_another_boot(f"{socket.gethostname()}:{os.getpid()}:before", monkeypatch)
    beat = operation.heartbeat_clock
    assert beat is not None
    ahead = replace(operation, heartbeat_clock=replace(beat, at=beat.at + timedelta(days=3650)))
    assert operations.is_alive(ahead) is (backend != "sqlite")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_beat_of_a_host_whose_clock_was_ahead_is_as_old_as_the_server_says(
    true_ages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host was started again since, and its clock is right by now; another host would see the same."""
    operation = begun_in_another_boot(OWNER, monkeypatch)
    beat = operation.heartbeat_clock
    assert beat is not None
    assert beat.server_ms is not None
    ahead = replace(operation, heartbeat_clock=replace(beat, at=beat.at + timedelta(days=3650)))
    for seconds, alive in ((14, True), (16, False)):
        later = ClockReading(
            beat.at + timedelta(seconds=seconds), "this boot", seconds * 1000, beat.server_ms + seconds * 1000
        )
        assert operations.is_alive(ahead, later) is alive
        assert operations.is_alive(ahead, replace(later, server_ms=None)), "without the server nothing is certain"


def begun_in_another_boot(owner: str, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """An operation that began under another run of a kernel."""
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(clock, "boot_id", lambda: "another boot")
        return begun(owner=owner)


def test_a_living_process_of_this_host_keeps_its_operation() -> None:
    operation = begun(owner=f"{socket.gethostname()}:{os.getpid()}:alive")
    assert operations.is_alive(operation)


def test_an_operation_that_has_ended_cannot_be_taken() -> None:
    operation = begun()
    operations.finish(operation.id, OperationStatus.DONE)
    with pytest.raises(LostRace, match="ended"):
        operations.take_over(operation.id, RIVAL)


def test_an_interrupted_operation_can_be_taken_at_once() -> None:
    operation = begun()
    operations.finish(operation.id, OperationStatus.INTERRUPTED, "stopped")
    taken = operations.take_over(operation.id, RIVAL)
    assert (taken.status, taken.error) == (OperationStatus.OPEN, None)


def test_law_5_a_request_without_an_answer_is_named_wherever_its_interrupted_operation_is_told() -> None:
    doubt = "its request to verify absence was sent: it may have been carried out"
    operation = begun()
    operations.intend(operation.id, operation.steps[0].seq, {})
    (marked,) = operations.mark_interrupted_stale(after_beat(operation, 1))
    assert marked.error == f"its process is gone; {doubt}"
    assert doubt in events.list_events()[0].message
    assert doubt in holder(marked)


def test_silent_operations_are_marked_interrupted_with_an_event() -> None:
    operation = begun()
    assert operations.mark_interrupted_stale(after_beat(operation, 0)) == ()
    (marked,) = operations.mark_interrupted_stale(after_beat(operation, 1))
    assert (marked.id, marked.status, marked.finished_at) == (operation.id, OperationStatus.INTERRUPTED, None)
    (event, *_) = events.list_events()
    assert (event.action, event.message) == ("interrupted", "soft-delete of web1 was interrupted at step 1/2")
    assert (event.actor, event.evidence["started_by"]) == ("heartbeat-check", operation.actor)
    assert operations.mark_interrupted_stale(after_beat(operation, 2)) == ()


def test_closing_a_record_abandons_the_operation_that_nobody_carries(dead_owner: str) -> None:
    operation = begun(owner=dead_owner)
    assert operation.container is not None
    close(records.get(operation.container))
    assert operations.get(operation.id).status is OperationStatus.ABANDONED


def test_closing_a_record_leaves_a_living_operation_to_its_owner() -> None:
    operation = begun()
    assert operation.container is not None
    close(records.get(operation.container))
    assert operations.get(operation.id) == operation
