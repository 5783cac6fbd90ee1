"""The keys of a table act at once, those of a person's own choice too; in a dialog a letter may be text instead."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.screen import ModalScreen, Screen

from proximity_tui.widgets.table.row_table import RowTable
from tests.support.timing.until import until
from tests.widgets.table_app import COLUMNS, rows


class Place(Screen[None]):
    """A screen that notes the keys that come up to it."""

    def __init__(self) -> None:
        super().__init__()
        self.came_up: list[str] = []

    def compose(self) -> ComposeResult:
        yield RowTable(COLUMNS)

    def on_mount(self) -> None:
        self.query_one(RowTable).show(rows(101, 102, 103))
        self.query_one(RowTable).focus()

    def on_key(self, event: events.Key) -> None:
        self.came_up.append(event.key)


class Typing(ModalScreen[None]):
    """A dialog that takes letters as text."""

    typed = ""

    def compose(self) -> ComposeResult:
        yield RowTable(COLUMNS)

    def on_mount(self) -> None:
        self.query_one(RowTable).show(rows(101, 102, 103))
        self.query_one(RowTable).focus()

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and event.character.isprintable():
            self.typed += event.character
            event.stop()


def focused_table(app: App[None]) -> RowTable | None:
    return app.focused if isinstance(app.focused, RowTable) else None


async def test_a_key_of_the_table_goes_no_further_and_any_other_does() -> None:
    app, place = App[None](), Place()
    async with app.run_test() as pilot:
        app.push_screen(place)
        await until(pilot, lambda: focused_table(app) is not None)
        await pilot.press("j", "x", "down")
        await until(pilot, lambda: place.query_one(RowTable).cursor_key == "103")
        assert place.came_up == ["x"]


async def test_keys_that_were_rebound_act_and_the_former_ones_do_not() -> None:
    app, place = App[None](), Place()
    app.set_keymap({"table.down": "n"})
    async with app.run_test() as pilot:
        app.push_screen(place)
        await until(pilot, lambda: focused_table(app) is not None)
        await pilot.press("j", "down", "n")
        await until(pilot, lambda: place.query_one(RowTable).cursor_key == "102")
        assert place.came_up == ["j", "down"]


async def test_an_action_that_is_refused_leaves_the_key_to_others() -> None:
    app, place = App[None](), Place()
    async with app.run_test() as pilot:
        app.push_screen(place)
        await until(pilot, lambda: focused_table(app) is not None)
        place.query_one(RowTable)._markable = False
        await pilot.press("space", "j")
        await until(pilot, lambda: place.query_one(RowTable).cursor_key == "102")
        assert (place.came_up, place.query_one(RowTable).marks) == (["space"], frozenset())


async def test_in_a_dialog_a_letter_that_is_text_moves_no_cursor() -> None:
    app, dialog = App[None](), Typing()
    async with app.run_test() as pilot:
        app.push_screen(dialog)
        await until(pilot, lambda: focused_table(app) is not None)
        await pilot.press("j", "j", "down")
        await until(pilot, lambda: dialog.query_one(RowTable).cursor_key == "102")
        assert dialog.typed == "jj"
