"""Informed adoption where something is in the way: what cannot be read, what vanished, ports, races, secrets."""

from __future__ import annotations

import logging
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.adoption import AdoptionWish
from proximity_tui.core.engine.outcome import Result
from proximity_tui.core.masking import masked
from proximity_tui.core.model import Action, Kind, Plan, Refusal, State, Status
from proximity_tui.core.store import clinical, events, ports, records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.guests import Guest
from tests.support.house import House, HurriedClock, refusal_of
from tests.support.meddling import asked, when


@pytest.fixture
def two_ports(simulator: Simulator, database: str) -> Iterator[House]:
    """One of us with only two public ports to give away."""
    yield House({"lab": simulator}, database, HurriedClock(), port_pool=range(8100, 8102))
    store.close_store()


def test_n79_config_endpoint_fails(house: House, simulator: Simulator) -> None:
    simulator.faults.answer(500, "the config cannot be read", "/lxc/101/config")
    refused = refusal_of(house.try_adopt(101))
    assert refused.code == "no_clinical_record"
    assert "config" in refused.reason
    assert records.active() == ()

    consented = house.try_adopt(101, without_record=True)
    assert consented.success
    assert consented.detail["config_snapshot_captured"] is False
    assert consented.detail["config_keys_count"] == 0
    assert consented.container is not None
    revision = clinical.latest(consented.container.id)
    assert revision is not None
    assert (revision.record.config, bool(revision.record.gaps)) == (None, True)
    assert house.wire() == []


def test_n79_config_endpoint_fails_only_when_it_is_captured(house: House, simulator: Simulator) -> None:
    plan = house.engine.plan_adopt("lab", 101, AdoptionWish())
    assert isinstance(plan, Plan)
    # The backups, jobs and tasks of the last look are read; from then on the config is not.
    when(
        simulator,
        asked("GET", "/cluster/replication"),
        lambda: simulator.faults.answer(500, "the config cannot be read", "/lxc/101/config"),
    )
    result = house.engine.adopt(plan, AdoptionWish())
    assert not result.success
    assert "could not be read whole" in str(result.error)
    assert records.active() == ()
    assert events.head()[0] == 0
    assert house.wire() == []


def test_n80_one_of_three_is_destroyed_between_selection_and_consent(house: House, simulator: Simulator) -> None:
    wish = AdoptionWish(80)
    plans = [house.engine.plan_adopt("lab", vmid, wish) for vmid in (101, 102, 103)]
    simulator.world.destroy_outside(102)
    results = [house.engine.adopt(plan, wish) for plan in plans if isinstance(plan, Plan)]
    assert [result.success for result in results] == [True, False, True]
    assert refusal_of(results[1]).code == "not_found"
    assert [one.vmid for one in records.active()] == [101, 103]
    assert len(ports.used()) == 2, "what failed left no port behind"


def test_n80_what_cannot_be_seen_is_not_said_to_be_missing(house: House, simulator: Simulator) -> None:
    simulator.world.set_node_online("pve2", False)
    simulator.world.broadcast()
    simulator.faults.answer(595, "no route to host", "/nodes/pve2")
    for vmid in (102, 111):
        assert refusal_of(house.try_adopt(vmid)).code == "unknown_status"
    assert records.active() == ()


def test_n82_two_containers_both_on_port_80(house: House) -> None:
    first, second = house.adopt(101, port=80), house.adopt(102, port=80)
    assert [one.ports[0].container for one in (first, second)] == [80, 80]
    assert first.ports[0].public != second.ports[0].public


class Freezing(Guest):
    """A container in a state that few have ever seen."""

    @property
    def status(self) -> str:
        return "freezing"


def test_n83_a_status_that_is_neither_running_nor_stopped(house: House, simulator: Simulator) -> None:
    with simulator.world.entered() as cluster:
        cluster.guests[101].__class__ = Freezing
    result = house.try_adopt(101)

    assert result.success
    assert result.container is not None
    assert result.detail["status_at_adoption"] == "freezing"
    revision = clinical.latest(result.container.id)
    assert revision is not None
    assert revision.record.raw_status == "freezing", "word for word"
    adopted = result.container
    assert (adopted.status, adopted.state) == (Status.UNKNOWN, State.ERROR), "and never as stopped"
    assert "freezing" in str(adopted.last_error)
    assert refusal_of(house.power(adopted, Action.STOP)).code == "unknown_status"
    assert house.wire() == []


def test_n85_port_pool_exhausted(two_ports: House) -> None:
    house = two_ports
    first = house.adopt(101, port=80)
    house.adopt(102, port=80)
    full = house.try_adopt(103, port=80)
    assert not full.success
    assert "all 2 public ports" in str(full.error)
    assert "without a port" in str(full.error)
    assert [one.vmid for one in records.active()] == [101, 102], "no half record"
    assert house.adopt(103).ports == ()
    house.soft_delete(first)
    assert house.adopt(104, port=80).ports[0].public == first.ports[0].public


@pytest.mark.parametrize("port", [0, -1, 65536, 10**9])
def test_n86_port_out_of_range(house: House, port: int) -> None:
    refused = refusal_of(house.try_adopt(101, port=port))
    assert refused.code == "invalid"
    assert "1 to 65535" in refused.reason
    assert records.active() == ()


def test_n87_two_adopters_get_distinct_ports(house: House) -> None:
    results = adopted_at_once(house, [(101, 80), (102, 80), (103, 80), (104, 80)])
    assert all(result.success for result in results), results
    public = [result.detail["public_port"] for result in results]
    assert len(set(public)) == 4
    assert events.verify().whole


