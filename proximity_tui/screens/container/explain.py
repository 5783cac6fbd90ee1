"""The explanation of one row: the ladder, judged for it now, why it needs a person, and what the jobs do next.

It asks the cluster when it is opened and when it is read again, and writes nothing.
"""

from __future__ import annotations

from proximity_tui.core.base.local_time import local_time
from proximity_tui.core.fleet import GuestRow
from proximity_tui.insight.why_answer import why
from proximity_tui.insight.why_text import WhyLine, guest_lines, why_lines
from proximity_tui.screens.container.text_reader import TextReader
from proximity_tui.screens.text.lines import HangingLine, TextLine


class ExplainScreen(TextReader):
    """The explanation of a guest; one with a record is judged, also after that was closed."""

    VERBATIM = False

    def __init__(self, guest: GuestRow | int) -> None:
        """Explain the guest of a row, or the record with an id."""
        super().__init__()
        self._row = None if isinstance(guest, int) else guest
        self._record_id = guest if isinstance(guest, int) else guest.id

    def heading(self) -> str:
        """Return what is explained."""
        return "Explain" if self._row is None else f"Explain {self._row.name}"

    async def read(self) -> list[TextLine]:
        """Return the explanation of a record, from a fresh look at its cluster; of another guest, why there is none."""
        if self._record_id is None:
            return [_painted(line) for line in guest_lines(self._row)] if self._row is not None else []
        controller = self.app.controller
        found = await controller.ask(why, controller.context, self._record_id)
        # A time and no age: this may stand open for hours.
        as_of: TextLine = [(f"As of {local_time(found.asked_at)}; r judges it again.", "dim")]
        return [as_of, *(_painted(line) for line in why_lines(found, found.asked_at))]


def _painted(line: WhyLine) -> TextLine:
    return HangingLine([(" " * line.indent + line.text, line.tone)], max(line.indent, 2))
