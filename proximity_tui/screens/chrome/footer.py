"""The last line of every screen: what can be done here, and the counts. The tabs say where one can go.

It derives from the table of commands; where room is scarce the least important keys go first, `?` last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events, getters

from proximity_tui.screens.app.protocol import ControllerApp
from proximity_tui.screens.keyboard.keymap import Keymap
from proximity_tui.screens.keyboard.keys import ScreenCommand, commands_for, shown
from proximity_tui.screens.keyboard.screen_ids import EVERYWHERE, SCREENS, ScreenId
from proximity_tui.screens.text.lines import Line, Piece, width_of

ON_TOP = EVERYWHERE - SCREENS
"""Screens that lie on another: `q` ends the program there, too, so the way back is named."""

COUNTS_SHARE = 0.45
"""The part of the line that counts may take even where not all keys fit then."""

FIRST_RANKS = 4
"""The ranks of the keys that go before the shortest counts of guests."""

BACK = 2
"""How early the way back is shown on these."""


class KeyLine(Line):
    """The line with keys on the left, counts on the right."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; background: $panel; }
    """

    app = getters.app(ControllerApp)

    def __init__(self, screen_id: ScreenId) -> None:
        super().__init__(id="key-line")
        shown = (one for one in commands_for(screen_id) if one.id != screen_id)
        self.commands = [replace(one, rank=BACK) if one.id == "back" and screen_id in ON_TOP else one for one in shown]
        self._counts: Sequence[str] = ()
        self._idle: frozenset[str] = frozenset()

    def show_counts(self, counts: Sequence[str], idle: frozenset[str]) -> None:
        """Set the right end, in several lengths with the longest first, and the ids of the commands that do not apply
        here and now.
        """
        if (counts, idle) != (self._counts, self._idle):
            self._counts, self._idle = counts, idle
            self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        useful = [one for one in self.commands if one.id not in self._idle]
        keymap = self.app.keymap
        offered = [one for one in useful if one.rank and keymap.keys_of(one)]
        first = [one for one in offered if one.rank <= FIRST_RANKS]
        every, few = (self.size.width - width_of(_joined(some, keymap)) for some in (offered, first))
        counts = longest(self._counts, max(int(self.size.width * COUNTS_SHARE), every))
        if self._counts and counts == self._counts[-1]:
            counts = longest(self._counts[-2:], few)
        right = f" {counts} " if counts else ""
        self.set_text(key_pieces(useful, keymap, self.size.width, right))


def longest(texts: Sequence[str], room: int) -> str:
    """Return the first of these texts that fits, else the last; empty where there is none."""
    return next((text for text in texts if len(text) + 2 <= room), texts[-1] if texts else "")


def key_pieces(commands: Sequence[ScreenCommand], keymap: Keymap, width: int, right: str) -> list[Piece]:
    """Return the most important commands that fit, in the order of the table, with `right` at the edge."""
    kept = sorted((one for one in commands if one.rank and keymap.keys_of(one)), key=lambda one: one.rank)
    while len(kept) > 1 and width_of(_joined(kept, keymap)) + len(right) > width:
        kept.pop()
    names = {one.id for one in kept}
    left = _joined([one for one in commands if one.id in names], keymap)
    return [*left, (" " * max(0, width - width_of(left) - len(right)), "normal"), (right, "dim")]


def _joined(commands: Sequence[ScreenCommand], keymap: Keymap) -> list[Piece]:
    line: list[Piece] = []
    for command in commands:
        line.append((f"{'  ' if line else ' '}{shown(keymap.keys_of(command)[0])}", "accent"))
        line.append((f" {command.words}", "normal"))
    return line
