"""What has to be typed before a container is destroyed: its name, and its VMID where its identity is not certain."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from proximity_tui.core.doctrine.actions.deletion import Choice, check_confirmation
from proximity_tui.screens.delete.delete_preview import DeletePreview
from proximity_tui.screens.text.typed_row import TypedRow


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

    def enter_next(self) -> bool:
        """Focus the field that nothing was typed into yet; return whether there is one behind the first."""
        vmid = self._row("vmid")
        is_open = vmid.display and not vmid.value
        if is_open:
            vmid.enter()
        return is_open

    def confirms(self, preview: DeletePreview) -> bool:
        """Return whether everything was typed that a hard delete needs."""
        if check_confirmation(preview.container, self._row("name").value) is not None:
            return False
        return not preview.doubtful or self._row("vmid").confirms(str(preview.container.vmid))

    def _row(self, field: str) -> TypedRow:
        return self.query_one(f"#delete-{field}-row", TypedRow)
