"""What a run tells of replaced, doubtful and half destroyed guests: one alert each, while it is true and no longer."""

from __future__ import annotations

import pytest

from proximity_tui.core.model import Plan, Presence, Refusal, State
from proximity_tui.core.model.alert import Alert, AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.records.alerted import the_alert
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import Killed, doomed, give_other_cards


def told() -> list[Alert]:
    return [alert for alert in alerts.all_alerts() if alert.kind == AlertKind.HALF_DESTROYED]


@both_databases
def test_a_stub_that_lasts_is_one_amber_alert(house: House) -> None:
    ours = house.adopted(104)
    house.reconcile()
    house.simulator.world.half_destroy(104)
    house.reconcile()
    assert told() == [], "a destroy may be on its last steps"
    for _ in range(3):
        report = house.reconcile()
    assert (report.outcome, report.orphans_found, report.undecided) == (JobOutcome.COMPLETE, 0, 1)
    (alert,) = told()
    assert (alert.severity, alert.is_open, alert.count, alert.container) == (Severity.AMBER, True, 3, ours.id)
    assert alert.message == (
        f"{ours.name}  CT 104 on {ours.node} is half destroyed: it is locked (destroyed); nothing is concluded."
        f" To do: finish it on {ours.node} as root: pct unlock 104 && pct destroy 104"
    )
    assert alert.evidence["seen"] == "it is locked (destroyed)"
    assert house.destroys() == []
    assert not house.again(ours).is_tombstone


def test_the_state_of_a_stub_does_not_follow_its_status(house: House) -> None:
    ours = house.adopted(101)
    house.simulator.world.half_destroy(101)
    house.simulator.world.broadcast()
    for look in (house.poller, house.reconcile, house.poller):
        look()
        now = house.again(ours)
        assert (now.state, now.presence, now.lock) == (State.RUNNING, Presence.UNKNOWN, "destroyed")


def test_the_alert_is_over_when_the_guest_is_whole_again(house: House) -> None:
    ours = house.adopted(101)
    captured = clinical_records.latest(ours.id)
    assert captured is not None
    config = {key: value for key, value in (captured.record.config or {}).items() if key != "digest"}
    house.simulator.world.half_destroy(101)
    house.simulator.world.broadcast()
    house.reconcile_twice()
    house.simulator.world.set_lock(101, None)
    house.simulator.world.set_config(101, **config)
    house.simulator.world.broadcast()
    house.poller()
    assert house.again(ours).presence is Presence.UNKNOWN, "the list alone does not show that it is whole"
    house.reconcile()
    assert [alert.resolution for alert in told()] == ["it is whole again"]
    now = house.again(ours)
    assert (now.presence, now.half_destroyed_since) == (Presence.PRESENT, None)


def test_the_alert_is_over_when_the_guest_is_proved_gone(house: House) -> None:
    ours = house.adopted(104)
    house.reconcile()
    house.simulator.world.half_destroy(104)
    house.reconcile_twice()
    house.simulator.world.set_lock(104, None)
    house.simulator.world.destroy_outside(104)
    assert house.reconcile_twice().anomalous_orphans == 1
    assert [alert.resolution for alert in told()] == ["it is proved gone"]
    assert house.again(ours).is_tombstone


def test_an_unlocked_stub_is_told_by_its_lost_root_volume(house: House) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0
    house.reconcile()
    house.simulator.world.half_destroy(vmid)
    house.simulator.world.set_lock(vmid, None)
    house.simulator.world.broadcast()
    for _ in range(2):
        house.poller()
        house.reconcile()
    (alert,) = told()
    assert "its config has no root volume any more; nothing is concluded" in alert.message
    assert alert.message.endswith(", or unlock it and delete it hard again")
    now = house.again(native)
    assert (now.name, now.presence) == ("web1", Presence.UNKNOWN), "the name of what is left is not believed"


