"""The log of a Proxmox task, followed while it runs."""

from __future__ import annotations

from datetime import datetime

from textual.timer import Timer

from proximity_tui.core.base.local_time import time_of_day
from proximity_tui.core.base.text import plain_multiline
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError, Unknown, Unreachable
from proximity_tui.screens.container.text_reader import TextReader
from proximity_tui.screens.text.lines import TextLine

FOLLOW = 2.0
"""Seconds between two readings of the log of a task that runs, or of one that could not be read."""

PAGE = 500
"""How many lines of a log come with one request."""


class TaskLogScreen(TextReader):
    """The log of one task, followed while it runs, also over a cluster that does not answer for a while."""

    def __init__(self, cluster: str, upid: str) -> None:
        super().__init__()
        self._cluster = cluster
        self._upid = upid
        self._log: list[str] = []
        self._state = ""
        """Who began the task, and whether it runs; empty before the first answer."""
        self._silent_since: datetime | None = None
        self._following: Timer | None = None
        """What reads the rest: one at a time, also where a person reads again meanwhile."""

    def heading(self) -> str:
        """Return the name of the task."""
        return f"Log of {self._upid}"

    async def read(self) -> list[TextLine]:
        """Return every line of the log, as far as it is written. While the task runs, the rest is read soon; so it is
        where the cluster does not answer. What an answer refuses is asked for once.
        """
        context = self.app.controller.context
        client = context.clients.get(self._cluster)
        if client is None:
            return [[(f"{context.settings.why_not_contacted(self._cluster)}.", "warn")]]
        if self._following is not None:
            self._following.stop()
            self._following = None
        try:
            follow, waits = await self._read_on(client), None
            self._silent_since = None
        except ProxmoxError as error:
            if not _may_pass(error):
                raise
            now = self.app.controller.clock.now()
            since = self._silent_since = self._silent_since or now
            why = f"Not readable since {time_of_day(since, now, seconds=True)}: {str(error).rstrip('.')}."
            follow, waits = True, f"{why} It is tried again by itself."
        self._following = self.set_timer(FOLLOW, self.action_read_again) if follow else None
        return self._lines(waits)

    async def _read_on(self, client: PveClient) -> bool:
        """Read what is new of the log; return whether more will come."""
        task = await self.app.controller.ask(client.task, self._upid)
        while len(more := await self.app.controller.ask(client.task_log, self._upid, len(self._log))) == PAGE:
            self._log += more
        self._log += more
        ended = "still running" if task.running else f"ended: {task.exitstatus or 'exit status not known'}"
        self._state = f"by {task.user}, {ended}"
        return task.running

    def _lines(self, waits: str | None) -> list[TextLine]:
        """Return the log as far as it was read; `waits` says why no more of it is known now."""
        lines: list[TextLine] = [[(waits, "warn")]] if waits is not None else [[(self._state, "normal")]]
        if waits is not None and self._state:
            lines.append([(f"{self._state} when it was last read", "dim")])
        lines.append([])
        if not self._log and waits is None:
            lines.append([("The log is empty.", "dim")])
        return [*lines, *map(_log_line, self._log)]


def _may_pass(error: ProxmoxError) -> bool:
    """Return whether nobody answered. The errors below Unreachable are answers: only a person changes what they say."""
    return isinstance(error, Unknown) or type(error) is Unreachable


def _log_line(line: str) -> TextLine:
    return [(plain_multiline(line), "normal")]
