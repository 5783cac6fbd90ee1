"""What may be restored, from which backup, to which place, and what is said before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from proximity_tui.core.doctrine.actions.restore.restore_facts import BackupRead, LostContainer, RestorePlace
from proximity_tui.core.doctrine.actions.restore.restored_guest import (
    broken_promises,
    identifies,
    is_another,
    is_certain,
    judge_backup,
    known_of,
    promise_of,
)
from proximity_tui.core.doctrine.actions.restore.restoring import RestoreRequest, plan_restore
from proximity_tui.core.model import (
    Backup,
    Container,
    GuestNotSeen,
    Kind,
    Match,
    Plan,
    PortMapping,
    Presence,
    Quorum,
    Refusal,
    RefusalCode,
    State,
    StepName,
)
from proximity_tui.core.model.actions.plan import RestoreBound
from proximity_tui.core.model.actions.plan_options import RestoreOptions
from proximity_tui.core.model.guests.guest import Identity
from proximity_tui.core.model.guests.guest_backup import Verification
from tests.support.records.make import MARKER, NOON, adopted, after, container, observation

GIB = 2**30
MAC = "BC:24:11:00:00:01"
VOLID = "backups:backup/vzdump-lxc-101-2026_01_01-00_00_00.tar.zst"
SCREEN_ID = RestorePlace("prod", "pve1", "local-lvm", 101, Quorum(True), free=2**40)
GONE = GuestNotSeen("prod", 101, NOON, Presence.ABSENT, "a complete list does not have it")


def config(**changes: Any) -> dict[str, Any]:
    """The config in the backup of web1, every value a text."""
    print_ = container().fingerprint
    assert print_ is not None
    usual = {
        "hostname": print_.hostname,
        "ostype": print_.ostype,
        "arch": print_.arch,
        "unprivileged": "1",
        "description": f"proximity-tui:{print_.marker}\n",
        "rootfs": f"{print_.rootfs},size=4G",
        "net0": f"name=eth0,bridge=vmbr0,hwaddr={next(iter(print_.hwaddrs))},type=veth",
    }
    return {key: value for key, value in {**usual, **changes}.items() if value is not None}


def backup(seconds: float = 60.0, **changes: Any) -> Backup:
    return replace(Backup(VOLID, after(seconds), 1000), **changes)


def plan(
    record: Container | None = None,
    made: Backup | None = None,
    content: dict[str, Any] | None = None,
    place: RestorePlace = SCREEN_ID,
    **how: Any,
) -> Plan | Refusal:
    """The plan for restoring web1, proved gone, from a backup of it, unless told otherwise."""
    lost = LostContainer(
        record or container(),
        how.pop("lookup", GONE),
        how.pop("known", None),
        how.pop("at", None),
        how.pop("ports", ()),
    )
    read = BackupRead(made or backup(), config() if content is None else content or None)
    return plan_restore(lost, read, place, RestoreRequest(**how))


def agreed(planned: Plan | Refusal) -> Plan:
    assert isinstance(planned, Plan), planned
    return planned


def refused(planned: Plan | Refusal) -> Refusal:
    assert isinstance(planned, Refusal), planned
    return planned


def test_it_comes_back_as_what_it_was_and_where_it_was() -> None:
    made = agreed(plan(ports=(PortMapping(8100, 80),)))
    assert (made.vmid, made.node, made.name) == (101, "pve1", "web1")
    assert [step.name for step in made.steps] == ["restore", "verify", "start", "settle"]
    options = made.carries(RestoreOptions)
    assert (options.kind, options.predecessor, options.storage, options.unprivileged) == (
        Kind.NATIVE,
        1,
        "local-lvm",
        True,
    )
    assert options.ports == (PortMapping(8100, 80),)
    assert made.bound_to == RestoreBound(1, 3, 101, 1000)
    assert "public port 8100 leads to its port 80 again" in made.steps[-1].reason


@pytest.mark.parametrize(
    ("choices", "field", "value"),
    [
        ({"unprivileged": False}, "unprivileged", False),
        ({"unique": True}, "unique", True),
        ({"start": False}, "start", False),
    ],
)
def test_what_is_chosen_is_in_the_plan(choices: dict[str, Any], field: str, value: object) -> None:
    assert getattr(agreed(plan(**choices)).carries(RestoreOptions), field) == value


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({}, "network as in the backup"),
        ({"unique": True}, "with new hardware addresses"),
        ({"pool": "prod"}, "in pool prod"),
    ],
)
def test_the_step_says_what_is_chosen_and_nothing_else(choices: dict[str, Any], said: str) -> None:
    reason = agreed(plan(**choices)).steps[0].reason
    assert said in reason
    assert ("with new hardware addresses" in reason, "in pool" in reason) == ("unique" in choices, "pool" in choices)


def test_another_bridge_keeps_the_rest_of_the_card() -> None:
    net0 = agreed(plan(bridge="vmbr1")).carries(RestoreOptions).net0
    assert net0 == config()["net0"].replace("vmbr0", "vmbr1")


def test_new_hardware_addresses_are_also_for_the_card_that_goes_to_another_bridge() -> None:
    made = agreed(plan(bridge="vmbr1", unique=True))
    assert made.carries(RestoreOptions).net0 == "name=eth0,bridge=vmbr1,type=veth"


def test_one_that_was_stopped_stays_stopped() -> None:
    assert "start" not in [step.name for step in agreed(plan(container(state=State.STOPPED))).steps]


@pytest.mark.parametrize(
    ("lookup", "code"),
    [
        (observation(), RefusalCode.VMID_TAKEN),
        (replace(GONE, presence=Presence.REPLACED), RefusalCode.REPLACED),
        (replace(GONE, presence=Presence.HIDDEN), RefusalCode.UNKNOWN_STATUS),
        (replace(GONE, presence=Presence.UNKNOWN), RefusalCode.UNKNOWN_STATUS),
        (None, RefusalCode.UNKNOWN_STATUS),
    ],
)
def test_only_what_is_proved_gone_is_restored(lookup: Any, code: RefusalCode) -> None:
    assert refused(plan(lookup=lookup)).code is code


def test_the_advice_for_a_replaced_container_names_its_record_and_never_another_vmid() -> None:
    """A number alone is taken for a VMID first."""
    lost = container(id=105)
    told = refused(plan(lost, lookup=replace(GONE, presence=Presence.REPLACED))).reason
    assert "close the record first: `proximity-tui delete id:105 --soft`" in told


def test_a_tombstone_needs_no_proof_and_nothing_is_done_without_a_quorum() -> None:
    tombstone = container(closed_at=after(120), closed_reason="vanished")
    assert agreed(plan(tombstone, lookup=None)).vmid == 101
    for quorum in (Quorum(False), Quorum(True, apart=frozenset({"pve1"}))):
        assert refused(plan(place=replace(SCREEN_ID, quorum=quorum))).code is RefusalCode.NO_QUORUM


def test_a_backup_of_another_guest_needs_consent_and_brings_no_history() -> None:
    other = config(hostname="mail", description=None, net0="name=eth0,bridge=vmbr0,hwaddr=BC:24:11:99:99:99")
    no = refused(plan(content=other))
    assert (no.code, "ANOTHER GUEST" in no.reason) == (RefusalCode.IDENTITY_UNSURE, True)
    made = agreed(plan(content=other, other_guest=True, ports=(PortMapping(8100, 80),)))
    options = made.carries(RestoreOptions)
    assert (made.name, options.kind, options.predecessor, options.ports) == ("mail", Kind.ADOPTED, None, ())
    assert "ANOTHER GUEST" in made.warnings[0]


@pytest.mark.parametrize(
    ("record", "content", "seconds", "match"),
    [
        (container(), config(), -3600, Match.SAME),
        (container(), config(net0=None), 60, Match.SAME),
        (adopted(), config(hostname="db1", description=None, net0=None), -3600, Match.UNSURE),
        (container(), {}, 60, Match.SAME),
        (container(), {}, -3600, Match.DIFFERENT),
        (adopted(), {}, -3600, Match.UNSURE),
        (container(closed_at=after(30)), {}, 60, Match.UNSURE),
        (container(fingerprint=None), config(description=None, hostname="mail"), 60, Match.DIFFERENT),
    ],
)
def test_whose_a_backup_is(record: Container, content: dict[str, Any], seconds: float, match: Match) -> None:
    assert judge_backup(record, backup(seconds), content or None).match is match


@pytest.mark.parametrize(
    ("record", "content", "how", "kind"),
    [
        (container(), config(), {}, Kind.NATIVE),
        (container(), {}, {}, Kind.NATIVE),  # verified by its marker once it is there
        (container(), config(net0=None), {}, Kind.ADOPTED),
        (container(fingerprint=None), {}, {}, Kind.ADOPTED),
        (container(closed_at=after(30)), config(net0=None), {"other_guest": True}, Kind.ADOPTED),
    ],
    ids=["all agrees", "config unread", "no address agrees", "nothing was recorded", "unsure, with consent"],
)
def test_only_what_is_certain_to_be_ours_comes_back_native(
    record: Container, content: dict[str, Any], how: dict[str, Any], kind: Kind
) -> None:
    made = agreed(plan(record, content=content, **how))
    assert (made.carries(RestoreOptions).kind, made.carries(RestoreOptions).predecessor) == (kind, 1)
    assert any("it comes back adopted" in one for one in made.warnings) is (kind is Kind.ADOPTED)


@pytest.mark.parametrize(
    ("content", "unique", "known"),
    [
        (config(), True, True),
        (config(description=None), False, True),
        (config(description=None), True, False),
        (config(description=None, net0=None), False, False),
        (None, False, False),
    ],
)
def test_a_name_alone_does_not_tell_whose_guest_is_there(
    content: dict[str, Any] | None, unique: bool, known: bool
) -> None:
    assert identifies(promise_of(content), unique=unique) is known


def test_folders_of_the_node_are_for_root_to_restore() -> None:
    no = refused(plan(content=config(mp0="/srv,mp=/srv")))
    assert no.code is RefusalCode.BIND_MOUNT
    assert f"As root on pve1: pct restore 101 {VOLID} --storage local-lvm; then adopt CT 101" in no.reason


def test_what_is_lost_and_what_may_collide_is_said() -> None:
    place = replace(
        SCREEN_ID,
        node="pve2",
        vmid=105,
        former_vmid_holder="CT 101 mail",
        used_ports={8100},
        address_holders={next(iter(container().fingerprint.hwaddrs)): "copy (native, CT 7 on pve1)"},  # type: ignore[union-attr]
    )
    made = agreed(
        plan(
            container(observed_at=after(3660)),
            content=config(mp0="local-lvm:vm-101-disk-1,mp=/srv,size=3G", memory="512"),
            place=place,
            known=config(memory=2048),
            at=NOON + timedelta(minutes=30),
            ports=(PortMapping(8100, 80),),
        )
    )
    said = "\n".join(made.warnings)
    for told in (
        "everything since the backup is lost: it was made 2026-11-23 12:01 UTC, 1h before",
        "differs in memory, mp0",
        "mp0 (/srv) was never part of the backup: it comes back empty",
        "VMID 101 is taken by CT 101 mail: it becomes CT 105",
        "it was on pve1, and comes back on pve2",
        "is in use by copy (native, CT 7 on pve1): choose new addresses (--unique)",
        "public port 8100 is not free any more: port 80 stays unpublished",
    ):
        assert told in said, said


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"format": "pbs-ct"}, "was never verified"),
        ({"format": "pbs-ct", "verification": Verification.FAILED}, "FAILED its last verification"),
        ({"encrypted": True}, "is encrypted: the node needs its key"),
    ],
)
def test_the_state_of_the_backup_is_said(changes: dict[str, Any], told: str) -> None:
    assert [told in one for one in agreed(plan(made=backup(**changes))).warnings] == [True]
    assert agreed(plan(made=backup(format="pbs-ct", verification=Verification.OK))).warnings == ()


@pytest.mark.parametrize(
    ("root", "free", "told"),
    [
        (",size=3G", 5 * GIB, None),
        (
            ",size=4G",
            5 * GIB,
            "local-lvm has only 5.0G free, and the volumes may grow to 6.0G: when it is full, this fails half way",
        ),
        (",size=4G", None, "the volumes may grow to 6.0G, and its free space is not known"),
        ("", GIB, "the size of the volumes is not known, and 1.0G are free"),
        ("", None, "neither the size of the volumes nor its free space is known"),
    ],
)
def test_a_storage_that_may_be_too_small_is_told_with_both_sizes(root: str, free: int | None, told: str | None) -> None:
    volume = config()["rootfs"].partition(",")[0]
    content = config(rootfs=volume + root, mp0="local-lvm:vm-101-disk-1,mp=/srv,size=2G,backup=1")
    made = agreed(plan(content=content, place=replace(SCREEN_ID, free=free)))
    assert [told is not None and told in one for one in made.warnings] == ([] if told is None else [True])


def test_what_came_back_is_held_against_the_promise_of_the_backup() -> None:
    promised, seen = promise_of(config()), container().fingerprint
    assert seen is not None
    assert broken_promises(promised, seen, unique=False) == ()
    other = replace(seen, hostname="mail", hwaddrs=frozenset({"BC:24:11:99:99:99"}))
    assert [one.partition(":")[0] for one in broken_promises(promised, other, unique=False)] == [
        "hostname",
        "hardware addresses",
    ]
    assert [one.partition(":")[0] for one in broken_promises(promised, other, unique=True)] == ["hostname"]
    bare = replace(seen, hostname=None, marker=None, hwaddrs=frozenset())
    assert all(one.endswith("expected, none now") for one in broken_promises(promised, bare, unique=False))
    assert not is_another(promised, other, unique=False), "it carries our marker"
    assert is_another(promised, replace(seen, marker=None), unique=False)


@pytest.mark.parametrize(
    ("record", "content", "certain"),
    [
        (container(), config(), True),
        (container(), None, True),
        (container(fingerprint=None, marker=MARKER), config(), True),
        (container(fingerprint=None, marker=MARKER), config(description=None), False),
        (container(fingerprint=None, marker=None), config(description=None), False),
        (container(fingerprint=None, marker=MARKER), None, False),
    ],
)
def test_without_a_fingerprint_only_the_marker_makes_it_certain(
    record: Container, content: dict[str, Any] | None, certain: bool
) -> None:
    assert is_certain(record, Identity(Match.SAME, ()), content) is certain
    assert not is_certain(record, Identity(Match.UNSURE, ()), content)


def test_only_what_continues_a_record_says_so() -> None:
    def verification(**how: Any) -> str:
        return next(step.reason for step in agreed(plan(**how)).steps if step.name is StepName.VERIFY)

    assert verification().endswith("; continue the history of record 1")
    another = config(
        net0="name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:99,type=veth", description=None, rootfs="nas:9,size=4G"
    )
    assert "record" not in verification(content=another, other_guest=True)


def test_a_backup_that_is_as_young_as_the_last_sight_loses_nothing() -> None:
    lost = [agreed(plan(container(observed_at=after(60 + late)), backup(60))).warnings for late in (0, 1)]
    assert [any("is lost" in one for one in warnings) for warnings in lost] == [False, True]


def test_what_is_promised_of_a_restored_guest_has_no_root_volume_as_that_is_made_again() -> None:
    recorded = container().fingerprint
    assert recorded is not None
    assert known_of(container()) == replace(recorded, rootfs=None)
    assert known_of(container(fingerprint=None)) is None
    assert promise_of(None) is None


@pytest.mark.parametrize(("count", "more"), [(8, ""), (9, " and 1 more"), (10, " and 2 more")])
def test_up_to_eight_settings_that_differ_are_named(count: int, more: str) -> None:
    known = config(**{f"lxc{number}": "1" for number in range(count)})
    warned = agreed(plan(known=known, at=after(3600))).warnings
    named = ", ".join(f"lxc{number}" for number in range(min(count, 8)))
    assert any(one.endswith(f"differs in {named}{more}") for one in warned), warned
