"""The pane beside a list follows the cursor, from what is known already: no request is made for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rich.cells import cell_len
from textual.geometry import Size

from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.pane.guest_pane import FROM_COLUMNS, INNER, GuestPane
from proximity_tui.screens.pane.pane_lines import LABEL
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.screens.stories.test_unreadable_database import rename
from tests.support.timing.until import screen_text, until


async def test_it_describes_the_guest_under_the_cursor_without_a_request(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await until(pilot, lambda: "adopted, VMID 101 on pve1, prod" in screen_text(pilot.app))
        await until(pilot, lambda: "snapshots" in screen_text(pilot.app) and "captured" in screen_text(pilot.app))
        before = stage.simulator.journal.count()
        await pilot.press("down")
        await until(pilot, lambda: "adopted, VMID 102 on pve2, prod" in screen_text(pilot.app))
        for words in ("768M of 2.0G", "backup    none", "adopted web-2"):
            await until(pilot, lambda words=words: words in screen_text(pilot.app))
        assert stage.simulator.journal.count() == before


async def test_an_open_alert_of_the_guest_is_in_it(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        said = "its lock outlived its task"
        alerts.raise_alert(AlertKind.REPLACED, Severity.AMBER, cluster="prod", vmid=101, name="web-1", message=said)
        await until(pilot, lambda: f"ALERT     {said}" in screen_text(pilot.app))


async def test_what_nobody_read_of_an_unmanaged_guest_says_so(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await pilot.press("2")
        await until(pilot, lambda: "unmanaged, VMID 103 on pve3, prod" in screen_text(pilot.app))
        assert "snapshots not read yet" in screen_text(pilot.app)


async def test_in_an_outage_figures_are_not_known_and_the_guest_is_not_called_unlisted(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await until(pilot, lambda: "memory" in screen_text(pilot.app))
        stage.simulator.faults.answer(596, "Connection refused")
        await pilot.press("r")
        await until(pilot, lambda: "figures   not known" in screen_text(pilot.app))


async def test_figures_are_only_told_of_what_runs(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await pilot.press("2", "/", *"sandbox", "enter")
        await until(pilot, lambda: "unmanaged, VMID 151" in screen_text(pilot.app))
        pane = " ".join(pilot.app.screen.query_one(GuestPane).render().plain.split())
        assert "cpu not measured of 1 core memory not measured of 1.0G disk not measured of 8.0G" in pane
        for label in ("uptime", "network"):
            assert label not in pane, "Proxmox says 0 of what does not run"


@pytest.mark.parametrize("columns", [FROM_COLUMNS - 1, FROM_COLUMNS])
async def test_it_appears_where_there_is_room_and_a_key_shows_or_hides_it(stage: Stage, columns: int) -> None:
    async with stage.shown((columns, 30)) as pilot:
        pane = pilot.app.screen.query_one(GuestPane)
        wide = columns >= FROM_COLUMNS
        await until(pilot, lambda: pane.display is wide)
        await pilot.press("i")
        await until(pilot, lambda: pane.display is not wide)


async def test_another_guest_is_drawn_once_with_what_the_database_says_of_it(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await until(pilot, lambda: "VMID 101" in screen_text(pilot.app) and "captured" in screen_text(pilot.app))
        screen = pilot.app.screen
        pane, before = screen.query_one(GuestPane), screen.query_one(GuestPane).render()
        screen.query_one(RowTable).action_move(1)
        screen._settle()  # type: ignore[attr-defined]
        assert pane.render() == before, "the database is asked first"
        await until(pilot, lambda: "VMID 102" in screen_text(pilot.app) and "adopted web-2" in screen_text(pilot.app))


def test_only_the_lines_that_differ_are_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    painted, pane = list[int](), GuestPane()
    monkeypatch.setattr(pane, "refresh", lambda *regions: painted.extend(region.y for region in regions))
    monkeypatch.setattr(GuestPane, "size", Size(INNER, 3))
    for lines, differing in (
        (["a", "b", "c", "d"], [0, 1, 2]),
        (["a", "b", "c", "d"], []),
        (["a", "x", "c", "y"], [1]),
        (["a", "x"], [2]),
        (["a", "x" * (INNER + 1)], [0, 1, 2]),
    ):
        painted.clear()
        pane.set_text([[(text, "normal")] for text in lines])
        assert painted == differing, lines


async def test_a_description_of_wide_characters_is_wrapped_by_its_cells(set_up: Callable[..., Stage]) -> None:
    stage, said = set_up(), "データベースの予備系統です。" * 3
    stage.world.set_config(101, description=said)
    stage.adopt(101)
    async with stage.shown((200, 50)) as pilot:
        await until(pilot, lambda: "says" in screen_text(pilot.app))
        shown = [line.split("│")[-1].rstrip() for line in screen_text(pilot.app).splitlines()]
        first = next(number for number, line in enumerate(shown) if line.startswith(" says"))
        told = [line[LABEL + 1 :] for line in shown[first : first + 3]]
        assert "".join(told) == said
        assert max(map(cell_len, told)) <= INNER - LABEL


async def test_what_the_database_could_not_say_once_is_read_again_although_nobody_writes(stage: Stage) -> None:
    async with stage.shown((200, 50)) as pilot:
        await until(pilot, lambda: "adopted web-1" in screen_text(pilot.app))
        controller = pilot.app.controller  # type: ignore[attr-defined]
        rename(stage, "port_observation", "hidden")
        before = controller.view.store_version
        stage.record("web-9", 190)
        await until(pilot, lambda: controller.view.store_version != before)
        await pilot.press("down")
        await until(pilot, lambda: "adopted, VMID 102" in screen_text(pilot.app))
        await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers if one.group == "details"))
        assert "adopted web-2" not in screen_text(pilot.app)
        rename(stage, "hidden", "port_observation")
        await until(pilot, lambda: "adopted web-2" in screen_text(pilot.app))
