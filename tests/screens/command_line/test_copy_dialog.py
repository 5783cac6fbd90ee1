"""The copy menu, the mouse, and what is said of a shell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from proximity_tui.core.fleet import FleetRow, managed_rows
from proximity_tui.screens.command_line.copy_dialog import CopyDialog, copied_of
from proximity_tui.screens.container.shell import ending
from proximity_tui.widgets.terminal.suspend import ProgramResult
from tests.screens.stage import Stage
from tests.support.records.make import container
from tests.support.timing.until import said, screen_text, until


def row() -> FleetRow:
    return managed_rows((container(id=1, vmid=101, name="web 1", cluster="prod"),), {}, (), {})[0]


def test_what_can_be_copied_of_a_container() -> None:
    texts = [one.text for one in copied_of(row(), ["10.0.0.5", "10.0.0.6"], None)]
    assert texts == ["101", "web 1", "10.0.0.5", "proximity-tui show prod/101"]
    *_, address, command = copied_of(row(), [], Path("/etc/a b.toml"))
    assert (address.text, address.reason) == ("", "not known; its page reads it")
    assert command.text == "proximity-tui --config '/etc/a b.toml' show prod/101"


@pytest.mark.parametrize(("key", "copied"), [("v", "101"), ("n", "web-1"), ("c", "show prod/101")])
async def test_one_key_copies_and_the_text_is_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, key: str, copied: str
) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with stage.shown() as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("Y")
        await until(pilot, lambda: isinstance(pilot.app.screen, CopyDialog))
        await pilot.press(key)
        await until(pilot, lambda: "This terminal has no clipboard" in said(pilot) and copied in toasts(pilot))


def test_a_command_names_no_configuration_that_ends_with_the_demo(stage: Stage) -> None:
    assert stage.context.named_config == stage.folder / "proximity-tui.toml"
    assert replace(stage.context, temporary=True).named_config is None


async def test_a_page_is_about_its_own_container(stage: Stage) -> None:
    async with stage.shown() as pilot:
        await until(pilot, lambda: "web-1" in screen_text(pilot.app))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "CT 102" in said(pilot))
        await pilot.press("Y")
        await until(pilot, lambda: "Copy of web-2" in screen_text(pilot.app))


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (
            ProgramResult(255, "Permission denied (publickey)."),
            "The shell ended with status 255: Permission denied (publickey).",
        ),
        (ProgramResult(1), "The shell ended with status 1."),
        (ProgramResult(-15), "The shell ended by signal 15."),
    ],
)
def test_a_shell_that_failed_says_why(ended: ProgramResult, words: str) -> None:
    assert ending(ended) == words


def toasts(pilot: Pilot[Any]) -> str:
    return " ".join(one.message for one in pilot.app._notifications)
