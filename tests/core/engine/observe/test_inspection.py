"""A close look at one guest: what is there, or why nothing certain can be said; a miss is no proof of absence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.fleet import managed_rows
from proximity_tui.core.model import GuestDetail, GuestLookup, GuestNotSeen, Presence, Status
from proximity_tui.simulator import Simulator
from tests.support.house import House
from tests.support.timing.meddling import in_row

STATUSES = (200, 401, 403, 404, 500, 502)


@pytest.mark.parametrize("status", STATUSES)
def test_a_page_in_place_of_the_guest_or_of_the_oracle_proves_no_absence(
    house: House, simulator: Simulator, status: int
) -> None:
    simulator.faults.html("/lxc/101/", status=status)
    simulator.faults.html("/cluster/nextid", status=status)
    simulator.faults.partial([102])
    for vmid in (101, 102):
        seen = inspection.inspect_guest(house.clients["lab"], vmid)
        assert isinstance(seen, GuestNotSeen)
        assert seen.presence is Presence.UNKNOWN


def test_what_is_shown_and_planned_of_it_says_that_its_row_could_not_be_read(
    house: House, simulator: Simulator
) -> None:
    ours = house.adopted(101)
    simulator.faults.rewrite(lambda rows: [*rows, *in_row(101, name="twin")(rows)], "/cluster/resources")
    inventory = house.poller().inventory
    seen = inspection.inspect_guest(house.clients["lab"], 101)
    assert isinstance(seen, GuestNotSeen)
    assert (seen.presence, seen.reason) == (Presence.UNKNOWN, "its row could not be read: VMID 101 is listed twice")
    assert inventory is not None
    [row] = managed_rows([ours], {"lab": inventory}, (), {})
    assert (row.status, row.presence, row.reason) == (Status.UNKNOWN, Presence.UNKNOWN, seen.reason)


def lookup(house: House, vmid: int, **how: Any) -> GuestLookup:
    return inspection.inspect_guest(house.clients["lab"], vmid, **how)


def test_who_moved_is_found_where_the_list_says(house: House, simulator: Simulator) -> None:
    simulator.world.migrate(101, "pve3")
    seen = lookup(house, 101, node="pve1")
    assert isinstance(seen, GuestDetail)
    assert seen.node == "pve3"


def test_absent_is_only_what_a_whole_list_lacks_and_whose_vmid_is_free(house: House, simulator: Simulator) -> None:
    simulator.world.destroy_outside(101)
    gone = lookup(house, 101)
    assert isinstance(gone, GuestNotSeen)
    assert (gone.presence, gone.exists) == (Presence.ABSENT, False)
    simulator.world.set_quorate(False)
    unsure = lookup(house, 101)
    assert isinstance(unsure, GuestNotSeen)
    assert (unsure.presence, "nothing may be concluded" in unsure.reason) == (Presence.UNKNOWN, True)


def test_what_our_token_may_not_see_is_hidden_and_exists(house: House, simulator: Simulator) -> None:
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"], "/vms/101": ["VM.Audit"]})
    hidden = lookup(house, 102)
    assert isinstance(hidden, GuestNotSeen)
    assert (hidden.presence, hidden.exists) == (Presence.HIDDEN, True)


def test_a_virtual_machine_is_another_guest_and_a_node_that_is_off_says_nothing(
    house: House, simulator: Simulator
) -> None:
    simulator.world.replace_by_vm(101)
    machine = lookup(house, 101)
    assert isinstance(machine, GuestNotSeen)
    assert (machine.presence, "is the virtual machine" in machine.reason) == (Presence.REPLACED, True)
    simulator.world.set_node_online("pve2", False)
    simulator.journal.clear()
    silent = lookup(house, 102)
    assert isinstance(silent, GuestNotSeen)
    assert (silent.presence, "pve2" in silent.reason) == (Presence.UNKNOWN, True)
    assert [entry.path for entry in simulator.journal.entries() if "/pve2/" in entry.path] == []


def test_a_record_without_a_vmid_or_a_cluster_of_ours_is_looked_for_nowhere(house: House, simulator: Simulator) -> None:
    ours = house.adopted(101)
    simulator.journal.clear()
    assert inspection.inspect_container(house.clients, replace(ours, vmid=None)) is None
    assert inspection.inspect_container({}, ours) is None
    assert simulator.journal.entries() == []
    assert isinstance(inspection.inspect_container(house.clients, ours), GuestDetail)


def test_whose_node_left_the_cluster_is_not_said_to_be_moving(house: House, simulator: Simulator) -> None:
    """Its folder is left in the cluster file system, so it is listed for ever."""
    simulator.faults.rewrite(
        lambda rows: [row for row in in_row(101, node="pve9")(rows) if row.get("id") != "node/pve9"],
        "/cluster/resources",
    )
    seen = lookup(house, 101)
    assert isinstance(seen, GuestNotSeen)
    assert (seen.presence, seen.reason) == (Presence.UNKNOWN, "its node pve9 is not a node of the cluster any more")


def test_who_is_missing_is_not_absent_while_the_node_of_the_record_is_not_listed(
    house: House, simulator: Simulator
) -> None:
    simulator.world.destroy_outside(101)
    gone = lookup(house, 101, home="pve1")
    assert isinstance(gone, GuestNotSeen)
    assert gone.presence is Presence.ABSENT
    unsure = lookup(house, 101, home="pve9")
    assert isinstance(unsure, GuestNotSeen)
    assert (unsure.presence, "node pve9" in unsure.reason) == (Presence.UNKNOWN, True)
