"""The App that ours are made of: what of Textual's must hold on a busy machine, too."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest
from textual import timer

from proximity_tui.screens.app.base_app import BaseApp
from tests.support.timing.until import until


async def test_a_timer_that_is_late_before_it_begins_calls_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    app = BaseApp()
    async with app.run_test(size=(20, 4)) as pilot:
        # As on a machine that does something else for an hour between any two lines of the task of this timer.
        now = timer._time.get_time  # type: ignore[attr-defined]
        hours = count(now(), 3600)

        def late_in_this_task() -> float:
            task = asyncio.current_task()
            return next(hours) if task is not None and task.get_name() == "late" else now()

        with monkeypatch.context() as late:
            late.setattr(timer._time, "get_time", late_in_this_task)  # type: ignore[attr-defined]
            app.set_timer(0.001, lambda: called.append("resized"), name="late")
            await until(pilot, lambda: called)
        await pilot.pause()
    assert called == ["resized"]
