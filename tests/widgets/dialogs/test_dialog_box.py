"""The box of a dialog: what gives way on a small screen comes back on a larger one."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType

from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS, Dialog
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton
from tests.support.timing.until import screen_text, until

WORDS = "x" * 72
"""As long as a line of the body: with a scrollbar beside it, it would need a second line."""


class Asking(App[None]):
    """An App with a question of several lines."""

    def on_mount(self) -> None:
        lines = [f"step {number}" for number in range(12)]
        self.push_screen(Confirm("Stop", [*lines, WORDS], [], cancel=Button("cancel", "Cancel", "cancelled")))


async def test_what_was_scrolled_on_a_small_screen_is_whole_on_a_larger_one() -> None:
    app = Asking()
    async with app.run_test(size=(40, 10)) as pilot:
        await until(pilot, lambda: "[ Cancel ]" in screen_text(app))
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: "step 0" not in screen_text(app))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "step 0" in screen_text(app))
        assert WORDS in screen_text(app)


class Choosing(Dialog[None]):
    """A dialog with more choices than a small screen has lines."""

    BINDINGS: ClassVar[list[BindingType]] = [*MOVES_FOCUS]
    AUTO_FOCUS = "#choice-1"

    def compose_body(self) -> ComposeResult:
        for number in range(1, 20):
            yield ChoiceLine(f"{number}", f"choice {number}", id=f"choice-{number}")

    def compose_buttons(self) -> ComposeResult:
        yield LineButton("Cancel", id="cancel")


async def test_up_and_down_move_among_the_choices_also_where_the_body_scrolls() -> None:
    app: App[None] = App()
    async with app.run_test(size=(40, 10)) as pilot:
        dialog = Choosing()
        await app.push_screen(dialog)
        await until(pilot, lambda: dialog.focused is not None)
        assert dialog.body.max_scroll_y > 0
        await pilot.press("down", "down", "up")
        assert dialog.focused is dialog.query_one("#choice-2")
        await pilot.press("pagedown")
        await until(pilot, lambda: dialog.body.scroll_offset.y > 0)
