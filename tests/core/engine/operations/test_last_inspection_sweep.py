"""At every boundary between two requests of a hard delete somebody changes the world: nothing is asked of a stranger,
and nothing is destroyed that may not be (law 3).

Only what changes between the read that tells it and the write itself cannot be known; that is one request at most, two
for the quorum. So the sweep is a proof of what is read last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from proximity_tui.core.model import Container, Plan
from proximity_tui.simulator import RealClock, Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from tests.support.house import House, HurriedClock
from tests.support.records.every_action import EVERY_ACTION
from tests.support.timing.meddling import when

MOST_REQUESTS = 32
"""From the plan to the DELETE, without the polls of tasks."""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The demo cluster in a hurry: its second is a fiftieth of ours, so a shutdown that fails is over soon."""
    with Simulator("demo", clock=RealClock(50.0), task_seconds=1.0) as running:
        yield running


@pytest.fixture
def house_clock() -> HurriedClock:
    """A clock that waits for nothing."""
    return HurriedClock()


def stranger(simulator: Simulator, vmid: int) -> None:
    """Another guest takes the VMID, and is as easy to take down as ours."""
    before = simulator.world.container(vmid)
    if before is not None:
        simulator.world.recreate_outside(vmid, hostname=before.hostname)
        simulator.world.set_status(vmid, before.status)


def template(simulator: Simulator, vmid: int) -> None:
    """It becomes a template."""
    if simulator.world.container(vmid) is not None:
        simulator.world.set_config(vmid, template=1)


def blind(simulator: Simulator, vmid: int) -> None:
    """Our token may not see it any more; all else it may."""
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit", "VM.Allocate", "VM.PowerMgmt"]})


def alone(simulator: Simulator, vmid: int) -> None:
    """The quorum is lost."""
    simulator.world.set_quorate(False)


def native(house: House, name: str, *, running: bool, stubborn: bool = False) -> Container:
    """A native container; a stubborn one does not shut down and has to be stopped."""
    container = house.native(name, start=False)
    if running:
        house.simulator.world.set_status(container.vmid or 0, "running")
        house.simulator.world.set_ignores_shutdown(container.vmid or 0, stubborn)
    return house.again(container)


def is_step(entry: Entry) -> bool:
    """Whether a request is a step of its own; how often a task is asked for its end depends on the machine."""
    return "/tasks/UPID" not in entry.path


def acts_on(vmid: int | None) -> Callable[[Entry], bool]:
    return lambda entry: entry.method in ("POST", "DELETE") and f"/lxc/{vmid}" in entry.path


def delete_while(
    house: House, container: Container, meddle: Callable[[Simulator, int], None], at: int
) -> tuple[list[Entry], int | None]:
    """Hard delete while `meddle` happens after the request number `at`: every request, and how many came before it."""
    simulator, vmid = house.simulator, container.vmid
    assert vmid is not None
    plan = house.plan_hard(container, shutdown_seconds=1)
    assert isinstance(plan, Plan), plan
    simulator.journal.clear()
    before: list[int] = []

    def happen() -> None:
        before.append(len(simulator.journal.entries()))
        meddle(simulator, vmid)

    when(simulator, is_step, happen, nth=at)
    house.engine.delete(plan, container)
    return simulator.journal.entries(), before[0] if before else None


def test_a_plain_running_container_takes_few_requests_from_the_plan_to_the_destroy(house: House) -> None:
    container = native(house, "victim", running=True)
    house.simulator.journal.clear()
    assert house.hard_delete(container).success
    entries = [entry for entry in house.simulator.journal.entries() if is_step(entry)]
    sent = next(place for place, entry in enumerate(entries) if entry.method == "DELETE")
    assert sent <= MOST_REQUESTS


@pytest.mark.parametrize(
    ("stubborn", "writes_to_it"), [(False, ["shutdown", "101"]), (True, ["shutdown", "stop", "101"])]
)
def test_a_stranger_who_takes_the_vmid_before_any_request_is_never_asked_for_anything(
    house: House, simulator: Simulator, stubborn: bool, writes_to_it: list[str]
) -> None:
    unavoidable: list[str] = []
    for at in count(1):
        container = native(house, f"victim{at}", running=True, stubborn=stubborn)
        entries, before = delete_while(house, container, stranger, at)
        assert before is not None, at
        writes = [entry for entry in entries if acts_on(container.vmid)(entry)]
        late = [entry for entry in entries[before:] if acts_on(container.vmid)(entry)]
        if late:
            # The one boundary that nothing can be read behind: right between the config and the write.
            assert late == [entries[before]], (at, late)
            assert entries[before - 1].path.endswith(f"/lxc/{container.vmid}/config"), at
            unavoidable.append(late[0].path.rpartition("/")[2])
        if writes[-1:] and writes[-1].method == "DELETE" and not late:
            break
        assert simulator.world.container(container.vmid or 0) is not None or late, at
    assert len(unavoidable) == len(writes_to_it), unavoidable
    assert unavoidable[:-1] == writes_to_it[:-1]


@pytest.mark.parametrize(("meddle", "unseen"), [(template, 0), (blind, 0), (alone, 1)])
def test_what_must_be_true_of_a_guest_is_read_last_before_it_is_destroyed(
    house: House, simulator: Simulator, meddle: Callable[[Simulator, int], None], unseen: int
) -> None:
    entries, _ = delete_while(house, native(house, "first", running=False), lambda *_: None, 1)
    sent = next(place for place, entry in enumerate(entries, start=1) if entry.method == "DELETE")
    for at in range(1, sent):
        container = native(house, f"victim{at}", running=False)
        entries, before = delete_while(house, container, meddle, at)
        assert before == at
        late = [entry for entry in entries[before:] if entry.method == "DELETE"]
        assert bool(late) == (sent - 1 - at <= unseen), (at, [entry.path for entry in entries[before:]])
        simulator.world.set_quorate(True)
        simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})


def test_every_write_comes_right_after_the_config_of_that_very_guest(house: House, simulator: Simulator) -> None:
    for action in EVERY_ACTION:
        ready = action.prepare(house)
        simulator.journal.clear()
        assert ready.execute(house.engine).success, action.name
        assert sent_after_the_last_look(simulator.journal.entries(), ready.at) >= 1, action.name

    victim = native(house, "victim", running=True, stubborn=True)
    plan = house.plan_hard(victim, shutdown_seconds=1, backup_first=True, backup_storage="backups")
    assert isinstance(plan, Plan), plan
    simulator.journal.clear()
    assert house.engine.delete(plan, victim).success
    assert sent_after_the_last_look(simulator.journal.entries(), victim.vmid or 0) == len(
        ["shutdown", "stop", "vzdump", "destroy"]
    )


def sent_after_the_last_look(entries: list[Entry], vmid: int) -> int:
    """The number of writes; right before each the quorum was read, and by the last request the config of its guest, or
    that the VMID is free."""
    written = [place for place, entry in enumerate(entries) if entry.method in ("POST", "PUT", "DELETE")]
    for place in written:
        path, before = entries[place].path, [entry.path for entry in entries[place - 2 : place]]
        named = re.search(r"/lxc/(\d+)", path)
        guest = named[1] if named is not None else vmid
        last = "/cluster/nextid" if path.endswith("/lxc") else f"/nodes/pve1/lxc/{guest}/config"
        assert before == ["/cluster/status", last], path
    return len(written)
