"""The strip of tabs: the screens that a number leads to, the present one in brackets; one without a number is the last.

It derives from the table of commands; where room is scarce the words get shorter, and then only the keys are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from textual import events, getters

from proximity_tui.last_list.paint import LEAST_FOR_TABS
from proximity_tui.screens.app.protocol import ControllerApp
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

    def on_resize(self, event: events.Resize) -> None:
        self.show()


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
