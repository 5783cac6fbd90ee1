"""The colours of the screens: as the terminal's background, or as a person chose."""

from __future__ import annotations

import pytest

from proximity_tui.widgets.colors import DARK, LIGHT
from tests.screens.stage import Stage
from tests.screens.stories.test_on_a_terminal import program
from tests.support.timing.until import screen_text, until
from tests.terminal.pty import Terminal

COLOURS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
QUESTION = b"\x1b]11;?"
WHITE = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


def ground_of(terminal: Terminal) -> str:
    """The background of the list, below its rows."""
    return str(terminal.screen.buffer[20][0].bg)


def test_a_light_terminal_gets_light_screens_and_its_answer_is_no_key(stage: Stage) -> None:
    with program(stage, environ=COLOURS) as terminal:
        terminal.until("quorate 3/3")
        terminal.until(lambda: ground_of(terminal) == DARK.background.lstrip("#"))
        assert terminal.raw.count(QUESTION) == 1
        terminal.write(WHITE)
        terminal.until(lambda: ground_of(terminal) == LIGHT.background.lstrip("#"))
        terminal.until("Fleet 2")


def test_a_terminal_without_colours_is_not_asked(stage: Stage) -> None:
    with program(stage, environ=COLOURS | {"NO_COLOR": "1"}) as terminal:
        terminal.until("quorate 3/3")
        assert QUESTION not in terminal.raw


@pytest.mark.parametrize("name", ["light", "contrast", "terminal", "dark"])
async def test_a_theme_is_chosen_by_its_name(stage: Stage, name: str) -> None:
    async with stage.shown() as pilot:
        await pilot.press(":", *f"theme {name}", "enter")
        await until(pilot, lambda: pilot.app.theme == f"proximity-{name}")
        await pilot.press("down")
        assert "quorate" in screen_text(pilot.app)


async def test_a_theme_that_does_not_exist_is_a_message_and_changes_nothing(stage: Stage) -> None:
    async with stage.shown() as pilot:
        before = pilot.app.theme
        await pilot.press(":", *"theme lihgt", "enter")
        await until(pilot, lambda: "A theme must be" in screen_text(pilot.app))
        assert pilot.app.theme == before


async def test_the_configuration_names_the_theme(stage: Stage) -> None:
    path = stage.folder / "proximity-tui.toml"
    path.write_text('theme = "light"\n' + path.read_text())
    with program(stage, environ=COLOURS) as terminal:
        terminal.until("quorate 3/3")
        # Of one frame, the first line may be read before the others.
        terminal.until(lambda: ground_of(terminal) == LIGHT.background.lstrip("#"))
