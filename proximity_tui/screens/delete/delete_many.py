"""The delete dialog for several containers: soft for all of them, or hard for those that may be destroyed.

Every name is listed with its effect, and the count has to be typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.deletion import Choice
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.batch.item import RecordItem
from proximity_tui.screens.batch.record_batch import RecordBatchDialog
from proximity_tui.screens.delete.delete_preview import DeletePreview, inspect_item, open_preview
from proximity_tui.screens.delete.delete_text import KEYS, refused_text
from proximity_tui.widgets.line_controls import ChoiceLine


@value_object
class DeleteItem(RecordItem):
    """A container to delete. Without a `preview` it was not read yet."""

    preview: DeletePreview | None = None

    @property
    def container(self) -> Container | None:
        """The record; None while it is not read."""
        return self.preview.container if self.preview is not None else None

    def plan(self, choice: Choice | None) -> Plan | None:
        """Return its plan; None for one with a doubtful identity, because that is asked about one at a time."""
        if self.preview is None or (choice is Choice.HARD and self.preview.doubtful):
            return None
        return self.preview.plan(choice)

    def is_read(self, choice: Choice | None) -> bool:
        """Return whether its plan is made; to stop managing it, its record is enough."""
        if self.preview is None or (choice is not Choice.SOFT and self.preview.hard is None):
            return self.trouble is not None
        return True

    def outcome(self, choice: Choice | None) -> tuple[str, Tone]:
        """Return its state, in words."""
        if (progress := self.progress()) is not None:
            return progress
        if self.preview is None:
            return "reading", "dim"
        if choice is None:
            return self._possible(self.preview)
        plan = self.preview.soft if choice is Choice.SOFT else self.preview.hard
        if plan is None:
            return "reading", "dim"
        if isinstance(plan, Refusal):
            return f"skipped: {refused_text(plan)}", "warn"
        if self.plan(choice) is None:
            return "skipped: identity not certain, delete it separately", "warn"
        return (plan.steps[-1].reason if choice is Choice.SOFT else f"destroy CT {plan.vmid}"), "normal"

    @staticmethod
    def _possible(preview: DeletePreview) -> tuple[str, Tone]:
        """Return which choices there are, and why not the others."""
        soft, hard = preview.soft, preview.hard
        if not isinstance(soft, Refusal):
            return f"only soft; {refused_text(hard)}" if isinstance(hard, Refusal) else "soft or hard?", "dim"
        if isinstance(hard, Plan):
            return f"only hard; {refused_text(soft)}", "dim"
        return ("reading", "dim") if hard is None else (f"neither soft nor hard; {refused_text(soft)}", "warn")


class DeleteManyDialog(RecordBatchDialog[DeleteItem, Choice]):
    """A dialog that deletes containers, given by record id, soft or hard, one after the other."""

    AUTO_FOCUS = "#many-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(letter, f"choose('{choice}')", choice.value.capitalize()) for letter, choice in KEYS.items()
    ]
    NAME = "many"
    KEYS = KEYS

    def __init__(self, container_ids: Sequence[int]) -> None:
        super().__init__(DeleteItem(id) for id in container_ids)

    @property
    def words(self) -> tuple[str, str, str]:
        if self.chosen is None:
            return "Delete", "Deleting", "Deleted"
        soft = self.chosen is Choice.SOFT
        return (
            ("Stop managing", "Closing records", "Records closed:") if soft else ("Destroy", "Destroying", "Destroyed")
        )

    @property
    def needs_count(self) -> bool:
        """True once soft or hard is chosen."""
        return self.chosen is not None

    def compose_choices(self) -> ComposeResult:
        """Yield both choices."""
        yield ChoiceLine("soft", "Soft", id="many-soft")
        yield ChoiceLine("hard", "Hard", id="many-hard")

    def show_choices(self) -> None:
        soft = "stop managing them: closes our records, frees their ports. No container is touched."
        hard = f"destroy {len(self.able_to(Choice.HARD))} of them; the others are not touched"
        for choice, text in ((Choice.SOFT, soft), (Choice.HARD, hard)):
            why_none = self.why_none(choice)
            self.show_choice(choice, text if self.able_to(choice) else why_none[:1].lower() + why_none[1:])

    async def inspect_item(self, item: DeleteItem) -> None:
        controller = self.app.controller
        try:
            preview = await controller.ask(open_preview, controller.context.engine, item.id)
            self.put(replace(self.items[item.key], preview=preview))
            if preview.hard is None:
                preview = await controller.ask(inspect_item, controller.context.engine, preview)
                self.put(replace(self.items[item.key], preview=preview))
        except StoreError as error:
            self.put(replace(self.items[item.key], trouble=str(error)))

    def execute(self, item: DeleteItem) -> BackgroundTask | None:
        plan, controller = item.plan(self.chosen), self.app.controller
        if plan is None or item.preview is None:
            return None
        verb, container = "stop managing" if self.chosen is Choice.SOFT else "delete", item.preview.container
        return controller.begin(f"{verb} {container.name}", controller.context.engine.delete, plan, container)

    def question(self) -> str:
        return f"Delete {len(self.items)} containers"
