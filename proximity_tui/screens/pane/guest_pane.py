"""The widget of the pane, and the reading of what the database says of the guest that it shows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from proximity_tui.core.base.text import plain
from proximity_tui.screens.pane.pane_lines import EVENTS, RecordedDetails
from proximity_tui.screens.text.lines import Piece, TextLine, width_of
from proximity_tui.widgets.theme import STYLES

FROM_COLUMNS = 140
"""Columns of a screen from which on the pane appears by itself."""
WIDTH = 46
"""Cells of the pane, with its border and the blanks beside it."""
INNER = WIDTH - 3


class GuestPane(Widget):
    """Lines about one guest. Texts come from outside: they are never markup. The same again paints nothing."""

    DEFAULT_CSS = f"""
    GuestPane {{ width: {WIDTH}; height: 1fr; padding: 0 1; border-left: solid $border; display: none; }}
    """

    def __init__(self) -> None:
        super().__init__(id="guest-pane")
        self._lines: tuple[tuple[Piece, ...], ...] = ()

    def set_text(self, lines: Iterable[TextLine]) -> None:
        """Show these lines; what has no room at the end is left out."""
        fresh = tuple(tuple(line) for line in lines)
        before, self._lines = self._lines, fresh
        differing = [y for y, (was, now) in enumerate(zip_longest(before, fresh)) if was != now]
        if any(width_of(line) > INNER for line in (*before, *fresh)):
            # One that wraps moves those below it.
            self._paint(range(self.size.height) if differing else ())
        else:
            self._paint(y for y in differing if y < self.size.height)

    def _paint(self, lines: Iterable[int]) -> None:
        """Have these lines painted again."""
        if regions := [Region(0, y, INNER, 1) for y in lines]:
            self.refresh(*regions)

    def render(self) -> Content:
        """Return the lines in the colours of the theme."""
        shown = self._lines[: max(0, self.size.height)]
        return Content("\n").join(
            Content.assemble(*((plain(text), STYLES[tone]) for text, tone in line)) for line in shown
        )


def read_details(container_id: int) -> RecordedDetails | None:
    """Return what the database says of a container; None without a clinical record. Raises StoreError."""
    # Here, because the first list does not wait for these imports.
    from proximity_tui.core.model.guests.probe_result import results
    from proximity_tui.core.store import events
    from proximity_tui.core.store.records import clinical_records, port_observations

    revision = clinical_records.latest(container_id)
    if revision is None:
        return None
    found = tuple(events.list_events(container=container_id, limit=EVENTS))
    observed = results(port_observations.of_container(container_id))
    record = revision.record
    return RecordedDetails(record.config, record.snapshot_rows, revision.captured_at, found, observed)
