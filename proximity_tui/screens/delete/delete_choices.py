"""The two ways to delete one container, each with its effect or its refusal, and the options of a destroy."""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical

from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.screens.delete.delete_preview import DeletePreview
from proximity_tui.screens.delete.delete_text import backup_line, backup_text, hard_text, note_lines, soft_text
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.line_controls import ChoiceLine


class DeleteChoices(Vertical):
    """A display of the choice, which chooses nothing: its lines send `ChoiceLine.Chosen`."""

    DEFAULT_CSS = """
    DeleteChoices {
        height: auto;
        & #delete-soft-note, & #delete-hard-note { padding-left: 4; }
    }
    """

    def compose(self) -> ComposeResult:
        """Yield soft, hard, and under hard its options."""
        yield ChoiceLine("soft", "Soft", id="delete-soft")
        yield Lines(id="delete-soft-note")
        yield ChoiceLine("hard", "Hard", id="delete-hard")
        yield Lines(id="delete-hard-note")
        yield ChoiceLine("backup", "back up first", id="delete-backup", square=True)
        yield ChoiceLine("purge", "purge", id="delete-purge", square=True)

    def show(self, preview: DeletePreview | None, choice: Choice | None, now: datetime) -> None:
        """Show the preview (None: not read yet), and which of its plans is chosen."""
        self._show_additions(preview)
        soft, hard = self.query_one("#delete-soft", ChoiceLine), self.query_one("#delete-hard", ChoiceLine)
        if preview is None:
            soft.show("stop managing it", chosen=False, disabled=True)
            hard.show("destroy it", chosen=False, disabled=True)
            return
        soft_plan, hard_plan = preview.plan(Choice.SOFT), preview.plan(Choice.HARD)
        soft.show(soft_text(preview), chosen=choice is Choice.SOFT, disabled=soft_plan is None)
        hard.show(hard_text(preview), chosen=choice is Choice.HARD, disabled=hard_plan is None)
        self.query_one("#delete-soft-note", Lines).set_text(note_lines(preview.soft, choice is Choice.SOFT))
        backup = backup_line(preview, now) if hard_plan is not None else []
        note = note_lines(preview.hard, choice is Choice.HARD)
        self.query_one("#delete-hard-note", Lines).set_text([*note, *([backup] if backup else [])])

    def _show_additions(self, preview: DeletePreview | None) -> None:
        backup, purge = self.query_one("#delete-backup", ChoiceLine), self.query_one("#delete-purge", ChoiceLine)
        backup.display = preview is not None and bool(preview.storages)
        purge.display = preview is not None and preview.may_add
        if preview is not None:
            backup.show(backup_text(preview), chosen=preview.options.backup_first, disabled=False)
            message = "also remove it from backup jobs, replication and HA (alt+p)"
            purge.show(message, chosen=preview.options.purge, disabled=False)
