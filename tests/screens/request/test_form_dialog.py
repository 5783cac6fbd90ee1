"""The base of the forms: a plan that can be agreed to is on the screen, whatever cannot be read meanwhile."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from proximity_tui.screens.change.edit_form import EditForm
from proximity_tui.screens.create.create_dialog import CreateDialog
from proximity_tui.screens.create.create_form import CreateForm
from proximity_tui.screens.request.request_dialog import RequestDialog
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name
from tests.support.timing.meddling import asked, held_back
from tests.support.timing.until import said, screen_text, until


async def test_a_plan_stays_on_the_screen_when_the_offer_cannot_be_read(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        dialog = await planned(pilot, "app1")
        stage.simulator.faults.answer(596, "Connection refused")
        await dialog._read_offer("prod")
        await until(pilot, lambda: "What prod offers cannot be read" in said(pilot))
        assert "1. create" in said(pilot), "what y agrees to"
        assert "[ Create ]" in said(pilot)


async def test_an_outage_is_still_told_beside_what_is_required_and_passes(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        stage.simulator.faults.answer(596, "Connection refused")
        dialog = CreateDialog(CreateForm("prod"))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "What prod offers cannot be read" in said(pilot))
        await pilot.press(*"app1", "ctrl+s")
        await until(pilot, lambda: "is required" in said(pilot))
        assert "What prod offers cannot be read" in said(pilot), "why there is nothing to choose from"
        stage.simulator.faults.clear()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog.query_one("#create-template", Input).value.startswith("local:vztmpl/"))
        assert "cannot be read" not in said(pilot)


async def test_an_outage_is_told_once_and_the_config_is_read_when_it_is_over(stage: Stage) -> None:
    container = by_name("web-1")
    async with stage.shown((140, 40)) as pilot:
        stage.simulator.faults.answer(596, "Connection refused")
        dialog = RequestDialog(EditForm(container.id))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "Its config cannot be read: " in said(pilot) and dialog._not_offered)
        assert said(pilot).count("Connection refused") == 1
        stage.simulator.faults.clear()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: dialog.query_one("#change-memory", Input).value == "2048")


async def test_what_is_being_read_is_not_asked_for_a_second_time(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        stage.simulator.faults.answer(596, "Connection refused")
        dialog = RequestDialog(EditForm(by_name("web-1").id))
        await pilot.app.push_screen(dialog)
        await until(pilot, lambda: "Its config cannot be read: " in said(pilot) and dialog._not_offered)
        stage.simulator.faults.clear()
        dialog.query_one("#change-hostname", Input).value = "not a name"
        before = stage.simulator.journal.count("GET", "/lxc/101/config")
        with held_back(stage.simulator, asked("GET", "/lxc/101/config")) as reached:
            await pilot.press("ctrl+s")
            await until(pilot, reached.is_set)
            await pilot.press("ctrl+s", "ctrl+s")
        await until(pilot, lambda: dialog.query_one("#change-memory", Input).value == "2048")
        assert stage.simulator.journal.count("GET", "/lxc/101/config") == before + 1


async def test_a_refusal_is_not_shown_while_the_next_plan_is_made(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        dialog = await opened(pilot)
        dialog.query_one("#create-hostname", Input).value = "app1"
        stage.world.set_quorate(False)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "no quorum" in said(pilot))
        stage.world.set_quorate(True)
        stage.simulator.faults.hang()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Planning." in said(pilot))
        assert "no quorum" not in said(pilot)


async def opened(pilot: Pilot[Any]) -> CreateDialog:
    """Open the form for a new container, and wait until it knows what the cluster offers."""
    dialog = CreateDialog(CreateForm("prod"))
    await pilot.app.push_screen(dialog)
    template = dialog.query_one("#create-template", Input)
    await until(pilot, lambda: template.value.startswith("local:vztmpl/"))
    return dialog


async def planned(pilot: Pilot[Any], name: str) -> CreateDialog:
    """Open the form, and show the plan for a container of this name."""
    dialog = await opened(pilot)
    dialog.query_one("#create-hostname", Input).value = name
    await pilot.press("ctrl+s")
    await until(pilot, lambda: "[ Create ]" in said(pilot))
    return dialog


async def test_why_a_request_is_refused_is_not_said_of_what_was_typed_meanwhile(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        dialog = await opened(pilot)
        name = dialog.query_one("#create-hostname", Input)
        name.value = "app1"
        stage.world.set_quorate(False)
        with held_back(stage.simulator, asked("GET", "/cluster/status")) as reached:
            await pilot.press("ctrl+s")
            await until(pilot, reached.is_set)
            name.value = "app2"
            await until(pilot, lambda: "app2" in said(pilot))
        await until(pilot, lambda: not dialog.busy)
        assert "no quorum" not in said(pilot), "that was asked about app1"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "no quorum" in said(pilot))


async def test_a_plan_that_was_only_shown_is_cancelled_and_nothing_was_done(stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        dialog = await planned(pilot, "app1")
        await until(pilot, lambda: pilot.app.focused is dialog.query_one("#create-cancel"))
        await pilot.press("enter")
        await until(pilot, lambda: "Cancelled: nothing was done." in screen_text(pilot.app))
