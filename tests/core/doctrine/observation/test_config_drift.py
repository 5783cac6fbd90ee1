"""Drift is the difference between the clinical record and what is seen: whole by a close look, in part by a list."""

from __future__ import annotations

from typing import Any

import pytest

from proximity_tui.core.doctrine.observation.config_drift import Compared, SettingChange, drift, drift_in_list
from proximity_tui.core.model import Status
from tests.support.records.make import NOON, after, guest

MIB = 2**20
RECORDED = {"cores": 2, "hostname": "web1", "memory": 512, "tags": "prod;web"}
ROW: dict[str, Any] = {"name": "web1", "maxcpu": 2.0, "maxmem": 512 * MIB, "tags": ("prod", "web")}


def in_list(known: Compared | None = None, **row: Any) -> list[str] | None:
    found = drift_in_list(known or Compared(RECORDED), guest(**{**ROW, **row}), after(60))
    return None if found is None else sorted(found)


def test_drift_names_what_changed_what_was_added_and_what_is_gone() -> None:
    recorded = {"memory": 512, "onboot": 1, "net0": "name=eth0", "digest": "a"}
    seen = {"memory": 2048, "onboot": 1, "mp0": "/srv", "digest": "b", "lock": "backup", "parent": "before"}
    assert drift(recorded, seen) == (
        SettingChange("memory", 512, 2048),
        SettingChange("mp0", None, "/srv"),
        SettingChange("net0", "name=eth0", None),
    )  # fmt: skip


def test_without_one_of_the_two_configs_there_is_nothing_to_compare() -> None:
    assert drift(None, {}) is None
    assert drift({}, None) is None
    assert drift({}, {}) == ()


@pytest.mark.parametrize(
    ("key", "recorded", "seen"),
    [
        ("tags", "web;prod", "prod;web"),
        ("tags", "web, prod", "prod;web"),
        ("tags", "", None),
        ("memory", "512", 512),
        ("memory", None, 512),
        ("swap", 512, None),
        ("protection", None, 0),
        ("cpulimit", "1.50", 1.5),
        ("hostname", 7, "7"),
    ],
)
def test_another_way_to_write_the_same_is_no_drift(key: str, recorded: object, seen: object) -> None:
    given = [{} if value is None else {key: value} for value in (recorded, seen)]
    assert drift(*given) == drift(*reversed(given)) == ()


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("cmode", "tty"),
        ("console", 1),
        ("cpulimit", 0),
        ("debug", 0),
        ("memory", 512),
        ("onboot", 0),
        ("protection", 0),
        ("swap", 512),
        ("template", 0),
        ("tty", 2),
        ("unprivileged", 0),
    ],
)
def test_what_proxmox_takes_where_nothing_is_set_is_the_same_as_nothing(key: str, default: object) -> None:
    assert drift({key: default}, {}) == drift({}, {key: default}) == ()


@pytest.mark.parametrize(
    ("key", "recorded", "seen"),
    [
        ("cores", None, 2),
        ("memory", None, 1024),
        ("protection", None, 1),
        ("tags", "prod", "prod;web"),
        ("hostname", "007", "7"),
        ("description", "1", "1.0"),
    ],
)
def test_what_means_something_else_is_drift(key: str, recorded: object, seen: object) -> None:
    given = [{} if value is None else {key: value} for value in (recorded, seen)]
    found = drift(*given)
    assert found is not None
    assert [change.key for change in found] == [key]


def test_a_list_shows_cores_memory_name_and_tags() -> None:
    assert in_list() == []
    changed = in_list(maxcpu=4.0, maxmem=1024 * MIB, name="web2", tags=("prod",))
    assert changed == ["cores", "hostname", "memory", "tags"]


def test_the_order_of_tags_in_a_list_is_nothing() -> None:
    assert in_list(tags=("web", "prod")) == []


def test_a_list_compares_memory_and_name_with_what_proxmox_takes_where_nothing_is_set() -> None:
    nothing_set = Compared({})
    assert in_list(nothing_set, name="CT101", tags=()) == []
    assert in_list(nothing_set, name="web1", maxmem=256 * MIB, tags=()) == ["hostname", "memory"]


@pytest.mark.parametrize("maxcpu", [0.5, 2.0, 64.0])
def test_of_cores_that_were_not_set_a_list_says_nothing(maxcpu: float) -> None:
    """It shows the CPU limit then, or what the host has."""
    without = {key: value for key, value in RECORDED.items() if key != "cores"}
    assert in_list(Compared(without), maxcpu=maxcpu) == []
    assert in_list(Compared(without, frozenset({"cores"}), NOON), maxcpu=maxcpu) == ["cores"]


def test_the_size_of_a_volume_is_never_judged_by_a_list() -> None:
    assert in_list(maxdisk=1) == in_list(maxdisk=2**40) == []


def test_what_a_list_cannot_show_stays_as_the_last_look_found_it() -> None:
    looked = Compared(RECORDED, frozenset({"net0", "onboot"}), NOON)
    assert in_list(looked) == ["net0", "onboot"]
    assert in_list(looked, maxmem=MIB) == ["memory", "net0", "onboot"]


def test_what_a_list_shows_is_believed_over_an_older_look() -> None:
    looked = Compared(RECORDED, frozenset({"memory", "net0"}), NOON)
    assert in_list(looked) == ["net0"], "the memory was set back"


def test_a_look_that_is_younger_than_a_list_may_be_is_believed_for_everything() -> None:
    looked = Compared(RECORDED, frozenset({"memory"}), NOON)
    stale = guest(**ROW)
    assert drift_in_list(looked, stale, after(-5)) == drift_in_list(looked, stale, after(13)) == {"memory"}
    assert drift_in_list(looked, stale, after(15)) == frozenset()
    before_a_clock_was_set_back = Compared(RECORDED, frozenset({"memory"}), after(3600))
    assert drift_in_list(before_a_clock_was_set_back, stale, after(15)) == frozenset()


def test_a_row_without_figures_leaves_everything_but_tags_to_the_last_look() -> None:
    """A node that has not told of its guest yet gives five keys, and the tags out of the config."""
    bare: dict[str, Any] = {"name": None, "maxcpu": None, "maxmem": None, "status": Status.UNKNOWN}
    looked = Compared(RECORDED, frozenset({"memory"}), NOON)
    assert in_list(looked, **bare) == ["memory"]
    assert in_list(looked, **bare, tags=("other",)) == ["memory", "tags"]


@pytest.mark.parametrize("lock", ["create", "destroyed", "rollback"])
def test_a_config_that_is_not_settled_is_compared_with_nothing(lock: str) -> None:
    assert in_list(lock=lock) is None


def test_without_a_clinical_record_there_is_nothing_to_say() -> None:
    assert drift_in_list(None, guest(), NOON) is None


def test_a_recorded_value_that_is_no_number_is_not_judged_by_a_list() -> None:
    assert in_list(Compared({**RECORDED, "cores": "many", "memory": "much"}), maxcpu=1.0, maxmem=1) == []


@pytest.mark.parametrize(
    "absurd",
    [
        pytest.param(10**400, id="huge"),
        pytest.param("9" * 400, id="long"),
        1e300,
        float("nan"),
        -1,
        {},
        [[]],
        None,
        True,
    ],
)
def test_a_setting_of_any_size_and_shape_is_compared(absurd: object) -> None:
    config = {"memory": 512, "cores": 1, "hostname": "web1"}
    for key in config:
        assert drift({**config, key: absurd}, {**config, key: 7})
        drift_in_list(Compared({**config, key: absurd}), guest(maxmem=512, maxcpu=1.0), NOON)
