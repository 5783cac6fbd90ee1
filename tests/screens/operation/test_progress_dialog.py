"""The progress view: it tells how far an operation is, of whichever process, and closing it stops nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.engine.operations.outcome import Done, Outcome, Resumable
from proximity_tui.core.model import Action, Container, Operation, OperationStatus, Plan, State, StepName, StepOutcome
from proximity_tui.core.store.journal.liveness import take_over
from proximity_tui.core.store.records import operations, records
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.operation.progress_dialog import POLL, ProgressDialog
from proximity_tui.screens.operation.progress_lines import step_lines
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.line_controls import LineButton
from tests.core.store.making import raw
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name, create
from tests.support.timing.lived import heard_of_for_an_hour
from tests.support.timing.until import said, screen_text, until
from tests.support.timing.waiting import LONGEST


@pytest.fixture
def live(set_up: Callable[..., Stage]) -> Stage:
    """A cluster whose tasks end, with the native app1."""
    stage = set_up("demo", running_clock=True)
    create(stage, "app1")
    return stage


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_it_shows_each_step_its_task_and_how_it_ended(live: Stage, size: tuple[int, int]) -> None:
    async with live.shown(size) as pilot:
        await begin(pilot, live, by_name("app1"))
        await until(pilot, lambda: "delete app1: done" in said(pilot))
        steps, log = (pilot.app.screen.query_one(f"#progress-{name}", Lines) for name in ("steps", "log"))
        await until(pilot, lambda: steps.text.count(" done") >= 4)
        assert "task UPID:pve1:" in steps.text
        await until(pilot, lambda: "5. close record done" in steps.text)
        await until(pilot, lambda: log.text)
        await until(pilot, lambda: button(pilot) == "[ Close ]")


async def test_the_log_of_what_ended_before_anyone_looked_is_shown(live: Stage) -> None:
    async with live.shown((80, 24)) as pilot:
        plan, task = start(pilot, live, by_name("app1"))
        await until(pilot, lambda: task.ended is not None)
        dialog = ProgressDialog(plan, task)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: dialog.query_one("#progress-log", Lines).text)


async def test_no_toast_hides_the_end_that_it_tells(live: Stage) -> None:
    async with live.shown((80, 24)) as pilot:
        await begin(pilot, live, by_name("app1"))
        await until(pilot, lambda: "[ Close ]" in screen_text(pilot.app))
        assert not pilot.app._notifications


async def test_whoever_looked_away_is_told_the_end_by_a_toast(live: Stage) -> None:
    # It ends once somebody looked away: before, the end would stand in the dialog.
    live.world.hang_next_task("vzshutdown", 100)
    async with live.shown((80, 24)) as pilot:
        await begin(pilot, live, by_name("app1"))
        await until(pilot, lambda: "1. shut down running" in said(pilot))
        await pilot.press("escape")
        live.world.let_hanging_task_go_on("vzshutdown", 100)
        await until(pilot, lambda: "delete app1: done" in said(pilot))


async def test_a_shutdown_that_was_not_heard_has_no_tick(live: Stage) -> None:
    operation = elsewhere(live, by_name("app1"))
    steps = list(operation.steps)
    detail = {"exitstatus": "unexpected status", "why": "it did not shut down in 60 s"}
    steps[0] = replace(steps[0], name=StepName.SHUTDOWN, outcome=StepOutcome.DONE, detail=detail)
    first = "".join(text for text, _ in step_lines(operation.plan, replace(operation, steps=tuple(steps)))[0])
    assert first.startswith(f"{glyphs().warning} 1. shut down over")


async def test_it_is_usable_where_there_is_hardly_any_room(live: Stage) -> None:
    async with live.shown((40, 10)) as pilot:
        await begin(pilot, live, by_name("app1"))
        await until(pilot, lambda: "delete app1: done" in said(pilot))
        await until(pilot, lambda: button(pilot) == "[ Close ]")


async def test_closing_it_leaves_the_operation_running_and_visible_in_the_row(live: Stage) -> None:
    live.world.hang_next_task("vzshutdown", 100)
    app1 = by_name("app1")
    async with live.shown((140, 40)) as pilot:
        await begin(pilot, live, app1)
        await until(pilot, lambda: "1. shut down running" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "deleting 1/5" in screen_text(pilot.app))
        assert operations.open_operations()[0].status is OperationStatus.OPEN
    live.world.let_hanging_task_go_on("vzshutdown", 100)


async def test_a_failure_is_told_with_the_words_of_proxmox(live: Stage) -> None:
    live.world.fail_next_task("vzdestroy", 100, "storage is busy")
    app1 = by_name("app1")
    async with live.shown((140, 40)) as pilot:
        await begin(pilot, live, app1)
        await until(pilot, lambda: "3. destroy FAILED" in said(pilot))
        await until(pilot, lambda: "Proxmox could not destroy CT 100: storage is busy" in said(pilot))
        assert not records.get(app1.id).is_tombstone


async def test_what_was_refused_is_not_told_as_begun(live: Stage) -> None:
    app1 = by_name("app1")
    async with live.shown((140, 40)) as pilot:
        engine = live.context.engine
        plan = engine.plan_delete(app1, Choice.HARD)
        assert isinstance(plan, Plan), plan
        live.world.set_lock(100, "backup")
        task = pilot.app.controller.begin("delete app1", engine.delete, plan, app1)  # type: ignore[attr-defined]
        await pilot.app.push_screen(ProgressDialog(plan, task))
        await until(pilot, lambda: "delete app1: refused" in said(pilot))
        await until(pilot, lambda: "app1 (CT 100): not begun, nothing was changed" in said(pilot))
    assert live.simulator.journal.count("DELETE", "/100") == 0


async def test_it_watches_an_operation_of_another_process(live: Stage) -> None:
    operation = elsewhere(live, by_name("app1"))
    async with live.shown((140, 40)) as pilot:
        await pilot.app.push_screen(ProgressDialog(operation.plan, operation_id=operation.id))
        await until(pilot, lambda: "run by bob@jump2" in said(pilot))
        operations.intend(operation.id, 1, owner="jump2:77:abc")
        await until(pilot, lambda: "1. request running" in said(pilot))
        for seq in (1, 2):
            operations.fact(operation.id, seq, StepOutcome.DONE, owner="jump2:77:abc")
        operations.finish(operation.id, OperationStatus.DONE, owner="jump2:77:abc")
        await until(pilot, lambda: "done (after" in said(pilot))


async def test_whoever_comes_second_is_told_who_is_at_work_and_may_watch(live: Stage) -> None:
    app1 = by_name("app1")
    elsewhere(live, app1)
    async with live.shown((140, 40)) as pilot:
        await pilot.app.push_screen(DeleteDialog(app1.id))
        await until(pilot, lambda: "in progress by bob@jump2: stop immediately" in said(pilot))
        assert pilot.app.screen.query_one("#delete-soft").disabled
        assert pilot.app.screen.query_one("#delete-hard").disabled
        await pilot.press("w")
        await until(pilot, lambda: "run by bob@jump2" in said(pilot))
        await pilot.press("q")
        assert live.simulator.journal.count("DELETE", "/lxc/") == 0


async def test_an_interrupted_operation_says_what_can_be_done(live: Stage) -> None:
    operation = elsewhere(live, by_name("app1"))
    async with live.shown((140, 40)) as pilot:
        await pilot.app.push_screen(ProgressDialog(operation.plan, operation_id=operation.id))
        operations.finish(operation.id, OperationStatus.INTERRUPTED, "the answer was lost", owner="jump2:77:abc")
        await until(pilot, lambda: "INTERRUPTED: the answer was lost. `:interrupted` resumes" in said(pilot))


async def test_what_somebody_resumes_meanwhile_is_followed_to_its_end(live: Stage) -> None:
    operation = elsewhere(live, by_name("app1"))
    async with live.shown((140, 40)) as pilot:
        await pilot.app.push_screen(ProgressDialog(operation.plan, operation_id=operation.id))
        operations.finish(operation.id, OperationStatus.INTERRUPTED, "the answer was lost", owner="jump2:77:abc")
        await until(pilot, lambda: "INTERRUPTED: the answer was lost" in said(pilot))
        heard_of_for_an_hour(take_over(operation.id, "jump3:1:other"))
        await until(pilot, lambda: "running for" in said(pilot) and "INTERRUPTED" not in said(pilot))
        operations.finish(operation.id, OperationStatus.DONE, owner="jump3:1:other")
        await until(pilot, lambda: "done (after" in said(pilot))


async def test_what_was_begun_here_and_somebody_else_resumes_is_followed_to_its_end(live: Stage) -> None:
    begun = elsewhere(live, by_name("app1"))
    async with live.shown((140, 40)) as pilot:
        operations.finish(begun.id, OperationStatus.INTERRUPTED, "the answer was lost", owner="jump2:77:abc")
        left = Resumable("the answer was lost", operation=operations.get(begun.id))
        task = pilot.app.controller.begin("stop app1", lambda: left)  # type: ignore[attr-defined]
        dialog = ProgressDialog(begun.plan, task)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "stop app1: interrupted, can be resumed" in said(pilot))
        heard_of_for_an_hour(take_over(begun.id, "jump3:1:other"))
        await until(pilot, lambda: "running for" in said(pilot) and "interrupted" not in said(pilot))
        with live.world.entered() as cluster:
            noted = cluster.tasks.note("pve1", "vzstop", "100", live.simulator.token_id, ["it is stopped"])
        operations.intend(begun.id, 1, owner="jump3:1:other")
        operations.record_task(begun.id, 1, noted.upid, owner="jump3:1:other")
        await until(pilot, lambda: "it is stopped" in dialog.query_one("#progress-log", Lines).text)
        operations.finish(begun.id, OperationStatus.DONE, owner="jump3:1:other")
        await until(pilot, lambda: "done (after" in said(pilot))


def test_without_an_operation_every_step_is_pending() -> None:
    plan = Plan(Action.START, "prod", 101, "web-1", (), "start web-1")
    assert step_lines(plan, None) == []


async def begin(pilot: Pilot[Any], stage: Stage, container: Container) -> None:
    """Begin a hard delete, as the dialog does, and watch it."""
    await pilot.app.push_screen(ProgressDialog(*start(pilot, stage, container)))


def start(pilot: Pilot[Any], stage: Stage, container: Container) -> tuple[Plan, BackgroundTask]:
    """Begin a hard delete in the background."""
    engine = stage.context.engine
    plan = engine.plan_delete(container, Choice.HARD)
    assert isinstance(plan, Plan), plan
    task = pilot.app.controller.begin(f"delete {container.name}", engine.delete, plan, container)  # type: ignore[attr-defined]
    return plan, task


def button(pilot: Pilot[Any]) -> str:
    """What the only button says."""
    return str(pilot.app.screen.query_one(LineButton).render())


def elsewhere(stage: Stage, container: Container) -> Operation:
    """A stop of the container that somebody else's process has begun."""
    plan = stage.context.engine.plan_power(container, Action.STOP)
    assert isinstance(plan, Plan), plan
    begun = operations.begin(
        plan, container, "bob@jump2", "jump2:77:abc", transient=State.UPDATING, message="begun elsewhere"
    )
    return heard_of_for_an_hour(begun)


