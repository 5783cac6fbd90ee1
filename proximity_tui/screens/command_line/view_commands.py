"""The commands about saved views: a list with its filter and its order, kept under a name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import getters
from textual.screen import Screen

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.widgets.background_work import in_background


class ViewCommands(Screen[None]):
    """A screen on which views are opened, saved and deleted."""

    app = getters.app(ControllerApp)

    def do_view(self, argument: str = "") -> None:
        """Open a saved view, name them all, save this list as one, or delete one."""
        verb, _, name = argument.strip().partition(" ")
        if not argument:
            known = ", ".join(self.app.views.names)
            self.app.show_message(f"Views: {known}." if known else "No view is saved. :view save NAME saves this list.")
        elif verb in ("save", "delete") and not name.strip():
            self.app.show_message(f"Which view? Name it: :view {verb} NAME", bad=True)
        elif verb == "save":
            self._save_view(name.strip())
        elif verb == "delete":
            self._keep_views(partial(self.app.views.delete, name.strip()), f"The view {name} is deleted.")
        else:
            self._open_view(argument.strip())

    def view_words(self) -> list[str]:
        """Return what completes the command."""
        names = self.app.views.names
        return [*names, "save ", *(f"{verb} {name}" for verb in ("save", "delete") for name in names)]

    def _save_view(self, name: str) -> None:
        if (view := self.app.routes.shown_list()) is None:
            self.app.show_message("Only a list can be saved as a view.", bad=True)
            return
        self._keep_views(partial(self.app.views.save, name, view), f"Saved the view {name}: {view.text}.")

    def _open_view(self, name: str) -> None:
        view = self.app.views.get(name)
        if view is None:
            known = ", ".join(self.app.views.names) or "none"
            self.app.show_message(f"No view is called {name}. Known views: {known}.", bad=True)
            return
        self.app.routes.go(view.screen)
        self.app.routes.narrow(view.filter, view.order)

    def _keep_views(self, change: Callable[[], str | None], done: str) -> None:
        """Write the views down by `change`, then say `done`, or its complaint."""
        in_background(self, partial(self._write_views, change, done), group="views")

    async def _write_views(self, change: Callable[[], str | None], done: str) -> None:
        complaint = await self.app.controller.ask(change)
        self.app.show_message(complaint or done, bad=complaint is not None)
