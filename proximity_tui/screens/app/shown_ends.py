"""The tasks whose ends a dialog shows by itself: no toast announces them, as long as the dialog is there."""

from __future__ import annotations

from proximity_tui.screens.app.background_task import BackgroundTask


class ShowsEnds:
    """A dialog that shows how tasks end. It may be closed before that: then the toasts announce it after all."""

    _awaited: tuple[BackgroundTask, ...] = ()
    """The tasks whose ends are still to be shown here."""

    def show_end_of(self, task: BackgroundTask) -> None:
        """Have no toast for the end of a task, because it is shown here."""
        task.quiet = True
        self._awaited = (*(one for one in self._awaited if one.ended is None), task)

    def on_unmount(self) -> None:
        """Have the ends announced that cannot be shown here any more."""
        for task in self._awaited:
            task.quiet = False
