"""Everything: each guest that is there, and its page. What is not ours to touch cannot be touched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.core.fleet import GuestRow
from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog
from proximity_tui.screens.container.container_page import ContainerScreen
from proximity_tui.screens.container.guest_page import GuestScreen
from proximity_tui.screens.container.read_only import ReadOnlyScreen
from proximity_tui.screens.everything_screen import EverythingScreen
from proximity_tui.screens.keyboard.keys import COMMANDS, commands_for
from proximity_tui.screens.keyboard.screen_ids import GUESTS, ScreenId
from proximity_tui.screens.lists import entry_list, other_lists
from proximity_tui.screens.lists.list_screen import Listed
from proximity_tui.screens.lists.other_lists import rows_elsewhere
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.screens.view.view import View
from tests.screens.stage import Stage, read_again
from tests.support.timing.until import said, screen_text, until

MUTATING = sorted({key for command in COMMANDS if command.mutating and command.where & GUESTS for key in command.keys})


@pytest.mark.parametrize(
    ("key", "page", "words"),
    [
        ("c1", ContainerScreen, "web-1 (adopted, CT 101"),
        ("prod/103", GuestScreen, "web-3 (unmanaged, CT 103), cluster prod"),
        ("prod/200", ReadOnlyScreen, "windows-server (VM 200), cluster prod"),
        ("prod/900", ReadOnlyScreen, "(template 900), cluster prod"),
    ],
)
async def test_each_guest_has_a_page(stage: Stage, key: str, page: type, words: str) -> None:
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("0")
        await until(pilot, lambda: "Everything 26; 2 ct 21 unm 2 VM" in said(pilot))
        pilot.app.screen.table.move_to(key)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: words in said(pilot))
        assert isinstance(pilot.app.screen, page)


async def test_the_key_line_offers_what_the_row_has_a_use_for(stage: Stage) -> None:
    async with stage.shown((80, 24)) as pilot:
        await pilot.press("0")
        for key, line in [
            ("c1", "enter open  ctrl+d delete  p power  ? help"),
            ("prod/103", "enter open  a adopt  / filter  ? help"),
            ("prod/200", "enter open  / filter  ? help"),
        ]:
            await until(pilot, lambda key=key: pilot.app.screen.table.move_to(key))  # type: ignore[attr-defined]
            await until(pilot, lambda line=line: line in screen_text(pilot.app))
        await pilot.press("/", *"name:nobody", "enter")
        await until(pilot, lambda: " a adopt  / filter  ? help" in screen_text(pilot.app))
        await until(pilot, lambda: "Everything 0 of 26; 2 ct 21 unm 2 VM" in screen_text(pilot.app))


@pytest.mark.parametrize("vmid", [200, 900])
async def test_no_key_changes_a_vm_or_a_template(stage: Stage, vmid: int) -> None:
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("0")
        screen = pilot.app.screen
        assert isinstance(screen, EverythingScreen)
        await until(pilot, lambda: screen.table.total == 26)
        for open_page in ((), ("enter",)):
            screen.table.move_to(f"prod/{vmid}")
            await until(pilot, lambda: not any(one in screen_text(pilot.app) for one in ("ctrl+d delete", "e edit")))
            await pilot.press(*open_page)
            top = pilot.app.screen
            for key in MUTATING:
                await pilot.press(key)
                assert pilot.app.screen is top, f"{key} opened {pilot.app.screen}"
        assert "never touched" in said(pilot)
        assert not any(command.mutating and command.keys for command in commands_for(top.SCREEN_ID))  # type: ignore[attr-defined]
        assert stage.simulator.journal.writes() == []
        await pilot.press("question_mark")
        await until(pilot, lambda: "Keys on VM or template" in screen_text(pilot.app))


async def test_what_a_long_list_shows_is_made_before_it_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    few = 5
    monkeypatch.setattr(entry_list, "SLICE", few)
    entry, show = EverythingScreen.entry, EverythingScreen.show
    made, made_while_shown = list[str](), list[int]()

    def entry_seen(screen: EverythingScreen, item: GuestRow) -> Listed:
        made.append(item.key)
        return entry(screen, item)

    def show_seen(screen: EverythingScreen, view: View) -> None:
        before = len(made)
        show(screen, view)
        made_while_shown.append(len(made) - before)

    monkeypatch.setattr(EverythingScreen, "entry", entry_seen)
    monkeypatch.setattr(EverythingScreen, "show", show_seen)
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("0")
        await until(pilot, lambda: "Everything 26; 2 ct 21 unm 2 VM" in said(pilot))
        assert len(made) >= 26
        made.clear()
        await much_changes(pilot, stage, lambda: len(made) > few)
    # What changes in few rows, at any time, is made where it is shown.
    assert max(made_while_shown) <= few


async def test_while_much_is_prepared_the_old_rows_are_shown_and_keys_act(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry_list, "SLICE", 5)
    prepare, free, begun = EverythingScreen.prepare, asyncio.Event(), list[str]()
    free.set()

    async def prepare_later(screen: EverythingScreen) -> None:
        begun.append(screen.table.cursor_key or "")
        await free.wait()
        await prepare(screen)

    monkeypatch.setattr(EverythingScreen, "prepare", prepare_later)
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("0")
        await until(pilot, lambda: "Everything 26; 2 ct 21 unm 2 VM" in said(pilot))
        first = pilot.app.screen.table.cursor_key  # type: ignore[attr-defined]
        free.clear()
        begun.clear()
        await much_changes(pilot, stage, lambda: begun)
        stage.record("came-meanwhile", 777)
        await until(pilot, lambda: any(row.name == "came-meanwhile" for row in pilot.app.controller.view.rows))  # type: ignore[attr-defined]
        await pilot.press("j")
        await until(pilot, lambda: pilot.app.screen.table.cursor_key != first)  # type: ignore[attr-defined]
        assert begun == [first]
        assert "came-meanwhile" not in said(pilot)
        free.set()
        await until(pilot, lambda: "came-meanwhile" in said(pilot))


async def much_changes(pilot: Pilot[Any], stage: Stage, condition: Callable[[], object]) -> None:
    """Have all guests of a node be unknown at once, and look at them until the condition holds."""
    stage.world.set_node_online("pve2", False)
    await read_again(pilot, condition)


async def test_an_unmanaged_guest_is_adopted_from_its_page(stage: Stage) -> None:
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("2", "enter")
        await until(pilot, lambda: "web-3 (unmanaged, CT 103)" in said(pilot))
        assert "a adopt" in said(pilot)
        assert "enter open" not in said(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "is not managed: this is its whole page. a adopts it." in said(pilot))
        text = pilot.app.screen.query_one(ScrollText)
        await pilot.press("tab", "tab")
        await until(pilot, lambda: "captures" in text.text and "config keys" in text.text)
        await pilot.press("tab")
        await until(pilot, lambda: "hostname: web-3" in text.text)
        await pilot.press("tab")
        await until(pilot, lambda: "pve3 has no task of CT 103." in said(pilot))
        await pilot.press("tab", "a")
        await until(pilot, lambda: "Adopt web-3: 1 ready" in said(pilot))
        assert isinstance(pilot.app.screen, AdoptDialog)
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 1 of 1" in said(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "It is managed now, as web-3. enter opens its page." in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "web-3 (adopted, CT 103" in said(pilot))
        assert isinstance(pilot.app.screen, ContainerScreen)


async def test_adopting_takes_four_keys_from_fleet(stage: Stage) -> None:
    async with stage.shown((160, 40)) as pilot:
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        await pilot.press("2", "a")
        await until(pilot, lambda: "1 ready" in screen_text(pilot.app))
        await pilot.press("a", "enter")
        await until(pilot, lambda: "Adopted 1 of 1" in screen_text(pilot.app))


async def test_the_page_of_a_vm_follows_the_list_and_requests_nothing(stage: Stage) -> None:
    async with stage.shown((160, 40)) as pilot:
        [row, *_] = pilot.app.controller.view.vms  # type: ignore[attr-defined]
        stage.simulator.journal.clear()
        pilot.app.routes.open_row(row)  # type: ignore[attr-defined]
        await until(pilot, lambda: "node pve2" in said(pilot))
        assert stage.simulator.journal.entries() == []
        stage.world.set_node_online("pve2", False)
        await read_again(pilot, lambda: "unknown: node pve2 is offline" in said(pilot))


@pytest.mark.parametrize(
    ("place", "typed", "told", "title"),
    [
        ("1", "web-3", "No match here; 1 on Unmanaged. enter goes there.", "Unmanaged 1 of 21"),
        ("2", "web", "No match here; 2 on Fleet. enter goes there.", "Fleet 2 of 2"),
        ("2", "name:~^(web-1|opn)", "No match here; 1 on Fleet, 1 VM. enter goes there.", "Everything 2 of 26"),
        ("3", "kind:template", "No match here; 1 template. enter goes there.", "Everything 1 of 26"),
    ],
)
async def test_a_filter_without_a_match_leads_to_where_it_has_some(
    set_up: Callable[..., Stage], place: str, typed: str, told: str, title: str
) -> None:
    stage = set_up()
    stage.adopt(101)
    stage.adopt(102)
    if typed == "web":
        stage.adopt(103)
        told, title = told.replace("2 on", "3 on"), title.replace("2 of 2", "3 of 3")
    async with stage.shown((160, 40)) as pilot:
        await pilot.press(place)
        await until(pilot, lambda: "2 VM" in said(pilot))
        await pilot.press("/", *typed, "enter")
        await until(pilot, lambda: told in said(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: title in said(pilot))
        await until(pilot, lambda: f"/ {typed}" in said(pilot))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("container opnsense", "opnsense (VM 201)"),
        ("container 103", "web-3 (unmanaged, CT 103)"),
        ("web-1", "web-1 (adopted, CT 101 on pve1), cluster prod"),
        ("prod/900", "(template 900)"),
        ("container tag:dev", "/ tag:dev"),
        ("tag:dev", "/ tag:dev"),
        ("postgres", "/ postgres"),
        ("203.0.113.7", "/ 203.0.113.7"),
        ("colour:red", 'There is no "colour" to filter by'),
        ("alrts", ":alrts is not a command of this screen; did you mean :alerts?"),
    ],
)
async def test_the_command_line_finds_every_guest(stage: Stage, typed: str, words: str) -> None:
    async with stage.shown((160, 40)) as pilot:
        await pilot.press("5", ":", *typed, "enter")
        await until(pilot, lambda: words in said(pilot))


async def test_a_guest_is_found_by_an_address_that_was_recorded_or_read_before(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.world.set_config(101, net0="name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:01:01,ip=192.0.2.101/24")
    stage.world.set_config(102, net0="name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:01:02,ip=192.0.2.102/24")
    stage.adopt(101)
    async with stage.shown((160, 40)) as pilot:
        await until(pilot, lambda: pilot.app.controller.view.rows[0].addresses)  # type: ignore[attr-defined]
        await pilot.press(":", *"192.0.2.101", "enter")
        await until(pilot, lambda: "address 192.0.2.101 config, as it was read last" in said(pilot))
        await pilot.press("2", "/", *"192.0.2.102", "enter")
        await until(pilot, lambda: "None of 22 rows matches this filter. The addresses of " in said(pilot))
        await until(pilot, lambda: "are not read yet: opening a guest reads its address" in said(pilot))
        await pilot.press("escape", "enter")
        await until(pilot, lambda: "address 192.0.2.102 config, as it was read last" in said(pilot))
        await pilot.press("5", ":", *"container 192.0.2.102", "enter")
        await until(pilot, lambda: "web-2 (unmanaged, CT 102)" in said(pilot))
        await pilot.press("1", "/", *"address:192.0.2.101", "enter")
        await until(pilot, lambda: "Fleet 1 of 1" in said(pilot))


async def test_where_else_a_filter_of_figures_matches_follows_every_poll(stage: Stage) -> None:
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        await pilot.press("/", *"web-3 uptime:<900d", "enter")
        await until(pilot, lambda: "No match here; 1 on Unmanaged. enter goes there." in said(pilot))
        stage.simulator.clock.advance(1000 * 86_400)  # type: ignore[attr-defined]
        stage.world.broadcast()
        await read_again(pilot, lambda: "No match here" not in said(pilot))
        assert "None of 2 rows matches this filter." in said(pilot)


async def test_where_else_a_filter_matches_is_looked_up_again_only_for_figures_that_it_compares(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A poll brings all figures of a cluster, and thousands of guests would be looked through for nothing."""
    searches: list[ScreenId] = []

    def searched(screen_id: ScreenId, view: View) -> Sequence[GuestRow]:
        searches.append(screen_id)
        return rows_elsewhere(screen_id, view)

    monkeypatch.setattr(other_lists, "rows_elsewhere", searched)
    async with stage.shown((100, 30)) as pilot:
        await until(pilot, lambda: "web-2" in screen_text(pilot.app))
        controller = pilot.app.controller  # type: ignore[attr-defined]
        await pilot.press("/", *"web-3 disk:>1", "enter")
        await until(pilot, lambda: "No match here; 1 on Unmanaged. enter goes there." in said(pilot))
        before = len(searches)
        for _ in range(2):
            polled = controller.view.polls
            await read_again(pilot, lambda polled=polled: controller.view.polls is not polled)
            await until(pilot, lambda: pilot.app.screen.entries.moment.view is controller.view)  # type: ignore[attr-defined]
            await pilot.pause()
        assert len(searches) == before
