"""The help of a dialog lists the keys that do something in it now, those of one action together."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.dialogs.dialog import BODY, MOVES_FOCUS, Dialog
from proximity_tui.widgets.dialogs.dialog_keys import PREVIOUS
from proximity_tui.widgets.dialogs.keys_dialog import KeysDialog, all_keys
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton, LineInput
from tests.support.timing.until import until


class Asking(Dialog[None]):
    """A dialog with a field, a choice and a button."""

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES_FOCUS]
    AUTO_FOCUS = "#choice"
    takes_text = True

    def is_text(self, character: str) -> bool:
        return self.takes_text

    def compose_body(self) -> ComposeResult:
        yield ChoiceLine("first", "the first", id="choice")
        field = LineInput(id="field")
        field.disabled = True
        yield field

    def compose_buttons(self) -> ComposeResult:
        yield LineButton("Cancel", id="cancel")


class Reading(Dialog[None]):
    """A dialog that is only read."""

    def compose_body(self) -> ComposeResult:
        yield Static("one line")


async def test_it_lists_what_works_with_what_has_the_focus() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = Asking()
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.focused is not None)
        assert ("up k left", PREVIOUS) in all_keys(dialog), "one action, one line"
        field = dialog.query_one("#field", LineInput)
        field.disabled = False
        field.focus()
        await until(pilot, lambda: dialog.focused is field)
        assert ("up", PREVIOUS) in all_keys(dialog), "the field takes left and right, and letters are text"
        assert KeysDialog(dialog)._typing
        dialog.takes_text = False
        assert KeysDialog(dialog)._typing, "letters go into the field that has the focus"
        dialog.query_one("#cancel").focus()
        await until(pilot, lambda: dialog.focused is not field)
        assert not KeysDialog(dialog)._typing, "a form with a plan takes y as its command"
        assert not any(name.startswith("pgup") for name, _ in all_keys(dialog)), "everything is in sight"


async def test_it_lists_no_way_to_somewhere_else_where_there_is_none() -> None:
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as pilot:
        for dialog in (Reading(), KeysDialog(Reading())):
            await app.push_screen(dialog)
            await until(pilot, lambda: app.screen.query(f"#{BODY}"))
            names = " ".join(name for name, _ in all_keys(dialog)).split()
            assert "esc" in names
            assert not {"left", "right", "up", "down", "pgup", "pgdn"} & set(names)


async def test_what_is_too_long_for_the_screen_can_be_scrolled() -> None:
    app: App[None] = App()
    async with app.run_test(size=(40, 10)) as pilot:
        lines = [f"step {number}" for number in range(30)]
        dialog = Confirm("Stop", lines, [], cancel=Button("cancel", "Cancel", "cancelled"))
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.body.max_scroll_y > 0)
        names = [name for name, _ in all_keys(dialog)]
        assert {"up k", "pgup"} <= set(names)
        assert "left h" not in names, "there is one button"
