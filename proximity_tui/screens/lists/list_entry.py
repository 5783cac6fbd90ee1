"""One entry of a list screen: its cells, its fields for the filter, its detail. It does not know its kind.

An entry holds what it is about and no moment: a list is shown at many moments, and its entries stay. What changes with
time, as an age or a figure, is made of the moment when it is drawn, and only for what is visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from proximity_tui.core.base.text import plain
from proximity_tui.core.base.tone import Tone
from proximity_tui.core.base.value_object import value_object
from proximity_tui.screens.keyboard.bound_keys import bound_key
from proximity_tui.screens.view.view import View
from proximity_tui.widgets.own_lines import OwnLines
from proximity_tui.widgets.table.cells import Cell, in_lines
from proximity_tui.widgets.table.filter import Field, Fields
from proximity_tui.widgets.theme import STYLES, tone_css

MOST_LINES = 3
"""What is the matter stands in the end of a reason as often as in its beginning: it is not cut after one line."""


def gone() -> str:
    """Return what is said of a row that vanished under the cursor."""
    return "no longer listed: the row stays until the cursor leaves it."


def gone_is_audited() -> str:
    """Return the same of what vanishes by something that the audit trail has."""
    return f"{gone()} Audit ({bound_key('audit')}) shows what happened."


def gone_may_be_undone() -> str:
    """Return the same of a container, whose record may have been closed by mistake."""
    return f"{gone()} {bound_key('undo')} undoes what was done, where that is possible."


A_SCREEN = 8
"""Lines of the screen for each line of the detail: on a small one the list needs the room."""


@value_object
class Moment:
    """The moment at which entries are shown: what is known then, and the time."""

    view: View
    now: datetime


NEVER_SHOWN = Moment(View(), datetime.min.replace(tzinfo=UTC))
"""The moment of a list that was never shown."""


class Listed(Protocol):
    """The interface of an entry for a list screen."""

    @property
    def key(self) -> str:
        """Its identity, whatever line it stands on."""
        ...

    @property
    def urgent(self) -> bool:
        """True when it needs a person."""
        ...

    def seen_at(self, at: Moment) -> datetime | None:
        """Return the time at which its data was seen."""
        ...

    def cell(self, column: str, at: Moment) -> str | Cell:
        """Return its cell in the column with this id."""
        ...

    def field(self, key: str, at: Moment) -> Field:
        """Return one field for the filter."""
        ...

    def fields(self, at: Moment) -> Fields:
        """Return all its fields for the filter."""
        ...

    def detail(self, at: Moment) -> str:
        """Return everything about it, in one line."""
        ...


class FewFields:
    """The base of an entry whose fields cost little: one is taken from all of them."""

    __slots__ = ()

    def fields(self, at: Moment) -> Fields:
        """Return all its fields for the filter."""
        raise NotImplementedError

    def field(self, key: str, at: Moment) -> Field:
        """Return one field for the filter."""
        return self.fields(at).get(key, ())


class RowDetail(OwnLines):
    """The detail line. Texts come from outside: they are never markup. The same again paints nothing."""

    DEFAULT_CSS = """
    RowDetail { height: 1; width: 1fr; background: $surface; TONES }
    """.replace("TONES", " ".join(f"& > .row-detail--{tone} {{ {tone_css(tone)} }}" for tone in STYLES))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row-detail--{tone}" for tone in STYLES}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._text = ""
        self._tone: Tone = "dim"
        self._lines: list[str] = []
        self._drawn: dict[int, Strip] = {}
        """The lines as they are painted, in the present colours and width."""
        self._styles_of: dict[Tone, Style] = {}

    @property
    def text(self) -> str:
        """The whole text, whether it fits or not."""
        return self._text

    def set_text(self, text: str, tone: Tone) -> None:
        """Show `text`, in as many lines as it needs and may have."""
        looks_different = tone != self._tone
        self._text, self._tone = plain(text), tone
        self._lay_out()
        if looks_different:
            self._drawn.clear()
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self._drawn.clear()
        self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn.clear()
        self._styles_of.clear()

    def own_lines(self, lines: Sequence[int]) -> Iterator[Strip]:
        """Return lines of the text, in the colour of the theme."""
        for y in lines:
            strip = self._drawn.get(y)
            if strip is None:
                text = self._lines[y] if y < len(self._lines) else ""
                style = self._style
                strip = self._drawn[y] = Strip([Segment(text, style)]).adjust_cell_length(self.size.width, style)
            yield strip

    @property
    def _style(self) -> Style:
        known = self._styles_of.get(self._tone)
        if known is None:
            component = self.get_component_rich_style(f"row-detail--{self._tone}", partial=True)
            known = self._styles_of[self._tone] = self.rich_style + component
        return known

    def _lay_out(self) -> None:
        size = self.app.size
        lines = detail_lines(self._text, size.width, max(1, min(MOST_LINES, size.height // A_SCREEN)))
        if lines == self._lines:
            return
        grows = len(lines) != len(self._lines)
        self._lines = lines
        self._drawn.clear()
        if grows:
            self.styles.height = len(lines)
        self.refresh(layout=grows)


def detail_lines(text: str, width: int, most: int) -> list[str]:
    """Return `text` in at most `most` lines, each after a blank; a longer one ends in `…`."""
    return [f" {line}" for line in in_lines(text, max(1, width - 1), most)]


def why_not_done(*, gone: bool, empty: str) -> str:
    """Return why a key for a row did nothing: its row is gone, or there is none; `empty` is why the list has none."""
    if gone:
        return "The selected row is no longer listed. Nothing was done. Select another row."
    return f"No row is selected. Nothing was done. {empty}".rstrip()
