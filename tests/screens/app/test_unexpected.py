"""No exception of ours ends the screens (law 9): wherever it is raised it is told, logged with its traceback, and the
keys go on working."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import ComposeResult, RenderResult
from textual.events import Key, Paste
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget

from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.app.unexpected import UNDRAWN
from proximity_tui.screens.view.view_reader import ViewReader
from proximity_tui.widgets.table.row_table import RowTable
from tests.screens.stage import Stage
from tests.support.timing.until import screen_text, until


def broken(*_: object) -> Any:
    token = "PVEAPIToken=secret"  # a local that must be seen nowhere
    raise ZeroDivisionError(f"broken {len(token) * 0}")


async def broken_task() -> None:
    broken()


class BrokenRenderer(Widget):
    def render(self) -> RenderResult:
        return broken()


class BrokenLine(Widget):
    def render_line(self, y: int) -> Strip:
        return broken()


class BrokenHandler(Widget):
    def on_mount(self) -> None:
        broken()


class BrokenIdle(Widget):
    def on_idle(self) -> None:
        broken()


class BrokenScreen(ModalScreen[None]):
    BINDINGS = [("escape", "dismiss", "Back")]  # noqa: RUF012 - as Textual writes it

    def compose(self) -> ComposeResult:
        return broken()


PLACES: dict[str, Callable[[Any], object]] = {
    "an action": lambda app: app.call_later(app.run_action, "broken"),
    "a key": lambda app: (app.bind("f9", "broken"), app.simulate_key("f9")),
    "a callback": lambda app: app.screen.call_later(broken),
    "a callback of the next message": lambda app: app.screen.call_next(broken),
    "a callback after a repaint": lambda app: app.screen.call_after_refresh(broken),
    "a timer": lambda app: app.set_timer(0.01, broken),
    "an interval": lambda app: app.screen.set_interval(0.01, broken),
    "a worker": lambda app: app.screen.run_worker(broken_task()),
    "a worker in a thread": lambda app: app.screen.run_worker(broken, thread=True),
    "a task": lambda app: setattr(app, "kept", asyncio.ensure_future(broken_task())) or app.call_later(app.forget),
    "the event loop": lambda app: asyncio.get_running_loop().call_soon(broken),
    "a renderer": lambda app: app.screen.mount(BrokenRenderer()),
    "a line": lambda app: app.screen.mount(BrokenLine()),
    "a widget that appears": lambda app: app.screen.mount(BrokenHandler()),
    "a widget that idles": lambda app: app.screen.mount(BrokenIdle()),
    "a mutation": lambda app: app.controller.begin("break it", broken),
}


@pytest.fixture(autouse=True)
def expected_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the pilot from failing the test for an exception: here one is wanted."""
    monkeypatch.setattr(BaseApp, "_fail_test", lambda app, error: None)


async def told(pilot: Pilot[Any], words: str) -> None:
    await until(pilot, lambda: words in " ".join(screen_text(pilot.app).replace("▌", "").split()))


@pytest.mark.parametrize("place", PLACES)
async def test_an_exception_is_told_and_logged_and_the_screen_lives(
    place: str, stage: Stage, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with stage.shown((140, 40)) as pilot:
        app: Any = pilot.app
        app.action_broken, app.forget = broken, lambda: delattr(app, "kept")
        with caplog.at_level(logging.ERROR):
            PLACES[place](app)
            await told(pilot, "ZeroDivisionError")
        assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)
        await pilot.press("2")
        await until(pilot, lambda: "web-3" in screen_text(app))
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == 0
    assert "secret" not in caplog.text + capsys.readouterr().err


async def test_a_screen_that_cannot_be_built_can_be_left(stage: Stage) -> None:
    async with stage.shown() as pilot:
        pilot.app.push_screen(BrokenScreen())
        await told(pilot, "ZeroDivisionError")
        await pilot.press("escape")
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))


@pytest.mark.parametrize("widget", [BrokenRenderer, BrokenLine])
async def test_what_cannot_be_drawn_says_so_in_its_place(widget: type[Widget], stage: Stage) -> None:
    async with stage.shown((140, 40)) as pilot:
        await pilot.app.screen.mount(widget())
        await until(pilot, lambda: UNDRAWN in screen_text(pilot.app) and "VMID" in screen_text(pilot.app))


async def test_what_is_known_is_read_again_after_an_error_of_ours(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: "Fleet 2" in screen_text(pilot.app))
        with monkeypatch.context() as patch:
            patch.setattr(ViewReader, "read", broken)
            stage.adopt(103)
            await told(pilot, "ZeroDivisionError")
        await until(pilot, lambda: "Fleet 3" in screen_text(pilot.app))


async def test_what_ends_after_the_last_screen_is_gone_raises_nothing(stage: Stage) -> None:
    async with stage.shown() as pilot:
        app: Any = pilot.app
    assert not app.screen_stack
    app.show_message("delete web-1: done")
    assert app.unexpected.last is None


async def test_keys_that_come_while_the_program_ends_are_dropped(stage: Stage) -> None:
    async with stage.shown() as pilot:
        app: Any = pilot.app
    key, forwarded = Key("j", "j"), Key("k", "k")
    forwarded._forwarded = True
    for event in (key, forwarded, Paste("web")):
        await app.on_event(event)
    app.keys._waiting.append(key)
    await app.keys.release()
    await app.keys._deliver_next()
    assert app.keys.is_idle


async def test_what_is_drawn_after_it_was_removed_is_blank_and_no_error(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage.shown((100, 30)) as pilot:
        table = pilot.app.screen.query_one(RowTable)
        await table.remove()
        strips = table.render_lines(Region(0, 0, 40, 2))
        assert ["".join(segment.text for segment in strip) for strip in strips] == [" " * 40] * 2
    assert not [one.message for one in caplog.records if one.levelno >= logging.ERROR]
