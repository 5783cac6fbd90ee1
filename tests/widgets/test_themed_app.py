"""The App that ours are made of: what of Textual's must hold on a busy machine, too."""

from __future__ import annotations

from itertools import count

import pytest
from textual import timer

from proximity_tui.screens.app.base_app import BaseApp
from tests.support.until import until


async def test_a_timer_that_is_late_before_it_begins_calls_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    app = BaseApp()
    async with app.run_test(size=(20, 4)) as pilot:
        # As on a machine that does something else for an hour between any two lines of the program.
        hours = count(timer._time.get_time(), 3600)
        with monkeypatch.context() as late:
            late.setattr(timer._time, "get_time", lambda: next(hours))
            app.set_timer(0.001, lambda: called.append("resized"))
            await until(pilot, lambda: called)
        await pilot.pause()
    assert called == ["resized"]
