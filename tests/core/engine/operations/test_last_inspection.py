"""Law 3: nothing is asked of a guest without a last look, which alone mints permits; what it meets stops a destroy."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import proximity_tui
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.doctrine.guards.permit import DestroyPermit, PermitError
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create, permit_write
from proximity_tui.core.engine.operations.last_inspection import LastInspection
from proximity_tui.core.model import GuestDetail, Plan, Provenance, Quorum, Refusal, Vacancy
from proximity_tui.core.proxmox import client, writes
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.simulator import Simulator
from tests.core.proxmox.stories.test_one_destroy import functions_around, modules
from tests.support.house import House
from tests.support.records.make import NOON, PROVENANCE, QUORATE, after, container, fingerprint, observation
from tests.support.timing.meddling import (
    about_to_destroy,
    when,
)

PACKAGE = Path(proximity_tui.__file__).parent
MINTS = {"mint", "permit_write", "permit_create", "permit_download", "permit_backup_change"}
PERMITS = {"WritePermit", "DestroyPermit", "DownloadPermit", "BackupPermit"}


def called(call: ast.Call) -> str:
    """The last name of what is called, `mint` of `permit.mint(...)`; empty where that has no name."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def write_methods() -> dict[str, ast.FunctionDef]:
    """Every public method of the client that writes, by its name."""
    files = [Path(client.__file__), *Path(str(writes.__file__)).parent.glob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    classes = [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    methods = [node for one in classes for node in one.body if isinstance(node, ast.FunctionDef)]
    return {node.name: node for node in methods if not node.name.startswith("_")}


def test_every_write_of_the_gateway_takes_a_permit_and_says_nothing_else_of_whom_it_is_about():
    assert {"destroy", "create", "change_config", "start"} <= write_methods().keys()
    for name in write_methods():
        parameters = inspect.signature(getattr(PveClient, name)).parameters
        assert parameters["permit"].annotation in PERMITS, name
        assert not {"vmid", "node"} & set(parameters), name


def test_whatever_writes_spends_its_permit_first():
    sending = ("self._post", "self._session.post", "self._session.put", "self._session.delete")
    for function in write_methods().values():
        sends = [
            call.lineno
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and ast.unparse(call.func) in sending
        ]
        spends = [
            step.lineno for step in function.body if isinstance(step, ast.Expr) and "permit.spend(" in ast.unparse(step)
        ]
        assert len(sends) == len(spends) == 1, function.name
        assert spends < sends, function.name


def test_permits_are_minted_by_the_last_inspection_alone_and_of_no_guest_by_what_is_about_files():
    minting = {
        path.relative_to(PACKAGE).as_posix()
        for path, tree in modules(PACKAGE)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in MINTS | PERMITS
    }
    assert minting == {
        "core/doctrine/guards/storage_permits.py",
        "core/doctrine/guards/permit.py",
        "core/doctrine/guards/write_permit.py",
        "core/engine/backup_changes.py",
        "core/engine/downloads.py",
        "core/engine/operations/last_inspection.py",
    }


def test_the_last_inspection_mints_only_right_after_it_looked():
    (tree,) = [tree for path, tree in modules(PACKAGE) if path.name == "last_inspection.py"]
    mints = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) in MINTS]
    assert len(mints) == 3
    for call in mints:
        (function,) = functions_around(tree, call)
        looks = ("_seen(", "find_vacancy(")
        assert sum(ast.unparse(function).count(look) for look in looks) == 1, function.name


def test_a_permit_to_write_cannot_be_forged():
    with pytest.raises(PermitError):
        WritePermit(object(), WriteAction.STOP, "prod", "pve1", 101, NOON)
    with pytest.raises(PermitError):
        DestroyPermit(object(), "prod", "pve1", 101, False, NOON)


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (observation(fingerprint=fingerprint(hwaddrs=frozenset({"02:00:00:00:00:09"}), marker="f" * 32)), "replaced"),
        (observation(vmid=102), "replaced"),
        (observation(cluster="attic"), "replaced"),
        (observation(config=None, fingerprint=None), "identity_unsure"),
        (observation(taken_at=after(-11)), "identity_unsure"),
        (observation(taken_at=after(1)), "identity_unsure"),
    ],
)
def test_nobody_may_write_to_what_was_not_just_seen_to_be_the_guest_of_the_record(seen, code, true_ages):
    minted = permit_write(WriteAction.STOP, container(), seen, NOON, provenance=PROVENANCE)
    assert isinstance(minted, Refusal)
    assert minted.code == code


def test_nobody_may_write_to_what_the_audit_trail_does_not_vouch_for():
    altered = Provenance(1, "its VMID")
    minted = permit_write(WriteAction.STOP, container(), observation(), NOON, provenance=altered)
    assert isinstance(minted, Refusal)
    assert minted.code == "record_altered"


@pytest.mark.parametrize(
    ("free", "quorum", "at", "code"),
    [
        (False, QUORATE, NOON, "changed"),
        (True, Quorum(quorate=False), NOON, "no_quorum"),
        (True, QUORATE, after(-11), "changed"),
    ],
)
def test_nothing_is_made_at_a_vmid_that_was_not_just_seen_to_be_free(free, quorum, at, code, true_ages):
    minted = permit_create(Vacancy("prod", "pve1", 150, at, free, quorum), NOON)
    assert isinstance(minted, Refusal)
    assert minted.code == code


