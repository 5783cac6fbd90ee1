"""What becomes of marks that were handed to a dialog: what was done is unmarked, what was refused or failed stays
marked, and so does what a person marked meanwhile.
"""

from __future__ import annotations

from functools import partial

from textual import events, on

from proximity_tui.core.fleet import key_of_record
from proximity_tui.screens.app.background_task import BackgroundTask, TaskResult
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.lists.list_screen import ListScreen


class UnmarkingScreen(ListScreen):
    """A list of guests whose marked rows are handed to dialogs. A subclass calls `hand_over` before it opens one."""

    def __init__(self) -> None:
        super().__init__()
        self._handed: frozenset[str] = frozenset()
        """The marks that were handed to the dialog on top of the list."""

    async def on_mount(self) -> None:
        """Hear of every change that is begun."""
        self.controller.began.subscribe(self, self._task_began)

    def hand_over(self) -> None:
        """Remember the marks: what is begun until the list is on top again is done with them."""
        self._handed = frozenset(self.table.marks)

    @on(events.ScreenResume)
    def _on_top_again(self) -> None:
        self._handed = frozenset()

    def _task_began(self, task: BackgroundTask) -> None:
        if self._handed:
            task.on_end = partial(self._task_ended, self._handed)

    @unless_unmounted
    def _task_ended(self, handed: frozenset[str], ended: TaskResult) -> None:
        container = ended.result.container if ended.result is not None and ended.success else None
        if container is not None:
            self.table.unmark(handed & {key_of_record(container.id)})
