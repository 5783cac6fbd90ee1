"""Ports: which public ports are held, by whom, what conflicts; a main screen that is typed by name."""

from __future__ import annotations

import sqlite3

from proximity_tui.core.store.records import public_ports
from proximity_tui.screens.ports.ports_screen import PortsScreen
from tests.screens.stage import Stage
from tests.screens.stories.test_unreadable_database import rename
from tests.support.timing.until import screen_text, until


def lines(app: object) -> list[str]:
    """The lines of the screen, without blanks at their ends."""
    return [line.rstrip() for line in screen_text(app).splitlines()]  # type: ignore[arg-type]


async def test_a_main_screen_without_a_number_is_typed_and_left_by_esc_or_another_number(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("3", ":", *"ports", "enter")
        await until(pilot, lambda: "8100" in screen_text(pilot.app))
        assert isinstance(pilot.app.screen, PortsScreen)
        assert lines(pilot.app)[1].endswith("9 [Ports]")
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.current_mode == "alerts")
        assert "Ports" not in lines(pilot.app)[1]
        await pilot.press("ctrl+p", *"ports", "enter")
        await until(pilot, lambda: pilot.app.current_mode == "ports")
        await pilot.press("1")
        await until(pilot, lambda: pilot.app.current_mode == "fleet")


async def test_it_lists_who_holds_a_port_and_which_is_next(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        await pilot.press(":", *"ports", "enter")
        await until(pilot, lambda: "Ports 1, 899 of 900 free, next 8101" in screen_text(pilot.app))
        assert "8100        80  101 web-1" in screen_text(pilot.app)
        web2 = stage.record("web-9", 190)
        public_ports.allocate(web2.id, 22, range(7000, 7001))
        await until(pilot, lambda: "outside the range" in screen_text(pilot.app))
        assert "190 web-9" in lines(pilot.app)[3], "what conflicts comes first"
        await pilot.press("enter")
        await until(pilot, lambda: "web-1 (adopted, CT 101 on pve1)" in screen_text(pilot.app))


async def test_a_port_that_two_records_hold_is_a_conflict_of_both(stage: Stage) -> None:
    with sqlite3.connect(stage.folder / "proximity.db") as database:
        database.execute("DROP INDEX port_one_holder")
    database.close()
    other = stage.record("web-9", 190)
    with sqlite3.connect(stage.folder / "proximity.db") as database:
        database.execute(
            "INSERT INTO port (container_id, public, container_port, allocated_at)"
            f" SELECT {other.id}, public, 22, allocated_at FROM port"
        )
    database.close()
    async with stage.shown((120, 24)) as pilot:
        await pilot.press(":", *"ports", "enter")
        await until(pilot, lambda: screen_text(pilot.app).count("held twice") >= 2)


async def test_a_port_is_reserved_moved_and_released_each_by_its_plan(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.press(":", *"ports", "enter")
        await until(pilot, lambda: "Ports 1, 899" in screen_text(pilot.app))
        await pilot.press("n", "tab", *"web-2", "tab", *"443", "ctrl+s")
        await until(pilot, lambda: "reserve port 8101 to port 443 of prod/102 web-2" in screen_text(pilot.app))
        await pilot.press("right", "enter")
        await until(pilot, lambda: "Ports 2, 898" in screen_text(pilot.app))
        await pilot.press("G", "m", "home", *"8500", "delete", "delete", "delete", "delete", "ctrl+s")
        await until(pilot, lambda: "after that, port 8500 to port 443" in screen_text(pilot.app))
        await pilot.press("right", "enter")
        await until(pilot, lambda: [one.public for one in public_ports.registry()] == [8100, 8500])
        await until(pilot, lambda: "8500       443  102 web-2" in screen_text(pilot.app))
        await pilot.press("g", "G", "ctrl+d")
        await until(pilot, lambda: "Release port 8500 to port 443 of prod/102 web-2" in screen_text(pilot.app))
        await until(pilot, lambda: "Nothing changes on Proxmox." in screen_text(pilot.app))
        await pilot.press("right", "enter")
        await until(pilot, lambda: [one.public for one in public_ports.registry()] == [8100])


async def test_a_plan_that_is_void_by_now_says_so_and_changes_nothing(stage: Stage) -> None:
    async with stage.shown((120, 30)) as pilot:
        await pilot.press(":", *"ports", "enter")
        await until(pilot, lambda: "Ports 1, 899" in screen_text(pilot.app))
        await pilot.press("n", "tab", *"nobody", "ctrl+s")
        await until(pilot, lambda: "no container is called nobody" in screen_text(pilot.app))
        await pilot.press("escape", "ctrl+d")
        await until(pilot, lambda: "Nothing changes on Proxmox." in screen_text(pilot.app))
        public_ports.release_all(next(one.container for one in public_ports.registry() if one.container))
        await pilot.press("right", "enter")
        await until(pilot, lambda: "the port is not held as it was" in screen_text(pilot.app))


async def test_ports_that_could_not_be_read_once_are_read_again_although_nobody_changes_them(stage: Stage) -> None:
    async with stage.shown((120, 24)) as pilot:
        await pilot.press(":", *"ports", "enter")
        await until(pilot, lambda: "Ports 1, " in screen_text(pilot.app))
        screen = pilot.app.screen
        assert isinstance(screen, PortsScreen)
        rename(stage, "port_reservation", "hidden")
        stage.record("web-9", 190)
        await until(pilot, lambda: screen._trouble is not None)
        rename(stage, "hidden", "port_reservation")
        pilot.app.controller.narrow_to("prod")  # type: ignore[attr-defined]
        await until(pilot, lambda: "Ports 1, " in screen_text(pilot.app) and screen._trouble is None)
