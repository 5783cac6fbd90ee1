"""The form that changes a container: what it has is shown, what is typed becomes a difference, and that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from textual.widgets import Input

from proximity_tui.core.doctrine.actions.changing.requests import ChangeOperator, SettingRequest
from proximity_tui.core.store.records import records
from proximity_tui.screens.change.edit_form import EditForm
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from tests.screens.stage import Stage
from tests.support.timing.until import said, until

CONFIG = {
    "hostname": "web-1",
    "memory": 512,
    "tags": "prod;web",
    "net0": "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01",
    "rootfs": "local-lvm:vm-101-disk-0,size=8G",
    "description": "one\ntwo\n",
}
PRESENT = {
    "hostname": "web-1",
    "memory": "512",
    "tags": "prod web",
    "bridge": "vmbr0",
    "disk": "8G",
    "description": r"one\ntwo",
}


def _read(typed: Mapping[str, str], chosen: frozenset[str] = frozenset(), config: Any = CONFIG) -> Any:
    form = EditForm(1, config=config, present=PRESENT, chosen=frozenset({"onboot"}))
    return form.read({**PRESENT, **typed}, chosen | {"onboot"} if chosen != {"off"} else frozenset())


@pytest.mark.parametrize(
    ("typed", "requested"),
    [
        ({}, ()),
        ({"memory": " 512 "}, ()),
        ({"memory": "2G", "tags": "web"}, (SettingRequest("memory", "2G"), SettingRequest("tags", "web"))),
        ({"bridge": "vmbr1"}, (SettingRequest("net0", "vmbr1", ChangeOperator.SET, "bridge"),)),
        ({"description": r"one\n2"}, (SettingRequest("description", "one\n2"),)),
        ({"disk": "+4G"}, (SettingRequest("disk", "+4G"),)),
    ],
)
def test_only_what_differs_is_asked_for(typed: dict[str, str], requested: tuple[SettingRequest, ...]) -> None:
    assert _read(typed) == requested


def test_blanks_around_a_value_are_no_difference() -> None:
    form = EditForm(1, config=CONFIG, present={**PRESENT, "description": r" - one\n - two "})
    assert form.read({**PRESENT, "description": r" - one\n - two "}, frozenset()) == ()


def test_switches_are_asked_for_when_they_differ() -> None:
    assert _read({}, frozenset({"protection"})) == (SettingRequest("protection", "1"),)
    assert _read({}, frozenset({"off"})) == (SettingRequest("onboot", "0"),)


def test_a_network_card_that_is_not_there_yet_gets_a_name() -> None:
    bare = {key: value for key, value in CONFIG.items() if key != "net0"}
    assert _read({"bridge": "vmbr1"}, config=bare) == (
        SettingRequest("net0", "eth0", ChangeOperator.SET, "name"),
        SettingRequest("net0", "vmbr1", ChangeOperator.SET, "bridge"),
    )


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [("memory", "8", "from 16"), ("hostname", "ü", "host name"), ("disk", "4G", "shrink"), ("tag", "5000", "VLAN")],
)
def test_bad_input_is_told_at_its_field(field: str, text: str, told: str) -> None:
    problems = _read({field: text})
    assert isinstance(problems, dict)
    assert list(problems) == [field]
    assert told in problems[field]


async def test_the_present_values_are_shown_and_a_difference_is_written(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web = stage.adopt(101)
    async with stage.shown((120, 40)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: pilot.app.screen.query_one("#change-memory", Input).value == "2048")
        pilot.app.screen.query_one("#change-memory", Input).value = "8"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "a number from 16" in said(pilot))
        pilot.app.screen.query_one("#change-memory", Input).value = "3G"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "memory 2048 → 3072" in said(pilot) and "[ Change ]" in said(pilot))
        assert stage.simulator.journal.writes() == []
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "change web-1: done" in said(pilot))
    assert stage.simulator.journal.count("PUT", "/101/config") == 1
    assert records.get(web.id).operation is None
