"""The messages that come while a dialog is open: they hide nothing that it asks, and nothing of them is lost."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual.widget import Widget

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.dialogs.dialog_box import DialogMessages
from tests.support.timing.until import flowing, screen_text, until

CANCEL = Button("cancel", "Cancel", "cancelled")
TOLD = "Not suspended: no shell with job control started this program, so fg could not bring it back."


class Late(BaseApp):
    """An App that asks when it is told to, as one whose dialogs have nothing to cover does."""

    def ask(self) -> None:
        """Ask a question that fills a small screen."""
        steps = [f"step {number}" for number in range(30)]
        self.push_screen(Confirm("Delete web1", steps, [Button("yes", "Destroy it", "yes")], cancel=CANCEL))

    def in_sight(self) -> Iterable[Widget]:
        """Yield what no dialog covers: nothing."""
        yield from ()


class Asking(Late):
    """An App that asks at once."""

    def on_mount(self) -> None:
        self.ask()


@pytest.mark.parametrize("size", [(40, 10), (80, 24)])
async def test_a_message_takes_lines_of_the_body_and_hides_no_button(size: tuple[int, int]) -> None:
    app = Asking()
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "[ Destroy it ]" in screen_text(app))
        app.show_message(TOLD, bad=True)
        await until(pilot, lambda: TOLD in flowing(screen_text(app)))
        assert "[ Cancel ]  [ Destroy it ]" in screen_text(app)
        assert "Delete web1" in screen_text(app)
        assert "step 0" in screen_text(app)
        assert not app._notifications, "a toast would lie on the buttons"


async def test_what_a_dialog_hardly_showed_is_shown_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asking, "NOTIFICATION_TIMEOUT", 600.0)
    app = Asking()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "[ Destroy it ]" in screen_text(app))
        app.show_message("delete web2: done")
        app.show_message("stop [bold]web3[/]: failed", bad=True)
        await until(pilot, lambda: "stop [bold]web3[/]: failed delete web2: done" in flowing(screen_text(app)))
        await pilot.press("escape")
        await until(pilot, lambda: "[ Destroy it ]" not in screen_text(app))
        await until(pilot, lambda: "stop [bold]web3[/]: failed" in flowing(screen_text(app)))
        assert "delete web2: done" in flowing(screen_text(app))


async def test_what_failed_before_a_dialog_opens_lies_on_none_of_its_buttons() -> None:
    app = Late()
    async with app.run_test(size=(40, 10), notifications=True) as pilot:
        app.show_message("stop web3: failed", bad=True)
        await until(pilot, lambda: "stop web3: failed" in flowing(screen_text(app)))
        app.ask()
        await until(pilot, lambda: "[ Cancel ]  [ Destroy it ]" in screen_text(app))
        assert "stop web3: failed" in flowing(screen_text(app))
        assert not app._notifications


async def test_a_message_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asking, "NOTIFICATION_TIMEOUT", 0.01)
    app = Asking()
    async with app.run_test(size=(40, 10), notifications=True) as pilot:
        await until(pilot, lambda: "[ Destroy it ]" in screen_text(app))
        before = screen_text(app)
        messages = app.screen.query_one(DialogMessages)
        app.show_message("delete web2: done")
        assert messages.display
        await until(pilot, lambda: not messages.display and screen_text(app) == before)
        await pilot.press("escape")
        await until(pilot, lambda: "[ Destroy it ]" not in screen_text(app))
        assert "delete web2" not in screen_text(app)
