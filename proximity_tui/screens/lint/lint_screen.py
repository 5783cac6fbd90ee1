"""The Lint screen: one list of what will hurt, what hurts most first, each with its remedy by one key.

It asks when it is opened and when somebody asks for it, not with every list: some rules cost requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.model.lint_report import LintFinding, LintReport
from proximity_tui.core.store import waivers
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.insight.lint_answer import LastLists, lint, waived_again
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.container.text_reader import FactsReader
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lint.finding_entry import FILTER_KEYS, FindingEntry, checked_words, facts_of, title_of
from proximity_tui.screens.lint.last_lists import last_lists, was_asked
from proximity_tui.screens.lint.remedy import open_remedy
from proximity_tui.screens.lists.list_screen import Listed, ListScreen, Moment
from proximity_tui.screens.text.lines import Lines
from proximity_tui.widgets.dialogs.note_dialog import NoteDialog
from proximity_tui.widgets.table.cells import in_lines
from proximity_tui.widgets.table.columns import Column

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

COLUMNS = (
    Column("rule", "RULE", 15),
    Column("cluster", "CLUSTER", 7, flex=1, max=14, priority=5),
    Column("vmid", "VMID", 5, align="right", priority=4),
    Column("name", "NAME", 10, flex=2, max=30),
    Column("reason", "WHY", 38, flex=3, priority=2),
    Column("remedy", "REMEDY", 10, flex=2, max=34, priority=6),
    Column("state", "STATE", 5, flex=1, max=24, priority=3),
)


class LintScreen(ListScreen):
    """The findings that nobody waived, or all."""

    SCREEN_ID = ScreenId.LINT
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.LINT)]
    FILTER_KEYS = FILTER_KEYS

    def __init__(self) -> None:
        super().__init__()
        self._report: LintReport | None = None
        self._all = False
        self._shown: tuple[LintFinding, ...] = ()
        self._trouble: str | None = None
        self._reading = False

    def content(self) -> Iterable[Widget]:
        """Yield what was checked and what not, above the list."""
        yield Lines(id="checked")
        yield from super().content()

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns; the cluster is one only where there are several, the state only where it differs."""
        idle = {name for name, differs in (("cluster", view.several_clusters), ("state", self._all)) if not differs}
        return tuple(column for column in COLUMNS if column.id not in idle)

    def items(self, view: View) -> Sequence[LintFinding]:
        """Return the findings."""
        return self._shown

    def entry(self, item: LintFinding) -> Listed:
        """Return the entry of a finding."""
        return FindingEntry(item)

    def read_at(self, entry: Listed, at: Moment) -> datetime | None:
        """Return when everything was checked."""
        return self._report.checked_at if self._report is not None else None

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: checking, unreadable, or nothing was found by the rules that could be applied."""
        if self._trouble is not None:
            return f"The records cannot be read: {self._trouble}"
        if self._report is None:
            return "Checking. Backups, snapshots and templates are read from each cluster."
        waived = len(self._report.findings) - len(self._report.open)
        more = f" {waived} are waived; {bound_key('all_findings')} shows them." if waived else ""
        return f"Nothing was found by the rules that could be applied.{more}"

    @property
    def is_read(self) -> bool:
        return self._report is not None

    def show(self, view: View) -> None:
        """List what was found; the first time, find it, once every cluster was asked for its list."""
        super().show(view)
        if self._report is None and not self._reading and view.taken_at is not None and was_asked(view):
            self._check()

    def do_refresh(self) -> None:
        """Check everything again."""
        super().do_refresh()
        self._check()

    def do_open(self) -> None:
        """Open the remedy for the current finding."""
        finding = self.current_finding()
        if finding is None:
            self.show_empty_state()
        else:
            open_remedy(self, finding)

    def do_remedy(self) -> None:
        """Open the remedy for the current finding."""
        self.do_open()

    def do_finding_details(self) -> None:
        """Show everything about the current finding."""
        finding = self.current_finding()
        if finding is None:
            self.show_empty_state()
        else:
            heading = f"{title_of(finding)}: {finding.name}"
            foot = f"esc closes; in the list {bound_key('remedy')} opens the remedy, {bound_key('waive')} waives"
            self.app.push_screen(FactsReader(heading, facts_of(finding), foot))

    def do_all_findings(self) -> None:
        """Show or hide waived findings."""
        self._all = not self._all
        self._choose()
        self._show_report()

    def do_waive(self) -> None:
        """Ask for a note and waive the current finding, or lift its waiver."""
        finding = self.current_finding()
        if finding is None:
            self.show_empty_state()
        elif finding.waiver is not None:
            self._lift(finding)
        else:
            self._ask_to_waive(finding)

    def current_finding(self) -> LintFinding | None:
        """Return the finding under the cursor, unless it is gone."""
        entry = self.current_entry()
        return entry.finding if isinstance(entry, FindingEntry) else None

    def _ask_to_waive(self, finding: LintFinding) -> None:
        def answered(note: str | None) -> None:
            if note is not None:
                self._waive(finding, note)

        dialog = NoteDialog(
            f'Waive "{title_of(finding)}" of {finding.name}',
            [
                f"{finding.name}: {finding.reason}.",
                "It stays as it is, and is not listed until somebody lifts the waiver.",
            ],
            "Waive",
            actor=str(self.controller.context.engine.settings.actor),
            ask="Note why:",
        )
        self.app.push_screen(dialog, answered)

    @work(group="lint", exclusive=True)
    async def _check(self) -> None:
        self._reading = True
        view, context = self.controller.view, self.controller.context
        try:
            self._report = await self.controller.ask(_check_again, context, last_lists(view), self._report)
            self._trouble = None
        except StoreError as error:
            self._trouble = str(error)
        finally:
            self._reading = False
        self._choose()
        await self.prepare()
        self._show_report()

    @work(group="waive")
    async def _waive(self, finding: LintFinding, note: str) -> None:
        keys = f"{bound_key('all_findings')} shows what is waived, {bound_key('waive')} lifts it."
        done = f"Waived: {title_of(finding)} of {finding.name}. {keys}"
        await self.write(done, waivers.waive, finding, self.controller.context.engine.settings.actor, note)
        self._apply_waivers()

    @work(group="waive")
    async def _lift(self, finding: LintFinding) -> None:
        done = f"No longer waived: {title_of(finding)} of {finding.name}."
        await self.write(done, waivers.lift, finding, self.controller.context.engine.settings.actor)
        self._apply_waivers()

    def _apply_waivers(self) -> None:
        """Show what was found with the waivers of now: no cluster is asked again for that."""
        if self._report is None or self._reading:
            self._check()
        else:
            self._read_waivers(self._report)

    @work(group="lint", exclusive=True)
    async def _read_waivers(self, report: LintReport) -> None:
        """Read the waivers of a report again. A late answer to an older question would take a newer waiver away."""
        try:
            self._report = await self.controller.ask(waived_again, report)
        except StoreError as error:
            self._trouble = str(error)
        self._choose()
        await self.prepare()
        self._show_report()

    def _choose(self) -> None:
        """Choose the findings of the report that are listed. They are the same object until the next choice: what is
        prepared of them is then what is shown.
        """
        if self._report is not None:
            self._shown = self._report.findings if self._all else self._report.open

    @unless_unmounted
    def _show_report(self) -> None:
        """Show the report."""
        self._show_checked()
        super().show(self.view)
        self.show_keys()

    @on(events.Resize)
    @unless_unmounted
    def _show_checked(self) -> None:
        """Show when it was checked and what could not be: whole, as far as there is a fifth of the screen for it."""
        if self._report is not None:
            words = checked_words(self._report, self.controller.clock.now(), self._trouble)
            whole = not self._report.not_checked and self._trouble is None
            lines = in_lines(words, self.app.size.width - 2, max(1, self.app.size.height // 5))
            self.query_one("#checked", Lines).set_text([[(f" {line}", "dim" if whole else "warn")] for line in lines])

    def tick(self) -> None:
        """Update the time alone, which needs a date on the next day: what was found is as old as it says."""
        self._show_checked()


def _check_again(context: AppContext, lists: LastLists, before: LintReport | None) -> LintReport:
    """Return a new report, in which a finding that says what it said before is the same object. Blocks."""
    report, known = lint(context, lists), {one: one for one in before.findings} if before is not None else {}
    return replace(report, findings=tuple(known.get(one, one) for one in report.findings))
