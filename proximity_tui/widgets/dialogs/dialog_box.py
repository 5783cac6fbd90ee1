"""The box of a dialog: children from top to bottom, of which only one gives way on a small screen."""

from __future__ import annotations

from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget

BODY = "dialog-body"
"""The id of the child that gives way."""


class DialogBox(Vertical):
    """Children from top to bottom. Where they do not fit, the one called `BODY` gets lower, to one line at least."""

    @property
    def layout(self) -> Layout:
        """The layout of its children; styles know only those of Textual, by name."""
        return _BODY_GIVES_WAY


class DialogBody(VerticalScroll):
    """The child that gives way, where it is only read. It has a scrollbar only where there is something to scroll."""

    def _refresh_scrollbars(self) -> None:
        super()._refresh_scrollbars()
        # Once Textual 8.2.8 shows it, the lines are a cell shorter and may need one line more: then it stays, for
        # itself alone, and the beginning is out of sight on any screen.
        if self.show_vertical_scrollbar and self._fits_without_scrollbar():
            self.show_vertical_scrollbar = self.vertical_scrollbar.display = False

    def _fits_without_scrollbar(self) -> bool:
        width, height = self.container_size
        return self.get_content_height(self.container_size, self.app.size, width) <= height


class _BodyGivesWay(VerticalLayout):
    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        placements = list(super().arrange(parent, children, size, greedy))
        # Without a height it is only measured how much room there should be.
        excess = max((one.region.bottom + one.margin.bottom for one in placements), default=0) - size.height
        body = next((one for one in placements if one.widget.id == BODY), None)
        if size.height <= 0 or excess <= 0 or body is None:
            return placements
        lost = min(excess, max(0, body.region.height - 1))
        return [_moved(one, body, lost) for one in placements]


_BODY_GIVES_WAY = _BodyGivesWay()


def _moved(placement: WidgetPlacement, body: WidgetPlacement, lost: int) -> WidgetPlacement:
    """Return the placement after the body has lost so many lines."""
    region = placement.region
    if placement is body:
        return placement._replace(region=region._replace(height=region.height - lost))
    below = region.y >= body.region.bottom
    return placement._replace(region=region._replace(y=region.y - lost)) if below else placement
