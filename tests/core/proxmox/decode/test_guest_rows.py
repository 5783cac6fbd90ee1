"""Rows of the list of guests that are decoded quickly say exactly what reading them field by field says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model import Inventory
from proximity_tui.core.model.guests.guest_list import (
    ListedFacts,
    all_listed_facts,
    count_containers,
    cpu_shares,
    listed_facts,
    lists_container,
)
from proximity_tui.core.proxmox.decode.guest_rows import ListedGuest, split_rows
from proximity_tui.core.proxmox.decode.json_values import GUEST_TYPES
from proximity_tui.core.proxmox.inventory import read_inventory
from tests.core.proxmox.scripted import guest_row, node_row, ok
from tests.core.proxmox.stories.test_absurd_answers import ABSURD, variations

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Answered:
    """A session that has been answered already."""

    cluster = "lab"

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.notes: list[str] = []

    def get(self, _path: str) -> Any:
        """The answer, whatever is asked."""
        return self.answer

    def set_aside(self, _path: str, _rows: object, notes: list[str]) -> None:
        """Nothing is logged here."""
        self.notes = notes


def both_ways(rows: list[Any]) -> tuple[tuple[Inventory, list[str]], tuple[Inventory, list[str]]]:
    """The list read from its bytes, and from data that was decoded before."""
    body = json.dumps({"data": rows}).encode()
    split = split_rows(body)
    assert split is not None
    quick, usual = Answered(split), Answered(json.loads(body)["data"])
    return tuple((read_inventory(one, NOW), one.notes) for one in (quick, usual))  # type: ignore[arg-type, return-value]


def is_json(value: object) -> bool:
    """Whether it is plain JSON. Python also writes NaN and half characters: then the usual decoder reads the answer."""
    try:
        return "\\ud" not in json.dumps(value, allow_nan=False)
    except ValueError:
        return False


FULL = guest_row(
    lock="backup", hastate="started", pool="web", tags="a;b", template=0, cpu=0.25, maxcpu=2, mem=1, maxmem=2**40,
    disk=0, maxdisk=8, netin=2**53, netout=2**53 + 1, uptime=86400,
)  # fmt: skip
ODD = [row for row in variations(FULL) if is_json(row)]


def assert_facts_are_those_of_guests(found: Inventory) -> None:
    """What rows say for a comparison is what the guests say that are made of them."""
    for vmid, guest in found.guests.items():
        facts = listed_facts(found.guests, vmid)
        assert facts is not None
        assert all(getattr(facts, name) == getattr(guest, name) for name in (*ListedFacts._fields, "display_name"))
        assert lists_container(found.guests, vmid) is guest.is_container
    assert not lists_container(found.guests, 99)
    assert count_containers(found.guests) == sum(guest.is_container for guest in found.guests.values())
    assert [facts.vmid for facts in all_listed_facts(found.guests)] == list(found.guests)
    assert cpu_shares(found.guests) == {vmid: guest.cpu for vmid, guest in found.guests.items()}


def test_every_absurd_value_of_every_field_is_read_the_same_both_ways() -> None:
    rows = [{**row, **({"vmid": n} if row.get("vmid") == 101 else {})} for n, row in enumerate(ODD, start=1000)]
    quick, usual = both_ways([node_row(), *rows, *filter(is_json, ABSURD), guest_row(101), guest_row(101)])
    assert quick == usual
    assert_facts_are_those_of_guests(quick[0])


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "vmid": st.integers(99, 103),
                "type": st.sampled_from(["lxc", "qemu", "storage"]),
                "node": st.text(st.characters(exclude_categories=["Cs"])),
            },
            optional={
                "status": st.sampled_from(["running", "stopped", "paused\n", 1]),
                "name": st.text(st.characters(exclude_categories=["Cs"])) | st.integers() | st.none(),
                "tags": st.text(" ;,ab") | st.none(),
                "template": st.sampled_from([0, 1, 2, "1", True, None]),
                "cpu": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
                "mem": st.integers() | st.floats(0, 1e19),
                "uptime": st.integers(-1, 2**62) | st.floats(0, 1e12),
            },
        ),
        max_size=5,
    )
)
def test_any_rows_are_read_the_same_both_ways(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["node"] = "pve1" if len(row["node"]) < 2 else row["node"]
    quick, usual = both_ways(rows)
    assert quick == usual
    assert_facts_are_those_of_guests(quick[0])


def test_what_thousands_of_rows_say_alike_is_one_object() -> None:
    rows = [guest_row(vmid, status=status) for vmid in (101, 102) for status in ("running", "stopped", "unknown")]
    split = split_rows(json.dumps({"data": rows}).encode())
    assert split is not None
    found = [row for row, _ in split if row is not None]
    assert len({id(one.node) for one in found}) == len({id(one.type) for one in found}) == 1
    assert len({id(one.status) for one in found}) == 3


def test_a_name_is_the_same_object_in_every_list() -> None:
    body = json.dumps({"data": [guest_row(101, name="a-long-name")]}).encode()
    lists = [split_rows(body), split_rows(bytes(body))]
    first, second = (row for rows in lists if rows is not None for row, _ in rows)
    assert first is not None
    assert second is not None
    assert first is not second
    assert first.name is second.name


def test_no_type_of_guest_is_left_to_the_usual_decoder() -> None:
    assert get_args(get_type_hints(ListedGuest)["type"]) == GUEST_TYPES


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"data": {}}', b'{"data": [NaN]}', b'{"data": ["\xff"]}', b"[]"], ids=repr
)
def test_an_answer_that_is_not_a_plain_list_is_left_to_the_usual_decoder(body: bytes) -> None:
    assert split_rows(body) is None


def test_a_row_that_cannot_be_decoded_is_set_aside_and_the_list_proves_nobodys_absence() -> None:
    digits = "9" * 5000
    split = split_rows(f'{{"data": [{json.dumps(node_row())}, {{"vmid": {digits}}}, {json.dumps(FULL)}]}}'.encode())
    found = read_inventory(Answered(split), NOW)  # type: ignore[arg-type]
    assert [row.why for row in found.set_aside] == ["it cannot be decoded"]
    assert (list(found.guests), found.complete) == ([101], False)


def test_a_guest_that_is_as_before_is_the_same_object(answered) -> None:
    session = answered(ok([node_row(), guest_row(101), guest_row(102)]), ok([guest_row(101), guest_row(102, mem=7)]))
    before = read_inventory(session, NOW)
    after = read_inventory(session, NOW, before)
    assert after.guests[101] is before.guests[101]
    assert after.guests[102] != before.guests[102]
