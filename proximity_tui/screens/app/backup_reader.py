"""The newest backups of each cluster: read once when a screen first shows them, and again on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.last_backup import LastBackup, last_backup
from proximity_tui.core.fleet import FleetRow, GuestRow
from proximity_tui.core.model import BackupSurvey
from proximity_tui.core.proxmox.errors import ProxmoxError

if TYPE_CHECKING:
    from proximity_tui.screens.app.controller import Controller

PATIENCE = 30.0
"""Seconds for which a request to read again is content with what was read: a list may be long."""


@value_object
class BackupAges:
    """The last survey of each cluster, or why there is none."""

    by_cluster: Mapping[str, BackupSurvey | str] = field(default_factory=dict)

    def of(self, row: GuestRow) -> LastBackup | None:
        """Return the last backup of a container of ours; None where nothing was read, and for any other guest."""
        survey = self.by_cluster.get(row.cluster)
        if survey is None or not isinstance(row, FleetRow) or row.container is None:
            return None
        return LastBackup(unknown=survey) if isinstance(survey, str) else last_backup(survey, row.container)


class BackupReader:
    """Reads the surveys, one list of each storage. Used on the event loop."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._asked: dict[str, float] = {}
        """When each cluster was asked, by the monotonic clock."""

    def due(self, clusters: Iterable[str], *, patience: float | None = None) -> list[str]:
        """Return those of the clusters that were never asked, or, with `patience`, not for so many seconds. They count
        as asked from now on: whoever calls reads them.
        """
        now = self._controller.clock.monotonic()
        due = [
            name
            for name in clusters
            if name not in self._asked or (patience is not None and now - self._asked[name] >= patience)
        ]
        self._asked.update(dict.fromkeys(due, now))
        return due

    async def read(self, clusters: Iterable[str]) -> None:
        """Read these clusters, and have each shown as soon as it is known."""
        for name in clusters:
            client = self._controller.session.clients.get(name)
            if client is None:
                continue
            try:
                found: BackupSurvey | str = await self._controller.ask(client.backup_survey)
            except ProxmoxError as error:
                found = error.sentence
            known = self._controller.view.backups.by_cluster
            self._controller.remember_backups(BackupAges({**known, name: found}))
