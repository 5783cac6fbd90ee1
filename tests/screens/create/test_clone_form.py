"""The form for a copy: what is in the way is told at once, the plan before anything happens, and then progress."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.core.doctrine.actions.create.cloning import CloneRequest
from proximity_tui.core.model import Container, Kind, State
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.records import records
from proximity_tui.screens.create.clone_form import CloneForm, read_form
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.request.request_dialog import RequestDialog
from proximity_tui.widgets.line_controls import ChoiceLine
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import flowing, said, until

SANDBOX = 151
"""A container that is stopped."""


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_the_plan_of_a_copy_is_shown_before_it_is_agreed_to(stage: Stage, columns: int, lines: int) -> None:
    sandbox = stage.adopt(SANDBOX)
    async with stage.shown((columns, lines)) as pilot:
        await ask(pilot, sandbox)
        await pilot.press(*"sandbox2")
        await go(pilot)
        await until(pilot, lambda: "[ Clone ]" in said(pilot) and "1. clone: full clone" in said(pilot))
        await assert_golden(pilot, f"clone-{columns}x{lines}")
        assert stage.simulator.journal.writes() == []


async def test_c_copies_the_container_under_the_cursor_and_the_one_on_its_page(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "Clone web-1 (adopted, CT 101 on pve1), cluster prod" in said(pilot))
        await pilot.press("escape", "j", "enter")
        await until(pilot, lambda: "web-2 (adopted, CT 102 on pve2), cluster prod" in said(pilot))
        await pilot.press("c")
        await until(pilot, lambda: "Clone web-2 (adopted, CT 102 on pve2), cluster prod" in said(pilot))


async def test_it_copies_and_becomes_the_progress(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    source = stage.adopt(SANDBOX)
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot, source)
        await pilot.press(*"sandbox2")
        field(pilot, "port").value = "80"
        pilot.app.screen.query_one("#clone-start").focus()
        await pilot.press("space")
        await go(pilot)
        await until(pilot, lambda: "[ Clone ]" in said(pilot))
        await until(pilot, lambda: "two guests will use one address" in said(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "clone sandbox2: done" in said(pilot))
    clone = by_name("sandbox2")
    assert (clone.kind, clone.state) == (Kind.NATIVE, State.RUNNING)
    assert [port.container for port in clone.ports] == [80]
    assert stage.simulator.journal.count("POST", "/clone") == 1
    assert records.get(source.id).state is State.STOPPED


async def test_the_copy_is_given_its_own_address_in_the_form(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.world.set_config(SANDBOX, net0="name=eth0,bridge=vmbr0,gw=10.0.0.1,hwaddr=BC:24:11:00:00:77,ip=10.0.0.5/24")
    source = stage.adopt(SANDBOX)
    async with stage.shown((120, 40)) as pilot:
        await ask(pilot, source)
        await pilot.press(*"sandbox2")
        field(pilot, "address").value = "10.0.0.6"
        await go(pilot)
        await until(pilot, lambda: "is not an IPv4 address with its prefix" in said(pilot))
        field(pilot, "address").value = "10.0.0.6/24"
        field(pilot, "vlan").value = "20"
        await go(pilot)
        await until(pilot, lambda: "net0.ip 10.0.0.5/24 → 10.0.0.6/24, net0.tag none → 20" in said(pilot))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "clone sandbox2: done" in said(pilot))
    with stage.world.entered() as cluster:
        net = cluster.guests[by_name("sandbox2").vmid or 0].conf["net0"]
        assert cluster.guests[SANDBOX].conf["net0"].endswith("ip=10.0.0.5/24")
    assert "ip=10.0.0.6/24" in net
    assert "tag=20" in net


async def test_what_keeps_it_from_being_copied_is_told_before_anything_is_typed(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.app.push_screen(RequestDialog(CloneForm(by_name("web-1").id)))
        await until(pilot, lambda: "Full clone of a running container is only possible from a snapshot" in said(pilot))
        await until(pilot, lambda: "shut CT 101 down, clone it, and start it again" in said(pilot))
        await pilot.press(*"web-9")
        await until(pilot, lambda: "web-9" in said(pilot))
        assert "Full clone of a running container" in said(pilot), "typing does not take it back"


async def test_what_is_in_the_way_no_more_is_not_told_any_longer(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.app.push_screen(RequestDialog(CloneForm(by_name("web-1").id)))
        await until(pilot, lambda: "shut CT 101 down" in said(pilot))
        stage.world.set_status(101, "stopped")
        await pilot.press(*"web-9")
        await go(pilot)
        await until(pilot, lambda: "[ Clone ]" in said(pilot))
        assert "shut CT 101 down" not in said(pilot)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda stage: stage.world.set_lock(SANDBOX, "backup"), "CT is locked (backup)"),
        (lambda stage: stage.world.set_config(SANDBOX, mp0="/srv/data,mp=/data"), "unable to clone mountpoint 'mp0'"),
        (lambda stage: stage.world.set_quorate(False), "quorum"),
        (lambda stage: stage.world.recreate_outside(SANDBOX), "is not the one we recorded"),
        (lambda stage: safe_modes.freeze(None, "otto@jump2", "moving house"), "frozen"),
    ],
)
async def test_each_reason_not_to_copy_is_told(stage: Stage, change: Callable[[Stage], object], reason: str) -> None:
    sandbox = stage.adopt(SANDBOX)
    change(stage)
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(RequestDialog(CloneForm(sandbox.id)))
        await until(pilot, lambda: reason in said(pilot))
        assert stage.simulator.journal.writes() == []


async def test_a_cluster_that_nobody_armed_is_refused(stage: Stage) -> None:
    sandbox, engine = stage.adopt(SANDBOX), stage.context.engine
    engine.settings = replace(engine.settings, production=frozenset({"prod"}))
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(RequestDialog(CloneForm(sandbox.id)))
        await until(pilot, lambda: "arm --cluster prod" in said(pilot))


async def test_read_only_opens_no_form(set_up: Callable[..., Stage]) -> None:
    set_up().record("web-1", 101)
    stage = set_up(top="read_only = true")
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "read-only" in said(pilot))
        assert not isinstance(pilot.app.screen, RequestDialog)


async def test_a_problem_stands_beside_its_field_and_nothing_is_asked_of_proxmox(stage: Stage) -> None:
    sandbox = stage.adopt(SANDBOX)
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot, sandbox)
        field(pilot, "port").value = "none"
        await go(pilot)
        await until(pilot, lambda: "is required" in said(pilot))
        await until(pilot, lambda: "'none' is not a whole number" in said(pilot))
        assert pilot.app.focused is field(pilot, "hostname")
        assert stage.simulator.journal.writes() == []


async def test_only_of_a_template_there_is_a_choice_between_full_and_linked(stage: Stage) -> None:
    template = stage.adopt(SANDBOX)
    stage.world.set_config(SANDBOX, template=True)
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot, template, "a linked clone, which needs the volumes of the template")
        await pilot.press(*"debian-9")
        await go(pilot)
        await until(pilot, lambda: "linked clone of CT 151" in said(pilot))
        pilot.app.screen.query_one("#clone-full").focus()
        await pilot.press("space")
        await until(pilot, lambda: "linked clone of CT 151" not in said(pilot))
        await go(pilot)
        await until(pilot, lambda: "full clone of CT 151" in said(pilot))


async def test_a_plan_that_is_asked_for_before_its_source_was_looked_at_is_not_lost(stage: Stage) -> None:
    template = stage.adopt(SANDBOX)
    stage.world.set_config(SANDBOX, template=True)
    config = asked("GET", f"/lxc/{SANDBOX}/config")
    async with stage.shown((120, 30)) as pilot:
        with held_back(stage.simulator, config) as looking:
            await pilot.app.push_screen(RequestDialog(CloneForm(template.id)))
            await pilot.press(*"debian-9")
            await until(pilot, looking.is_set)
            planned = ExitStack()
            planned.enter_context(held_back(stage.simulator, config))
            await go(pilot)
        with planned:
            await known_as(pilot, "a linked clone, which needs the volumes of the template")
        await until(pilot, lambda: "linked clone of CT 151" in said(pilot))


async def test_a_linked_clone_has_no_storage_of_its_own(stage: Stage) -> None:
    template = stage.adopt(SANDBOX)
    stage.world.set_config(SANDBOX, template=True)
    async with stage.shown((140, 30)) as pilot:
        await ask(pilot, template, "a linked clone, which needs the volumes of the template")
        await pilot.press(*"debian-9")
        storage = field(pilot, "storage")
        storage.focus()
        await until(pilot, lambda: getattr(storage, "offers", ()))
        await pilot.press("down")
        assert storage.value == "local"
        await go(pilot)
        await until(pilot, lambda: "omit the storage" in said(pilot))
        assert pilot.app.focused is storage


async def test_a_silent_cluster_is_waited_for_and_can_be_left(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        stage.simulator.faults.hang()
        await pilot.app.push_screen(RequestDialog(CloneForm(by_name("web-1").id)))
        await until(pilot, lambda: "reading CT 101..." in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, RequestDialog))


async def test_closing_it_copies_nothing(stage: Stage) -> None:
    sandbox = stage.adopt(SANDBOX)
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, sandbox)
        await pilot.press(*"sandbox2")
        await go(pilot)
        await until(pilot, lambda: "[ Clone ]" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, RequestDialog))
        assert stage.simulator.journal.writes() == []
        assert {record.name for record in records.active()} == {"web-1", "web-2", "sandbox"}


def test_what_may_be_empty_is_left_to_proxmox() -> None:
    assert read_form({"hostname": "web2"}, full=None, start=True) == CloneRequest("web2", start=True)


@pytest.mark.parametrize(
    ("name", "typed"), [("hostname", ""), ("hostname", "a_b"), ("port", "65536"), ("port", "-1"), ("storage", "ceph")]
)
def test_each_problem_belongs_to_its_field(name: str, typed: str) -> None:
    problems = read_form({"hostname": "web2", name: typed}, full=False, start=False)
    assert isinstance(problems, dict)
    assert set(problems) == {name}


async def ask(pilot: Pilot[Any], source: Container, known: str = "only a template can have linked clones") -> None:
    """Open the form and wait until its source was looked at."""
    await pilot.app.push_screen(RequestDialog(CloneForm(source.id)))
    await known_as(pilot, known)


async def known_as(pilot: Pilot[Any], words: str) -> None:
    """Wait until it is known which kinds of clones there can be."""
    line = pilot.app.screen.query_one("#clone-full", ChoiceLine)
    await until(pilot, lambda: flowing(line.render().plain).endswith(words))


async def go(pilot: Pilot[Any]) -> None:
    """Press the button that leads on."""
    pilot.app.screen.query_one("#clone-go").focus()
    await pilot.press("enter")


def field(pilot: Pilot[Any], name: str) -> Input:
    return pilot.app.screen.query_one(f"#clone-{name}", Input)
