"""Keys that were typed before there was anything to act on: kept, then delivered, but never to a dialog."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

import pytest
from textual._time import get_time
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.events import Key, MouseMove, Paste
from textual.screen import ModalScreen
from textual.widgets import Label

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.widgets.terminal import key_queue
from tests.support.timing.patient import LONGER_THAN_A_TEST
from tests.support.timing.until import until


class Question(ModalScreen[bool]):
    """A dialog that any Enter confirms."""

    BINDINGS = [("enter", "yes", "Yes")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Label("destroy?")

    def action_yes(self) -> None:
        self.dismiss(True)


class Asking(BaseApp):
    """An App in which `d` asks, and `x` counts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("d", "ask", "Ask"),
        ("x", "count", "Count"),
        ("z", "leave", "Leave"),
        ("q", "ask_to_leave", "Ask to leave"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.counted = 0
        self.confirmed: list[bool | None] = []

    def action_ask(self) -> None:
        self.push_screen(Question(), self.confirmed.append)

    def action_count(self) -> None:
        self.counted += 1

    def action_ask_to_leave(self) -> None:
        self.push_screen(Question(), lambda _: self.action_leave())

    def action_leave(self) -> None:
        """Give the terminal away: one key comes before that, and is read late, and two come after it."""
        before = Key("x", "x")
        self.keys.drop_typed_until(get_time())
        for key in (before, Key("x", "x"), Key("x", "x")):
            self.post_message(key)


def shows_question(app: App[str]) -> bool:
    return isinstance(app.screen, Question)


async def test_keys_kept_while_covered_act_in_their_order_once_uncovered() -> None:
    app = Asking()
    app.cover()
    async with app.run_test() as pilot:
        await pilot.press("x", "x")
        assert app.counted == 0
        await app.uncover()
        await until(pilot, lambda: app.counted == 2)
        await pilot.press("x")
        await until(pilot, lambda: app.counted == 3)


async def test_of_the_keys_kept_none_reaches_the_dialog_that_they_opened() -> None:
    app = Asking()
    app.cover()
    async with app.run_test() as pilot:
        await pilot.press("x", "d", "enter", "x")
        await app.uncover()
        await until(pilot, lambda: app.keys.is_idle and shows_question(app))
        assert (app.counted, app.confirmed) == (1, [])
        await pilot.press("enter")
        await until(pilot, lambda: app.confirmed == [True])


async def test_uncovering_again_changes_nothing() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        await app.uncover()
        await pilot.press("x")
        await until(pilot, lambda: app.counted == 1)


async def test_what_was_typed_before_the_terminal_was_given_away_is_dropped_and_what_comes_after_counts() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        await pilot.press("z")
        await until(pilot, lambda: app.keys.is_idle and app.counted == 2)
        await pilot.press("x")
        await until(pilot, lambda: app.counted == 3)


async def test_what_comes_after_the_terminal_was_given_away_by_a_dialog_counts_too() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        await pilot.press("q")
        await until(pilot, lambda: shows_question(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.counted == 2)
        assert app.keys.is_idle


async def test_of_what_was_typed_for_a_dialog_that_is_gone_nothing_acts_however_late_the_rest_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a slow machine the first of a word is dropped, and the others would be commands."""
    monkeypatch.setattr(key_queue, "PAUSE", LONGER_THAN_A_TEST)
    app = Asking()
    async with app.run_test() as pilot:
        await pilot.press("d")
        await until(pilot, lambda: shows_question(app))
        for key in ("enter", "x"):
            app.post_message(Key(key, None))
        await until(pilot, lambda: app.confirmed == [True] and app.keys.is_idle and not app.message_queue_size)
        assert app.counted == 0, "typed before the dialog was gone"
        await pilot.press("x", "x")
        assert app.counted == 0, "the rest of it"
        after_a_pause = Key("x", "x")
        after_a_pause.time += 2 * LONGER_THAN_A_TEST
        app.post_message(after_a_pause)
        await until(pilot, lambda: app.counted == 1)


async def test_a_line_for_a_dialog_that_is_gone_ends_with_enter_or_a_key_that_belongs_to_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever presses such a key again and again, without a pause, is heard."""
    monkeypatch.setattr(key_queue, "PAUSE", LONGER_THAN_A_TEST)
    app = Asking()
    async with app.run_test() as pilot:
        for counted, ends_it in enumerate(("enter", "escape"), 1):
            await pilot.press("d")
            await until(pilot, lambda: shows_question(app))
            for key in ("enter", "x"):
                app.post_message(Key(key, None))
            await until(pilot, lambda: not shows_question(app) and app.keys.is_idle and not app.message_queue_size)
            await pilot.press("x", ends_it, "x")
            await until(pilot, lambda most=counted: app.counted == most)


@pytest.mark.parametrize("edit", [*(Key(key, None) for key in ("ctrl+u", "ctrl+w", "left", "delete")), Paste("word")])
async def test_a_line_for_a_dialog_that_is_gone_goes_on_while_it_is_edited(
    monkeypatch: pytest.MonkeyPatch, edit: Key | Paste
) -> None:
    """Whoever erases the line and types another one means none of its letters as a command."""
    monkeypatch.setattr(key_queue, "PAUSE", LONGER_THAN_A_TEST)
    app = Asking()
    async with app.run_test() as pilot:
        await pilot.press("d")
        await until(pilot, lambda: shows_question(app))
        for key in ("enter", "x"):
            app.post_message(Key(key, None))
        await until(pilot, lambda: not shows_question(app) and app.keys.is_idle and not app.message_queue_size)
        edit.time = get_time()
        app.post_message(edit)
        await pilot.press("x", "enter")
        await until(pilot, lambda: app.keys.is_idle and not app.message_queue_size)
        assert app.counted == 0
        await pilot.press("x")
        await until(pilot, lambda: app.counted == 1)


async def test_what_is_typed_once_a_dialog_is_gone_acts_if_nothing_was_typed_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(key_queue, "PAUSE", LONGER_THAN_A_TEST)
    app = Asking()
    async with app.run_test() as pilot:
        await pilot.press("d")
        await until(pilot, lambda: shows_question(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.confirmed == [True] and app.keys.is_idle)
        await pilot.press("x", "x")
        await until(pilot, lambda: app.counted == 2)


async def test_how_long_nobody_was_there_is_told_by_the_last_input_of_any_kind() -> None:
    app = Asking()
    moved = partial(MouseMove, None, x=1, y=1, delta_x=0, delta_y=0, button=0, shift=False, meta=False, ctrl=False)
    kinds: list[Callable[[], Key | Paste | MouseMove]] = [partial(Key, "f9", None), partial(Paste, "x"), moved]
    async with app.run_test() as pilot:
        for make in kinds:
            for ago in (3600.0, -3600.0):
                event = make()
                event.time -= ago
                app.post_message(event)
                what = f"{event!r} tells how long"
                await until(pilot, lambda ago=ago: (app.keys.seconds_still >= 3600.0) == (ago > 0), what=what)
