"""Plans as shell lines: every action has some, a name from outside breaks out of none, and no secret is in one."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace

import pytest

from proximity_tui.core.doctrine.actions.snapshot.snapshot_rules import plan_take
from proximity_tui.core.doctrine.observation.identity import described
from proximity_tui.core.doctrine.pct_commands import plan_lines
from proximity_tui.core.doctrine.pct_commands.plan_lines import NOTHING, backup_change_lines, lines_by_hand
from proximity_tui.core.model import (
    Action,
    Backup,
    BackupMode,
    Compression,
    GuestSnapshots,
    Kind,
    Plan,
    SnapshotList,
    Status,
    Step,
    StepName,
)
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest, BackupMarks
from proximity_tui.core.model.actions.plan import (
    UNBOUND,
    Bound,
    DestroyBound,
    GuestBound,
    OperationBound,
    RecordBound,
)
from proximity_tui.core.model.actions.plan_options import (
    NO_OPTIONS,
    BackupOptions,
    ChangeOptions,
    CloneOptions,
    ConfigChange,
    CreateOptions,
    DestroyOptions,
    DiskGrowth,
    MigrateOptions,
    Options,
    PropertyChange,
    RestoreOptions,
    RollbackOptions,
    SnapshotOptions,
)
from tests.support.records.make import MARKER, NOON, container, observation

RUNNING, STOPPED = GuestBound(3, Status.RUNNING, "pve1", "d1"), GuestBound(3, Status.STOPPED, "pve1", "d1")


def plan(action: Action, options: Options = NO_OPTIONS, bound: Bound = RUNNING, **changes: object) -> Plan:
    made = Plan(action, "prod", 101, "web1", (Step(StepName.ASK, "do it"),), "do it", "pve1", bound, options)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_every_action_has_its_lines() -> None:
    assert set(plan_lines._LINES) == set(Action)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (plan(Action.START), ["pct start 101"]),
        (plan(Action.SHUTDOWN), ["pct shutdown 101 --timeout 60 --forceStop 0"]),
        (plan(Action.STOP), ["pct stop 101"]),
        (plan(Action.REBOOT), ["pct reboot 101"]),
        (
            plan(Action.HARD_DELETE, DestroyOptions(purge=True), DestroyBound(3, Status.RUNNING, "pve1")),
            [
                "pct shutdown 101 --timeout 60 --forceStop 0",
                "pct stop 101  # only if it still runs",
                "pct destroy 101 --force 0 --purge 1 --destroy-unreferenced-disks 0",
            ],
        ),
        (
            plan(Action.HARD_DELETE, DestroyOptions(backup_storage="nas"), DestroyBound(3, Status.STOPPED, "pve1")),
            [
                "vzdump 101 --storage nas --mode stop --compress zstd --remove 0 --protected 1",
                "pct destroy 101 --force 0 --purge 0 --destroy-unreferenced-disks 0",
            ],
        ),
        (
            plan(
                Action.UPDATE,
                ChangeOptions(
                    (ConfigChange("memory", "2048"), ConfigChange("tags", "a;b"), ConfigChange("swap", None)),
                    (DiskGrowth("rootfs", "8G"),),
                ),
            ),
            [
                "pct set 101 --memory 2048 --tags 'a;b' --delete swap --digest d1",
                "pct resize 101 rootfs 8G",
            ],
        ),
        (
            plan(Action.SNAPSHOT, SnapshotOptions("base", "it's $HOME")),
            ["pct snapshot 101 base --description 'it'\"'\"'s $HOME'"],
        ),
        (plan(Action.MIGRATE, MigrateOptions("pve2", restart=True)), ["pct migrate 101 pve2 --restart 1"]),
        (plan(Action.MIGRATE, MigrateOptions("pve2", restart=False)), ["pct migrate 101 pve2"]),
        (plan(Action.DELETE_SNAPSHOT, SnapshotOptions("base")), ["pct delsnapshot 101 base"]),
        (
            plan(Action.ROLLBACK_SNAPSHOT, RollbackOptions("base", start=True)),
            ["pct rollback 101 base", "pct start 101"],
        ),
        (
            plan(Action.CLONE, CloneOptions(100, 1, "pve2", True, MARKER, start=True), UNBOUND),
            [
                f"pct clone 100 101 --hostname web1 --description $'{described(MARKER)}' --full 1"
                " --target pve1".replace("\n", "\\n"),
                "pct start 101  # on pve1",
            ],
        ),
        (
            plan(
                Action.CLONE,
                CloneOptions(
                    100, 1, "pve1", False, MARKER, "ceph", network="net0", properties=(PropertyChange("name", "eth0"),)
                ),
                UNBOUND,
            ),
            [
                f"pct clone 100 101 --hostname web1 --description $'{described(MARKER)}' --full 0 --storage ceph",
                "pct set 101 --net0 name=eth0",
            ],
        ),
        (
            plan(Action.UPDATE, ChangeOptions(growth=(DiskGrowth("rootfs", "8G"), DiskGrowth("mp0", "+1G")))),
            ["pct resize 101 rootfs 8G --digest d1", "pct resize 101 mp0 +1G"],
        ),
        (
            plan(Action.UPDATE, ChangeOptions((ConfigChange("memory", "512"),)), replace(RUNNING, digest=None)),
            ["pct set 101 --memory 512"],
        ),
        (
            plan(Action.BACKUP, BackupOptions("nas", BackupMode.STOP, Compression.NONE, "{{node}}", True, ("a@b",))),
            [
                "vzdump 101 --storage nas --mode stop --compress 0 --remove 0 --protected 1"
                " --notes-template '{{node}}' --mailto a@b"
            ],
        ),
        (
            plan(Action.BACKUP, BackupOptions("nas")),
            ["vzdump 101 --storage nas --mode snapshot --compress zstd --remove 0 --protected 0"],
        ),
        (
            plan(Action.RESTORE, RestoreOptions("nas:backup/1", "lvm", Kind.NATIVE, True, start=True), UNBOUND),
            ["pct restore 101 nas:backup/1 --storage lvm --unprivileged 1", "pct start 101"],
        ),
        (
            plan(Action.RESTORE, RestoreOptions("nas:backup/1", "lvm", Kind.NATIVE, False, unique=True), UNBOUND),
            ["pct restore 101 nas:backup/1 --storage lvm --unprivileged 0 --unique 1"],
        ),
    ],
    ids=lambda value: value.action.value if isinstance(value, Plan) else "",
)
def test_a_plan_is_what_a_person_would_type(made: Plan, expected: list[str]) -> None:
    head, *found = lines_by_hand(made)
    assert head.startswith("# as root on ")
    assert found == [line.replace("\n", "\\n") for line in expected]


@pytest.mark.parametrize("action", [Action.ADOPT, Action.ACCEPT_DRIFT, Action.SOFT_DELETE])
def test_what_changes_nothing_at_proxmox_says_so(action: Action) -> None:
    assert lines_by_hand(plan(action)) == (NOTHING,)
    assert lines_by_hand(plan(Action.HARD_DELETE, DestroyOptions(), RecordBound(3))) == (NOTHING,)


def test_a_password_is_asked_for_and_keys_are_a_file_to_be_named() -> None:
    options = CreateOptions(
        "local:vztmpl/d.tar.zst", "lvm", 1, 512, 4, MARKER, bridge="vmbr0", password=True, ssh_keys=2
    )
    line = lines_by_hand(plan(Action.CREATE, options, UNBOUND))[1]
    assert line.endswith("--ssh-public-keys PUBLIC_KEYS_FILE --password")
    assert "--rootfs lvm:4 --unprivileged 1" in line
    assert "--net0 name=eth0,bridge=vmbr0,ip=dhcp" in line


def test_a_secret_among_the_settings_is_masked_and_the_line_says_that_it_is_no_line_to_run() -> None:
    change = ChangeOptions((ConfigChange("env", "DB=hunter2"), ConfigChange("memory", "512")))
    lines = lines_by_hand(plan(Action.UPDATE, change))
    assert "hunter2" not in "".join(lines)
    assert lines[1] == "# NOT TO BE RUN AS IT IS: secrets in env are masked; write them in first"
    assert "--memory 512" in lines[2]


def test_an_operation_that_is_resumed_has_no_lines_but_says_so() -> None:
    (line,) = lines_by_hand(plan(Action.CREATE, NO_OPTIONS, OperationBound(7, "a:1:b", NOON)))
    assert line.startswith("# ")


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
@pytest.mark.parametrize("text", ["a\nrm -rf /", "$(reboot)", "`reboot`", "'; reboot; '", "\x1b[2J", "é\u202e", ""])
def test_a_text_from_outside_stays_one_word_of_one_line(text: str, locale: str) -> None:
    change = ChangeOptions((ConfigChange("description", text),))
    head, line = lines_by_hand(plan(Action.UPDATE, change, name=text))
    assert "\n" not in head + line
    said = subprocess.run(
        ["bash", "-c", f"pct() {{ printf '%s\\0' \"$@\"; }}; {head}\n{line}"],
        capture_output=True,
        check=True,
        env={"LC_ALL": locale},
    )
    assert said.stdout.decode().split("\0") == ["set", "101", "--description", text, "--digest", "d1", ""]


def test_a_plan_as_the_rules_make_it_has_its_lines() -> None:
    seen = observation(digest="d1")
    found = GuestSnapshots(seen, SnapshotList(NOON, (), None, "d1"), True)
    made = plan_take(container(), SnapshotOptions("base"), found)
    assert isinstance(made, Plan)
    assert shlex.split(lines_by_hand(made)[1]) == ["pct", "snapshot", "101", "base"]
    assert lines_by_hand(made)[0] == "# as root on pve1; check first that CT 101 is web1: pct config 101"


@pytest.mark.parametrize(
    ("made", "head"),
    [
        (plan(Action.STOP), "# as root on pve1; check first that CT 101 is web1: pct config 101"),
        (
            plan(Action.CLONE, CloneOptions(100, 1, "pve2", True, MARKER), UNBOUND),
            "# as root on pve2; check first that CT 100 is the source: pct config 100",
        ),
        (
            plan(Action.RESTORE, RestoreOptions("nas:backup/1", "lvm", Kind.NATIVE, True), UNBOUND),
            "# as root on pve1; VMID 101 must be free",
        ),
        (
            plan(Action.CREATE, CreateOptions("local:vztmpl/d.tar.zst", "lvm", 1, 512, 4, MARKER), UNBOUND),
            "# as root on pve1; VMID 101 must be free",
        ),
    ],
    ids=lambda value: value.action.value if isinstance(value, Plan) else "",
)
def test_where_it_is_typed_and_what_is_checked_first_is_told(made: Plan, head: str) -> None:
    assert lines_by_hand(made)[0] == head


def test_what_is_created_to_run_is_started() -> None:
    options = CreateOptions("local:vztmpl/d.tar.zst", "lvm", 1, 512, 4, MARKER, start=True)
    assert lines_by_hand(plan(Action.CREATE, options, UNBOUND))[2:] == ("pct start 101",)
    *_, last = lines_by_hand(plan(Action.CREATE, replace(options, start=False), UNBOUND))
    assert last.startswith("pct create 101 ")


@pytest.mark.parametrize(
    ("protected", "note", "given"),
    [
        (True, None, " --protected 1"),
        (False, None, " --protected 0"),
        (None, "mine", " --notes mine"),
        (True, "", " --notes '' --protected 1"),
    ],
)
def test_only_what_changes_of_a_backup_is_set(protected: bool | None, note: str | None, given: str) -> None:
    backup = Backup("nas:backup/ct-101", NOON, 1000)
    made = BackupChangePlan(
        BackupChangeRequest(1, "nas:backup/ct-101"), NOON, "prod", "pve1", 101, backup, BackupMarks(False, ""),
        protected, note,
    )  # fmt: skip
    assert backup_change_lines(made) == (
        "# as root on pve1; check first that it is there: pvesm list nas --vmid 101",
        f"pvesh set /nodes/pve1/storage/nas/content/nas:backup/ct-101{given}",
    )
