"""A backup is protected, released and noted: planned, bound to what was shown, in the trail, proved by reading it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proximity_tui.core.engine.operations.outcome import Done, Failed, Refused, Resumable
from proximity_tui.core.model import Container, Refusal, RefusalCode
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest
from proximity_tui.core.store import database, events, safe_modes
from proximity_tui.core.store.db.queries import run_sql
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.vocabulary import PRIVILEGES
from proximity_tui.simulator.world.storage import Volume
from tests.support.house import House
from tests.support.timing.meddling import asked, when


@pytest.fixture
def ours(house: House) -> Container:
    return house.adopted(101)


@pytest.fixture
def volume(house: House, ours: Container) -> str:
    """The newest backup of it."""
    return house.simulator.world.add_backup(101, storage="backups", ago=60.0, notes="web-1\nsecond line")


def planned(house: House, ours: Container, volume: str, **wish: object) -> BackupChangePlan:
    plan = house.engine.plan_backup_change(replace(BackupChangeRequest(ours.id, volume), **wish))  # type: ignore[arg-type]
    assert isinstance(plan, BackupChangePlan), plan
    return plan


def refused(house: House, ours: Container, volume: str, **wish: object) -> Refusal:
    plan = house.engine.plan_backup_change(replace(BackupChangeRequest(ours.id, volume), **wish))  # type: ignore[arg-type]
    assert isinstance(plan, Refusal), plan
    return plan


def there(simulator: Simulator, volume: str) -> Volume:
    with simulator.world.entered() as cluster:
        return next(one for one in cluster.storages["backups"].files_on("pve1") if one.volid == volume)


def remove(simulator: Simulator, volume: str) -> None:
    with simulator.world.entered() as cluster:
        cluster.storages["backups"].files_on("pve1").remove(there(simulator, volume))


def alter(simulator: Simulator, volume: str, **change: object) -> None:
    with simulator.world.entered() as cluster:
        files, old = cluster.storages["backups"].files_on("pve1"), there(simulator, volume)
        files[files.index(old)] = replace(old, **change)  # type: ignore[arg-type]


def told(container: Container) -> list[str]:
    """What the trail says of the changes, the oldest first."""
    found = [one for one in events.list_events(container=container.id) if one.action == "backup-change"]
    return [one.message.rpartition("cluster lab: ")[2] for one in reversed(found)]


def test_it_is_protected_and_its_note_changed_in_one_request(house: House, ours: Container, volume: str) -> None:
    plan = planned(house, ours, volume, protected=True, note="before the upgrade")
    assert (plan.before.protected, plan.before.note) == (False, "web-1\nsecond line")
    assert plan.warnings[-1] == "its note has several lines: all of them are replaced"
    house.simulator.journal.clear()
    done = house.engine.change_backup(plan)
    assert isinstance(done, Done)
    assert done.detail == {"volume": volume, "protected": True, "note": "before the upgrade"}
    kept = there(house.simulator, volume)
    assert (kept.protected, kept.notes) == (True, "before the upgrade")
    assert len(house.simulator.journal.writes()) == 1
    assert told(ours) == ["asked for", "done"]
    assert refused(house, ours, volume, protected=True).code is RefusalCode.UNCHANGED


def test_the_intent_is_in_the_trail_before_the_request(house: House, ours: Container, volume: str) -> None:
    plan, seen = planned(house, ours, volume, protected=True), []
    when(house.simulator, lambda entry: entry.method == "PUT", lambda: seen.extend(told(ours)))
    assert house.engine.change_backup(plan).success
    assert seen == ["asked for"]


def test_only_what_differs_is_sent_and_an_empty_note_takes_it_away(house: House, ours: Container, volume: str) -> None:
    plan = planned(house, ours, volume, protected=False, note="")
    assert (plan.protected, plan.note) == (None, "")
    assert house.engine.change_backup(plan).success
    assert there(house.simulator, volume).notes == ""


def test_the_backup_of_a_container_that_is_gone_can_be_protected(house: House, ours: Container, volume: str) -> None:
    house.reconcile()
    house.simulator.world.destroy_outside(101)
    house.reconcile_twice()
    closed = house.again(ours)
    assert closed.is_tombstone
    plan = planned(house, closed, volume, protected=True)
    assert house.engine.change_backup(plan).success
    assert there(house.simulator, volume).protected


@pytest.mark.parametrize("meddle", ["removed", "replaced", "protected", "noted"])
def test_what_is_not_as_it_was_shown_is_refused(house: House, ours: Container, volume: str, meddle: str) -> None:
    plan, simulator = planned(house, ours, volume, note="mine"), house.simulator
    {
        "removed": lambda: remove(simulator, volume),
        "replaced": lambda: alter(simulator, volume, size=4711),
        "protected": lambda: alter(simulator, volume, protected=True),
        "noted": lambda: alter(simulator, volume, notes="theirs"),
    }[meddle]()
    simulator.journal.clear()
    ended = house.engine.change_backup(plan)
    assert isinstance(ended, Refused)
    assert ended.refusal.code is RefusalCode.CHANGED
    assert simulator.journal.writes() == []
    assert told(ours) == []


def test_what_is_removed_between_our_last_look_and_the_request_is_not_told_as_done(
    house: House, ours: Container, volume: str
) -> None:
    plan, simulator = planned(house, ours, volume, protected=True), house.simulator
    name = volume.rpartition("/")[2]
    when(simulator, asked("GET", name), lambda: remove(simulator, volume))
    ended = house.engine.change_backup(plan)
    assert isinstance(ended, Failed)
    assert "was removed, or replaced, while it was changed" in ended.reason
    assert told(ours)[-1].startswith("failed: ")


def test_a_limit_is_known_before_and_told_with_what_to_do(house: House, ours: Container, volume: str) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate"}})
    for hours in range(5):
        simulator.world.add_backup(101, storage="backups", ago=3600.0 * (hours + 1), protected=True)
    full = refused(house, ours, volume, protected=True)
    assert full.code is RefusalCode.BACKUP_LIMIT
    assert "5 protected backups of VMID 101 are there" in full.reason


def test_a_limit_that_another_was_faster_with_is_refused_by_proxmox_and_the_stored_note_is_told(
    house: House, ours: Container, volume: str
) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate"}})
    plan = planned(house, ours, volume, protected=True, note="mine")
    alone = planned(house, ours, volume, protected=True)
    for hours in range(5):
        simulator.world.add_backup(101, storage="backups", ago=3600.0 * (hours + 1), protected=True)
    refused = house.engine.change_backup(alone)
    assert isinstance(refused, Failed)
    assert refused.code is RefusalCode.BACKUP_LIMIT
    assert "limited to 5 on storage 'backups'" in refused.reason
    ended = house.engine.change_backup(plan)
    assert isinstance(ended, Failed)
    assert "its note was changed all the same, its protection was not" in ended.reason
    assert there(simulator, volume).notes == "mine"


def test_without_the_right_it_is_not_listed_and_the_reason_names_the_right(
    house: House, ours: Container, volume: str
) -> None:
    simulator = house.simulator
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    assert "VM.Backup on /vms/101" in refused(house, ours, volume, protected=True).reason


def test_a_right_lost_since_the_plan_ends_without_a_write(house: House, ours: Container, volume: str) -> None:
    simulator = house.simulator
    plan = planned(house, ours, volume, protected=True)
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}})
    simulator.journal.clear()
    assert isinstance(house.engine.change_backup(plan), Refused)
    assert simulator.journal.writes() == []


def test_a_storage_that_goes_offline_in_between_changes_nothing(house: House, ours: Container, volume: str) -> None:
    simulator = house.simulator
    plan = planned(house, ours, volume, protected=True)
    simulator.world.set_storage_reachable("backups", "pve1", reachable=False)
    ended = house.engine.change_backup(plan)
    assert isinstance(ended, Refused)
    assert "is not online" in ended.refusal.reason


def test_an_answer_that_was_lost_is_settled_by_reading(house: House, ours: Container, volume: str) -> None:
    plan = planned(house, ours, volume, protected=True)
    house.simulator.faults.lose_answer("/content/", method="PUT")
    assert isinstance(house.engine.change_backup(plan), Done)
    assert told(ours) == ["asked for", "done"]


def test_a_request_that_may_not_have_arrived_leaves_a_doubt_and_can_be_repeated(
    house: House, ours: Container, volume: str
) -> None:
    plan = planned(house, ours, volume, protected=True)
    fault = house.simulator.faults.drop("/content/", method="PUT")
    ended = house.engine.change_backup(plan)
    assert isinstance(ended, Resumable)
    assert "its protection is unchanged so far: ask for it again" in ended.reason
    assert told(ours)[-1].startswith("not known to be done: ")
    house.simulator.faults.remove(fault)
    assert house.engine.change_backup(plan).success


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({}, RefusalCode.INVALID),
        ({"note": "a\x1b[2Jb"}, RefusalCode.INVALID),
        ({"note": "x" * 1025}, RefusalCode.INVALID),
    ],
)
def test_a_request_that_is_wrong_by_itself_is_refused(
    house: House, ours: Container, volume: str, wish: dict[str, str], code: RefusalCode
) -> None:
    assert refused(house, ours, volume, **wish).code is code
    assert refused(house, ours, "../etc", protected=True).code is RefusalCode.INVALID
    assert refused(house, ours, "backups:backup/nothing", protected=True).code is RefusalCode.NOT_FOUND


def test_read_only_and_a_freeze_forbid_it(house: House, ours: Container, volume: str) -> None:
    plan = planned(house, ours, volume, protected=True)
    bound = house.hands(read_only=True)
    ended = bound.change_backup(plan)
    assert isinstance(ended, Refused)
    assert ended.refusal.code is RefusalCode.READ_ONLY
    name = volume.rpartition("/")[2]
    when(house.simulator, asked("GET", name), lambda: safe_modes.freeze("lab", "anna", "hands off"))
    house.simulator.journal.clear()
    frozen = house.engine.change_backup(plan)
    assert isinstance(frozen, Refused)
    assert frozen.refusal.code is RefusalCode.FROZEN
    assert house.simulator.journal.writes() == []


def test_what_was_changed_while_the_database_was_away_is_not_called_unchanged(
    house: House, ours: Container, volume: str
) -> None:
    plan = planned(house, ours, volume, protected=True)

    def fill_up() -> None:
        with database.unit():
            run_sql(
                database.proxy.obj,
                "CREATE TRIGGER away BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
            )

    when(house.simulator, asked("PUT", volume), fill_up)
    result = house.engine.change_backup(plan)
    assert isinstance(result, Failed), result
    assert result.reason.startswith(f"{plan.summary}: done; its end is not in the audit trail: ")
    assert there(house.simulator, volume).protected
