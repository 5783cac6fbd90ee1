"""The newest backups of each cluster: read once when a screen first shows them, and again on request."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import NewestBackups
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.screens.view.answer_order import AnswerOrder
from proximity_tui.screens.view.view import BackupAges, View

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 30.0
"""Seconds for which a request to read again is content with what was read: a list may be long."""


class ReadsClusters(Protocol):
    """A controller, as far as backups are read with it."""

    view: View

    @property
    def clock(self) -> Clock:
        """The clock of the program."""
        ...

    @property
    def context(self) -> AppContext:
        """The context, for its clients."""
        ...

    async def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the result of a call that may block for long."""
        ...

    def remember_backups(self, found: BackupAges) -> None:
        """Show the newest backups that were read."""
        ...


class BackupReader:
    """Reads the newest backups of clusters, one list of each storage. Used on the event loop."""

    def __init__(self, controller: ReadsClusters) -> None:
        self._controller = controller
        self._asked: dict[str, float] = {}
        """When each cluster was asked, by the monotonic clock."""
        self._order = AnswerOrder()

    def due(self, clusters: Iterable[str], *, patience: float = math.inf) -> list[str]:
        """Return those of the clusters that were not asked for as long as `patience`, in seconds, or never. They count
        as asked from now on: whoever calls reads them.
        """
        now = self._controller.clock.monotonic()
        due = [name for name in clusters if now - self._asked.get(name, -math.inf) >= patience]
        self._asked.update(dict.fromkeys(due, now))
        return due

    def outdate(self, cluster: str) -> None:
        """Have the backups of a cluster read again where they are shown: there is a new one."""
        self._asked.pop(cluster, None)

    async def read(self, clusters: Iterable[str]) -> None:
        """Read these clusters, and have each shown as soon as it is known."""
        for name in clusters:
            client = self._controller.context.clients.get(name)
            if client is None:
                continue
            number = self._order.ask()
            try:
                found: NewestBackups | str = await self._controller.ask(client.newest_backups)
            except ProxmoxError as error:
                found = error.sentence
            if self._order.take(name, number):
                known = self._controller.view.backups.by_cluster
                self._controller.remember_backups(BackupAges({**known, name: found}))
