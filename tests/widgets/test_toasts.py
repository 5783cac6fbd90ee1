"""The short messages in the corner of the screen."""

from __future__ import annotations

from textual.widgets._toast import Toast, ToastHolder

from proximity_tui.screens.app.base_app import BaseApp
from tests.support.timing.until import until


async def test_a_message_that_is_shown_again_and_again_leaves_nothing_behind() -> None:
    app = BaseApp()
    async with app.run_test(notifications=True) as pilot:
        for _ in range(5):
            app.show_message("again")
            await until(pilot, lambda: len(app.screen.query(Toast)) == 1)
        await until(pilot, lambda: len(app.screen.query(ToastHolder)) == 1)
        app.take_back("again")
        await until(pilot, lambda: not app.screen.query(ToastHolder))
