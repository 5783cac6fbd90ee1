"""Foreign JSON becomes exactly one type and plain text, or nothing at all."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_tui.core.model import Status
from proximity_tui.core.proxmox.decode import json_values
from proximity_tui.core.proxmox.decode.json_values import Malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("value", "number"), [(5, 5), ("100", 100), (-1, -1), (3.0, 3), ("-7", -7)])
def test_whole_numbers_also_come_as_text(value, number):
    assert json_values.as_int(value, "x") == number


@pytest.mark.parametrize(
    "value", [None, True, "", "1.5", 1.5, "1e3", "0x10", [], {}, "9" * 40, 10**30, float("nan"), " 1", "١"]
)
def test_what_is_no_whole_number_is_malformed(value):
    with pytest.raises(Malformed, match="x is not a whole number"):
        json_values.as_int(value, "x")


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), ("1.5", 1.5), (0.25, 0.25)])
def test_numbers_also_come_as_text(value, number):
    assert json_values.as_float(value, "x") == number


@pytest.mark.parametrize("value", [None, False, "many", "nan", "inf", float("inf"), [], {}, 10**400])
def test_what_is_no_number_is_malformed(value):
    with pytest.raises(Malformed, match="x is not a number"):
        json_values.as_float(value, "x")


@pytest.mark.parametrize(
    ("value", "truth"), [(1, True), (0, False), ("1", True), ("0", False), (True, True), (False, False)]
)
def test_a_switch_is_true_or_false_however_proxmox_writes_it(value, truth):
    assert json_values.as_bool(value, "x") is truth


@pytest.mark.parametrize("value", [None, 2, "yes", "true", [], {}, [1]])
def test_what_is_no_switch_is_malformed(value):
    with pytest.raises(Malformed, match="x is neither 0 nor 1"):
        json_values.as_bool(value, "x")


def test_text_is_made_plain_at_the_door():
    assert json_values.as_text("web\x1b[31m1\u202e", "name") == "web␛[31m1⟨U+202E⟩"
    assert json_values.as_text(42, "name") == "42"
    assert len(json_values.as_text("x" * 10_000, "name")) == json_values.TEXT_LIMIT
    nonsense: tuple[object, ...] = (None, True, [], {}, b"web1")
    for value in nonsense:
        with pytest.raises(Malformed, match="name is not a text"):
            json_values.as_text(value, "name")


@pytest.mark.parametrize(
    ("text", "status"),
    [("running", Status.RUNNING), ("stopped", Status.STOPPED), ("unknown", Status.UNKNOWN), ("paused", Status.UNKNOWN),
     ("Stopped", Status.UNKNOWN), ("", Status.UNKNOWN)],
)  # fmt: skip
def test_a_status_that_is_not_known_is_never_stopped(text, status):
    assert json_values.as_status(text, "status") is status


def test_tags_are_split_where_proxmox_splits_them():
    assert json_values.as_tags("a;b,c d", "tags") == ("a", "b", "c", "d")
    assert json_values.as_tags(" ; ", "tags") == ()
    assert json_values.as_tags("a\x1b", "tags") == ("a␛",)


def test_what_a_storage_may_hold_is_sorted_and_never_blank():
    assert json_values.as_contents("vztmpl,backup,,iso", "content") == ("backup", "iso", "vztmpl")
    assert json_values.as_contents("", "content") == ()


def test_a_moment_is_in_utc_and_what_is_none_is_malformed():
    assert json_values.as_moment(1795420416, "t") == datetime.fromtimestamp(1795420416, UTC)
    for value in (-1, "soon", 253_402_300_799, 10**18, float("nan")):
        with pytest.raises(Malformed):
            json_values.as_moment(value, "t")


def test_lists_and_objects_are_not_each_other():
    assert json_values.require_list_of_dicts([{"a": 1}], "rows") == [{"a": 1}]
    for value in (None, {}, "[]", {"errors": b"<html>"}, 5):
        with pytest.raises(Malformed, match="not a list"):
            json_values.require_list_of_dicts(value, "rows")
    with pytest.raises(Malformed, match="not an object"):
        json_values.require_list_of_dicts([{}, None], "rows")


@given(JSON)
def test_any_json_at_all_is_read_or_malformed(value):
    readers = (
        json_values.as_int, json_values.as_float, json_values.as_bool, json_values.as_text, json_values.as_status,
        json_values.as_tags, json_values.as_contents, json_values.as_moment, json_values.require_dict,
        json_values.require_list_of_dicts,
    )  # fmt: skip
    for read in readers:
        with contextlib.suppress(Malformed):
            assert read(value, "x") is not None


@given(JSON)
def test_a_whole_tree_is_plain_in_every_leaf_and_key(value):
    def texts(item):
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            for inner in item.values():
                yield from texts(inner)
        elif isinstance(item, list):
            for inner in item:
                yield from texts(inner)

    assert all(text.isprintable() for text in texts(json_values.plain_tree(value, depth=50)))


def test_a_tree_that_is_too_deep_is_malformed():
    deep: object = "leaf"
    for _ in range(20):
        deep = [deep]
    with pytest.raises(Malformed, match="too deeply"):
        json_values.plain_tree(deep)
