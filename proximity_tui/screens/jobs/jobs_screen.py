"""The Jobs screen: reconciler and janitor of every cluster, their lease holder, their results, and keys to run or pause
them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.engine.reconcile.janitor_run import JANITOR
from proximity_tui.core.engine.reconcile.reconciler import RECONCILER
from proximity_tui.core.model.job import JobRun, RunDay
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.jobs import job_runs, run_days
from proximity_tui.screens.app.controller import View
from proximity_tui.screens.app.unmounted import unless_unmounted
from proximity_tui.screens.command_line.prompt import PromptQuestion
from proximity_tui.screens.jobs.dry_run import dry_run_lines
from proximity_tui.screens.jobs.job_entry import COLUMNS, JobEntry, key_of
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.list_screen import Listed, ListScreen
from proximity_tui.screens.presentation.job_text import job_lines
from proximity_tui.screens.text.scroll_text import ScrollText
from proximity_tui.widgets.background_work import in_turn
from proximity_tui.widgets.dialogs.confirm_dialog import Button, Confirm
from proximity_tui.widgets.glyphs import glyphs
from proximity_tui.widgets.table.cells import Cell
from proximity_tui.widgets.table.columns import Column
from proximity_tui.widgets.table.row_table import RowTable

if TYPE_CHECKING:
    from proximity_tui.core.jobs.status import JobStatus

PATIENCE = 1.0
"""Seconds after which a dry run without an answer is mentioned."""

NEWEST = 30
"""How many of the last runs of a job are listed, and of the days before."""


class JobsScreen(ListScreen):
    """The two jobs of each cluster, with all about the current one below."""

    SCREEN_ID = ScreenId.JOBS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings_for(ScreenId.JOBS)]
    FILTER_KEYS = frozenset({"job", "cluster", "state", "age"})
    DEFAULT_CSS = """
    JobsScreen {
        & RowTable { height: 3; max-height: 50%; }
        & #detail { display: none; }
        & ScrollText { border-top: solid $border; }
    }
    """.replace("solid $border", f"{glyphs().frame} $border")

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[str, tuple[JobRun, ...], tuple[RunDay, ...]] = ("", (), ())
        """The key of a job, its last runs, and the last days whose runs were thinned."""

    def content(self) -> Iterable[Widget]:
        """Yield the table, and below it the current job in full."""
        yield from super().content()
        yield ScrollText()

    def columns(self, view: View) -> Sequence[Column]:
        """Return the columns, which never change."""
        return COLUMNS

    def items(self, view: View) -> Sequence[JobStatus]:
        """Return one status per job and cluster."""
        return view.jobs

    def entry(self, item: JobStatus) -> Listed:
        """Return the entry of a job."""
        return JobEntry(item)

    def why_empty(self, view: View, now: datetime) -> str:
        """Return the reason: not started yet, failed to start, or no cluster."""
        if self.controller.services.error is not None:
            return f"The jobs could not be started: {self.controller.services.error}"
        if view.store_error is not None:
            return f"The database cannot be read: {view.store_error}"
        if not self.controller.clusters:
            return "No cluster is configured and enabled, so no job runs."
        return "The jobs have not started yet."

    def show(self, view: View) -> None:
        """List the jobs, and read the runs of the current one again."""
        self.query_one(RowTable).styles.height = max(2, len(view.jobs) + 1)
        super().show(view)
        self._read()

    def tick(self) -> None:
        """Update the ages, also those of the current job below."""
        super().tick()
        self._redraw()

    @on(RowTable.Highlighted)
    def _moved_on(self) -> None:
        self._read()

    def do_run_reconciler(self) -> None:
        """Run the reconciler of the current cluster."""
        self._run(RECONCILER)

    def do_run_janitor(self) -> None:
        """Run the janitor of the current cluster."""
        self._run(JANITOR)

    def do_dry_run(self) -> None:
        """Show the dry run of the current job."""
        status = self.current()
        if status is None:
            self.show_empty_state()
        else:
            self._dry_run(status.job, status.cluster)

    def do_pause(self) -> None:
        """Pause the current job after asking for a reason, or resume it."""
        status = self.current()
        if status is None:
            self.show_empty_state()
            return
        if status.paused is not None:
            self._resume(status)
            return

        def given(reason: str) -> None:
            self._pause(status, reason.strip() or None)

        self.prompt.open(PromptQuestion(f"reason to pause the {status.job} of {status.cluster}:", given))

    def current(self) -> JobStatus | None:
        """Return the job under the cursor."""
        entry = self.current_entry()
        return entry.status if isinstance(entry, JobEntry) else None

    def _run(self, job: str) -> None:
        status = self.current()
        if status is None:
            self.show_empty_state()
        else:
            self.run_job(job, [status.cluster])

    @work(exclusive=True, group="dry run")
    async def _dry_run(self, job: str, cluster: str) -> None:
        as_of = Cell(f"As of {local_time(self.controller.clock.now())}.", "dim")
        answer = asyncio.ensure_future(self.controller.ask(dry_run_lines, self.controller.context, job, cluster))
        if not (await asyncio.wait({answer}, timeout=PATIENCE))[0]:
            self.app.show_message(f"The dry run of the {job} of {cluster} is still running.")
        try:
            lines = await answer
        except (ProxmoxError, StoreError) as error:
            self.app.show_message(str(error), bad=True)
            return
        if self.app.screen is not self:
            # It would cover what is done there, and take the keys that are meant for that.
            self.app.show_message(
                f"The dry run of the {job} of {cluster} has ended. {bound_key('dry_run')} on Jobs repeats it."
            )
            return
        title = f"Dry run of the {job} of {cluster}: nothing was written"
        no_choice: list[Button[None]] = []
        self.app.push_screen(Confirm(title, [as_of, *lines], no_choice, cancel=Button("close", "Close", None)))

    @work(group="pause")
    async def _pause(self, status: JobStatus, reason: str | None) -> None:
        actor = self.controller.context.engine.settings.actor
        done = f"The {status.job} of {status.cluster} is paused for everybody; {bound_key('pause')} resumes it."
        await self.write(done, job_runs.pause, status.job, status.cluster, actor, reason)

    @work(group="pause")
    async def _resume(self, status: JobStatus) -> None:
        actor = self.controller.context.engine.settings.actor
        done = f"The {status.job} of {status.cluster} runs again."
        await self.write(done, job_runs.resume, status.job, status.cluster, actor)

    def _read(self) -> None:
        status = self.current()
        if status is not None:
            in_turn(self, partial(self._read_runs, status), group=f"runs {key_of(status)}")
        self._redraw()

    async def _read_runs(self, status: JobStatus) -> None:
        try:
            runs = await self.controller.ask(job_runs.recent, status.job, status.cluster, NEWEST)
            days = await self.controller.ask(run_days.latest, status.job, status.cluster, NEWEST)
        except StoreError:
            # The banner says already that the database cannot be read.
            return
        self._show_runs(status, runs, days)

    @unless_unmounted
    def _show_runs(self, status: JobStatus, runs: tuple[JobRun, ...], days: tuple[RunDay, ...]) -> None:
        if (now := self.current()) is None or key_of(now) == key_of(status):
            self._runs = (key_of(status), runs, days)
        self._redraw()

    @unless_unmounted
    def _redraw(self) -> None:
        status, (key, runs, days) = self.current(), self._runs
        text = self.query_one(ScrollText)
        if status is None:
            text.set_text([])
            return
        if key != key_of(status):
            runs, days = (), ()
        read_only = self.controller.read_only is not None
        text.set_text(job_lines(status, runs, days, self.controller.clock.now(), read_only=read_only))
