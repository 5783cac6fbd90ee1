"""The first screen of all: it writes one file on request, never over another, and shows no demo unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.app import FirstRunApp
from proximity_tui.config.template import TEMPLATE
from proximity_tui.screens.first_run_screen import FirstRunEnd, FirstRunScreen
from proximity_tui.screens.text.scroll_text import ScrollText
from tests.support.timing.until import said, until


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 10)])
async def test_it_offers_to_connect_or_the_demo(tmp_path: Path, size: tuple[int, int]) -> None:
    app = FirstRunApp(tmp_path / "config.toml")
    async with app.run_test(size=size) as pilot:
        text = await shown(pilot)
        assert "There is no configuration yet" in text.text
        await until(pilot, lambda: "[ c Connect a cluster ]" in said(pilot))


async def test_without_colours_the_same_words_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = FirstRunApp(tmp_path / "config.toml")
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        assert app.theme == "proximity-terminal"
        await until(pilot, lambda: "d Demo" in said(pilot))


async def test_the_demo_comes_only_when_asked_for(tmp_path: Path) -> None:
    app = FirstRunApp(tmp_path / "config.toml")
    async with app.run_test() as pilot:
        await shown(pilot)
        await pilot.press("enter", "space")
        assert app.return_value is None
        await pilot.press("d")
    assert app.return_value is FirstRunEnd.DEMO


async def test_quitting_answers_nothing_and_writes_nothing(tmp_path: Path) -> None:
    app = FirstRunApp(tmp_path / "config.toml")
    async with app.run_test() as pilot:
        await shown(pilot)
        await pilot.press("q")
    assert app.return_value is None
    assert list(tmp_path.iterdir()) == []


async def test_the_template_is_written_on_request_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "new" / "config.toml"
    app = FirstRunApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await shown(pilot)
        await pilot.press("w")
        assert not path.exists(), "it has not been shown yet"
        await pilot.press("m")
        await until(pilot, lambda: "w writes this file" in text.text)
        await pilot.press("o")
        assert app.is_running, "there is nothing to go on with"
        await pilot.press("w")
        await until(pilot, lambda: "never overwritten" in text.text)
        assert path.read_text() == TEMPLATE
        assert path.stat().st_mode & 0o077 == 0
        await pilot.press("o")
    assert app.return_value is FirstRunEnd.CONNECTED


async def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    app = FirstRunApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        text = await shown(pilot)
        await pilot.press("m")
        path.write_text("mine")
        await pilot.press("w")
        assert path.read_text() == "mine"
        await pilot.press("escape", "m")
        await until(pilot, lambda: "never overwritten" in text.text)


async def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    app = FirstRunApp(tmp_path / "file" / "config.toml")
    async with app.run_test(size=(120, 40)) as pilot:
        text = await shown(pilot)
        await pilot.press("m", "w")
        await until(pilot, lambda: "The file could not be written" in text.text)


async def shown(pilot: Pilot[Any]) -> ScrollText:
    """Wait until the screen is there; its text."""
    await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen) and pilot.app.screen.query(ScrollText))
    text = pilot.app.screen.query_one(ScrollText)
    await until(pilot, lambda: text.is_mounted and text.text)
    await pilot.pause()
    return text
