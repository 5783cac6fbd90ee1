"""The delete dialog for one container: soft or hard, with the effect of either, step by step.

Nothing is chosen at first and Cancel has the focus. The confirmed plan goes to the engine and is then watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from proximity_tui.core.doctrine.actions.deletion import Choice, HardOptions
from proximity_tui.core.model import Plan
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.base.following_dialog import ChangedMeanwhile
from proximity_tui.screens.delete import delete_text
from proximity_tui.screens.delete.delete_choices import DeleteChoices, DeleteConfirmation
from proximity_tui.screens.delete.delete_preview import DeletePreview, inspect_item, open_preview, plan_again
from proximity_tui.screens.operation.plan_dialogs import StartsPlan
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.background_work import in_background
from proximity_tui.widgets.dialogs.dialog import MOVES_FOCUS
from proximity_tui.widgets.line_controls import ChoiceLine, LineButton


class DeleteDialog(StartsPlan):
    """A dialog that asks how to delete one container, starts it, and becomes its progress view."""

    DEFAULT_CSS = """
    DeleteDialog { & #delete-title { margin-bottom: 1; } &.-short #delete-title { margin: 0; } }
    """
    AUTO_FOCUS = "#delete-cancel"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "choose('soft')", "Soft", tooltip="Choose to stop managing it."),
        Binding("h", "choose('hard')", "Hard", tooltip="Choose to destroy it."),
        # Without the protocol of Kitty alt+b is the same as ctrl+left.
        Binding("alt+u,alt+b", "back_up", "Back up first", priority=True, tooltip="Choose a storage for a backup."),
        Binding("alt+p", "purge", "Purge", priority=True, tooltip="Also remove it from jobs and HA, or not."),
        Binding("w", "watch", "Watch", tooltip="Show the progress of its operation."),
        *MOVES_FOCUS,
    ]

    def __init__(self, container_id: int) -> None:
        super().__init__()
        self._container_id = container_id
        self._preview: DeletePreview | None = None
        self._choice: Choice | None = None
        self._requested_at: datetime | None = None
        self._trouble = ""
        self._busy = ""
        self._planning = False
        """Whether another plan is being made than the one that is shown."""
        self._planned_options: HardOptions | None = None
        """The options that are being planned: one more is added to them, not to those of the plan that is shown."""

    def compose_body(self) -> ComposeResult:
        """Yield the container and both choices."""
        yield Lines(id="delete-title")
        yield Lines(id="delete-doubt")
        yield DeleteChoices()

    def compose_foot(self) -> ComposeResult:
        """Yield the fields for the confirmation."""
        yield DeleteConfirmation()

    def compose_buttons(self) -> ComposeResult:
        """Yield Cancel and Continue."""
        yield LineButton("Cancel", id="delete-cancel")
        yield LineButton("Delete", id="delete-go", danger=True, agrees=True, disabled=True)

    def on_mount(self) -> None:
        """Read the record, then inspect the guest."""
        self._requested_at = self.app.controller.clock.now()
        self._show()
        self.set_interval(1.0, self._show)
        self.begin_inspection(self._inspect)

    def action_choose(self, name: str) -> None:
        """Choose soft or hard. It only shows the steps; the button executes them."""
        if self._preview is None or self._preview.plan(Choice(name)) is None:
            return
        self._choice = Choice(name)
        self._show()
        if self._choice is Choice.HARD:
            self.query_one(DeleteConfirmation).enter()
        else:
            self.query_one("#delete-cancel").focus()
        self.bring_into_sight(self.query_one(f"#delete-{name}"))

    def why_not(self, key: str) -> str | None:
        choice = delete_text.KEYS.get(key)
        return None if choice is None else delete_text.why_not_chosen(self._preview, choice)

    @property
    def was_refused(self) -> bool:
        return bool(self._trouble) or (self._preview is not None and self._preview.was_refused)

    def action_read_again(self) -> None:
        self._inspect_again("")

    def shown_plans(self) -> Sequence[Plan]:
        """Return the plan of the choice."""
        plan = self._preview.plan(self._choice) if self._preview is not None else None
        return () if plan is None else (plan,)

    def action_purge(self) -> None:
        """Toggle the removal of the VMID's jobs and HA entries; that makes another plan."""
        if self._preview is not None and self._preview.may_add:
            self._set_options(self._preview.purged(self._planned_options))

    def action_back_up(self) -> None:
        """Choose the next storage for a backup before the destroy; after the last one, none."""
        if self._preview is not None and self._preview.storages:
            self._set_options(self._preview.backed_up(self._planned_options))

    @on(ChoiceLine.Chosen)
    def _chosen(self, event: ChoiceLine.Chosen) -> None:
        if event.line.name == "purge":
            self.action_purge()
        elif event.line.name == "backup":
            self.action_back_up()
        else:
            self.action_choose(event.line.name or "")

    @on(Input.Changed)
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Move the focus on from a field; enter there does nothing itself. What is still missing is said."""
        go = self.query_one("#delete-go")
        missing = self.query_one(DeleteConfirmation).focus_missing()
        if missing is None and not go.disabled:
            go.focus()
        elif missing or (missing is None and self._planning):
            text = f"Nothing was done: {missing or 'the plan is still being made'}."
            self.take_message(text, bad=True, about_dialog=True)

    def press(self, button: LineButton) -> None:
        """Start the confirmed plan, and become its progress view."""
        plan = self._agreed()
        if plan is None or self._preview is None or self._begun:
            return
        delete, container = self.app.controller.context.engine.delete, self._preview.container
        if self._choice is Choice.SOFT:
            self.start(f"stop managing {container.name}", delete, plan, container)
            self.dismiss(None)
        else:
            self.start_and_watch(plan, f"delete {container.name}", delete, plan, container)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return False for what would do nothing: the key line leaves it out."""
        preview = self._preview
        if action == "choose":
            return preview is not None and preview.plan(Choice(str(parameters[0]))) is not None
        idle = {
            "back_up": preview is None or not preview.storages,
            "purge": preview is None or not preview.may_add,
            "watch": preview is None or preview.container.operation is None or not self._busy,
        }
        return False if idle.get(action, False) else super().check_action(action, parameters)

    def action_watch(self) -> None:
        """Watch the operation that holds the record."""
        if self._preview is not None and self._preview.container.operation is not None and self._busy:
            self.become_progress_of(self._preview.container.operation)

    def _agreed(self) -> Plan | None:
        """Return the chosen plan, once every confirmation of it was typed."""
        if self._preview is None or self._planning:
            return None
        plan = self._preview.plan(self._choice)
        if plan is None or self._choice is Choice.SOFT:
            return plan
        return plan if self.query_one(DeleteConfirmation).confirms(self._preview) else None

    @property
    def followed(self) -> Sequence[int]:
        return (self._container_id,)

    @property
    def may_be_stale(self) -> bool:
        is_read = bool(self._trouble) or (self._preview is not None and self._preview.inspected)
        return is_read and not self._planning and not self._begun

    def plan_afresh(self, changed: ChangedMeanwhile) -> None:
        """Discard both plans: inspect again, and let the person choose again."""
        self.query_one(DeleteConfirmation).clear()
        self._inspect_again(changed.sentence)

    def _inspect_again(self, why: str) -> None:
        self._busy, self._choice, self._planned_options, self._planning, self._trouble = why, None, None, True, ""
        self._requested_at = self.app.controller.clock.now()
        self.begin_inspection(self._inspect)

    async def _inspect(self) -> None:
        engine, controller = self.app.controller.context.engine, self.app.controller
        try:
            self._preview = preview = await controller.ask(open_preview, engine, self._container_id)
            self._show()
            if (number := preview.container.operation) is not None:
                self._busy = delete_text.in_progress(await controller.ask(operations.get, number)) or self._busy
                self._show()
            self._preview = await controller.ask(inspect_item, engine, preview)
        except StoreError as error:
            self._trouble = str(error)
        self._planning = False
        self._show()

    def _set_options(self, options: HardOptions) -> None:
        """Plan with these options. Until that is shown there is nothing to confirm."""
        if self._preview is not None and self._preview.inspected:
            self._planning, self._planned_options, self._trouble = True, options, ""
            self._show()
            in_background(self, partial(self._plan_again, self._preview, options), group="inspection", exclusive=True)

    async def _plan_again(self, preview: DeletePreview, options: HardOptions) -> None:
        controller = self.app.controller
        try:
            self._preview = await controller.ask(plan_again, controller.context.engine, preview, options)
        except StoreError as error:
            self._trouble = str(error)
        # Not after an unexpected error: what is shown then is not what was asked for.
        self._planning, self._planned_options = False, None
        self._show()
        self.follow()

    @unless_unmounted
    def _show(self) -> None:
        now, preview = self.app.controller.clock.now(), self._preview
        title = delete_text.title_lines(preview, now, self._requested_at or now, self._trouble, self._busy)
        self.query_one("#delete-title", Lines).set_text(title)
        self.query_one("#delete-doubt", Lines).set_text(delete_text.doubt_lines(preview) if preview is not None else [])
        if preview is not None and preview.plan(self._choice) is None:
            self._choice = None
        self.query_one(DeleteChoices).show(preview, self._choice, now)
        self.query_one(DeleteConfirmation).show(preview, self._choice)
        go = self.query_one("#delete-go", LineButton)
        go.disabled = self._begun or self._agreed() is None
        go.relabel(delete_text.button_label(preview, self._choice))
        self.show_keys()
