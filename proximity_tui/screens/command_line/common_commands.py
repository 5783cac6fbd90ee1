"""The commands that every full screen has, whatever it shows: about the program, its jobs, and the guest there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ParamSpec

from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.command_line.command_line import CommandLine
from proximity_tui.widgets.background_work import in_background

P = ParamSpec("P")


class CommonCommands(CommandLine):
    """A screen with the commands that are the same everywhere."""

    def do_refresh(self) -> None:
        """Poll every cluster now."""
        self.controller.want()

    def do_redraw(self) -> None:
        """Draw the whole screen again."""
        self.app.redraw()

    def do_suspend(self) -> None:
        """Give the terminal to the shell until it continues the program."""
        self.app.action_suspend_process()

    def do_help(self) -> None:
        """Show the keys of this screen."""
        self.app.routes.open_help(self.SCREEN_ID)

    def do_explain(self) -> None:
        """Explain what is concluded of the guest of this screen, or of the one under the cursor."""
        row = self.guest_row()
        if row is not None:
            self.app.routes.open_explain(row)
        else:
            self.app.show_message("No row is selected. There is nothing to explain.")

    def do_why(self, text: str = "") -> None:
        """Explain the guest that `text` means, or that of this screen."""
        if not text:
            self.do_explain()
        elif (row := self.one_guest(text)) is not None:
            self.app.routes.open_explain(row)

    def do_reconcile(self) -> None:
        """Run the reconciler of every cluster that is shown."""
        self.run_job("reconciler", self.clusters)

    def do_janitor(self) -> None:
        """Run the janitor of every cluster that is shown."""
        self.run_job("janitor", self.clusters)

    async def write(self, done: str, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a short write into our own database, then say `done`, or why it could not be written."""
        try:
            await self.controller.write(function, *args, **kwargs)
        except StoreError as error:
            self.app.show_message(str(error), bad=True)
        else:
            self.app.show_message(done)

    def run_job(self, job: str, clusters: Sequence[str]) -> None:
        """Run a job now, and show what is done."""
        if not clusters:
            only = self.controller.narrowing.cluster
            why = "No cluster is configured and enabled" if only is None else f"Only {only} is shown, and not contacted"
            self.app.show_message(f"{why}: no {job} runs.", bad=True)
            return
        in_background(self, partial(self._run_job, job, clusters), group="run job")

    async def _run_job(self, job: str, clusters: Sequence[str]) -> None:
        try:
            for sentence in await self.controller.ask(self.controller.services.run_now, job, clusters):
                self.app.show_message(f"{sentence[0].upper()}{sentence[1:]}.")
        except StoreError as error:
            self.app.show_message(str(error), bad=True)

    def do_interrupted(self) -> None:
        """Ask about the interrupted operations."""
        if interrupted := self.controller.view.interrupted:
            self.app.routes.open_interrupted(interrupted)
        else:
            self.app.show_message("No operation is interrupted.")

    def do_connect(self) -> None:
        """Connect another cluster, unless this is a demo: that has no configuration."""
        if self.controller.context.simulated:
            self.app.show_message("The demo cannot connect a cluster. Start the program without it.", bad=True)
        else:
            self.app.routes.open_connect()

    def do_quit(self) -> None:
        """Quit, after a question while an operation is in flight."""
        self.call_later(self.app.action_quit)
