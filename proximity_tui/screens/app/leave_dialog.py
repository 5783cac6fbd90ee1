"""The question before the program is left or suspended while operations of this process are under way.

What it says of them is true for as long as it stands open: an operation may end meanwhile, and the next one of a batch
begin.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import getters
from textual.app import ComposeResult

from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.text.lines import Lines, TextLine
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm

MOST = 10
"""How many operations are named; of more, those that have ended make room for the next one."""


class LeaveDialog(Confirm[bool]):
    """A dialog that returns whether to leave. To stay stands first and has the focus."""

    app = getters.app(ControllerApp)

    def __init__(self, title: str, leave: Button[bool], tasks: Sequence[BackgroundTask], consequence: str) -> None:
        """`consequence` says what becomes of the `tasks`, as long as one of them is under way."""
        super().__init__(title, [], [leave], cancel=Button("stay", "Stay", False))
        self._tasks = tuple(tasks)
        self._consequence = consequence

    def compose_body(self) -> ComposeResult:
        """Yield the tasks."""
        yield Lines(id="leave-tasks")

    def on_mount(self) -> None:
        """Follow the tasks."""
        self.app.controller.began.subscribe(self, self._begun)
        self.app.controller.finished.subscribe(self, self._show)
        self._show()

    def shows(self, text: str) -> bool:
        """Return whether the end of one of these tasks stands here, so that no message is needed."""
        return any(task.ended is not None and task.ended.sentence == text for task in self._tasks)

    def _begun(self, task: BackgroundTask) -> None:
        full = len(self._tasks) >= MOST
        self._tasks = (*(one for one in self._tasks if one.ended is None or not full), task)
        self._show()

    @unless_unmounted
    def _show(self, *_: object) -> None:
        lines = [_line(task) for task in self._tasks]
        is_under_way = any(task.ended is None for task in self._tasks)
        last = self._consequence if is_under_way else "Nothing is in progress any more."
        self.query_one("#leave-tasks", Lines).set_text([*lines, [(last, "normal")]])


def _line(task: BackgroundTask) -> TextLine:
    if task.ended is None:
        return [(f"{task.label} is in progress.", "normal")]
    return [(task.ended.sentence, "good" if task.ended.success else "bad")]
