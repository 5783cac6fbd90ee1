"""Keys that come at once, twice, or while a dialog closes: a slow line sends them so, and a key that is held."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from proximity_tui.connect.connect_request import ConfigPlace
from proximity_tui.screens.adopt.adopt_dialog import AdoptDialog
from proximity_tui.screens.alerts.dialogs import AcknowledgeDialog, BreakerDialog, HeldCluster
from proximity_tui.screens.command_line.help import HelpScreen
from proximity_tui.screens.command_line.palette import Palette
from proximity_tui.screens.connect.connect_screen import ConnectScreen
from proximity_tui.screens.connect.retrust_dialog import RetrustDialog
from proximity_tui.screens.create.clone_form import CloneForm
from proximity_tui.screens.create.create_form import CreateForm
from proximity_tui.screens.delete.delete_dialog import DeleteDialog
from proximity_tui.screens.delete.delete_many import DeleteManyDialog
from proximity_tui.screens.fleet_screen import FleetScreen
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.operation.interrupted import DestroyAgainDialog, InterruptedDialog
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.power.power_dialog import PowerDialog
from proximity_tui.screens.request.request_dialog import RequestDialog
from proximity_tui.screens.text.form import Form
from proximity_tui.widgets.dialogs.dialog import Dialog
from proximity_tui.widgets.line_controls import LineButton
from proximity_tui.widgets.terminal.driver import TerminalInput
from tests.screens.chrome.test_banner import red
from tests.screens.operation.test_progress_dialog import elsewhere
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name, native
from tests.screens.test_app import interrupted
from tests.support.timing.bursts import burst, pasted
from tests.support.timing.until import screen_text, until
from tests.support.timing.waiting import until as until_so

POOL = (
    *("enter", "escape", "q", "tab", "space", "up", "down", "left", "right", "pageup", "delete", "backspace"),
    *("ctrl+d", "ctrl+p", "ctrl+s", "ctrl+c", "/", ":", "?", "!", "*", "\\"),
    *"abcdefhjklmnoprstuvwxyRJGO12345",
    pasted("q\r\x1b[3~\x1b[A\x1b\r"),
)
"""Nearly every key that does something somewhere, and a paste that would be some of them."""


def dialogs(stage: Stage, app: Any) -> list[Callable[[], Screen[Any]]]:
    """How each dialog is made."""
    web, store, db = by_name("web-1"), by_name("web-2"), native(stage, 104)
    alert, operation, cut_off = red(stage, "loki", 106), elsewhere(stage, store), interrupted(stage)

    async def nothing(chosen: str | None) -> None:
        assert chosen is None or chosen

    return [
        lambda: DeleteDialog(db.id),
        lambda: DeleteManyDialog([web.id, db.id]),
        lambda: PowerDialog(db.id),
        lambda: AdoptDialog([("prod", 105), ("prod", 106)]),
        lambda: RequestDialog(CreateForm("prod")),
        lambda: RequestDialog(CloneForm(db.id)),
        lambda: ProgressDialog(operation.plan, operation_id=operation.id),
        lambda: InterruptedDialog(cut_off, app, 0),
        lambda: AcknowledgeDialog([alert], "anna@jump1", app.controller.clock.now()),
        lambda: BreakerDialog(HeldCluster("prod", {1: "a", 2: "b", 3: "c", 4: "d"}, 4)),
        lambda: RetrustDialog("prod"),
        lambda: ConnectScreen(ConfigPlace(Path(stage.folder) / "new.toml", records_open=True), lambda name: None),
        lambda: HelpScreen(ScreenId.FLEET),
        lambda: Palette(ScreenId.FLEET),
    ]


@pytest.mark.parametrize("seed", range(2))
async def test_no_burst_of_keys_ends_the_program(
    set_up: Callable[..., Stage], seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What ctrl+s saves is saved here.
    monkeypatch.chdir(tmp_path)
    # `q` would be right to end it, and a shell is another test: they get keys that are never sent.
    stage = set_up(extra='[keys]\nquit = "f9"\nshell = "f8"\n')
    stage.adopt(101)
    stage.adopt(102)
    chance = random.Random(seed)
    async with stage.shown((100, 30)) as pilot:
        for make in dialogs(stage, pilot.app):
            pilot.app.push_screen(make())
            keys = chance.choices(POOL, k=chance.randint(4, 14))
            await burst(pilot, *keys, keys[-1])
            assert alive(pilot), f"{type(pilot.app.screen)} with {keys}"
            pilot.app.routes.go(ScreenId.FLEET)  # type: ignore[attr-defined]
        for line in ("/", ":", "ctrl+s", "1", "2", "3", "4", "5"):
            keys = chance.choices(POOL, k=12)
            await burst(pilot, line, *keys)
            assert alive(pilot), f"{line} with {keys}"
        assert stage.simulator.journal.count("DELETE", "/lxc/") == 0


async def test_no_letter_acts_while_a_name_can_be_typed(set_up: Callable[..., Stage]) -> None:
    stage = set_up()
    stage.adopt(101)
    stage.adopt(102)
    seen = set()
    async with stage.shown((100, 30)) as pilot:
        makers = dialogs(stage, pilot.app)
        for make in makers:
            dialog = make()
            if isinstance(dialog, InterruptedDialog):
                makers.append(lambda operation=dialog._operation: DestroyAgainDialog(operation))
            await pilot.app.push_screen(dialog)
            assert isinstance(dialog, Dialog)
            if isinstance(dialog, DeleteDialog):
                await until(pilot, lambda one=dialog: one.check_action("choose", ("hard",)))
                await burst(pilot, "h")
            if dialog.open_fields and dialog.is_text("q") and dialog.query(LineButton):
                seen.add(type(dialog).__name__)
                field = next((one for one in dialog.open_fields if one.has_focus), dialog.open_fields[0])
                dialog.query(LineButton).first().focus()
                await burst(pilot, *"shopqwt?")
                assert pilot.app.screen is dialog, type(dialog)
                assert field.value.endswith("shopqwt?"), type(dialog)
            pilot.app.routes.go(ScreenId.FLEET)  # type: ignore[attr-defined]
    assert seen >= {"DeleteDialog", "RequestDialog", "AcknowledgeDialog", "ConnectScreen", "DestroyAgainDialog"}


def alive(pilot: Pilot[Any]) -> bool:
    app: Any = pilot.app
    return app.unexpected.last is None and app.is_running and bool(app.screen_stack)


@pytest.mark.parametrize("keys", ["ctrl+d enter enter", "p enter enter", "? q q", "? enter enter", "ctrl+p escape q"])
async def test_what_follows_the_key_that_closes_a_dialog_goes_nowhere(stage: Stage, keys: str) -> None:
    async with stage.shown() as pilot:
        await burst(pilot, *keys.split())
        assert alive(pilot)
        assert [type(screen) for screen in pilot.app.screen_stack] == [FleetScreen]


async def test_what_is_typed_behind_a_shell_is_not_for_the_screen_that_comes_back(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await burst(pilot, "s", "2", "ctrl+d")
        assert [type(screen) for screen in pilot.app.screen_stack] == [FleetScreen]


async def test_letters_and_tabs_that_come_at_once_keep_their_order(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await burst(pilot, "n", *"web-9", "tab", *"local:t", "tab", *"pve1", "enter", *"store")
        await until(pilot, lambda: "up, down: choose" in screen_text(pilot.app))
        assert typed(pilot, "hostname", "template", "node") == ["web-9", "local:t", "pve1"]


@pytest.mark.parametrize("seed", range(3))
async def test_text_and_the_keys_behind_it_arrive_in_order_whatever_else_happens(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    async with stage.shown() as pilot:
        app: Any = pilot.app
        words = ["".join(chance.choices("abcdefghqkjwts123", k=chance.randint(1, 9))) for _ in range(2)]
        for _ in range(5):
            # What the screens have to do meanwhile.
            app.controller.want()
            app.call_later(app.screen.refresh, layout=True)
        await burst(pilot, "/", *words[0], "enter")
        assert app.screen.filter.text == words[0]
        await burst(pilot, "escape", ":", *"fleet na", "tab", *words[1], "enter", *"n", *words[0], "tab", *words[1])
        assert typed(pilot, "hostname", "template") == words
        await burst(pilot, "escape")
        assert isinstance(app.screen, FleetScreen)
        assert app.screen.filter.text == f"name:{words[1]}"


async def test_what_is_filled_in_under_the_cursor_is_replaced_by_what_is_typed(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await burst(pilot, "n")
        await until(pilot, lambda: "up, down: choose" in screen_text(pilot.app))
        template = pilot.app.screen.query_one("#create-template", Input)
        template.focus()
        template.value = ""
        await pilot.pause()
        pilot.app.screen.query_one(Form).suggest("template", "local:another")
        await burst(pilot, *"mine")
        assert template.value == "mine"


async def test_a_paste_is_text_for_a_field_and_nothing_anywhere_else(stage: Stage) -> None:
    async with stage.shown() as pilot:
        for text in ("\x1b[3~", "\x1b", "s\r", "q", "2\x1b[201~q", "\x1b[200~q"):
            await burst(pilot, pasted(text))
            assert [type(screen) for screen in pilot.app.screen_stack] == [FleetScreen]
        assert alive(pilot)
        await burst(pilot, "n", pasted("\r\n we\x1b[3~b\t-9\rq\r"), "tab", pasted("second"))
        assert typed(pilot, "hostname", "template") == ["we[3~b-9", "second"]


def typed(pilot: Pilot[Any], *fields: str) -> list[str]:
    return [pilot.app.screen.query_one(f"#create-{name}", Input).value for name in fields]


@pytest.mark.parametrize("key", ["alt+p", "alt+u"])
def test_the_keys_of_the_delete_dialog_arrive_from_a_plain_terminal(key: str) -> None:
    bindings = [one for one in DeleteDialog.BINDINGS if isinstance(one, Binding)]
    assert key in {name for binding in bindings for name in binding.key.split(",")}
    source = TerminalInput()
    typed = source.feed("\x1b" + key[-1], 0.0)
    until_so(lambda: typed or typed.extend(source.tick(1.0)) or typed)
    assert [message.key for message in typed if isinstance(message, Key)] == [key]
