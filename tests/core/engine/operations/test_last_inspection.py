"""Law 3, in the source itself: nothing is asked of a guest without a last look, and only that look mints permits."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import proximity_tui
from proximity_tui.core.doctrine.guards.permit import DestroyPermit, PermitError
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit, permit_create, permit_write
from proximity_tui.core.model import Provenance, Quorum, Refusal, Vacancy
from proximity_tui.core.proxmox import client, writes
from proximity_tui.core.proxmox.client import PveClient
from tests.core.proxmox.stories.test_one_destroy import functions_around, modules
from tests.support.make import NOON, QUORATE, VOUCHED, after, container, fingerprint, observation

PACKAGE = Path(proximity_tui.__file__).parent
MINTS = {"mint", "permit_write", "permit_create", "permit_download", "permit_backup_change"}
PERMITS = {"WritePermit", "DestroyPermit", "DownloadPermit", "BackupPermit"}


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
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MINTS | PERMITS
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
    mints = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in MINTS
    ]
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
    minted = permit_write(WriteAction.STOP, container(), seen, NOON, provenance=VOUCHED)
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
