"""At every boundary between two requests of a hard delete somebody changes the world: nothing is asked of a stranger,
and nothing is destroyed that may not be (law 3).

Only what changes between the read that tells it and the write itself cannot be known; that is one request at most, two
for the quorum. So the sweep is a proof of what is read last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.cloning import CloneRequest
from proximity_tui.core.model import Action, Container, Plan
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.journal import Entry
from proximity_tui.simulator.world.access import PRIVILEGES
from tests.support.house import House, HurriedClock
from tests.support.meddling import when

MOST_REQUESTS = 32
"""From the agreed plan to the DELETE, without the polls of tasks."""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """The demo cluster, whose tasks take a fiftieth of a second."""
    with Simulator("demo", task_seconds=0.02) as running:
        yield running


@pytest.fixture
def house(simulator: Simulator, database: str) -> Iterator[House]:
    """Our side of the wire, which waits for nothing."""
    yield House({"lab": simulator}, database, HurriedClock())
    store.close_store()


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


def native(house: House, name: str, *, running: bool) -> Container:
    container = house.create(name, start=False)
    if running:
        house.simulator.world.set_status(container.vmid or 0, "running")
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
    plan = house.plan_hard(container)
    assert isinstance(plan, Plan), plan
    simulator.journal.clear()
    before: list[int] = []

    def happen() -> None:
        before.append(len(simulator.journal.entries()))
        meddle(simulator, vmid)

    when(simulator, is_step, happen, nth=at)
    house.engine.delete(plan, container)
    return simulator.journal.entries(), before[0] if before else None


def test_a_stranger_who_takes_the_vmid_at_any_boundary_is_never_asked_for_anything(
    house: House, simulator: Simulator
) -> None:
    unavoidable = 0
    for at in count(1):
        container = native(house, f"victim{at}", running=True)
        entries, before = delete_while(house, container, stranger, at)
        assert before is not None, at
        writes = [entry for entry in entries if acts_on(container.vmid)(entry)]
        late = [entry for entry in entries[before:] if acts_on(container.vmid)(entry)]
        if late:
            # The one boundary that nothing can be read behind: right between the config and the write.
            assert late == [entries[before]], (at, late)
            assert entries[before - 1].path.endswith(f"/lxc/{container.vmid}/config"), at
            unavoidable += 1
        if writes[-1:] and writes[-1].method == "DELETE" and not late:
            break
        assert simulator.world.container(container.vmid or 0) is not None or late, at
    assert unavoidable == 2, "the shutdown and the destroy"
    assert at <= MOST_REQUESTS + 1


@pytest.mark.parametrize(("meddle", "unseen"), [(template, 0), (blind, 0), (alone, 1)])
def test_what_must_be_true_of_a_guest_is_read_last_before_it_is_destroyed(
    house: House, simulator: Simulator, meddle: Callable[[Simulator, int], None], unseen: int
) -> None:
    entries, _ = delete_while(house, native(house, "first", running=False), lambda *_: None, 1)
    sent = next(place for place, entry in enumerate(entries, start=1) if entry.method == "DELETE")
    for at in range(sent - 8, sent):
        container = native(house, f"victim{at}", running=False)
        entries, before = delete_while(house, container, meddle, at)
        assert before == at
        late = [entry for entry in entries[before:] if entry.method == "DELETE"]
        assert bool(late) == (sent - 1 - at <= unseen), (at, [entry.path for entry in entries[before:]])
        simulator.world.set_quorate(True)
        simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})


def test_every_write_to_a_guest_comes_right_after_its_config_and_that_after_quorum_and_permissions(
    house: House, simulator: Simulator
) -> None:
    simulator.journal.clear()
    source = house.create("web1", start=True)
    assert house.power(source, Action.REBOOT).success
    assert house.power(source, Action.SHUTDOWN).success
    assert house.power(source, Action.START).success
    assert house.power(source, Action.STOP).success
    plan = house.engine.plan_clone(house.again(source), CloneRequest("copy"))
    assert isinstance(plan, Plan)
    assert house.engine.clone(plan).success
    assert house.hard_delete(source, backup_first=True, backup_storage="backups").success

    entries = simulator.journal.entries()
    written = [place for place, entry in enumerate(entries) if entry.method in ("POST", "DELETE")]
    assert len(written) == 9
    for place in written:
        path = entries[place].path
        before = [entry.path.rpartition("/")[2] for entry in entries[place - 3 : place]]
        made = path.endswith("/lxc")
        assert before[1:] == ["status", "nextid"] if made else before == ["permissions", "status", "config"], path
