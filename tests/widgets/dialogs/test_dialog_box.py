"""The box of a dialog: what gives way on a small screen comes back on a larger one."""

from __future__ import annotations

from textual.app import App

from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
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
