"""Closed records are found by what a person or a list knows of them, however many there are."""

from __future__ import annotations

import pytest

from proximity_tui.core.model import ClosedReason, Container
from proximity_tui.core.store.records import records
from tests.core.store.making import a_container, close

pytestmark = pytest.mark.usefixtures("opened")


def gone(vmid: int | None, reason: ClosedReason = ClosedReason.VANISHED, **given: object) -> Container:
    return close(a_container(vmid=vmid, **given), reason=reason)


def ids(found: tuple[Container, ...]) -> list[int]:
    return sorted(one.id for one in found)


def test_those_of_a_name_a_vmid_or_an_id_are_found_the_last_closed_first() -> None:
    web, other = gone(101, name="web1"), gone(102, name="db1")
    again, unnumbered = gone(101, name="web2"), gone(None, name="lost")
    a_container(vmid=101, name="web1")
    assert records.tombstones_called("web1", None, None) == (web,)
    assert records.tombstones_called("101", 101, None) == (again, web)
    assert records.tombstones_called("id:4", None, unnumbered.id) == (unnumbered,)
    assert records.tombstones_called("db1", 101, None) == (again, other, web)
    assert records.tombstones_called("nobody", None, None) == ()
    assert records.tombstones_called("web1", None, None, "lab") == ()


def test_only_what_vanished_with_one_of_the_vmids_or_names_is_found() -> None:
    by_vmid, by_name = gone(101, name="web1"), gone(102, name="db1")
    gone(103, name="other")
    gone(101, ClosedReason.FORGOTTEN, name="db1")
    gone(101, cluster="lab")
    a_container(vmid=101, name="db1")
    assert ids(records.vanished("prod", {101}, {"db1"})) == [by_vmid.id, by_name.id]
    assert records.vanished("prod", set(), set()) == ()


def test_what_was_taken_back_since_is_found_by_its_successor() -> None:
    first = gone(101)
    second = gone(101, predecessor=first.id)
    gone(101, ClosedReason.NEVER_CREATED, predecessor=second.id)
    assert ids(records.vanished("prod", {101}, ())) == [second.id], "what was never created takes nothing back"


def test_the_last_record_that_a_person_released_is_told_of_each_vmid() -> None:
    gone(101, ClosedReason.FORGOTTEN)
    last, other = gone(101, ClosedReason.FORGOTTEN), gone(102, ClosedReason.FORGOTTEN)
    gone(101)
    assert records.last_released("prod", [101, 102, 103]) == {101: last, 102: other}
    assert records.last_released("lab", [101]) == {}
