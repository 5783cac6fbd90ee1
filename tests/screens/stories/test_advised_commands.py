"""A command that a screen advises works as it stands: it is about the configuration of this call."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from proximity_tui.commands.printed.called_with import take_options_of
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.command_line.copy_dialog import copied_of
from tests.screens.stage import Stage
from tests.support.timing.until import said, until

NAMED = "proximity-tui --config other.toml"


@pytest.fixture(autouse=True)
def called() -> Iterator[None]:
    """A call with a configuration of its own, over before the next test."""
    take_options_of(Namespace(config=Path("other.toml"), database=None))
    yield
    take_options_of(Namespace(config=None, database=None))


def unwrapped(text: str) -> str:
    """What is said, without borders and the ends of lines."""
    return " ".join(text.replace("│", " ").split())


async def test_a_dialog_a_message_and_what_an_alert_advises_name_it(stage: Stage) -> None:
    container, engine = stage.adopt(104), stage.context.engine
    engine.settings = replace(engine.settings, production=frozenset({"prod"}))
    message = "the root CA is another one. To accept it: proximity-tui connect --retrust prod"
    alerts.raise_about(container, AlertKind.ANOMALOUS_ORPHAN, Severity.RED, message, {})
    async with stage.shown((140, 40)) as pilot:
        await until(pilot, lambda: f"accept it: {NAMED} connect --retrust prod" in unwrapped(said(pilot)))
        await pilot.press("p", "d")
        await until(pilot, lambda: f"`{NAMED} arm --cluster prod" in unwrapped(said(pilot)))
        await pilot.press("escape", "3", "enter")
        await until(pilot, lambda: unwrapped(said(pilot)).count(f"accept it: {NAMED} connect") == 2)
        await pilot.press("escape")
        pilot.app.show_message("Try it: proximity-tui notify test ops")  # type: ignore[attr-defined]
        await until(pilot, lambda: f"Try it: {NAMED} notify test ops" in unwrapped(said(pilot).replace("▌", " ")))
        await pilot.press(":", *"lint", "enter")
        await until(pilot, lambda: f"On a command line: {NAMED}" in unwrapped(said(pilot)))
        row = next(one for one in pilot.app.controller.view.everything if one.vmid == 104)  # type: ignore[attr-defined]
    assert copied_of(row, [], None)[3].text == f"{NAMED} show prod/104"
    assert copied_of(row, [], Path("/a b/c"))[3].text == "proximity-tui --config '/a b/c' show prod/104"
