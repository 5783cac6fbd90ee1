"""What is warned of once: an answer that cannot be understood comes again with every poll."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

from proximity_tui.core.model import BadRow
from proximity_tui.core.proxmox.paths import ApiPath

MOST = 200
"""How many different things are warned of; a server that sends ever new nonsense fills no log."""


class LoggedOnce:
    """The log of one cluster, in which the same text stands once. Safe to share between threads."""

    def __init__(self, log: logging.Logger, cluster: str) -> None:
        self._log = log
        self._cluster = cluster
        self._texts: set[str] = set()
        self._gate = threading.Lock()

    def add(self, level: int, path: ApiPath, text: str) -> None:
        """Log the text at this level the first time, and as debug afterwards."""
        with self._gate:
            new = text not in self._texts and len(self._texts) < MOST
            if new:
                self._texts.add(text)
        self._log.log(level if new else logging.DEBUG, "%s: %s (%s)", self._cluster, text, path)

    def set_aside(self, path: ApiPath, rows: Iterable[BadRow], notes: Iterable[str]) -> None:
        """Log the parts of an answer that could not be understood: a row as a warning and a field as information the
        first time, both below that from then on.
        """
        for row in rows:
            self.add(logging.WARNING, path, f"{row.sentence}; proximity-tui doctor shows it")
            self._log.debug("%s: the row was: %s", self._cluster, row.raw)
        for note in notes:
            self.add(logging.INFO, path, note)
