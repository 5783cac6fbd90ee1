"""The two ways to delete one container, each with its effect or its refusal, the options of a destroy, and what has to
be typed before it: the name, and the VMID where the identity is not certain.
"""

from __future__ import annotations

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical

from proximity_tui.core.doctrine.actions.deletion import Choice, check_confirmation
from proximity_tui.screens.delete.delete_preview import DeletePreview
from proximity_tui.screens.delete.delete_text import backup_line, backup_text, hard_text, note_lines, soft_text
from proximity_tui.screens.text.lines import Lines
from proximity_tui.screens.text.typed_row import TypedRow
from proximity_tui.widgets.line_controls import ChoiceLine


class DeleteChoices(Vertical):
    """A display of the choice, which chooses nothing: its lines send `ChoiceLine.Chosen`."""

    DEFAULT_CSS = """
    DeleteChoices {
        height: auto;
        & Lines, & #delete-backup, & #delete-purge { padding-left: 4; }
    }
    """

    def compose(self) -> ComposeResult:
        """Yield soft, hard, and under hard its options."""
        yield ChoiceLine("soft", "Soft", id="delete-soft")
        yield Lines(id="delete-soft-note")
        yield ChoiceLine("hard", "Hard", id="delete-hard")
        yield Lines(id="delete-last-backup")
        # Above the steps, which may be longer than the screen: what is ticked stays in sight.
        yield ChoiceLine("backup", "back up first", id="delete-backup", square=True)
        yield ChoiceLine("purge", "purge", id="delete-purge", square=True)
        yield Lines(id="delete-hard-note")

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
        self.query_one("#delete-last-backup", Lines).set_text([backup] if backup else [])
        self.query_one("#delete-hard-note", Lines).set_text(note_lines(preview.hard, choice is Choice.HARD))

    def _show_additions(self, preview: DeletePreview | None) -> None:
        backup, purge = self.query_one("#delete-backup", ChoiceLine), self.query_one("#delete-purge", ChoiceLine)
        backup.display = preview is not None and bool(preview.storages)
        purge.display = preview is not None and preview.may_add
        if preview is not None:
            backup.show(backup_text(preview), chosen=preview.options.backup_first, disabled=False)
            message = "also remove it from backup jobs, replication and HA (alt+p)"
            purge.show(message, chosen=preview.options.purge, disabled=False)


class DeleteConfirmation(Vertical):
    """The fields of the confirmation. They are shown once a hard delete is chosen."""

    DEFAULT_CSS = "DeleteConfirmation { height: auto; }"

    def compose(self) -> ComposeResult:
        """Yield the fields."""
        yield TypedRow("delete-name")
        yield TypedRow("delete-vmid")

    def show(self, preview: DeletePreview | None, choice: Choice | None) -> None:
        """Show the fields that the choice needs."""
        name, vmid = self._row("name"), self._row("vmid")
        name.display = preview is not None and choice is Choice.HARD
        vmid.display = name.display and preview is not None and preview.doubtful
        if preview is not None:
            container = preview.container
            name.ask(f"Type {container.name} to confirm: ", container.name)
            vmid.ask("Identity not certain. Type the VMID too: ", str(container.vmid))

    def clear(self) -> None:
        """Clear what was typed: it agreed to what is not true any more."""
        for row in self.query(TypedRow):
            row.clear()

    def enter(self) -> None:
        """Focus the first field."""
        self._row("name").enter()

    def focus_missing(self) -> str | None:
        """Focus the first field that does not hold what it asks for, and return what is wrong with it: nothing where
        the next one is just empty, or where the row itself answered. None where everything is typed.
        """
        for what in ("name", "VMID"):
            row = self._row(what.lower())
            if row.display and not row.is_right:
                if row.has_focus_within:
                    return ""
                row.enter()
                return f"the {what} is {'not right' if row.value else 'missing'}" if row.value or what == "name" else ""
        return None

    def confirms(self, preview: DeletePreview) -> bool:
        """Return whether everything was typed that a hard delete needs."""
        if check_confirmation(preview.container, self._row("name").value) is not None:
            return False
        return not preview.doubtful or self._row("vmid").confirms(str(preview.container.vmid))

    def _row(self, field: str) -> TypedRow:
        return self.query_one(f"#delete-{field}-row", TypedRow)
