"""The guests of other lists that a filter without a match here would find: how many, and the way to them.

It looks only where this list has no match, a slice at a time, and sends no request.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from textual import on, work

from proximity_tui.core.fleet import GuestKind, GuestRow, is_address
from proximity_tui.core.model.guests.guest_list import figures_of
from proximity_tui.screens.base.base_screen import BaseScreen
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.keyboard.keys import OF_A_ROW
from proximity_tui.screens.keyboard.screen_ids import ScreenId
from proximity_tui.screens.lists.entry_list import EntryList
from proximity_tui.screens.lists.guest_entry import FIELDS, FIGURES, MADE_OF, entry_of
from proximity_tui.screens.lists.list_entry import Moment
from proximity_tui.screens.lists.list_filter import slices
from proximity_tui.screens.view.view import View, same_objects
from proximity_tui.widgets.table.filter import BadFilter, Filter, parse
from proximity_tui.widgets.table.row_table import RowTable

Found = Mapping[str, int]
"""How many rows match, by what they are called in a sentence."""

FLEET, UNMANAGED, ELSEWHERE = "on Fleet", "on Unmanaged", "in other clusters"


class OtherListsHint(BaseScreen):
    """A list that says where else its filter matches. A subclass is told by `found_elsewhere`."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._looked_for: Filter | BadFilter | None = None
        """The filter that the text is."""
        self._among: tuple[object, ...] = ()
        """The lists that it was looked for in."""
        self._figures: Sequence[object] = ()
        """The figures that it compared there."""
        self._found: Found = {}

    @property
    def elsewhere(self) -> str:
        """The sentence that says where else the filter matches; empty where it does nowhere."""
        return f"No match here; {counted(self._found)}. {bound_key('open')} goes there." if self._found else ""

    def no_match(self, count: int) -> str:
        """Return why the filter shows none of `count` rows, and where else it matches or might match."""
        if self._found:
            return self.elsewhere
        none = f"None of {count} rows matches this filter."
        unread = unread_addresses(self.view) if names_an_address(self._text) else 0
        if not unread:
            return none
        return f"{none} The addresses of {unread} guests are not read yet: opening a guest reads its address."

    def idle_commands(self) -> frozenset[str]:
        """Return the commands that need a row, where there is none; `open` goes to where else the filter matches."""
        useless = frozenset() if self.query_one(RowTable).count else OF_A_ROW
        return super().idle_commands() | (useless - {"open"} if self._found else useless)

    def found_elsewhere(self) -> None:
        """Show the sentence, because it changed."""
        raise NotImplementedError

    def show_empty_state(self) -> None:
        """Say why a key for a row does nothing."""
        raise NotImplementedError

    def look_elsewhere(self, text: str) -> None:
        """Find out where else the filter `text` matches; an empty one matches nothing. The same again does nothing, as
        long as no row differs, and none of the figures that it compares.
        """
        whole = self.controller.view
        if text != self._text:
            self._looked_for = parse(text, (*FIELDS, *FIGURES)) if text else None
        wanted = self._looked_for
        among = (self.controller.narrowing.cluster, *whole.guest_lists) if text else ()
        figures = compared_figures(wanted, whole) if isinstance(wanted, Filter) else ()
        if text == self._text and same_objects(among, self._among) and figures == self._figures:
            return
        if text != self._text or among[:1] != self._among[:1]:
            self._found = {}
        self._text, self._among, self._figures = text, among, figures
        self.workers.cancel_group(self, "elsewhere")
        if isinstance(wanted, Filter):
            self._search(wanted)

    @work(exclusive=True, group="elsewhere")
    async def _search(self, wanted: Filter) -> None:
        rows = rows_elsewhere(self.SCREEN_ID, self.view)
        only = self.controller.narrowing.cluster
        if only is not None:
            rows = (*rows, *(row for row in self.controller.view.everything if row.cluster != only))
        moment = Moment(self.controller.view, self.controller.clock.now())
        entries = EntryList(partial(entry_of, context=self.controller.context), moment)
        found: Counter[str] = Counter()
        for some in slices(rows):
            entries.show(some, moment)
            keys = set(entries.matching(wanted, list(entries.keys)))
            found.update(called(row, only) for row in some if row.key in keys)
            await asyncio.sleep(0)
        changed, self._found = found != self._found, found
        if changed:
            self.found_elsewhere()

    @on(RowTable.NothingSelected)
    def _go(self) -> None:
        """Go where the filter matches, and keep it; say so where it matches nowhere."""
        if self._found:
            if set(self._found) == {ELSEWHERE}:
                self.controller.narrow_to(None)
            self.app.routes.go(home_of(self._found))
            self.app.routes.narrow(self._text)
        else:
            self.show_empty_state()


def compared_figures(wanted: Filter, view: View) -> Sequence[object]:
    """Return the figures in the last lists by which a guest may match a filter although its row is as it was."""
    names = sorted({name for key in wanted.live_keys for name in MADE_OF.get(key, ())})
    inventories = (poll.inventory for poll in view.polls.values())
    return [figures_of(one.guests, names) for one in inventories if one is not None] if names else ()


def names_an_address(text: str) -> bool:
    """Return whether a filter looks for an address, or for the beginning of one."""
    return any(word.startswith("address:") or is_address(word) for word in text.split())


def unread_addresses(view: View) -> int:
    """Return the number of guests of which no address is known: none is asked for until its guest is opened."""
    return sum(not view.addresses(row) for row in view.everything)


def rows_elsewhere(screen_id: ScreenId, view: View) -> Sequence[GuestRow]:
    """Return the rows of the lists of guests that this screen does not show."""
    if screen_id is ScreenId.EVERYTHING:
        return ()
    ours = () if screen_id is ScreenId.FLEET else view.rows
    offered = () if screen_id is ScreenId.UNMANAGED else view.unmanaged
    return (*ours, *offered, *view.vms, *view.templates)


def called(row: GuestRow, only: str | None = None) -> str:
    """Return what a row is counted as; `only` is the cluster that is shown."""
    if only not in (None, row.cluster):
        return ELSEWHERE
    if row.id is not None:
        return FLEET
    return UNMANAGED if row.kind == GuestKind.UNMANAGED else "VM" if row.kind == GuestKind.VM else "template"


def counted(found: Found) -> str:
    """Return `3 on Unmanaged, 1 VM`."""
    several = {"VM": "VMs", "template": "templates"}
    order = sorted(found, key=(FLEET, UNMANAGED, *several, ELSEWHERE).index)
    return ", ".join(f"{found[name]} {several.get(name, name) if found[name] > 1 else name}" for name in order)


def home_of(found: Found) -> ScreenId:
    """Return the one list that has all of them, of those that are shown."""
    homes = {FLEET: ScreenId.FLEET, UNMANAGED: ScreenId.UNMANAGED}
    shown = found.keys() - {ELSEWHERE}
    return homes.get(next(iter(shown)), ScreenId.EVERYTHING) if len(shown) == 1 else ScreenId.EVERYTHING
