"""The fewest lines that give a right back: complete, one each, and they take nothing away."""

from __future__ import annotations

from proximity_tui.core.doctrine.observation.privileges import (
    granted_at,
    is_shown,
    restore_audit,
    restore_quorum,
    why_hidden,
    why_unlisted,
)
from proximity_tui.core.model.privilege import HeldPrivileges

TOKEN = "proximity@pve!tui"
TO_US = "--users proximity@pve --tokens 'proximity@pve!tui'"


def test_two_dozen_hidden_guests_take_one_line() -> None:
    lines = restore_audit(range(100, 124), TOKEN, {"/": frozenset({"Sys.Audit"})})
    assert lines == (f"pveum acl modify /vms {TO_US} --roles PVEAuditor",)


def test_what_holds_there_is_carried_along() -> None:
    role, entry = restore_audit([101], TOKEN, {"/vms": frozenset({"VM.PowerMgmt", "Sys.Audit"})})
    assert role == 'pveum role add ProximityLook --privs "VM.Audit VM.PowerMgmt"'
    assert entry == f"pveum acl modify /vms {TO_US} --roles ProximityLook"


def test_an_entry_of_its_own_that_forbids_it_is_named_by_its_path() -> None:
    granted = {"/vms": frozenset({"VM.Audit", "VM.Allocate"})}
    assert restore_audit([103, 102], TOKEN, granted) == (
        f"pveum acl modify /vms/102 {TO_US} --roles PVEAuditor",
        f"pveum acl modify /vms/103 {TO_US} --roles PVEAuditor",
    )


def test_the_quorum_needs_the_root_itself_and_nothing_below() -> None:
    assert restore_quorum(TOKEN) == (
        'pveum role add ProximityQuorum --privs "Sys.Audit"',
        f"pveum acl modify / --propagate 0 {TO_US} --roles ProximityQuorum",
    )


def test_a_list_is_whole_only_with_the_right_on_all_guests() -> None:
    audit = frozenset({"VM.Audit"})
    assert why_hidden({"/vms": audit}) is None
    none = why_hidden({"/vms": frozenset({"VM.PowerMgmt"}), "/pool/web": frozenset({"Pool.Audit"})})
    assert none is not None
    assert "VM.Audit on no path" in none
    some = why_hidden({f"/vms/{vmid}": audit for vmid in (101, 102, 103, 104, 105)})
    assert some is not None
    assert "VM.Audit on /vms/101, /vms/102, /vms/103 and 2 more paths only" in some


ON_VMS_ALONE = {"/vms": HeldPrivileges({"VM.Audit", "VM.PowerMgmt"}, propagated=())}


def test_an_entry_without_propagation_shows_no_guest() -> None:
    assert granted_at("/vms", ON_VMS_ALONE) == {"VM.Audit", "VM.PowerMgmt"}
    assert not is_shown(101, ON_VMS_ALONE)
    hidden = why_hidden(ON_VMS_ALONE)
    assert hidden is not None
    assert "VM.Audit on /vms without propagation" in hidden


def test_an_entry_without_propagation_takes_nothing_away_that_is_passed_on_from_above() -> None:
    granted = {"/": frozenset({"VM.Audit"}), **ON_VMS_ALONE}
    assert is_shown(101, granted)
    assert why_hidden(granted) is None


def test_the_line_that_propagates_it_gives_nothing_else_to_every_guest() -> None:
    assert restore_audit([101, 102], TOKEN, ON_VMS_ALONE) == (f"pveum acl modify /vms {TO_US} --roles PVEAuditor",)


def test_a_taken_vmid_that_is_not_listed_is_told_by_what_our_token_may_see() -> None:
    assert why_unlisted(101, True).endswith("not in this list, although our token has VM.Audit on /vms/101")
    assert why_unlisted(101, None).endswith("whether our token may see it is not known")
    unseen = "no VM.Audit on /vms/101: VMID 101 exists, but our token may not see it"
    assert why_unlisted(101, False) == unseen, "a narrow list shows only the beginning"
