"""Law 1: what is adopted, or may be for all that can be read, is not destroyed, whatever was asked or forged."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.doctrine.guards import permit
from proximity_tui.core.doctrine.guards.permit import DestroyPermit, PermitError
from proximity_tui.core.model import Kind, OperationStatus, Plan, Refusal, State
from proximity_tui.core.model.actions.plan import DestroyBound
from proximity_tui.core.store import verification
from proximity_tui.core.store.records import identity_trail, operations, public_ports
from proximity_tui.simulator import Simulator
from tests.core.store.making import drop_trigger, raw
from tests.support.house import House, refusal_of
from tests.support.servers.databases import both_databases


@pytest.mark.parametrize("kind", ["borrowed", "", "NATIVE", " native", None])
def test_n51_a_kind_that_cannot_be_read_is_never_ours_to_destroy(
    house: House, simulator: Simulator, kind: str | None
) -> None:
    native = house.native("web1", port=80)
    plan = house.plan_hard(native)
    assert isinstance(plan, Plan)
    by_hand(Path(house.database.removeprefix("sqlite:///")), native.id, kind)
    simulator.journal.clear()

    broken = house.again(native)
    assert broken.kind is Kind.UNKNOWN
    assert refusal_of(house.hard_delete(broken)).code == "kind_unknown"
    assert refusal_of(house.engine.delete(plan, broken)).code == "kind_unknown"
    assert house.wire() == []
    assert house.soft_delete(broken).success
    assert public_ports.used() == frozenset()
    assert house.wire() == []


def by_hand(database: Path, container: int, kind: str | None) -> None:
    """What somebody does who means to break a rule: without trigger, check and NOT NULL; then open the store again."""
    store.close_store()
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER container_kind")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'kind TEXT NOT NULL CHECK', 'kind TEXT CHECK')"
            " WHERE name = 'container'"
        )
        connection.execute("PRAGMA writable_schema = RESET")
    connection.close()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE container SET kind = ? WHERE id = ?", (kind, container))
    connection.close()
    store.open_store(f"sqlite:///{database}")


@both_databases
def test_n53_adopted_is_never_destroyed_whatever_is_asked(house: House, simulator: Simulator) -> None:
    adopted = house.adopt(151)
    native = house.native("web1", start=False)
    real = house.plan_hard(native)
    assert isinstance(real, Plan)
    simulator.journal.clear()

    assert refusal_of(house.hard_delete(adopted)).code == "adopted"
    looked = house.clients["lab"].inspect(151, "pve1")
    assert isinstance(house.engine.plan_delete(adopted, Choice.HARD, HardOptions(purge=True), looked), Refusal)
    # A forged plan: the one of a native container, turned on the adopted one in every respect.
    assert isinstance(real.bound_to, DestroyBound)
    bound = replace(
        real.bound_to, version=adopted.version, digest=looked.digest, status=looked.status, node=looked.node
    )
    forged = replace(real, vmid=151, name=adopted.name, node="pve1", bound_to=bound)
    assert refusal_of(house.engine.delete(forged, adopted)).code == "adopted"
    # The journal itself, past every plan: an operation that somebody wrote into our database.
    begun = operations.begin(forged, adopted, "mallory", "gone:0:x", transient=State.REMOVING, message="forged")
    operations.finish(begun.id, OperationStatus.INTERRUPTED)
    resumed = house.engine.resume(begun.id)
    assert not resumed.success
    assert "adopted" in str(resumed.error)

    assert house.wire() == []
    seen = simulator.world.container(151)
    assert seen is not None
    assert house.again(adopted).state.value == seen.status


@both_databases
def test_n53_no_permit_can_be_had_for_what_is_not_ours(house: House) -> None:
    native = house.native("web1", start=False)
    assert native.vmid is not None
    seen = house.clients["lab"].inspect(native.vmid, "pve1")
    now = house.clock.now()
    provenance = identity_trail.provenance(native.id)
    for stranger, code in (
        (replace(native, kind=Kind.ADOPTED), "adopted"),
        (replace(native, kind=Kind.UNKNOWN), "kind_unknown"),
        (replace(native, closed_at=now, closed_reason="forgotten"), "closed"),
    ):
        refused = permit.mint(stranger, seen, now, provenance=provenance, purge=False, unsure_confirmed=True)
        assert isinstance(refused, Refusal)
        assert refused.code == code
    with pytest.raises(PermitError):
        DestroyPermit(object(), "lab", "pve1", native.vmid, False, now)


@both_databases
def test_a_native_record_that_hands_point_at_an_adopted_guest_destroys_nothing(
    house: House, simulator: Simulator
) -> None:
    """The guest was adopted and released, so that only the record of another one could lead to it."""
    adopted = house.adopt(151)
    native = house.native("web1", start=False)
    assert house.soft_delete(adopted).success
    drop_trigger("container_identity", "container")
    theirs = f"(SELECT fingerprint FROM container WHERE id = {adopted.id})"
    raw(f"UPDATE container SET vmid = 151, fingerprint = {theirs}, marker = NULL WHERE id = {native.id}")
    simulator.journal.clear()

    turned = house.again(native)
    refused = refusal_of(house.hard_delete(turned))
    assert refused.code == "record_altered"
    assert "its VMID is 151" in refused.reason
    assert house.wire() == []
    assert simulator.world.container(151) is not None
    assert [container for container, _ in verification.verify().altered] == [native.id]
