"""The form for a new container: problems beside their fields, the plan before anything happens, then progress."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.model import CreateRequest, State
from proximity_tui.core.store.records import records
from proximity_tui.screens.create.create_dialog import CreateDialog
from proximity_tui.screens.create.create_form import CreateForm, read_form
from proximity_tui.screens.create.download import DownloadDialog
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.request.request_dialog import RequestDialog
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.until import said, screen_text, until

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
ARCH = "local:vztmpl/archlinux-base_20240911-1_amd64.tar.zst"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Z anna@desk"
SOUND = {"hostname": "app1", "template": TEMPLATE, "cores": "1", "memory_mib": "512", "disk_gib": "4"}


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_the_form_is_filled_with_what_the_cluster_offers(stage: Stage, columns: int, lines: int) -> None:
    async with stage.shown((columns, lines)) as pilot:
        await ask(pilot)
        await assert_golden(pilot, f"create-{columns}x{lines}")


async def test_up_and_down_go_through_what_there_is(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot)
        node = pilot.app.screen.query_one("#create-node", Input)
        node.focus()
        await pilot.press("down")
        assert node.value == "pve1"
        await pilot.press("up")
        assert node.value == "pve3"


async def test_a_template_that_is_not_there_says_how_to_download_it(stage: Stage) -> None:
    async with stage.shown((160, 40)) as pilot:
        await ask(pilot)
        template = pilot.app.screen.query_one("#create-template", Input)
        template.focus()
        for _ in range(3):
            await pilot.press("down")
        assert template.value == "local:vztmpl/archlinux-base_20240911-1_amd64.tar.zst"
        await until(pilot, lambda: "can be downloaded: pveam download local" in said(pilot))
        pilot.app.screen.query_one("#create-hostname", Input).value = "app1"
        await go(pilot)
        await until(pilot, lambda: "there is no template" in said(pilot) and "as root on" in said(pilot))


async def test_a_template_is_downloaded_from_the_form_and_can_be_used_then(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    async with stage.shown((140, 40)) as pilot:
        await ask(pilot)
        form = pilot.app.screen
        assert "alt+d" not in said(pilot), "what is there need not be downloaded"
        await pilot.press("alt+d")
        assert form.query_one("#create-hostname", Input).value == "", "a key with alt is no text"
        form.query_one("#create-hostname", Input).value = "app1"
        form.query_one("#create-template", Input).value = ARCH
        form.query_one("#create-node", Input).value = "pve2"
        await until(pilot, lambda: "alt+d" in said(pilot))
        stage.simulator.journal.clear()
        await pilot.press("alt+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DownloadDialog))
        await until(pilot, lambda: stage.simulator.journal.count("GET", "/nodes/pve2/storage"))
        await until(pilot, lambda: pilot.app.screen.query_one("#download-storage", Input).value == "local")
        assert pilot.app.screen.query_one("#download-node", Input).value == "pve2"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ Download ]" in said(pilot) and f"2. verify that {ARCH} is listed" in said(pilot))
        assert stage.simulator.journal.writes() == []
        stage.simulator.world.fail_next_task("download", None, "no space left on device")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "no space left on device; free some space there" in said(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "[ Download ]" in said(pilot) and "verify that" in said(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: pilot.app.screen is form)
        await until(pilot, lambda: "alt+d" not in said(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: f"on pve2 from {ARCH}" in said(pilot))


async def test_a_problem_stands_beside_its_field_and_nothing_is_asked_of_proxmox(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot)
        await pilot.press(*"not_a_name")
        pilot.app.screen.query_one("#create-cores", Input).value = "many"
        await go(pilot)
        await until(pilot, lambda: "is not a host name" in said(pilot))
        await until(pilot, lambda: "'many' is not a whole number" in said(pilot))
        assert pilot.app.focused is pilot.app.screen.query_one("#create-hostname")
        assert stage.simulator.journal.writes() == []


async def test_the_plan_is_shown_before_it_is_agreed_to_and_voided_by_another_letter(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        await go(pilot)
        await until(pilot, lambda: "[ Create ]" in said(pilot))
        await until(pilot, lambda: "1. create: create CT" in said(pilot))
        assert stage.simulator.journal.writes() == []
        pilot.app.screen.query_one("#create-hostname").focus()
        await pilot.press("end", "b")
        await until(pilot, lambda: "[ Show the plan ]" in said(pilot))


async def test_it_creates_and_becomes_the_progress(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        await go(pilot)
        await until(pilot, lambda: "[ Create ]" in said(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "create app1: done" in said(pilot))
        assert by_name("app1").state is State.RUNNING


async def test_more_can_be_asked_for_by_a_key_and_is_in_the_plan(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        form = pilot.app.screen
        assert not form.query_one("#create-vmid", Input).region
        await pilot.press("ctrl+o")
        await until(pilot, lambda: pilot.app.focused is form.query_one("#create-vmid"))
        await pilot.press(*"777")
        form.query_one("#create-address", Input).value = "10.0.0.5/24"
        form.query_one("#create-tags", Input).value = "web, dev"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "CT 777" in said(pilot))
        await until(pilot, lambda: "10.0.0.5/24" in said(pilot) and "tags web and dev" in said(pilot))


async def test_the_first_of_more_fields_is_in_sight_on_a_small_screen(stage: Stage) -> None:
    async with stage.shown((40, 10)) as pilot:
        await ask(pilot)
        assert "VMID" not in screen_text(pilot.app)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "VMID" in screen_text(pilot.app))


async def test_what_is_wrong_in_a_hidden_field_is_shown(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        gateway = pilot.app.screen.query_one("#create-gateway", Input)
        gateway.value = "10.0.0.1"
        await go(pilot)
        await until(pilot, lambda: pilot.app.focused is gateway)
        await until(pilot, lambda: "a gateway needs an address" in said(pilot))
        gateway.value = ""
        pilot.app.screen.query_one("#create-gateway6", Input).value = "fe80::1"
        await go(pilot)
        await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query_one("#create-gateway6"))


async def test_a_password_and_a_key_are_used_and_not_shown(set_up: Callable[..., Stage], tmp_path: Path) -> None:
    stage, file = set_up("demo", running_clock=True), tmp_path / "key.pub"
    file.write_text(f"{KEY}\n")
    async with stage.shown((120, 40)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        pilot.app.screen.query_one("#create-password").focus()
        await pilot.press(*"horse5", "tab", *str(file))
        await go(pilot)
        await until(pilot, lambda: "root password that is not kept; with an SSH key" in said(pilot).replace("\n", " "))
        assert "horse5" not in said(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "create app1: done" in said(pilot))
    (sent,) = [entry.params for entry in stage.simulator.journal.writes() if entry.path.endswith("/lxc")]
    assert (sent["password"], sent["ssh-public-keys"]) == ("horse5", KEY)


async def test_a_refusal_of_the_cluster_is_told_in_the_form(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        stage.world.set_quorate(False)
        await go(pilot)
        await until(pilot, lambda: "cluster not ready - no quorum?" in said(pilot))
        assert records.active() == tuple(record for record in records.active() if record.name != "app1")
        await pilot.press("backspace", "2")
        assert pilot.app.screen.query_one("#create-hostname", Input).value == "app2", "it can be corrected at once"


@pytest.mark.parametrize("key", ["escape"])
async def test_closing_it_creates_nothing(stage: Stage, key: str) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot)
        await pilot.press(key)
        await until(pilot, lambda: not isinstance(pilot.app.screen, RequestDialog))
        assert stage.simulator.journal.writes() == []


def test_what_may_be_empty_is_left_to_the_cluster() -> None:
    request = read_form(SOUND, start=False)
    assert request == CreateRequest(TEMPLATE, "app1", start=False)


async def test_the_filter_says_on_which_of_several_clusters(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("/", *"cluster:lab", "enter")
        await until(pilot, lambda: "/ cluster:lab" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: "New native container on cluster lab" in screen_text(pilot.app))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("hostname", ""),
        ("hostname", "a_b"),
        ("template", "debian"),
        ("cores", "0"),
        ("memory_mib", "8"),
        ("disk_gib", "-1"),
        ("port", "65536"),
        ("vmid", "99"),
        ("vlan", "4095"),
        ("address", "10.0.0.5"),
        ("gateway", "10.0.0.1"),
        ("dns", "10.0.0.2, ns1"),
        ("search_domain", "a_b"),
        ("swap_mib", "much"),
        ("tags", "a;b"),
        ("pool", "a b"),
        ("nesting", "maybe"),
    ],
)
def test_each_problem_belongs_to_its_field(field: str, typed: str) -> None:
    problems = read_form({**SOUND, field: typed}, start=True)
    assert isinstance(problems, dict)
    assert set(problems) == {field}


async def test_a_second_enter_does_not_agree_to_the_plan_that_the_first_one_asked_for(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await ask(pilot)
        await pilot.press(*"app1")
        await go(pilot)
        await until(pilot, lambda: "[ Create ]" in said(pilot))
        await pilot.press("enter")
        assert stage.simulator.journal.writes() == []


async def ask(pilot: Pilot[Any]) -> None:
    """Open the form and wait until it knows what the cluster offers."""
    await pilot.app.push_screen(CreateDialog(CreateForm("prod")))
    template = pilot.app.screen.query_one("#create-template", Input)
    await until(pilot, lambda: template.value.startswith("local:vztmpl/"))
    await pilot.pause()


async def go(pilot: Pilot[Any]) -> None:
    """Press the button that leads on."""
    pilot.app.screen.query_one("#create-go").focus()
    await pilot.press("enter")
