"""The log of a Proxmox task, followed while it runs."""

from __future__ import annotations

from textual.timer import Timer

from proximity_tui.core.base.text import plain_multiline
from proximity_tui.screens.container.text_reader import TextReader
from proximity_tui.screens.text.lines import TextLine

FOLLOW = 2.0
"""Seconds between two readings of the log of a task that runs."""

PAGE = 500
"""How many lines of a log come with one request."""


class TaskLogScreen(TextReader):
    """The log of one task, followed while it runs."""

    def __init__(self, cluster: str, upid: str) -> None:
        super().__init__()
        self._cluster = cluster
        self._upid = upid
        self._log: list[str] = []
        self._following: Timer | None = None
        """What reads the rest: one at a time, also where a person reads again meanwhile."""

    def heading(self) -> str:
        """Return the name of the task."""
        return f"Log of {self._upid}"

    async def read(self) -> list[TextLine]:
        """Return every line of the log, as far as it is written. While the task runs, the rest is read soon."""
        context = self.app.controller.context
        client = context.clients.get(self._cluster)
        if client is None:
            return [[(f"{context.settings.why_not_contacted(self._cluster)}.", "warn")]]
        task = await self.app.controller.ask(client.task, self._upid)
        while len(more := await self.app.controller.ask(client.task_log, self._upid, len(self._log))) == PAGE:
            self._log += more
        self._log += more
        if self._following is not None:
            self._following.stop()
        self._following = self.set_timer(FOLLOW, self.action_read_again) if task.running else None
        ended = "still running" if task.running else f"ended: {task.exitstatus or 'exit status not known'}"
        lines: list[TextLine] = [[(f"by {task.user}, {ended}", "normal")], []]
        if not self._log:
            lines.append([("The log is empty.", "dim")])
        for line in self._log:
            lines.append([(plain_multiline(line), "normal")])
        return lines