def test_n87_two_adopters_of_the_same_container(house: House) -> None:
    results = adopted_at_once(house, [(101, 80), (101, 80)])
    assert sorted(result.success for result in results) == [False, True]
    (late,) = (result for result in results if not result.success)
    refused = refusal_of(late)
    assert refused.code == "managed"
    assert "web-1" in refused.reason
    assert len(records.active()) == len(ports.used()) == 1


def adopted_at_once(house: House, wanted: list[tuple[int, int]]) -> list[Result]:
    """Adopt, each by another pair of hands, and all at the same moment."""
    results: list[Result] = []
    gate = threading.Barrier(len(wanted))

    def adopt(vmid: int, port: int) -> None:
        hands, wish = house.hands(f"user{vmid}"), AdoptionWish(port)
        plan = hands.plan_adopt("lab", vmid, wish)
        assert isinstance(plan, Plan)
        gate.wait(10)
        results.append(hands.adopt(plan, wish))

    threads = [threading.Thread(target=adopt, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == len(wanted)
    return results


def test_n88_adopted_again_after_it_was_forgotten(house: House) -> None:
    first = house.adopt(101, port=80)
    house.soft_delete(first)
    plan = house.engine.plan_adopt("lab", 101, AdoptionWish())
    assert isinstance(plan, Plan)
    assert any("we managed CT 101 before" in warning for warning in plan.warnings)

    second = house.adopt(101)

    assert second.id != first.id
    assert second.predecessor == first.id
    assert house.again(first).is_tombstone
    assert len(house.said(first)) == 3, "its history can still be read"
    assert clinical.latest(first.id) is not None


def test_n89_a_native_container_without_its_record_is_recognised(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    house.soft_delete(native)
    simulator.journal.clear()

    plan = house.engine.plan_adopt("lab", native.vmid, AdoptionWish())
    assert isinstance(plan, Plan)
    assert any("our marker" in warning for warning in plan.warnings)
    back = house.engine.reattach(native.id)

    assert back.success, back
    assert back.container is not None
    assert (back.container.kind, back.container.state) == (Kind.NATIVE, State.RUNNING)
    assert back.container.predecessor == native.id
    assert house.wire() == []


def test_n89_nothing_becomes_native_without_our_marker(house: House, simulator: Simulator) -> None:
    native = house.create("web1")
    assert native.vmid is not None
    house.soft_delete(native)
    simulator.world.set_config(native.vmid, description="somebody else's")
    refused = refusal_of(house.engine.reattach(native.id))
    assert refused.code == "identity_unsure"
    assert house.adopt(native.vmid).kind is Kind.ADOPTED


SECRET = "hunter2-correct-horse"


def test_n90_secrets_of_a_config_stay_at_home(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.world.set_config(101, description=f"root password: {SECRET}")
    adopted = house.adopt(101)
    house.soft_delete(adopted)

    revision = clinical.latest(adopted.id)
    assert revision is not None
    config = revision.record.config or {}
    assert SECRET in config["description"], "kept whole, for the day it is needed"
    assert SECRET not in repr(masked(config)), "and masked before it goes anywhere"
    assert not any(SECRET in record.getMessage() for record in caplog.records)
    assert not any(SECRET in repr(event) for event in events.list_events())
    database = Path(house.database.removeprefix("sqlite:///"))
    for file in database.parent.glob(f"{database.name}*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


@pytest.mark.usefixtures("sqlite_only")
def test_our_token_is_in_no_log_event_record_or_result(
    house: House, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    native = house.create("web1", port=80)
    simulator.faults.unauthorized(times=1)
    failed = house.hard_delete(native)
    ended = house.hard_delete(native)
    secret = simulator.token_secret
    for said in (
        failed,
        ended,
        house.engine.settings,
        *house.gateways.values(),
        *events.list_events(),
        *caplog.messages,
    ):
        assert secret not in repr(said)
    for file in Path(house.database.removeprefix("sqlite:///")).parent.iterdir():
        assert secret.encode() not in file.read_bytes(), file.name


def test_adoption_reads_a_locked_container_and_says_so(house: House) -> None:
    plan = house.engine.plan_adopt("lab", 134, AdoptionWish())
    assert isinstance(plan, Plan)
    assert any("locked (backup)" in warning for warning in plan.warnings)
    assert house.adopt(134).lock == "backup"


@pytest.mark.parametrize("lock", ["create", "destroyed", "rollback"])
def test_what_is_being_made_or_unmade_is_not_adopted(house: House, simulator: Simulator, lock: str) -> None:
    simulator.world.set_lock(101, lock)
    refused = house.engine.plan_adopt("lab", 101, AdoptionWish())
    assert isinstance(refused, Refusal)
    assert (refused.code, lock in refused.reason) == ("locked", True)


def test_a_virtual_machine_is_not_adopted(house: House) -> None:
    assert refusal_of(house.try_adopt(200)).code == "not_a_container"
    assert records.active() == ()


def test_a_stranger_that_took_the_vmid_while_it_was_read_is_not_adopted_under_the_old_name(
    house: House, simulator: Simulator
) -> None:
    plan = house.engine.plan_adopt("lab", 101, AdoptionWish())
    assert isinstance(plan, Plan)
    when(
        simulator,
        asked("GET", "/cluster/replication"),
        lambda: simulator.world.recreate_outside(101, hostname="stranger"),
    )
    result = house.engine.adopt(plan, AdoptionWish())
    assert refusal_of(result).code == "changed"
    assert records.active() == ()


def test_a_creation_that_fails_leaves_no_record_to_look_after(house: House, simulator: Simulator) -> None:
    simulator.world.fail_next_task("vzcreate", None, "no space left on device")
    with pytest.raises(AssertionError, match="no space left"):
        house.create("web1", port=80)
    assert records.active() == ()
    (closed,) = records.tombstones()
    assert closed.closed_reason == "never created"
    assert ports.used() == frozenset()
