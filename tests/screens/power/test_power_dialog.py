"""The power dialog: each of the four with its plan or its refusal, and a deliberate key before anything happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.core.model import Action, ClosedReason, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import safe_modes
from proximity_tui.core.store.records import records
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.power.power_dialog import PowerDialog
from proximity_tui.screens.text.lines import Lines
from tests.screens.golden import assert_golden
from tests.screens.operation.test_progress_dialog import elsewhere
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.bursts import burst
from tests.support.timing.until import said, until


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (200, 50), (40, 10)])
async def test_each_action_has_its_plan_or_its_refusal(stage: Stage, columns: int, lines: int) -> None:
    async with stage.shown((columns, lines)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await pilot.press("d")
        await until(pilot, lambda: "[ Shut down ]" in said(pilot))
        await assert_golden(pilot, f"power-{columns}x{lines}")


async def test_what_makes_no_sense_cannot_be_chosen(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: "CT 101 already running" in said(pilot))
        await pilot.press("s")
        await until(pilot, lambda: "Nothing was done: CT 101 already running" in said(pilot))
        assert pilot.app.screen.query_one("#power-go").disabled


async def test_enter_alone_does_nothing(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PowerDialog))
        assert stage.simulator.journal.writes() == []


async def test_a_shutdown_is_carried_out_once_and_watched(set_up: Callable[..., Stage]) -> None:
    stage = set_up("demo", running_clock=True)
    web = stage.adopt(101)
    async with stage.shown((120, 30)) as pilot:
        await ask(pilot, web.id)
        await pilot.press("d", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ProgressDialog))
        await until(pilot, lambda: "shut down web-1: done" in said(pilot))
        assert records.get(web.id).state is State.STOPPED
        assert stage.simulator.journal.count("POST", "/status/shutdown") == 1


async def test_enter_on_a_choice_comes_twice_and_only_chooses(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: "already running" in said(pilot))
        pilot.app.screen.query_one("#power-stop").focus()
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Nothing was done: Pull the plug is a button, tab leads to it." in said(pilot))
        assert isinstance(pilot.app.screen, PowerDialog)
        assert stage.simulator.journal.writes() == []


async def test_what_was_typed_before_the_steps_were_shown_agrees_to_nothing(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: "already running" in said(pilot))
        await burst(pilot, "x", "enter")
        assert "[ Pull the plug ]" in said(pilot)
        assert stage.simulator.journal.writes() == []


async def test_a_lock_refuses_with_the_words_of_proxmox(stage: Stage) -> None:
    stage.world.set_lock(101, "snapshot")
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: said(pilot).count("CT is locked (snapshot)") == 1)
        assert pilot.app.screen.query_one("#power-go").disabled
        assert "r read again" in said(pilot)
        stage.world.set_lock(101, None)
        await pilot.press("r")
        await until(pilot, lambda: "already running" in said(pilot))
        assert "CT is locked" not in said(pilot)
        assert "r read again" not in said(pilot), "of some that are possible each says why it is not"


async def test_a_freeze_is_said_before_anything_can_be_agreed_to(stage: Stage) -> None:
    safe_modes.freeze("prod", "ben@jump2", "storage is being moved")
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: "storage is being moved" in said(pilot))
        await pilot.press("d")
        assert pilot.app.screen.query_one("#power-go").disabled


async def test_a_record_that_changes_meanwhile_has_to_be_chosen_again(stage: Stage) -> None:
    web = by_name("web-1")
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, web.id)
        await pilot.press("x")
        await until(pilot, lambda: "[ Pull the plug ]" in said(pilot))
        records.transition(web, State.STOPPED, actor="bob", action=EventAction.OBSERVE, message="it was stopped")
        await until(pilot, lambda: "web-1 changed while this dialog was open. Choose again." in said(pilot))
        assert pilot.app.screen.query_one("#power-go").disabled
        assert pilot.app.focused is pilot.app.screen.query_one("#power-cancel")
        records.close(
            by_name("web-1"), reason=ClosedReason.FORGOTTEN, actor="bob", action=Action.SOFT_DELETE, message="forgotten"
        )
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1) is not managed any more" in said(pilot))
        assert "Choose again" not in said(pilot), "there is nothing to choose any more"
        assert stage.simulator.journal.writes() == []


async def test_a_freeze_that_begins_meanwhile_is_said_before_it_refuses(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await pilot.press("x")
        await until(pilot, lambda: "[ Pull the plug ]" in said(pilot))
        safe_modes.freeze("prod", "ben@jump2", "storage is being moved")
        await until(pilot, lambda: "prod is frozen by ben@jump2" in said(pilot))
        assert "A freeze or an arming began or ended while this dialog was open." in said(pilot)
        assert pilot.app.screen.query_one("#power-go").disabled


async def test_who_is_at_work_on_it_is_said_once(stage: Stage) -> None:
    elsewhere(stage, by_name("web-1"))
    async with stage.shown((100, 30)) as pilot:
        await ask(pilot, by_name("web-1").id)
        await until(pilot, lambda: "web-1 is busy: stop in progress by bob@jump2" in said(pilot))
        assert said(pilot).count("web-1 is busy") == 1
        await pilot.press("x")
        assert pilot.app.screen.query_one("#power-go").disabled


async def test_what_was_seen_is_shown_only_with_what_can_be_chosen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.shown((100, 30)) as pilot:
        controller, drawn = pilot.app.controller, []  # type: ignore[attr-defined]
        ask_really = controller.ask

        async def drawn_meanwhile(function: Any, *given: Any) -> Any:
            """It is drawn every second, and so in the middle of this too."""
            pilot.app.screen._show()  # type: ignore[attr-defined]
            drawn.append(pilot.app.screen.query_one("#power-title", Lines).text)
            return await ask_really(function, *given)

        monkeypatch.setattr(controller, "ask", drawn_meanwhile)
        await ask(pilot, by_name("web-1").id)
        assert len(drawn) == 3
        assert not [title for title in drawn if " ago" in title]


async def test_a_silent_cluster_is_waited_for_and_can_be_left(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        stage.simulator.faults.hang()
        await pilot.app.push_screen(PowerDialog(by_name("web-1").id))
        await until(pilot, lambda: "reading CT 101..." in said(pilot))
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PowerDialog))


async def ask(pilot: Pilot[Any], container_id: int) -> None:
    """Open the dialog and wait until it has looked."""
    await pilot.app.push_screen(PowerDialog(container_id))
    title = pilot.app.screen.query_one("#power-title", Lines)
    await until(pilot, lambda: " ago" in title.text)
    await pilot.pause()
