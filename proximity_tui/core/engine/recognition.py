"""By which root CA each cluster is known: what is on record, and from the first meeting on what it showed then.

It answers the gateway's question and judges nothing. Who accepts another root CA is a person: by `connect --retrust`.
"""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.store import clusters
from proximity_tui.core.store.errors import Conflict, StoreError


class Recognition:
    """The memory of one process, backed by our records. With `record` a first meeting is written down."""

    def __init__(self, *, record: bool) -> None:
        self._record = record
        self._met: dict[str, str] = {}

    def __call__(self, cluster: str, seen: str | None) -> str | None:
        """The root CA by which `cluster` is known, now that it showed `seen`. None while our records do not answer and
        this process never met it, and while it never showed any."""
        with suppress(StoreError):
            known = clusters.known_identity(cluster) if seen is None else self._known(cluster, seen)
            if known is not None:
                self._met[cluster] = known
        return self._met.get(cluster)

    def _known(self, cluster: str, seen: str) -> str:
        if not self._record:
            return clusters.known_identity(cluster) or self._met.get(cluster, seen)
        try:
            return clusters.remember(cluster, seen) or seen
        except Conflict as conflict:
            return conflict.holder
