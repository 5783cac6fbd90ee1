"""A container's page: record and guest, figures, clinical record, events, tasks, and what it says when it is gone."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from proximity_tui.core.model import Action, ClosedReason, Plan
from proximity_tui.core.store.records import clinical_records, records
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.golden import assert_golden
from tests.screens.stage import Stage, read_again
from tests.screens.support.deleting import by_name, create
from tests.screens.support.later import later
from tests.support.timing.until import said, screen_text, until
from tests.support.timing.waiting import LONGEST


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
async def test_the_overview_says_what_is_known_and_how_old_it_is(stage: Stage, size: tuple[int, int]) -> None:
    stage.world.add_snapshot(101, "before", ago=9 * 86400)
    stage.world.add_snapshot(101, "after", ago=2 * 86400)
    async with stage.shown(size) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "web-1 (adopted, CT 101" in said(pilot))
        text = pilot.app.screen.query_one(ScrollText)
        await until(pilot, lambda: "fingerprint" in text.text)
        words = " ".join(text.text.split())
        assert "status ● running seen <15s ago" in words
        assert "presence present" in words
        assert "fingerprint BC:24:11:" in words
        await until(
            pilot, lambda: re.search(r"snapshots 2, newest \S+( \S+)? ago; at after", " ".join(text.text.split()))
        )
        await until(pilot, lambda: "[overview]" in screen_text(pilot.app))


async def test_every_part_of_the_page_is_a_tab(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "web-1 (adopted" in said(pilot))
        text = pilot.app.screen.query_one(ScrollText)
        await pilot.press("tab")
        await until(pilot, lambda: "Since this page was opened: 1 reading" in text.text)
        await pilot.press("tab")
        await until(pilot, lambda: "captured" in text.text and "hostname: web-1" in text.text)
        await pilot.press("tab")
        await until(pilot, lambda: "adopt" in text.text and "by " in text.text)
        await pilot.press("tab")
        await until(pilot, lambda: "pve1 has no task of CT 101." in said(pilot))
        await pilot.press("tab")
        await until(pilot, lambda: "[overview]" in screen_text(pilot.app))
        await pilot.press("shift+tab")
        await until(pilot, lambda: "[tasks]" in screen_text(pilot.app))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_clinical_record_is_sorted(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.shown(size) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await pilot.press("tab", "tab")
        text = pilot.app.screen.query_one(ScrollText)
        await until(pilot, lambda: "hostname: web-1" in text.text)
        names = [line.partition(": ")[0] for line in text.text.splitlines()]
        assert names.index("arch") < names.index("cores") < names.index("hostname") < names.index("rootfs")


async def test_n76_a_record_that_is_closed_meanwhile_says_so_and_offers_no_change_of_it(stage: Stage) -> None:
    async with stage.shown((140, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "ctrl+d delete p power" in said(pilot))
        web1, why = by_name("web-1"), ClosedReason.FORGOTTEN
        records.close(web1, reason=why, actor="bob@jump2", action=Action.SOFT_DELETE, message="forgotten")
        await until(pilot, lambda: "This record is closed: management was stopped." in said(pilot))
        await until(pilot, lambda: "R restore" in said(pilot), what="the key line knows it, too")
        assert "ctrl+d delete" not in said(pilot)
        assert "p power" not in said(pilot)


async def test_secrets_are_masked_until_somebody_asks(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.world.set_config(101, description="password=hunter2\nask anna")
    stage.adopt(101)
    async with stage.shown((100, 50)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await pilot.press("tab", "tab")
        text = pilot.app.screen.query_one(ScrollText)
        await until(pilot, lambda: "ask anna" in text.text)
        assert "hunter2" not in text.text
        await pilot.press("v")
        await until(pilot, lambda: "hunter2" in text.text)


async def test_proxmoxs_history_is_shown_on_request(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    stage.adopt(101)
    async with stage.shown((100, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "web-1 (adopted" in said(pilot))
        text = pilot.app.screen.query_one(ScrollText)
        await pilot.press("h")
        await until(pilot, lambda: "The last hour, as of" in text.text)
        assert "a cell is 1m" in text.text
        await pilot.press("h")
        await until(pilot, lambda: "The last day, as of" in text.text)


async def test_an_unreachable_cluster_makes_the_figures_unknown_and_keeps_the_record(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await until(pilot, lambda: "● running" in said(pilot))
        stage.simulator.faults.answer(596, "Connection refused")
        await read_again(pilot, lambda: "? unknown" in said(pilot))
        await until(pilot, lambda: "cpu – memory – up –" in said(pilot))


async def test_the_tasks_of_a_container_have_a_log(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    engine = stage.context.engine
    for action in (Action.STOP, Action.START):
        app1 = by_name("app1") if records.active() else create(stage, "app1")
        plan = engine.plan_power(app1, action)
        assert isinstance(plan, Plan)
        assert engine.carry_out(plan, app1).success
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("app1").id))
        await until(pilot, lambda: "app1 (native" in said(pilot))
        await pilot.press("l")
        table = pilot.app.screen.query_one(RowTable)
        await until(pilot, lambda: len(table.shown) == 2)
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        await pilot.press("l")
        await until(pilot, lambda: "Log of UPID:pve1:" in screen_text(pilot.app))
        await until(pilot, lambda: "ended: OK" in said(pilot))
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, ContainerScreen))


async def test_a_record_that_is_read_slowly_is_shown_however_often_the_view_changes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, begun, really = threading.Semaphore(0), threading.Semaphore(0), clinical_records.latest

    def held(container: int) -> object:
        begun.release()
        may_end.acquire(timeout=LONGEST)
        return really(container)

    monkeypatch.setattr(clinical_records, "latest", held)
    async with stage.shown((120, 30)) as pilot:
        page = ContainerScreen(by_name("web-1").id)
        await pilot.app.push_screen(page)
        await until(pilot, lambda: begun.acquire(blocking=False))
        # The view changes before each reading has ended.
        page.show(page.view)
        await pilot.pause()
        may_end.release()
        try:
            await until(pilot, lambda: page._record is not None and page._revision is not None)
        finally:
            may_end.release(100)


async def test_tasks_that_cannot_be_read_again_say_so_and_how_old_they_are(stage: Stage) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
        cluster.tasks.note("pve1", "vzstop", "101", "root@pam")
    async with stage.shown((120, 30)) as pilot:
        page = ContainerScreen(by_name("web-1").id, at_tasks=True)
        await pilot.app.push_screen(page)
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        assert "as they were" not in said(pilot)
        stage.simulator.faults.answer(500, "no tasks here", "/nodes/pve1/tasks")
        await pilot.press("r")
        await until(pilot, lambda: "The tasks cannot be read: " in said(pilot))
        await until(pilot, lambda: "The tasks are shown as they were <15s ago." in said(pilot))
        assert "vzstart" in screen_text(pilot.app)
        stage.simulator.faults.clear()
        stage.simulator.faults.rewrite(lambda rows: [{**rows[0], "upid": 7}, *rows[1:]], "/nodes/pve1/tasks")
        await pilot.press("r")
        await until(pilot, lambda: "Not every task can be read: " in said(pilot))
        stage.simulator.faults.clear()
        await pilot.press("r")
        await until(pilot, lambda: "can be read" not in said(pilot))
        assert page._tasks_read_at is not None
        page._tasks_read_at -= timedelta(minutes=5)
        await until(pilot, lambda: "The tasks are shown as they were 5m ago. r reads them again." in said(pilot))


async def test_what_was_inspected_a_while_ago_says_so_until_it_is_read_again(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        text = pilot.app.screen.query_one(ScrollText)
        await until(pilot, lambda: "vzdump-lxc-101" in text.text)
        assert "inspection" not in text.text
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: "inspection    Read 5m ago (r reads it again)." in text.text)
            await pilot.press("r")
            await until(pilot, lambda: "vzdump-lxc-101" in text.text and "inspection" not in text.text)


async def test_what_would_be_captured_and_the_config_of_a_guest_say_when_they_were_read(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        pilot.app.routes.open_row(next(row for row in pilot.app.controller.view.unmanaged if row.vmid == 103))  # type: ignore[attr-defined]
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "captures" in screen_text(pilot.app))
        assert "Read " not in said(pilot)
        with later(timedelta(minutes=5)):
            await until(pilot, lambda: "Read 5m ago (r reads it again). Adoption changes" in said(pilot))
            await pilot.press("tab")
            await until(pilot, lambda: "Read 5m ago (r reads it again). arch" in said(pilot))
            await pilot.press("r")
            await until(pilot, lambda: "Read " not in said(pilot))


async def test_a_record_that_was_changed_by_hand_to_a_vmid_that_is_none_says_so(stage: Stage) -> None:
    record = stage.record("bent", -7)
    async with stage.shown((120, 40)) as pilot:
        await pilot.app.push_screen(ContainerScreen(record.id))
        await until(pilot, lambda: "the container cannot be inspected: -7 is not a VMID" in said(pilot))
        await pilot.press("P")
        await until(pilot, lambda: "-7 is not a VMID, so nothing was sent" in said(pilot))
        assert pilot.app.unexpected.last is None  # type: ignore[attr-defined]


async def test_delete_is_asked_about_from_the_page(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-1").id))
        await pilot.press("ctrl+d")
        await until(pilot, lambda: isinstance(pilot.app.screen, DeleteDialog))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_raw_config_is_compared_with_the_clinical_record(stage: Stage, size: tuple[int, int]) -> None:
    stage.world.set_config(101, cores=3)
    async with stage.shown(size) as pilot:
        pilot.app.routes.open_raw("prod", 101, by_name("web-1").id)  # type: ignore[attr-defined]
        await until(pilot, lambda: "1 setting differs from the clinical record: cores: 2 → 3" in said(pilot))
        await pilot.press("escape")


async def test_the_raw_config_of_a_guest_without_a_record_is_shown_as_it_is(stage: Stage) -> None:
    async with stage.shown((100, 40)) as pilot:
        pilot.app.routes.open_raw("prod", 141)  # type: ignore[attr-defined]
        await until(pilot, lambda: "hostname: vaultwarden" in said(pilot))
        await until(pilot, lambda: "[bold]not markup[/bold]" in said(pilot))
        await until(pilot, lambda: "␛[31mred" in said(pilot))


async def test_it_looks_as_agreed(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.app.push_screen(ContainerScreen(by_name("web-2").id))
        await pilot.press("tab", "tab")
        text = pilot.app.screen.query_one(ScrollText)
        await until(pilot, lambda: "hostname: web-2" in text.text)
        await pilot.press("pagedown")
        await assert_golden(pilot, "container-clinical-80x24")
