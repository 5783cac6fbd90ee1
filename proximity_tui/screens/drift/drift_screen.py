"""The drift screen: every config that a container had, newest first, and what differs from the baseline now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.base.secret import masked_text
from proximity_tui.core.base.text import settings_differ
from proximity_tui.core.doctrine.observation.config_fields import FieldChange
from proximity_tui.core.engine.observe.drift_history import DriftHistory, TimelineEntry, read_drift_history
from proximity_tui.core.model import Container, Plan, Refusal
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.drift.compare_screen import CompareScreen
from proximity_tui.screens.drift.revert_dialog import RevertDialog
from proximity_tui.screens.drift.revision_entry import COLUMNS, RevisionEntry
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.container_list import ContainerList
from proximity_tui.screens.lists.list_screen import Listed
from proximity_tui.screens.presentation.config_text import changes_words
from proximity_tui.screens.text.lines import Piece
from proximity_tui.widgets.dialogs.note_dialog import NoteDialog
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column

MOST_SHOWN = 12
"""How many changed fields are shown one by one."""


class DriftScreen(ContainerList):
    """The revisions of one container. It inspects once when it is opened, when asked, and after a change of ours."""

    SCREEN_ID = ScreenId.REVISIONS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.REVISIONS)]
    AFTER_OPERATIONS = False
    FILTER_KEYS = frozenset({"revision", "changed", "by", "is", "age"})

    def __init__(self, container_id: int) -> None:
        super().__init__(container_id)
        self._history: DriftHistory | None = None

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which never change."""
        return COLUMNS

    def items(self, view: View) -> Sequence[TimelineEntry]:
        """Return the revisions, the newest first."""
        return self._history.timeline if self._history is not None else ()

    def entry(self, item: TimelineEntry) -> Listed:
        """Return the entry of a revision."""
        return RevisionEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: loading, unreadable, or no config was ever read."""
        if self.trouble is not None:
            return f"The revisions cannot be read: {self.trouble}"
        return "Reading the config." if self._history is None else "No config of this container has been read yet."

    @property
    def is_read(self) -> bool:
        return self._history is not None

    def do_compare(self) -> None:
        """Show what the current revision changed, and how it differs from the baseline and from now."""
        entry = self.current_entry()
        if isinstance(entry, RevisionEntry) and self._history is not None:
            self.app.push_screen(CompareScreen(self._history, entry.entry))
        else:
            self.show_empty_state()

    def do_drift(self) -> None:
        """Go back, as `d` led here."""
        self.do_back()

    def do_accept(self) -> None:
        """Ask for a note, and make the config that is shown the baseline."""
        history = self._history
        if history is None or history.seen is None:
            why = history.not_compared if history is not None else "the config is still being read"
            self.app.show_message(f"Nothing can be accepted: {why}.", bad=True)
            return
        engine = self.controller.context.engine
        asked = partial(engine.plan_acceptance, history.container, history.seen)
        self.ask_first(asked, partial(self._ask_for_note, history))

    def _ask_for_note(self, history: DriftHistory, plan: Plan | Refusal) -> None:
        if isinstance(plan, Refusal):
            self.app.show_message(f"Nothing was accepted: {plan.reason}.", bad=True)
            return

        def answered(note: str | None) -> None:
            if note is not None:
                self._accept(plan, history.container, note)

        changes = history.compared.fields or ()
        actor = str(self.controller.context.engine.settings.actor)
        self.app.push_screen(AcceptDialog(history.container, changes, actor), answered)

    def do_revert(self) -> None:
        """Ask whether the config is set back to the current revision, or to the baseline from the rows that say it."""
        entry = self.current_entry()
        if not isinstance(entry, RevisionEntry):
            self.show_empty_state()
            return
        chosen = entry.entry
        number = None if chosen.is_baseline or chosen.is_now else chosen.revision.number
        self.app.push_screen(RevertDialog(self.container_id, number))

    def _accept(self, plan: Plan, container: Container, note: str) -> None:
        accept = self.controller.context.engine.accept_drift
        self.controller.begin(f"accept the drift of {container.name}", accept, plan, container, note)

    async def read_list(self, container: Container) -> None:
        """Inspect the container and compare its configs."""
        engine, remember = self.controller.context.engine, self.controller.read_only is None
        rules = self.controller.context.settings.drift
        seen = await self.controller.ask(engine.inspect, container)
        self._history = await self.controller.ask(read_drift_history, container, seen, remember=remember, rules=rules)

    def heading(self) -> Sequence[Piece]:
        """Return the container and its baseline, or why they could not be read."""
        kept = self._history.compared.kept if self._history is not None else None
        if self._history is None or kept is None:
            return super().heading()
        reason = masked_text(self._history.compared.reason, leaving=False)
        baseline = f"; baseline of {local_time(kept.captured_at, seconds=False)}: {reason}"
        return [*super().heading(), (baseline, "dim")]

    def summary(self) -> list[Piece]:
        """Return what differs from the baseline now, or why that is not known."""
        history = self._history
        if self.trouble is not None:
            return [(f" {self.trouble}", "bad")]
        if history is None:
            return []
        if history.not_compared is not None:
            return [(f" Not compared with the baseline: {history.not_compared}", "warn")]
        fields = history.compared.fields or ()
        if not fields:
            return [(" No drift: no watched setting differs from the baseline.", "good")]
        differ = settings_differ(len(history.compared.changes or ()))
        return [(f" {differ} from the baseline: ", "warn"), (changes_words(fields), "normal")]


class AcceptDialog(NoteDialog):
    """A dialog that shows what becomes the baseline, and returns the note, or None."""

    def __init__(self, container: Container, changes: Sequence[FieldChange], actor: str) -> None:
        more = len(changes) - MOST_SHOWN
        super().__init__(
            f"Accept the config of {container.name}",
            [
                "The present config becomes the baseline. Nothing is changed at Proxmox. It is refused if the config"
                " changes before you answer.",
                *(Cell(f"  {changes_words([change])}", "warn") for change in changes[:MOST_SHOWN]),
                *([Cell(f"  and {more} more", "dim")] if more > 0 else []),
            ],
            "Accept",
            actor=actor,
            ask="Note why it is right:",
        )
