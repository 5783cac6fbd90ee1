"""The Textual App: it connects context, screens, keys and theme, and returns the exit status."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.screen import Screen
from textual.widget import Widget

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.store import database
from proximity_tui.runtime import process_memory
from proximity_tui.runtime.early_screen import EarlyScreen
from proximity_tui.runtime.exit_watchdog import ExitWatchdog
from proximity_tui.screens.app.base_app import BaseApp
from proximity_tui.screens.app.controller import Controller, View
from proximity_tui.screens.app.last_list_keeper import LastListKeeper
from proximity_tui.screens.app.prompt_history import History, history_file
from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.app.saved_views import Views, views_file
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.chrome.top_lines import TopLines
from proximity_tui.screens.fleet_screen import top_of_fleet
from proximity_tui.screens.keyboard.aliases import Aliases
from proximity_tui.screens.keyboard.bound_keys import bound_key, use_keymap
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.main_screens import MAIN
from proximity_tui.screens.routes import AppRoutes

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.screens.first_run_screen import FirstRunEnd

COVERED = 2.0
"""Seconds for which the list of the last time stays where the database does not answer."""
WRITING_ENDS = 1.0
"""Seconds that are waited for what is just being written, before the program is suspended."""
ASKS_TO_SUSPEND = "suspend-now"
TICK = 1.0
"""Seconds between two looks at the clock, for the ages that are in sight."""
STILL = 3.0
"""Seconds without a key after which nobody is taken to wait for one."""
LAST_LIST_EVERY = 60.0
"""Seconds between two last lists, if anything changed."""


class ProximityApp(ControllerApp):
    """The App around one context."""

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {place.value: make for place, make in MAIN.items()}
    DEFAULT_MODE = ScreenId.FLEET

    def __init__(self, context: AppContext, *, jobs: bool = True) -> None:
        """Build the App around `context`; with `jobs` they run behind the screen. What an early screen shows stays
        until there is a view. Raises ConfigError for invalid rebound keys, aliases and views.
        """
        super().__init__(context.settings.theme)
        if EarlyScreen.opened is not None:
            self.cover()
        self.keymap = Keymap(context.settings.keys)
        self.set_keymap(self.keymap.for_textual())
        use_keymap(self.keymap)
        self.aliases = Aliases(context.settings.aliases)
        self.history = History(None if context.simulated else history_file())
        self.views = Views(context.settings.views, None if context.simulated else views_file())
        self.routes = AppRoutes(self)
        self.controller = Controller(self, context, jobs=jobs)
        for name, view in self.views.configured.items():
            if (complaint := self.routes.filter_complaint(view.screen, view.filter)) is not None:
                raise ConfigError(f"views.{name}: {complaint}")
        self.last_lists = LastListKeeper(self.controller, top_of_fleet, lambda: self.light_background)
        self._red: set[int] | None = None
        """The red alerts that were open at the last view; None before the first."""
        self._lasting = -1
        """How many clusters had their first list when what was loaded was taken as lasting; -1 before that."""

    def in_sight(self) -> Iterable[Widget]:
        """Yield the lines that stay in sight over every dialog."""
        yield TopLines()

    def on_mount(self) -> None:
        """Start to poll, and ask about interrupted operations once they are known."""
        self.controller.changed.subscribe(self, self._view_changed)
        self.set_timer(COVERED, self.uncover)
        self.set_interval(TICK, self._pass_second)
        self.set_interval(LAST_LIST_EVERY, self.last_lists.keep_changed)
        self.controller.open()
        spawn("history", self.history.load)
        spawn("views", self.views.load)

    async def on_unmount(self) -> None:
        """Keep what the list shows for the next start, stop polling, and give the leases back."""
        self.last_lists.keep_last()
        await self.controller.close()

    def suspend_now(self) -> None:
        """Stop until the shell continues the program, but never within a unit of writing: the database would be locked
        for everybody else as long. What was shown is old then.
        """
        with database.no_writing(WRITING_ENDS) as is_still:
            if is_still:
                super().suspend_now()
        if not is_still:
            self.show_message(
                f"Not suspended: a change is just being recorded. Press {bound_key('suspend')} again.", bad=True
            )
        else:
            self._pass_second()
            self.controller.want()

    def action_suspend_process(self) -> None:
        """Suspend the program; while an operation of this process is in flight, ask first."""
        tasks = self.controller.background_tasks
        if any(screen.id == ASKS_TO_SUSPEND for screen in self.screen_stack):
            return
        if not tasks or self.why_not_suspended() is not None:
            super().action_suspend_process()
            return
        from proximity_tui.screens.app.leave_dialog import LeaveDialog
        from proximity_tui.widgets.dialogs.confirm_dialog import Button

        consequence = "It stands still until fg continues the program. What Proxmox has begun goes on there."
        suspend = Button("suspend", "Suspend", True, danger=True)
        question = LeaveDialog("Suspend now?", suspend, tasks, consequence)
        question.id = ASKS_TO_SUSPEND
        self.push_screen(question, self._suspend)

    def _suspend(self, answer: bool | None) -> None:
        if answer:
            self.suspend_now()

    async def action_quit(self) -> None:
        """Quit; while an operation of this process is in flight, ask first."""
        background_tasks = self.controller.background_tasks
        if not background_tasks:
            self.exit()
            return
        from proximity_tui.screens.app.leave_dialog import LeaveDialog
        from proximity_tui.widgets.dialogs.confirm_dialog import Button

        consequence = (
            "What Proxmox has begun goes on there. The rest is recorded: the next start offers to resume or abandon it."
        )
        leave = Button("quit", "Quit", True, danger=True)
        self.push_screen(LeaveDialog("Quit now?", leave, background_tasks, consequence), self._quit)

    def _quit(self, answer: bool | None) -> None:
        if answer:
            self.exit()

    def _pass_second(self) -> None:
        """Let a second pass on what is in sight. A timer of each screen would wake for those that nobody sees, too."""
        if not self.screen_stack:
            return
        for lines in self.screen.query(TopLines):
            lines.tick()
        if isinstance(self.screen, BaseScreen):
            self.screen.pass_second()
        if self.keys.seconds_still >= STILL and not self.is_headless:
            process_memory.collect_while_nobody_waits()

    def _view_changed(self, view: View) -> None:
        self.routes.forget_unseen_lists()
        red = {alert.id for alert in view.red_alerts}
        if self._red is None:
            # What was open before is on the banner; asked about is what was interrupted before.
            if view.interrupted and self.controller.read_only is None:
                self.routes.open_interrupted(view.interrupted)
        elif red - self._red and self.controller.context.settings.bell:
            self.bell()
        self._red = red
        lists = sum(poll.inventory is not None for poll in view.polls.values())
        if lists > self._lasting and not self.is_headless:
            # What is loaded by now stays, the first list of a cluster as well: looking through it for garbage would
            # hold up keys.
            self._lasting = lists
            self.call_after_refresh(process_memory.keep_loaded_objects)
        if not isinstance(self.screen, BaseScreen):
            # A screen uncovers itself once it shows the view, which a long list is prepared for.
            self.call_later(self.uncover)


class FirstRunApp(BaseApp):
    """The App before there is a configuration."""

    def __init__(self, path: Path, database: str | None = None, *, read_only: bool | None = None) -> None:
        super().__init__()
        self._path = path
        self._database = database
        self._read_only = read_only

    def on_mount(self) -> None:
        """Show the one screen."""
        process_memory.keep_loaded_objects()
        from proximity_tui.screens.first_run_screen import FirstRunScreen

        self.push_screen(FirstRunScreen(self._path, self._database, read_only=self._read_only))


def run(context: AppContext) -> int:
    """Show the screens until the person quits, and return the exit status. Does not close the context.

    Raises ConfigError for invalid rebound keys.
    """
    return _run(ProximityApp(context))


def run_first(path: Path, database: str | None = None, *, read_only: bool | None = None) -> FirstRunEnd | None:
    """Show the first-run screen and return how it ended, None where a person quit. `path` is the place for a
    configuration, `database` and `read_only` are the options of the command line.
    """
    app = FirstRunApp(path, database, read_only=read_only)
    _run(app)
    from proximity_tui.screens.first_run_screen import FirstRunEnd

    return app.return_value if isinstance(app.return_value, FirstRunEnd) else None


def _run(app: BaseApp) -> int:
    with ExitWatchdog(lambda code: app.exit(return_code=code)):
        return app.run_to_end()
