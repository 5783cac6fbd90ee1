"""The routes among the main screens: where esc leads back to, which list is shown, and what its filter may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from proximity_tui.screens.app.saved_views import ListView
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import LISTS, ScreenId
from proximity_tui.screens.main_screens import MAIN

if TYPE_CHECKING:
    from proximity_tui.screens.app.protocol import ControllerApp
    from proximity_tui.screens.lists.list_screen import ListScreen


class MainRoutes:
    """The main screens of one App. `Routes` says what each function does."""

    def __init__(self, app: ControllerApp) -> None:
        self._app = app
        self._unseen: dict[ScreenId, Screen[Any]] = {}
        """Screens that were made for what their filters know of the present view, and never shown."""
        self._numbered = ScreenId.FLEET
        """The last screen with a number: esc leads back to it."""

    def go(self, screen_id: ScreenId) -> None:
        if self.has_number(ScreenId(self._app.current_mode)):
            self._numbered = ScreenId(self._app.current_mode)
        while len(self._app.screen_stack) > 1:
            self._app.pop_screen()
        if self._app.current_mode != screen_id:
            self._app.switch_mode(screen_id)

    def go_back(self) -> None:
        if not self.has_number(ScreenId(self._app.current_mode)):
            self.go(self._numbered)

    def has_number(self, screen_id: ScreenId) -> bool:
        """Return whether a key leads to a main screen."""
        return bool(self._app.keymap.keys_of(keys.BY_ID[screen_id]))

    def narrow(self, text: str, order: str | None = None) -> None:
        from proximity_tui.screens.lists.list_screen import ListScreen
        from proximity_tui.screens.lists.ordering import order_by

        def show(screen: ListScreen) -> None:
            complaint = screen.narrow(text)
            if complaint is None and order is not None:
                complaint = order_by(screen.table, order)
            if complaint is not None:
                self._app.show_message(complaint, bad=True)

        def set_filter() -> None:
            if isinstance(screen := self._app.screen, ListScreen):
                # Through its own queue: a screen that was never shown before is not composed yet.
                screen.call_later(show, screen)

        self._app.call_later(set_filter)

    def shown_list(self) -> ListView | None:
        from proximity_tui.screens.lists.list_screen import ListScreen
        from proximity_tui.screens.lists.ordering import order_of

        screen = self._app.screen
        if not isinstance(screen, ListScreen) or screen.SCREEN_ID not in LISTS:
            return None
        return ListView(screen.SCREEN_ID, screen.filter.text, order_of(screen.table))

    def filter_complaint(self, screen_id: ScreenId, text: str) -> str | None:
        listing = self._list_of(screen_id)
        if listing is None:
            return f":{screen_id} takes no argument."
        answer = listing.filter.understand(text)
        return answer if isinstance(answer, str) else None

    def complete_filter(self, screen_id: ScreenId, text: str) -> Sequence[str]:
        listing = self._list_of(screen_id)
        return () if listing is None else listing.filter.complete(text)

    def forget_unseen_lists(self) -> None:
        self._unseen.clear()

    def _list_of(self, screen_id: ScreenId) -> ListScreen | None:
        """Return a list screen as it is, or one that is not shown, from which only its filter is taken."""
        from proximity_tui.screens.lists.list_screen import ListScreen, Moment

        try:
            shown = self._app.get_screen_stack(screen_id)[:1]
        except KeyError:
            shown = []
        if shown:
            return shown[0] if isinstance(shown[0], ListScreen) else None
        if screen_id not in self._unseen:
            self._unseen[screen_id] = MAIN[screen_id]()
        unseen, controller = self._unseen[screen_id], self._app.controller
        if not isinstance(unseen, ListScreen):
            return None
        unseen.filter.read(unseen.items(controller.view), Moment(controller.view, controller.clock.now()))
        return unseen