def test_a_native_one_can_be_deleted_hard_again_once_it_is_unlocked(house: House) -> None:
    native = house.native("web1", start=False)
    house.simulator.world.half_destroy(native.vmid or 0)
    house.reconcile_twice()
    locked = house.plan_hard(native, unsure_confirmed=True)
    assert isinstance(locked, Refusal)
    assert (locked.code, "pct unlock" in locked.reason) == ("locked", True)
    house.simulator.world.set_lock(native.vmid or 0, None)
    assert house.hard_delete(native, unsure_confirmed=True).success
    assert house.again(native).is_tombstone
    house.reconcile()
    assert [alert.resolution for alert in told()] == ["its record is closed"]


@pytest.mark.parametrize("trouble", ["silent", "dry run"])
def test_what_is_not_asked_or_not_written_changes_nothing(house: House, trouble: str) -> None:
    ours = house.adopted(104)
    house.simulator.world.half_destroy(104)
    if trouble == "silent":
        house.reconcile_twice()
        house.simulator.faults.truncate()
        house.reconcile()
        assert [alert.is_open for alert in told()] == [True]
    else:
        house.reconcile(dry_run=True)
        assert records.get(ours.id).half_destroyed_since is None


def test_n16_the_alert_about_a_replaced_one_is_over_once_its_record_is_closed(house: House) -> None:
    ours = house.adopted(101)
    house.reconcile()
    house.simulator.world.recreate_outside(101, hostname="intruder")
    house.simulator.world.broadcast()
    house.reconcile()
    assert house.soft_delete(house.again(ours)).success
    house.reconcile()
    assert the_alert(AlertKind.REPLACED).resolution == "its record was closed"
    assert alerts.open_alerts() == ()


def test_n26_mac_changed_outside(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    give_other_cards(simulator, native.vmid or 0)
    house.reconcile()
    assert house.again(native).presence is Presence.PRESENT
    refused = house.plan_hard(native)
    assert isinstance(refused, Refusal)
    assert "no hardware address agrees" in refused.reason
    assert isinstance(house.plan_hard(native, unsure_confirmed=True), Plan)
    alert = the_alert(AlertKind.IDENTITY_WEAKENED)
    assert alert.severity is Severity.AMBER
    assert "identity weakened: our marker is there, but no hardware address agrees" in alert.message


def test_n26_an_operation_that_nobody_finished_hides_no_doubt_that_is_not_its_doing(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    plan = house.plan_change(native, hostname="web9")
    assert isinstance(plan, Plan), plan
    with pytest.raises(Killed):
        doomed(house, "change_config", after=False).carry_out(plan, native)
    give_other_cards(simulator, native.vmid or 0)
    house.reconcile()
    assert "no hardware address agrees" in the_alert(AlertKind.IDENTITY_WEAKENED).message


def test_n26_an_address_that_is_given_back_ends_the_alert(house: House, simulator: Simulator) -> None:
    native = house.native("web1")
    before = str(simulator.world.container(native.vmid or 0).conf["net0"])  # type: ignore[union-attr]
    give_other_cards(simulator, native.vmid or 0)
    house.reconcile()
    simulator.world.set_config(native.vmid or 0, net0=before)
    house.reconcile()
    assert the_alert(AlertKind.IDENTITY_WEAKENED).resolution == "its fingerprint agrees again"


def test_a_cluster_that_cannot_be_read_is_told_with_its_last_good_answer(house: House) -> None:
    house.simulator.faults.drop()
    house.reconcile()
    assert the_alert(AlertKind.UNREACHABLE).message.endswith("; no container of it was ever seen")
    house.simulator.faults.clear()
    ours = house.adopted(101)
    seen = house.again(ours).observed_at
    assert seen is not None
    house.simulator.faults.drop()
    house.reconcile()
    assert the_alert(AlertKind.UNREACHABLE).message.endswith(f"; last good answer {seen:%Y-%m-%d %H:%M} UTC")
