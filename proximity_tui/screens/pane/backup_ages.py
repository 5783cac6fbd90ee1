"""The base of a list that may tell the age of the last backup, in the pane or in a column."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from proximity_tui.screens.pane.guest_pane import GuestPane
from proximity_tui.screens.pane.pane_screen import PaneScreen
from proximity_tui.screens.view.backup_reader import PATIENCE
from proximity_tui.screens.view.view import BackupAges, View
from proximity_tui.widgets.background_work import in_background

BACKUP = "backup"
"""The id of the column."""


class BackupAgesScreen(PaneScreen):
    """A list of guests that has the newest backups read where it shows them: once, and again on request. A list that
    shows none, or that nobody touches, asks nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown_backups = BackupAges()
        """What the list was drawn with last."""

    def show(self, view: View) -> None:
        """Show the view, and have the newest backups read once where they are shown."""
        super().show(view)
        if view.backups is not self.shown_backups:
            # No row changed, so none would be drawn before its ages are.
            self.shown_backups = view.backups
            self.table.changed()
        if self.shows_backups:
            answered = (name for name, poll in view.polls.items() if poll.inventory is not None)
            self._read_backups(self.controller.backups.due(answered))

    def do_refresh(self) -> None:
        """Poll every cluster now, and read the newest backups again where they are shown."""
        super().do_refresh()
        if self.shows_backups:
            self._read_backups(self.controller.backups.due(self.view.polls, patience=PATIENCE))

    @property
    def shows_backups(self) -> bool:
        """True when the pane or a column tells the age of the last backup."""
        if self.query_one(GuestPane).display:
            return True
        # Not the width of the table: that is not known before the first layout.
        width = self.app.size.width
        return any(one.id == BACKUP and one.shown_from <= width for one in self.columns(self.view))

    def _read_backups(self, clusters: Sequence[str]) -> None:
        if clusters:
            in_background(self.app, partial(self.controller.backups.read, clusters), group="newest backups")
