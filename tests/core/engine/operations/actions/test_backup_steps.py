"""A backup of its own: made once and proved, with the container left as it is, and no older one at its cost."""

from __future__ import annotations

from typing import Any

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest
from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Refused, Resumable
from proximity_tui.core.model import Container, Plan, Refusal, State
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.gate import Entry
from proximity_tui.simulator.vocabulary import PRIVILEGES
from proximity_tui.simulator.world.storage import Volume
from tests.support.actions.backing_up import backups, remove_backups, vzdumps
from tests.support.house import House
from tests.support.servers.databases import both_databases
from tests.support.timing.meddling import asked, when


def plan(house: House, container: Container, **wish: Any) -> Plan | Refusal:
    house.simulator.journal.clear()
    request = BackupRequest(**{"storage": "backups", **wish})
    return house.engine.plan_backup(house.again(container), request)


def back_up(house: House, container: Container, **wish: Any) -> Outcome:
    agreed = plan(house, container, **wish)
    if isinstance(agreed, Refusal):
        return Refused(agreed)
    return house.engine.carry_out(agreed, house.again(container))


@both_databases
def test_an_adopted_container_is_backed_up_while_it_runs_and_the_backup_is_named(house: House) -> None:
    ours = house.adopted(101)
    older = backups(house, ours)
    result = back_up(house, ours, protected=True, note="before the upgrade", notify=("ops@example.org",))
    assert isinstance(result, Done), result
    newest, *kept = backups(house, ours)
    assert (kept, newest.protected, newest.notes) == (older, True, "before the upgrade")
    assert result.operation is not None
    assert result.operation.steps[-1].detail["volume"] == newest.volid
    [sent] = house.simulator.journal.writes()
    assert sent.params == {
        "vmid": "101", "storage": "backups", "mode": "snapshot", "compress": "zstd", "remove": "0", "protected": "1",
        "notes-template": "before the upgrade", "mailto": "ops@example.org",
    }  # fmt: skip
    record = house.again(ours)
    assert (record.state, record.operation, record.last_error) == (State.RUNNING, None, None)


