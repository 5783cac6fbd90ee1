"""The `:` line and the palette of a screen: what is typed or chosen there, and the commands that need an argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.fleet import GuestRow, find_rows, is_address
from proximity_tui.screens.app.controller import Controller, View
from proximity_tui.screens.command_line.commands import names_of, names_with_cluster, understand
from proximity_tui.screens.command_line.line_completion import Completer, complete, sorted_words, words
from proximity_tui.screens.command_line.prompt import Prompt, PromptQuestion
from proximity_tui.screens.command_line.view_commands import ViewCommands
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.screen_ids import LISTS, ScreenId
from proximity_tui.screens.view.view import same_objects
from proximity_tui.widgets.table.row_table import RowTable

EVERY_CLUSTER = "all"
"""What lifts the narrowing to one cluster."""


class CommandLine(ViewCommands):
    """A screen on which commands are typed. A subclass runs them."""

    SCREEN_ID: ClassVar[ScreenId]
    NARROWED: ClassVar[bool] = True
    """Whether `:cluster` narrows the screen; not one that is about a single thing, which was opened."""

    _named: tuple[Sequence[Sequence[GuestRow]], Sequence[str]] = (), ()
    """Lists of guests, and the names that are offered as completions of them."""

    @property
    def controller(self) -> Controller:
        """The controller of the App."""
        return self.app.controller

    @property
    def view(self) -> View:
        """The present view, as far as it is shown here."""
        return self.controller.shown_view if self.NARROWED else self.controller.view

    @property
    def clusters(self) -> Sequence[str]:
        """The names of the clusters that we contact, as far as they are shown."""
        return [name for name in self.controller.clusters if self.controller.narrowing.cluster in (None, name)]

    @property
    def prompt(self) -> Prompt:
        """The line to type into."""
        return self.query_one(Prompt)

    def action_run(self, command_id: str, argument: str = "") -> None:
        """Run a command of the table on this screen."""
        raise NotImplementedError

    def do_palette(self) -> None:
        """Choose a command from a list."""
        self.app.routes.open_palette(self.SCREEN_ID, self._chosen)

    def do_command_line(self, text: str = "") -> None:
        """Ask for a command by name."""
        self.prompt.open(
            PromptQuestion(":", self._typed, text, completions=self._completions, history=self.app.history)
        )

    def do_cluster(self, name: str) -> None:
        """Show only one cluster on every screen, or all again."""
        known = [*self.controller.clusters, *self.controller.view.not_checked]
        if name == EVERY_CLUSTER:
            self.controller.narrow_to(None)
        elif name in known:
            self.controller.narrow_to(name)
            self.app.show_message(f"Only {name} is shown, and red alerts of all clusters. :cluster all shows all.")
        else:
            names = ", ".join(known) or "none"
            self.app.show_message(f"No cluster is called {name}. Known clusters: {names}.", bad=True)

    def do_theme(self, name: str) -> None:
        """Show other colours until the program ends."""
        if (problem := self.app.choose_theme(name)) is not None:
            self.app.show_message(problem, bad=True)

    def do_node(self, name: str) -> None:
        """Show everything that is on one node."""
        if name not in self._node_names():
            known = ", ".join(self._node_names()) or "none"
            self.app.show_message(f"No node is called {name}. Known nodes: {known}.", bad=True)
            return
        self.app.routes.go(ScreenId.EVERYTHING)
        self.app.routes.narrow(f'node:"{name}"')

    def do_container(self, text: str) -> None:
        """Open the page of a guest by name, VMID or record id. What else matches `text` is shown on Everything."""
        found = self._find(self.view, text)
        if found or self._find(self.controller.view, text):
            if (row := self.one_guest(text)) is not None:
                self.app.routes.open_row(row)
        elif (complaint := self.app.routes.filter_complaint(ScreenId.EVERYTHING, text)) is not None:
            self.app.show_message(complaint, bad=True)
        else:
            self.app.routes.go(ScreenId.EVERYTHING)
            self.app.routes.narrow(text)

    def one_guest(self, text: str) -> GuestRow | None:
        """Return the guest that `text` means; where it is none of those that are shown, or several, say so."""
        found = self._find(self.view, text)
        hidden = [] if found else self._find(self.controller.view, text)
        if len(found) == 1:
            return found[0]
        if hidden:
            why = f"{text} is in {hidden[0].cluster}, which is not shown. :cluster all shows it."
        elif found:
            names = ", ".join(f"{row.cluster}/{row.vmid}" for row in found)
            why = f"{text} matches {names}. Type the cluster too."
        else:
            why = f"No guest is called {text}."
        self.app.show_message(why, bad=True)
        return None

    def _find(self, view: View, text: str) -> list[GuestRow]:
        return find_rows(view.everything, text, lambda row: [one.text for one in view.addresses(row)])

    def guest_row(self) -> GuestRow | None:
        """Return the guest that this screen is about, or the one under the cursor."""
        return None

    def do_copy(self) -> None:
        """Offer what can be copied of a guest, and copy what is chosen."""
        from proximity_tui.screens.command_line.copy_dialog import CopyDialog, copied_of

        row = self.guest_row()
        if row is None:
            self.app.show_message("No row is selected. Nothing was copied.")
            return
        addresses = [one.text for one in self.view.addresses(row)]
        things = copied_of(row, addresses, self.controller.context.named_config)

        def copy(text: str | None) -> None:
            if text is not None:
                self.app.show_message(self.app.copy(text))

        self.app.push_screen(CopyDialog(f"Copy of {row.name}", things), copy)

    def do_mouse(self) -> None:
        """Take the mouse, or leave it to the terminal again."""
        self.app.show_message(self.app.toggle_mouse())

    def _orders(self) -> list[str]:
        columns = [column.id for table in self.query(RowTable) for column in table.columns]
        return [*columns, *(f"-{column}" for column in columns)]

    def _node_names(self) -> list[str]:
        inventories = [poll.inventory for poll in self.view.polls.values() if poll.inventory is not None]
        return sorted({name for inventory in inventories for name in inventory.nodes})

    def _completions(self, typed: str) -> Sequence[str]:
        commands = complete(typed, self.SCREEN_ID, self._arguments(), self.app.aliases)
        if not commands and ":" in typed:
            return self._filter_of(ScreenId.EVERYTHING)(typed)
        return commands if commands or " " in typed else self._guests_like(typed)

    def _arguments(self) -> Mapping[str, Completer]:
        """Return what completes the argument of each command that takes one."""
        filters: dict[str, Completer] = {screen_id: self._filter_of(screen_id) for screen_id in LISTS}
        return {
            **filters,
            "cluster": words([*self.controller.clusters, *self.controller.view.not_checked, EVERY_CLUSTER]),
            "container": self._guests_like,
            "why": self._guests_like,
            "node": words(self._node_names()),
            "theme": words(ThemeSetting),
            "view": words(self.view_words()),
            "sort": words(self._orders()),
        }

    def _guests_like(self, typed: str) -> Sequence[str]:
        """Return the names of guests that begin so; behind `cluster/` their names and VMIDs of that cluster.

        All names without a cluster are made once for each change of a list of guests.
        """
        if "/" in typed:
            return names_with_cluster(self.view.everything, typed.lstrip())
        lists, names = self._named
        if not same_objects(lists, self.view.guest_lists):
            lists, names = self._named = self.view.guest_lists, names_of(self.view.everything)
        return sorted_words(names)(typed)

    def _filter_of(self, screen_id: ScreenId) -> Completer:
        return lambda typed: self.app.routes.complete_filter(screen_id, typed)

    def _typed(self, text: str) -> str | None:
        """Run what was typed, or return why it cannot be run."""
        if not text.strip():
            return None
        call = understand(text, self.SCREEN_ID, self.app.aliases)
        if isinstance(call, str):
            return self._typed_guests(text.strip(), call)
        if call.command.id in LISTS and call.argument:
            complaint = self.app.routes.filter_complaint(ScreenId(call.command.id), call.argument)
            if complaint is not None:
                return complaint
        self.call_later(self.action_run, call.command.id, call.argument)
        return None

    def _typed_guests(self, text: str, complaint: str) -> str | None:
        """Open or list the guests that `text` means; return why it is no filter, or `complaint` where it means none."""
        if not self._find(self.controller.view, text) and not self._filters_guests(text):
            return complaint
        if ":" in text and (why := self.app.routes.filter_complaint(ScreenId.EVERYTHING, text)) is not None:
            return why
        self.call_later(self.action_run, "container", text)
        return None

    def _filters_guests(self, text: str) -> bool:
        """Return whether `text` is no mistyped command: it has a condition or an address, or is a part of a name."""
        names = (row.name.casefold() for row in self.controller.view.everything)
        return ":" in text or is_address(text) or any(text.casefold() in name for name in names)

    def _chosen(self, command_id: str | None) -> None:
        """Run the command of the palette, if one was chosen."""
        if command_id is None:
            return
        command = keys.BY_ID[command_id]
        if command.argument and not command.optional:
            self.do_command_line(f"{command_id} ")
        else:
            self.action_run(command_id)