BETWEEN: dict[str, tuple[Callable[[Simulator, int], object], str]] = {
    "quorum is lost": (lambda simulator, vmid: simulator.world.set_quorate(False), "quorum"),
    "a backup takes its lock": (lambda simulator, vmid: simulator.world.set_lock(vmid, "backup"), "locked (backup)"),
    "a stranger takes its VMID": (
        lambda simulator, vmid: (simulator.world.recreate_outside(vmid), simulator.world.set_status(vmid, "stopped")),
        "not the one we recorded",
    ),
    "a VM takes its VMID": (lambda simulator, vmid: simulator.world.replace_by_vm(vmid), "virtual machine"),
    "somebody starts it": (lambda simulator, vmid: simulator.world.set_status(vmid, "running"), "running, not stopped"),
    "somebody protects it": (lambda simulator, vmid: simulator.world.set_config(vmid, protection=True), "protection"),
    "somebody edits it": (lambda simulator, vmid: simulator.world.set_config(vmid, cores=7), "changed since"),
    "it moves away": (lambda simulator, vmid: simulator.world.migrate(vmid, "pve3"), "moved from pve1 to pve3"),
    "it becomes a template": (lambda simulator, vmid: simulator.world.set_config(vmid, template=1), "template"),
    "it is put under HA": (lambda simulator, vmid: simulator.world.set_ha(vmid, "stopped"), "HA"),
}


@pytest.mark.parametrize("what", BETWEEN)
def test_law_3_what_happens_between_stop_and_destroy_stops_the_destroy(
    house: House, simulator: Simulator, what: str
) -> None:
    native = house.native("web1", port=80)
    assert native.vmid is not None
    meddle, why = BETWEEN[what]
    vmid = native.vmid
    when(simulator, about_to_destroy(simulator, vmid), lambda: meddle(simulator, vmid))

    result = house.hard_delete(native)

    assert not result.success
    assert why in str(result.error)
    assert house.destroys() == []
    now = house.again(native)
    assert not now.is_tombstone
    assert now.ports == native.ports
    assert why in str(now.last_error)
    assert simulator.world.container(vmid) is not None


def test_a_backup_job_over_many_that_comes_to_it_stops_the_destroy_also_without_a_lock(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    vmid = native.vmid or 0

    def come() -> None:
        with simulator.world.entered() as cluster:
            job = cluster.tasks.start("pve1", "vzdump", "", "root@pam", lambda _: (wait for wait in (1e9,)))
            job.log.append(f"INFO: Starting Backup of VM {vmid} (lxc)")

    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    when(simulator, about_to_destroy(simulator, vmid), come)

    result = house.hands(settle_timeout=0.1).delete(plan, native)

    assert not result.success
    assert f"Proxmox tasks are running on CT {vmid}" in str(result.error)
    assert house.destroys() == []


def test_law_3_a_stranger_is_noticed_even_between_the_last_look_and_the_permit(
    house: House, simulator: Simulator
) -> None:
    native = house.native("web1")
    assert native.vmid is not None
    vmid = native.vmid
    closing_in: list[bool] = []
    when(simulator, about_to_destroy(simulator, vmid), lambda: closing_in.append(True))

    def stranger() -> None:
        simulator.world.recreate_outside(vmid, hostname="web1")
        simulator.world.set_status(vmid, "stopped")

    # The quorum is the last thing that is read before the config.
    when(simulator, lambda entry: closing_in and entry.path == "/cluster/status", stranger)

    result = house.hard_delete(native)
    assert closing_in
    assert not result.success
    assert house.destroys() == []
    assert simulator.world.container(vmid) is not None


class GivenClock(SystemClock):
    """Tells the time that a test gives it."""

    at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.mark.parametrize(
    ("age", "is_known"),
    [
        (timedelta(0), True),
        (timedelta(seconds=5), True),
        (timedelta(seconds=5, microseconds=1), False),
        (timedelta(microseconds=-1), False),
    ],
    ids=["at once", "as old as it may be", "too old", "before a clock was set back"],
)
def test_what_was_read_may_be_used_for_half_the_life_of_a_permit(
    house: House, true_ages: None, age: timedelta, is_known: bool
) -> None:
    clock = GivenClock()
    looking = LastInspection(house.clients[house.cluster], clock)
    seen = looking.inspect(101, "pve1")
    assert isinstance(seen, GuestDetail)
    clock.at = seen.fingerprint_at + age
    assert looking.just_seen(101) == (seen if is_known else None)
    assert looking.just_seen(102) is None


def test_what_was_read_is_not_used_once_anything_else_was_read(house: House) -> None:
    client = house.clients[house.cluster]
    looking = LastInspection(client, house.clock)
    seen = looking.inspect(101, "pve1")
    assert looking.just_seen(101) == seen
    client.inventory()
    assert looking.just_seen(101) is None