def test_a_failed_task_is_told_in_the_words_of_its_log_and_changes_nothing(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.world.fail_next_task("vzdump", 101, "no space left on device")
    result = back_up(house, ours)
    assert isinstance(result, Failed), result
    assert "CT 101 could not be backed up to backups" in result.reason
    assert "no space left on device" in result.reason
    assert "stopped for the backup" not in result.reason
    assert house.again(ours).state is State.RUNNING


def test_law_5_a_lost_answer_leads_to_one_backup(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    before = len(backups(house, ours))
    simulator.faults.lose_answer("/vzdump$", method="POST")
    assert back_up(house, ours).success
    assert (vzdumps(house), len(backups(house, ours))) == (1, before + 1)


def test_one_that_takes_too_long_is_waited_for_by_whoever_resumes(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    agreed = plan(house, ours)
    assert isinstance(agreed, Plan)
    simulator.world.hang_next_task("vzdump", 101)
    house.engine = house.impatient(backup_timeout=0.1)
    result = house.engine.carry_out(agreed, house.again(ours))
    assert isinstance(result, Resumable), result
    assert house.again(ours).state is State.RUNNING, "its guest stays what it is"
    simulator.world.let_hanging_task_go_on("vzdump", 101)
    house.engine = house.hands()
    assert result.operation is not None
    assert house.engine.resume(result.operation.id).success
    assert vzdumps(house) == 1


def test_a_config_that_changed_after_the_plan_ends_it_before_anything_is_sent(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopted(101)
    agreed = plan(house, ours)
    assert isinstance(agreed, Plan)
    simulator.world.set_config(101, mp0="local-lvm:vm-101-disk-1,mp=/srv,size=4G")
    result = house.engine.carry_out(agreed, house.again(ours))
    assert isinstance(result, Refused)
    assert (result.refusal.code, house.wire()) == ("changed", [])


def test_a_backup_that_is_not_listed_is_not_believed(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    agreed = plan(house, ours)
    assert isinstance(agreed, Plan)
    more = len(backups(house, ours)) + 1
    lost = {"/": PRIVILEGES - {"Datastore.Allocate", "VM.Backup"}}

    def is_made(entry: Any) -> bool:
        return "vzdump" in entry.path and entry.path.endswith("/status") and len(backups(house, ours)) == more

    when(simulator, is_made, lambda: simulator.set_acl(simulator.token_id, lost))
    house.engine = house.impatient(settle_timeout=0.2)
    result = house.engine.carry_out(agreed, house.again(ours))
    assert "lists no new one (backups on storage backups are not shown to our token" in str(result.error)

    assert isinstance(result, Resumable), "a list that is filtered says nothing (law 2, N8)"
    assert result.operation is not None
    simulator.set_acl(simulator.token_id, {"/": PRIVILEGES})
    assert house.engine.resume(result.operation.id).success
    assert len(backups(house, ours)) == more


def test_the_backup_of_one_that_is_destroyed_right_afterwards_is_named_in_the_failure(
    house: House, simulator: Simulator
) -> None:
    """It may be all that is left of it."""
    ours = house.adopted(101)

    def made(entry: Entry) -> bool:
        return any(one.volid.startswith("backups:") for one in _new(simulator)) and entry.path.endswith("/content")

    def _new(simulator: Simulator) -> list[Volume]:
        with simulator.world.entered() as cluster:
            return cluster.storages["backups"].files_on("pve1")[before:]

    with simulator.world.entered() as cluster:
        before = len(cluster.storages["backups"].files_on("pve1"))
    when(simulator, made, lambda: simulator.world.destroy_outside(101))
    ended = back_up(house, ours)
    assert isinstance(ended, Failed), ended
    [backup] = _new(simulator)
    assert f"sent to Proxmox: back up (done); its backup is {backup.volid}" in ended.reason


def test_the_backup_that_a_job_makes_at_the_same_time_is_not_taken_for_ours(house: House, simulator: Simulator) -> None:
    """Ours is protected, the other one goes with the next retention."""
    ours = house.adopted(101)

    def backups_there() -> list[Volume]:
        with simulator.world.entered() as cluster:
            return list(cluster.storages["backups"].files_on("pve1"))

    def other() -> None:
        simulator.world.add_backup(101, storage="backups", ago=-30.0, notes="nightly")

    # The list that proves it: by then the job has ended, too.
    when(simulator, lambda entry: "/tasks/UPID" in entry.path and entry.path.endswith("/status"), other)
    result = back_up(house, ours, protected=True)
    assert isinstance(result, Done), result
    assert result.operation is not None
    named = str(result.operation.steps[-1].detail["volume"])
    [kept] = [one for one in backups_there() if one.volid == named]
    assert kept.protected
    assert kept.notes != "nightly"


def test_a_storage_that_goes_offline_before_anything_is_sent_leaves_nothing_open(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopted(101)
    agreed = plan(house, ours)
    assert isinstance(agreed, Plan)
    simulator.world.set_storage_reachable("backups", "pve1", reachable=False)
    result = house.engine.carry_out(agreed, house.again(ours))
    assert isinstance(result, Failed), result
    assert result.refusal is not None
    assert "is not online" in result.reason
    assert "`proximity-tui storages` shows which are active" in result.reason
    assert house.again(ours).operation is None
    assert vzdumps(house) == 0


def test_law_7_the_backup_of_a_job_is_not_taken_for_ours_where_the_log_names_none(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopted(101)
    simulator.faults.rewrite(lambda lines: [one for one in lines if "archive" not in str(one)], "/log$")

    def by_a_job() -> None:
        remove_backups(simulator)
        simulator.world.add_backup(101, storage="backups", ago=-30.0, notes="nightly")

    when(simulator, asked("GET", "/log"), by_a_job)
    house.engine = house.impatient(settle_timeout=0.2)

    result = back_up(house, ours, protected=True)

    assert isinstance(result, Failed), result
    assert "backups lists no new one that is known to be ours" in result.reason
