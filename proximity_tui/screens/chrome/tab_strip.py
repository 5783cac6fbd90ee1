"""The strip of tabs: the screens that a number leads to, the present one in brackets; one without a number is the last.

It derives from the table of commands; where room is scarce the words get shorter, and then only the keys are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from textual import events, getters
from textual.screen import Screen

from proximity_tui.last_list.paint import LEAST_FOR_TABS
from proximity_tui.screens.app.protocol import ControllerApp, FullScreen
from proximity_tui.screens.keyboard import keys
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.screen_ids import SCREENS, ScreenId
from proximity_tui.screens.text.lines import Line, Piece, width_of

BRIEF = {ScreenId.EVERYTHING: "All", ScreenId.UNMANAGED: "Unmgd", ScreenId.STORAGE: "Stor."}
"""What stands for the name of a screen where there is little room."""


class Tab(NamedTuple):
    """One tab: its key, its name, and the name where there is little room."""

    id: str
    key: str
    name: str
    brief: str

    def called(self, name: str) -> str:
        """Return the key and the name; the name alone where there is no key."""
        return f"{self.key} {name}".lstrip()


class TabStrip(Line):
    """The line of tabs. A screen of few lines has none: there the key line says where one is."""

    DEFAULT_CSS = """
    TabStrip { background: $panel; }
    """

    app = getters.app(ControllerApp)

    def __init__(self) -> None:
        super().__init__(id="tabs")

    def show(self) -> None:
        """Mark the present tab; the same again paints nothing."""
        self.display = self.app.size.height >= LEAST_FOR_TABS
        tabs = tabs_of(self.app.keymap, self.app.current_mode)
        self.set_text(tab_pieces(tabs, self.app.current_mode, self.app.size.width))

    async def on_click(self, event: events.Click) -> None:
        """Go to the screen of the tab, as its key does; a dialog obeys neither."""
        tabs = tabs_of(self.app.keymap, self.app.current_mode)
        tab = tab_at(tabs, self.app.current_mode, self.app.size.width, event.x)
        if tab is not None:
            await go_by_click(self.screen, ScreenId(tab.id))


async def go_by_click(screen: Screen[Any], place: ScreenId) -> None:
    """Go to another screen, unless a dialog lies on this one."""
    if isinstance(screen, FullScreen):
        await screen.run_action(f"run('{place.value}')")


def tabs_of(keymap: Keymap, current: str) -> list[Tab]:
    """Return a tab for each screen that a key leads to, and behind them one for the present screen if none does."""
    screens = [(one, keymap.keys_of(one)) for one in keys.COMMANDS if one.id in SCREENS]
    return [
        Tab(one.id, keys.shown_all(mine[:1]), one.words, BRIEF.get(ScreenId(one.id), one.words))
        for one, mine in sorted(screens, key=lambda screen: not screen[1])
        if mine or one.id == current
    ]


def tab_pieces(tabs: Sequence[Tab], current: str, width: int) -> list[Piece]:
    """Return the tabs in the longest words that fit, at last as keys alone."""
    forms = (
        [(one, one.called(one.name)) for one in tabs],
        [(one, one.called(one.name if one.id == current else one.brief)) for one in tabs],
        [(one, one.called(one.brief)) for one in tabs],
        [(one, one.called(one.name) if one.id == current else one.key) for one in tabs],
        [(one, one.key or one.brief) for one in tabs],
    )
    lines = [list(_line(form, current, apart)) for form in forms for apart in (2, 1)]
    return next((line for line in lines if width_of(line) <= width), lines[-1])


def tab_at(tabs: Sequence[Tab], current: str, width: int, x: int) -> Tab | None:
    """Return the tab whose word stands in column `x` of the line."""
    end = 0
    for place, (text, _) in enumerate(tab_pieces(tabs, current, width)):
        end += width_of([(text, "normal")])
        if x < end:
            return tabs[place // 2] if place % 2 else None
    return None


def _line(form: Sequence[tuple[Tab, str]], current: str, apart: int) -> Iterable[Piece]:
    """Yield the tabs so many blanks apart; the brackets of the present one stand on blanks."""
    left = False
    for place, (tab, text) in enumerate(form):
        right = tab.id == current
        between = ("]" if left else " " if place else "") + ("[" if right else " ")
        yield between if apart == 2 else between.strip() or " ", "dim"
        yield text, "accent" if right else "dim"
        left = right
    if left:
        yield "]", "dim"
