"""Every screen and every dialog, one after the other, in one App. The registries say what there is: `ScreenId`, the
table of keys, and the subclasses of `Dialog` and `RequestForm`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

from textual.pilot import Pilot
from textual.widgets import Input

import proximity_tui.screens
from proximity_tui.core.store.alerts import alerts
from proximity_tui.screens.alerts.dialogs import BreakerDialog, HeldCluster
from proximity_tui.screens.app.background_task import BackgroundTask
from proximity_tui.screens.app.leave_dialog import LeaveDialog
from proximity_tui.screens.command_line.help import HelpScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.command import ScreenCommand
from proximity_tui.screens.keyboard.guest_keys import GUEST_COMMANDS
from proximity_tui.screens.keyboard.maintenance_keys import MAINTENANCE_COMMANDS
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.main_screens import MAIN
from proximity_tui.screens.operation.interrupted import DestroyAgainDialog
from proximity_tui.screens.operation.progress_dialog import ProgressDialog
from proximity_tui.screens.pct_commands import PlanDialog
from proximity_tui.screens.request.request_form import RequestForm
from proximity_tui.screens.restore.restore_dialog import RestoreDialog
from proximity_tui.widgets.dialogs.confirm_dialog import Button
from proximity_tui.widgets.dialogs.dialog import Dialog
from proximity_tui.widgets.dialogs.keys_dialog import KeysDialog, all_keys
from tests.screens.operation.test_progress_dialog import elsewhere
from tests.screens.restore.test_restore_dialog import lost
from tests.screens.stage import Stage
from tests.screens.support.deleting import by_name, native
from tests.screens.test_app import interrupted
from tests.support.timing.until import screen_text, until

NOT_PRESSED = frozenset({"quit", "shell", "redraw", "refresh", "run_reconciler", "run_janitor", "help", "back"})
"""Keys that end the program, leave the screen to another one, or draw nothing of their own."""

TRIES = 3
"""The screens on which a key is pressed until it opens a dialog: of some rows it has none to open."""

TEMPLATE = "debian-12-standard_12.7-1_amd64.tar.zst"

STILL_READING = re.compile(r"Reading |reading CT|Loading|Waiting for|Looking|Checking")
"""What a screen shows while its answer has not come."""


ENDLESS = frozenset({"journal", "log", "watch"})
"""The work of a dialog that follows an operation for as long as it is open."""


class Stop(NamedTuple):
    """One screen or dialog of the tour: its name, and all that it says."""

    name: str
    text: str


class Tour:
    """One visit of all screens of a stage, and what was seen on it."""

    def __init__(self, pilot: Pilot[Any], stage: Stage) -> None:
        self.pilot, self.stage = pilot, stage
        self.app: Any = pilot.app
        self.seen: set[str] = set()
        """The dialogs and forms that were shown, as `name_of` calls them."""
        self._pressed = Counter[str]()
        self.native, self._lost = native(stage, 104), lost(stage, 103)

    async def stops(self) -> AsyncIterator[Stop]:
        """Yield each screen and each dialog while it is shown, with the keys of a dialog that was not seen before."""
        for part in (self._screens, self._several, self._others):
            async for stop in part():
                yield stop

    async def _screens(self) -> AsyncIterator[Stop]:
        """Show each screen, and what each key opens on one of those that have it."""
        for screen_id in ScreenId:
            await self._open(screen_id)
            yield Stop(str(screen_id), screen_text(self.app))
            for command in keys.commands_for(screen_id):
                if self._pressed[command.id] >= TRIES or not is_pressed(command):
                    continue
                await self.pilot.press(command.keys[0])
                yield await self._shown(f"{command.id} on {screen_id}")
                if command.id == "attention":
                    await self.pilot.press("escape")
                self._pressed[command.id] += TRIES if isinstance(self.app.screen, Dialog) else 1
                if isinstance(self.app.screen, PlanDialog):
                    await self.pilot.press("Y")
                    yield await self._shown(f"the commands of {command.id}")
                await self._open(screen_id)

    async def _several(self) -> AsyncIterator[Stop]:
        """Show what is done with several marked containers."""
        await self._open(ScreenId.FLEET)
        await self.pilot.press("asterisk")
        for command in (*GUEST_COMMANDS, *MAINTENANCE_COMMANDS):
            if ScreenId.FLEET in command.where and is_pressed(command):
                await self._open(ScreenId.FLEET)
                await self.pilot.press(command.keys[0])
                yield await self._shown(f"{command.id} of several")

    async def _others(self) -> AsyncIterator[Stop]:
        """Show the dialogs that no key of these rows opens."""
        routes, push = self.app.routes, self.app.push_screen
        at_work, cut_off = elsewhere(self.stage, by_name("web-2")), interrupted(self.stage)
        task = BackgroundTask("delete web-2", self.app.controller.clock.now())
        quits = Button("quit", "Quit", True, danger=True)
        vanished = HeldCluster("prod", {1: "a", 2: "b", 3: "c", 4: "d"}, 4)
        for name, make in {
            "help": lambda: routes.open_help(ScreenId.FLEET),
            "keys of a dialog": lambda: push(KeysDialog(HelpScreen(ScreenId.FLEET))),
            "palette": lambda: routes.open_palette(ScreenId.FLEET, lambda chosen: None),
            "download": lambda: routes.open_download("prod", None, TEMPLATE, lambda: None),
            "restore": lambda: routes.open_restore(self._lost.id),
            "progress": lambda: push(ProgressDialog(at_work.plan, operation_id=at_work.id)),
            "interrupted": lambda: routes.open_interrupted([cut_off]),
            "destroy again": lambda: push(DestroyAgainDialog(cut_off)),
            "breaker": lambda: push(BreakerDialog(vanished)),
            "leave": lambda: push(LeaveDialog("Quit now?", quits, [task], "It is recorded.")),
            "connect": routes.open_connect,
            "retrust": self._retrust,
        }.items():
            await self._open(ScreenId.FLEET)
            make()
            yield await self._shown(name)
            if isinstance(self.app.screen, RestoreDialog):
                await until(self.pilot, lambda: self.app.screen.check_action("choose_place", ()))
                self.app.screen.action_choose_place()
                yield await self._shown("the place of a restore")

    def _retrust(self) -> None:
        self.stage.simulator.renew_certificate()
        self.app.routes.open_retrust("prod")

    async def _shown(self, name: str) -> Stop:
        """Wait until nothing is being read any more, and return what is shown."""
        await self._settled(name)
        screen, text = self.app.screen, screen_text(self.app)
        shown = {name_of(type(one)) for one in (screen, getattr(screen, "_request", None))}
        if isinstance(screen, Dialog) and shown - self.seen:
            self.seen |= shown
            text = "\n".join([text, *(words for _, words in all_keys(screen))])
        return Stop(f"{name}: {type(screen).__name__}", text)

    async def _settled(self, name: str) -> None:
        """Wait until nothing is asked or read any more, of which the screen need not say anything."""
        await self.pilot.pause()
        await until(self.pilot, self._is_at_rest, what=name)
        await self.pilot.pause()

    def _is_at_rest(self) -> bool:
        at_work = {one.group for one in self.app.workers if not one.is_finished}
        return at_work <= ENDLESS and not STILL_READING.search(screen_text(self.app))

    async def _open(self, screen_id: ScreenId) -> None:
        """Show a screen as it is when it is opened, with no dialog and no prompt over it."""
        while isinstance(self.app.screen, Dialog):
            self.app.pop_screen()
        if isinstance(self.app.focused, Input):
            await self.pilot.press("escape")
        if getattr(self.app.screen, "SCREEN_ID", None) != screen_id:
            self.app.routes.go(screen_id if screen_id in MAIN else ScreenId.EVERYTHING)
            await self._settled(str(screen_id))
            if screen_id not in MAIN:
                PAGES[screen_id](self)
                await until(self.pilot, lambda: getattr(self.app.screen, "SCREEN_ID", None) == screen_id)
        await self._settled(str(screen_id))


def is_pressed(command: ScreenCommand) -> bool:
    """Return whether a key may open something that the tour has not come by: it leads to no main screen, and does more
    than move in a list or sort it.
    """
    opens = command.id not in MAIN and not keys.in_table(command) and not command.means
    return bool(command.keys) and opens and command.id not in NOT_PRESSED


def _first(screen_id: ScreenId) -> Callable[[Tour], None]:
    """Return what opens the first row of a list."""

    def press(tour: Tour) -> None:
        tour.app.routes.go(screen_id)
        tour.app.call_later(tour.app.simulate_key, "enter")

    return press


PAGES: dict[ScreenId, Callable[[Tour], None]] = {
    ScreenId.ALERT: lambda tour: tour.app.routes.open_alert(alerts.open_alerts()[0].id),
    ScreenId.CONTAINER: lambda tour: tour.app.routes.open_container(tour.native.id),
    ScreenId.GUEST: lambda tour: tour.app.routes.open_row(tour.app.controller.view.unmanaged[0]),
    ScreenId.READ_ONLY: lambda tour: tour.app.routes.open_row(tour.app.controller.view.vms[0]),
    ScreenId.NODE: _first(ScreenId.NODES),
    ScreenId.STORAGE_PAGE: _first(ScreenId.STORAGE),
    ScreenId.REVISIONS: lambda tour: tour.app.routes.open_drift(by_name("web-1").id),
    ScreenId.SNAPSHOTS: lambda tour: tour.app.routes.open_snapshots(by_name("web-1").id),
    ScreenId.BACKUPS: lambda tour: tour.app.routes.open_backups(by_name("web-1").id),
}
"""How each screen is opened that is no main screen."""


def all_dialogs() -> frozenset[str]:
    """Return the name of every dialog and form of the program that is shown, and not only inherited from."""
    for module in pkgutil.walk_packages(proximity_tui.screens.__path__, "proximity_tui.screens."):
        importlib.import_module(module.name)
    found: set[type] = {*_below(Dialog), *_below(RequestForm)}
    parents = {name_of(parent) for one in found for parent in one.__mro__[1:]}
    return frozenset(name_of(one) for one in found if one.__module__.startswith("proximity_tui.")) - parents


def name_of(kind: type) -> str:
    """Return the name of a class, which is made twice where a dataclass has slots."""
    return f"{kind.__module__}.{kind.__qualname__}"


def _below(kind: type) -> Iterator[type]:
    one: type
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)
