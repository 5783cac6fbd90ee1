"""Tasks: of whole clusters, what runs first, ours marked; each leads to its log and to its guest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from proximity_tui.screens.cluster.tasks_screen import TasksScreen
from proximity_tui.screens.container import task_log_screen
from proximity_tui.screens.container.task_log_screen import TaskLogScreen
from tests.screens.stage import Stage, read_again
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, screen_text, until


async def test_a_task_leads_to_its_log_and_to_its_guest(stage: Stage) -> None:
    stage.world.recreate_outside(103)
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve2", "vzdump", "", "root@pam", ["INFO: starting backup job"], status="job errors")
        cluster.tasks.note("pve1", "vzstart", "101", stage.simulator.token_id)
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "✖ job errors" in screen_text(pilot.app))
        await until(pilot, lambda: f"by {stage.simulator.token_id}, our token" in said(pilot))
        await until(pilot, lambda: "101 web-1" in screen_text(pilot.app))
        await until(pilot, lambda: "enter open  l task log  / filter" in screen_text(pilot.app))
        await pilot.press("slash", *"task:vzdump", "enter", "l")
        await until(pilot, lambda: "INFO: starting backup job" in screen_text(pilot.app))
        await until(pilot, lambda: "by root@pam, ended: job errors" in screen_text(pilot.app))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "This task is about no single guest. l shows its log." in said(pilot))
        await pilot.press("escape", "slash", *"task:vzstart", "enter", "enter")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1" in screen_text(pilot.app))


async def test_what_runs_comes_first_and_its_log_is_followed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_log_screen, "FOLLOW", 0.05)
    with stage.world.entered() as cluster:
        running = cluster.tasks.note("pve3", "vzmigrate", "103", "root@pam", ["starting migration"])
        running.endtime = running.exitstatus = None
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "◐ running" in screen_text(pilot.app))
        screen = pilot.app.screen
        assert isinstance(screen, TasksScreen)
        assert [row.task.type for row in screen.items(screen.view)][:2] == ["vzmigrate", "vzstart"]
        await pilot.press("l")
        await until(pilot, lambda: "still running" in screen_text(pilot.app))
        with stage.world.entered():
            running.log.append("migration finished")
            running.exitstatus, running.endtime = "OK", running.starttime + 9
        await until(pilot, lambda: "migration finished" in screen_text(pilot.app))
        await until(pilot, lambda: "ended: OK" in screen_text(pilot.app))


async def test_a_log_is_followed_over_a_cluster_that_does_not_answer_for_a_while(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_log_screen, "FOLLOW", 0.05)
    with stage.world.entered() as cluster:
        running = cluster.tasks.note("pve3", "vzmigrate", "103", "root@pam", ["the first line"])
        running.endtime = running.exitstatus = None
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "vzmigrate" in screen_text(pilot.app))
        stage.simulator.faults.drop("/nodes/pve3/tasks")
        await pilot.press("l")
        await until(pilot, lambda: "Not readable since " in said(pilot))
        await until(pilot, lambda: "It is tried again by itself." in said(pilot))
        stage.simulator.faults.clear()
        await until(pilot, lambda: "the first line" in screen_text(pilot.app))
        assert "Not readable" not in said(pilot)
        stage.simulator.faults.drop("/nodes/pve3/tasks")
        await until(pilot, lambda: "by root@pam, still running when it was last read" in said(pilot))
        assert "the first line" in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("status", "text"), [(401, "no ticket"), (400, "no such task"), (500, "no such task")], ids=str
)
async def test_a_log_that_an_answer_refuses_is_not_asked_for_again(stage: Stage, status: int, text: str) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve3", "vzmigrate", "103", "root@pam", ["the first line"])
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "vzmigrate" in screen_text(pilot.app))
        stage.simulator.faults.answer(status, text, "/nodes/pve3/tasks")
        await pilot.press("l")
        await until(pilot, lambda: text in said(pilot))
        assert "tried again" not in said(pilot)
        assert "This cannot be read: " in said(pilot)
        page = pilot.app.screen
        assert isinstance(page, TaskLogScreen)
        assert page._following is None, "each wrong token more is counted on the other side"


async def test_what_was_read_again_is_the_same_row(stage: Stage) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        screen = pilot.app.screen
        assert isinstance(screen, TasksScreen)
        before = screen.items(screen.view)
        asked = dict(screen._asked)
        await read_again(pilot, lambda: screen._asked != asked)
        assert screen.items(screen.view) is before


async def test_an_empty_list_names_the_privilege_that_may_be_missing(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.simulator.set_acl(stage.simulator.token_id, {"/vms": ["VM.Audit"]})
    async with stage.shown((100, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "our token sees only its own tasks (needs Sys.Audit on /)" in screen_text(pilot.app))


async def test_an_empty_list_of_who_may_see_everything_names_no_privilege(set_up: Callable[..., Stage]) -> None:
    stage = set_up("empty")
    async with stage.shown((100, 24)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "prod lists no task." in screen_text(pilot.app))
        assert "Sys.Audit" not in screen_text(pilot.app)


async def test_tasks_that_cannot_be_read_again_say_so_and_how_old_they_are(set_up: Callable[..., Stage]) -> None:
    stage = set_up(clusters=("prod", "lab"))
    faults, lab = stage.simulator.faults, stage.simulators["lab"].faults
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
        cluster.tasks.note("pve1", "vzstop", "101", "root@pam")
    lab.answer(500, "no tasks here", "/cluster/tasks")
    async with stage.shown((160, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        await until(pilot, lambda: "The tasks of lab cannot be read: " in said(pilot))
        assert "shown as they were" not in said(pilot), "those of prod are as they are, and of lab there are none"
        lab.clear()
        await read_again(pilot, lambda: "cannot be read" not in said(pilot))
        faults.rewrite(lambda rows: [{**rows[0], "upid": 7}, *rows[1:]], "/cluster/tasks")
        await read_again(pilot, lambda: "Not every task of prod can be read: " in said(pilot))
        faults.clear()
        faults.answer(500, "no tasks here", "/cluster/tasks")
        await read_again(pilot, lambda: "The tasks of prod cannot be read: " in said(pilot))
        await until(pilot, lambda: "Its tasks are shown as they were <15s ago." in said(pilot))
        faults.clear()
        await read_again(pilot, lambda: "cannot be read" not in said(pilot))
        faults.answer(596, "Connection refused")
        await read_again(pilot, lambda: "prod does not answer: " in said(pilot))
        assert "vzstart" in screen_text(pilot.app)


async def test_a_late_answer_takes_no_newer_task_away(stage: Stage) -> None:
    with stage.world.entered() as cluster:
        cluster.tasks.note("pve1", "vzstart", "101", "root@pam")
    async with stage.shown((120, 30)) as pilot:
        await pilot.press("8")
        await until(pilot, lambda: "vzstart" in screen_text(pilot.app))
        controller = pilot.app.controller  # type: ignore[attr-defined]
        with held_back(stage.simulator, asked("GET", "/cluster/tasks")) as listed:
            controller.want()
            await until(pilot, listed.is_set)
            with stage.world.entered() as cluster:
                cluster.tasks.note("pve1", "vzstop", "101", "root@pam")
            controller.want()
            await until(pilot, lambda: "vzstop" in screen_text(pilot.app))
        await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers if one.group == "tasks"))
        assert "vzstop" in screen_text(pilot.app)
