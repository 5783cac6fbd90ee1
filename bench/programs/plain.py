"""The usual program: everything imported first, a DataTable, and every cell updated at every refresh.

It takes the address, the token, and the seconds between two refreshes from its command line.
"""

from __future__ import annotations

import sys
from typing import Any, ClassVar

import apscheduler.schedulers.background
import peewee
import sentry_sdk
import urllib3
from proxmoxer import ProxmoxAPI
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import DataTable, Footer, Header

from bench.programs.cells import cells_of

urllib3.disable_warnings()
IMPORTED = (apscheduler, peewee, sentry_sdk)
COLUMNS = ("vmid", "name", "node", "status", "cpu", "mem", "uptime")


class Plain(App[None]):
    """A table of guests."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit")]

    def __init__(self, host: str, token_id: str, secret: str, interval: float) -> None:
        super().__init__()
        user, _, name = token_id.partition("!")
        self._api = ProxmoxAPI(host, user=user, token_name=name, token_value=secret, verify_ssl=False, timeout=60)
        self._interval = interval

    def compose(self) -> ComposeResult:
        """Yield the table between header and footer."""
        yield Header()
        yield DataTable[str](cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        """Ask for the first time."""
        table = self.query_one(DataTable)
        for column in COLUMNS:
            table.add_column(column.upper(), key=column, width=12)
        self.set_interval(self._interval, self._ask)
        self._ask()

    def _ask(self) -> None:
        self.run_worker(self._fetch, thread=True)

    def _fetch(self) -> None:
        found = [row for row in self._api.cluster.resources.get() if row["type"] == "lxc"]
        self.call_from_thread(self._show, found)

    def _show(self, found: list[dict[str, Any]]) -> None:
        table = self.query_one(DataTable)
        for row in found:
            key, cells = str(row["vmid"]), cells_of(row)
            if key in table.rows:
                for column, cell in zip(COLUMNS, cells, strict=True):
                    table.update_cell(key, column, cell)
            else:
                table.add_row(*cells, key=key)


if __name__ == "__main__":
    Plain(sys.argv[1].removeprefix("https://"), sys.argv[2], sys.argv[3], float(sys.argv[4])).run()