async def test_what_runs_can_only_be_closed_and_it_says_what_that_means(stage: Stage) -> None:
    operation = elsewhere(stage, by_name("web-1"))
    async with stage.shown((80, 24)) as pilot:
        await pilot.app.push_screen(ProgressDialog(operation.plan, operation_id=operation.id))
        await until(pilot, lambda: "running for" in said(pilot))
        assert "The operation continues in the background. Fleet shows its progress." in screen_text(pilot.app)
        assert button(pilot) == "[ Close ]"


async def test_the_end_of_a_long_log_is_shown_and_not_that_of_its_first_page(live: Stage) -> None:
    async with live.shown((80, 24)) as pilot:
        plan, task = start(pilot, live, by_name("app1"))
        await until(pilot, lambda: task.ended is not None)
        with live.world.entered() as cluster:
            for one in cluster.tasks.all:
                one.log += [f"line {number}" for number in range(1700)]
        dialog = ProgressDialog(plan, task)
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "line 1699" in dialog.query_one("#progress-log", Lines).text)


async def test_steps_that_could_not_be_read_at_the_end_are_read_once_that_is_possible(stage: Stage) -> None:
    web, owner, may_end = by_name("web-1"), stage.context.owner, threading.Event()
    plan = stage.context.engine.plan_power(web, Action.STOP)
    assert isinstance(plan, Plan), plan
    begun = operations.begin(plan, web, "anna@jump1", owner, transient=State.UPDATING, message="begun here")

    def stop() -> Outcome:
        assert may_end.wait(LONGEST)
        return Done(operation=begun)

    async with stage.shown((80, 24)) as pilot:
        task = pilot.app.controller.begin("stop web-1", stop)  # type: ignore[attr-defined]
        await pilot.app.push_screen(ProgressDialog(plan, task))
        operations.intend(begun.id, 1, owner=owner)
        await until(pilot, lambda: "1. request running" in said(pilot))
        for seq in (1, 2):
            operations.fact(begun.id, seq, StepOutcome.DONE, owner=owner)
        operations.finish(begun.id, OperationStatus.DONE, owner=owner)
        raw("ALTER TABLE operation RENAME TO elsewhere")
        may_end.set()
        await until(pilot, lambda: "stop web-1: done" in said(pilot))
        # Long enough for what gives up to do so.
        await pilot.pause(2 * POLL)
        raw("ALTER TABLE elsewhere RENAME TO operation")
        await until(pilot, lambda: "1. request done" in said(pilot))
