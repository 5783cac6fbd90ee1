"""What is shown of backups is the list that was asked for last, however long an earlier one takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from proximity_tui.core.base.clock import Clock
from proximity_tui.runtime.context import AppContext
from proximity_tui.screens.app.controller import Controller
from proximity_tui.screens.view.backup_reader import BackupReader
from proximity_tui.screens.view.view import BackupAges, View
from tests.screens.stage import Stage
from tests.support.timing.until import said, until


class SlowFirstAnswer:
    """The controller of an App; what is asked first arrives only once it may."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.may_arrive = asyncio.Event()
        self.answers: list[Any] = []

    @property
    def view(self) -> View:
        return self.controller.view

    @view.setter
    def view(self, view: View) -> None:
        self.controller.view = view

    @property
    def clock(self) -> Clock:
        return self.controller.clock

    @property
    def context(self) -> AppContext:
        return self.controller.context

    async def ask(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        answer = await self.controller.ask(function, *args, **kwargs)
        self.answers.append(answer)
        if len(self.answers) == 1:
            await self.may_arrive.wait()
        return answer

    def remember_backups(self, found: BackupAges) -> None:
        self.controller.remember_backups(found)


async def test_an_older_list_that_arrives_late_does_not_replace_a_newer_one(stage: Stage) -> None:
    async with stage.shown((120, 40)) as pilot:
        await until(pilot, lambda: "web-1" in said(pilot))
        slow = SlowFirstAnswer(pilot.app.controller)  # type: ignore[attr-defined]
        reader = BackupReader(slow)
        earlier = asyncio.create_task(reader.read(reader.due(["prod"])))
        await until(pilot, lambda: len(slow.answers) == 1)
        reader.outdate("prod")
        await reader.read(reader.due(["prod"]))
        newer = slow.answers[1]
        assert slow.view.backups.by_cluster["prod"] is newer
        slow.may_arrive.set()
        await earlier
        assert slow.view.backups.by_cluster["prod"] is newer
