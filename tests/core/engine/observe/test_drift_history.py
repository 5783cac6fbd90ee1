"""The history of drift: each config that was kept, which of them is the baseline, and which is there now."""

from __future__ import annotations

from proximity_tui.core.engine.observe.drift_history import DriftHistory, read_drift_history
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.model import Container
from proximity_tui.simulator import Simulator
from tests.support.house import House


def history_of(house: House, ours: Container) -> DriftHistory:
    seen = inspect_guest(house.clients["lab"], int(ours.vmid or 0))
    return read_drift_history(house.again(ours), seen, remember=True)


def test_the_config_of_the_adoption_is_the_baseline_and_the_one_that_is_there(house: House) -> None:
    told = history_of(house, house.adopt(101))
    [entry] = told.timeline
    assert (entry.is_baseline, entry.is_now, entry.changes) == (True, True, ())
    assert (told.baseline, told.not_compared) == (entry, None)


def test_a_change_is_an_entry_with_what_it_changed_and_the_baseline_stays(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.set_config(101, nameserver="9.9.9.9")
    history_of(house, ours)
    newest, oldest = history_of(house, ours).timeline
    assert [(one.is_baseline, one.is_now) for one in (newest, oldest)] == [(False, True), (True, False)]
    assert [(one.key, one.after) for one in newest.changes] == [("nameserver", "9.9.9.9")]
    assert newest.before == oldest.revision


def test_without_an_inspection_nothing_is_there_now_and_it_says_why(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    unseen = read_drift_history(ours, None, remember=False)
    assert [one.is_now for one in unseen.timeline] == [False]
    assert unseen.not_compared == "CT 101 was not inspected"
    simulator.world.destroy_outside(101)
    gone = history_of(house, ours)
    assert gone.seen is None
    assert gone.not_compared


def test_another_guest_in_its_place_is_compared_with_nothing(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.recreate_outside(101)
    told = history_of(house, ours)
    assert [one.is_now for one in told.timeline] == [False]
    assert "another guest" in str(told.not_compared)
