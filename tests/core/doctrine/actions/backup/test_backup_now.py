"""A backup that is asked for by name: what its plan says it does, what it leaves out, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.backup.backup_now import BackupRequest, check_request, plan_backup
from proximity_tui.core.model import BackupMode, Plan, Quorum, Refusal, Status
from proximity_tui.core.model.actions.plan_options import BackupOptions
from tests.support.records.make import container, fingerprint, observation

SNAPSHOT, SUSPEND, STOP = BackupMode
STOPPED = Status.STOPPED


def planned(request: BackupRequest | None = None, *, possible: bool | None = True, **changes: Any) -> Plan | Refusal:
    seen = observation(**{"backup_storages": ("vault",), **changes})
    return plan_backup(container(), request or BackupRequest(), seen, possible)


def plan(request: BackupRequest | None = None, *, possible: bool | None = True, **changes: Any) -> Plan:
    answer = planned(request, possible=possible, **changes)
    assert isinstance(answer, Plan), answer
    return answer


@pytest.mark.parametrize(
    ("mode", "status", "effect", "down"),
    [
        (SNAPSHOT, Status.RUNNING, "mode snapshot, it keeps running", False),
        (SUSPEND, Status.RUNNING, "mode suspend, it is paused while the last changes are copied", False),
        (STOP, Status.RUNNING, "mode stop, it is shut down first and started again", True),
        (SNAPSHOT, STOPPED, "it is stopped and stays so", False),
        (STOP, STOPPED, "it is stopped and stays so", False),
    ],
)
def test_the_plan_says_what_the_backup_does_to_the_container(
    mode: BackupMode, status: Status, effect: str, down: bool
) -> None:
    made = plan(BackupRequest(mode=mode), status=status)
    back_up, prove = made.steps
    assert (back_up.name, prove.name) == ("back_up", "prove_backup")
    assert effect in back_up.reason
    assert "No older backup is removed for it" in back_up.reason
    assert ("web1 is down for as long as the backup takes" in made.warnings) is down


def test_the_plan_carries_what_was_asked_and_notes_the_name_of_the_container() -> None:
    assert plan().carries(BackupOptions) == BackupOptions("vault", note="{{guestname}}")
    asked = BackupRequest("vault", note="C:\\tmp\r\nsecond", protected=True, notify=("ops@example.org",))
    carried = plan(asked).carries(BackupOptions)
    assert (carried.note, carried.protected, carried.notify) == ("C:\\\\tmp\\nsecond", True, ("ops@example.org",))
    assert plan(BackupRequest(protected=True)).warnings == ()
    assert "it is protected, so no retention removes it" in plan(BackupRequest(protected=True)).steps[0].reason
    assert "it is protected, so" not in plan().steps[0].reason
    assert plan().warnings == ("it is not protected: the retention of a later backup job may remove it",)


@pytest.mark.parametrize(("shared", "storage"), [(("vault",), "vault"), (("attic", "vault"), None), ((), None)])
def test_of_several_storages_the_only_shared_one_is_the_default(shared: tuple[str, ...], storage: str | None) -> None:
    answer = planned(backup_storages=("attic", "local", "vault"), shared_backup_storages=shared)
    assert storage == (answer.carries(BackupOptions).storage if isinstance(answer, Plan) else None)


def test_what_no_backup_holds_is_named() -> None:
    config = {
        "mp0": "local:vm-101-disk-1,mp=/srv,backup=1",
        "mp1": "local:vm-101-disk-2,mp=/cache",
        "mp2": "/mnt/share,mp=/share,backup=1",
        "unused0": "local:vm-101-disk-3",
        "parent": "base",
    }
    assert plan(BackupRequest(protected=True), config=config).warnings == (
        "mp1 (/cache) is not part of the backup: its flag backup is not set",
        "mp2 (/share) is not part of the backup: a bind mount never is",
        "unused0 (local:vm-101-disk-3) is not part of the backup: it is not in use",
        "its snapshots are not part of the backup",
    )


@pytest.mark.parametrize(
    ("possible", "status", "words"),
    [
        (False, Status.RUNNING, "not every volume can have a snapshot"),
        (None, Status.RUNNING, "whether every volume can have a snapshot is not known"),
        (True, Status.RUNNING, None),
        (False, STOPPED, None),
    ],
)
def test_it_is_said_where_proxmox_would_pause_it_instead_of_taking_a_snapshot(
    possible: bool | None, status: Status, words: str | None
) -> None:
    warnings = [one for one in plan(possible=possible, status=status).warnings if "uses mode suspend" in one]
    assert (words is None) is (warnings == [])
    assert words is None or warnings[0].startswith(words)


@pytest.mark.parametrize(
    ("mode", "change", "code"),
    [
        (SNAPSHOT, {"lock": "backup"}, "locked"),
        (SNAPSHOT, {"busy_tasks": ("UPID:x",)}, "busy"),
        (SNAPSHOT, {"status": Status.UNKNOWN}, "unknown_status"),
        (SNAPSHOT, {"fingerprint": fingerprint(marker="f" * 32)}, "replaced"),
        (SNAPSHOT, {"quorum": Quorum(quorate=False)}, "no_quorum"),
        (SNAPSHOT, {"backup_storages": ()}, "backup_storage"),
        (SNAPSHOT, {"backup_storages": ("local", "vault")}, "backup_storage"),
        (STOP, {"ha_state": "started"}, "ha_managed"),
    ],
)
def test_what_proxmox_would_refuse_is_refused_before(mode: BackupMode, change: dict[str, Any], code: str) -> None:
    answer = planned(BackupRequest(mode=mode), **change)
    assert isinstance(answer, Refusal)
    assert answer.code == code


def test_a_template_and_a_guest_of_ha_can_be_backed_up() -> None:
    assert plan(template=True, status=STOPPED)
    assert plan(ha_state="started")


@pytest.mark.parametrize("wrong", [{"note": "x" * 1025}, {"notify": ("a@b.org,c@d.org",)}, {"notify": ("",)}])
def test_a_request_that_is_wrong_by_itself_is_refused(wrong: dict[str, Any]) -> None:
    refused = check_request(BackupRequest(**wrong))
    assert refused is not None
    assert refused.code == "invalid"
    assert check_request(BackupRequest(note="x" * 1024, notify=("a@b.org",))) is None
