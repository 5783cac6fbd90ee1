"""How fast Textual can be: one line-API widget, few imports, and only the changed cells drawn again."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import threading
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from bench.programs.cells import line_of

NORMAL, CURSOR = Style(), Style(reverse=True)


class Guests(Widget, can_focus=True):
    """The visible lines of the list."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "move(1)"), Binding("up", "move(-1)")]
    DEFAULT_CSS = "Guests { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.cursor = self.top = 0

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        number = self.top + y
        text = self.lines[number] if number < len(self.lines) else ""
        style = CURSOR if number == self.cursor else NORMAL
        return Strip([Segment(text.ljust(self.size.width)[: self.size.width], style)], self.size.width)

    def action_move(self, by: int) -> None:
        """Move the cursor, and scroll where it leaves the window."""
        before = self.cursor, self.top
        self.cursor = max(0, min(len(self.lines) - 1, self.cursor + by))
        self.top = min(max(self.top, self.cursor - self.size.height + 1), self.cursor)
        if self.top != before[1]:
            self.refresh()
        else:
            for number in (before[0], self.cursor):
                self.refresh(Region(0, number - self.top, self.size.width, 1))

    def show(self, lines: list[str]) -> None:
        """Show other lines; only what differs is drawn."""
        before, self.lines = self.lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        for y in range(self.size.height):
            number = self.top + y
            if number >= len(lines) or lines[number] == before[number]:
                continue
            pair = list(zip(before[number], lines[number], strict=False))
            changed = [x for x, (old, new) in enumerate(pair) if old != new]
            first, last = (changed[0], changed[-1]) if changed else (0, self.size.width - 1)
            self.refresh(Region(first, y, last - first + 1, 1))


class Prototype(App[None]):
    """The list, and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit")]

    def __init__(self, host: str, token: str, interval: float) -> None:
        super().__init__()
        self._host, self._token, self._interval = host, token, interval
        self._wanted = threading.Event()

    def compose(self) -> ComposeResult:
        """Yield the list."""
        yield Guests()

    def on_mount(self) -> None:
        """Start to ask."""
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(self._host, context=context)
        while True:
            connection.request(
                "GET", "/api2/json/cluster/resources", headers={"Authorization": f"PVEAPIToken={self._token}"}
            )
            rows = json.loads(connection.getresponse().read())["data"]
            lines = [line_of(row) for row in rows if row["type"] == "lxc"]
            self.call_from_thread(self.query_one(Guests).show, lines)
            if self._wanted.wait(self._interval):
                return


if __name__ == "__main__":
    Prototype(sys.argv[1].removeprefix("https://"), f"{sys.argv[2]}={sys.argv[3]}", float(sys.argv[4])).run()
