"""Saving what a screen shows: it asks for a file and writes it on a thread."""

from __future__ import annotations

from functools import partial

from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.base.list_export import Export, default_name, write
from proximity_tui.screens.command_line.prompt import Complaint, PromptQuestion
from proximity_tui.widgets.background_work import in_background


class SavingScreen(BaseScreen):
    """A screen whose content can be saved. A subclass implements `export`."""

    def export(self) -> Export:
        """Return what is shown, for a file."""
        raise NotImplementedError

    def do_save(self) -> None:
        """Ask for a file, and save the shown rows."""
        self._ask_name(default_name(self.SCREEN_ID, self.controller.clock.now()))

    def _ask_name(self, name: str, complaint: Complaint = None) -> None:
        self.prompt.open(PromptQuestion("save as (.txt .csv .json)", self._save, name), complaint)

    def _save(self, name: str) -> Complaint:
        if not name.strip():
            return "Enter a file name."
        in_background(self, partial(self._write, name.strip()))
        return None

    async def _write(self, name: str) -> None:
        complaint = await self.controller.ask(write, name, self.export())
        if complaint is not None and self.is_current and not self.prompt.is_open:
            # The next name is typed at once: without the question its letters would be commands.
            self._ask_name(name, complaint)
        else:
            self.app.show_message(complaint or f"Saved {name}.", bad=complaint is not None)
