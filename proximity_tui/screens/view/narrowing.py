"""The one cluster that all screens are narrowed to, until that is lifted. It knows no screen.

Red alerts of other clusters are never hidden, and dialogs and pages of one guest are not narrowed: they are about what
was opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from proximity_tui.core.fleet import FleetCounts
from proximity_tui.core.model.alert import Alert, Severity
from proximity_tui.screens.view.view import View


class Narrowing:
    """What is shown of a view. What did not change since the view before is the same object, as in the view."""

    def __init__(self) -> None:
        self.cluster: str | None = None
        """The cluster that is shown; None: all."""
        self._whole: View | None = None
        self._shown = View()
        self._parts: dict[str, tuple[object, Any]] = {}
        """Each part of the last view, and what is shown of it."""

    def to(self, cluster: str | None) -> None:
        """Show one cluster from now on, or all (None)."""
        self.cluster, self._whole, self._parts = cluster, None, {}

    def view(self, whole: View) -> View:
        """Return what is shown of a view; itself while nothing is narrowed."""
        if self.cluster is None:
            return whole
        if whole is not self._whole:
            parts = {one.name: getattr(whole, one.name) for one in fields(View)}
            shown = {name: self.part(name, part) for name, part in parts.items()}
            self._whole, self._shown = whole, replace(whole, **shown)
        return self._shown

    def part(self, name: str, part: Any) -> Any:
        """Return what is shown of one part, called `name`: items that name a cluster, counts, or a mapping of clusters.
        Anything else is shown as it is.
        """
        if self.cluster is None:
            return part
        known = self._parts.get(name)
        if known is None or known[0] is not part:
            known = self._parts[name] = part, _of_cluster(part, self.cluster)
        return known[1]


def _of_cluster(part: Any, cluster: str) -> Any:
    if isinstance(part, FleetCounts):
        return part.of_cluster(cluster)
    if isinstance(part, Mapping):
        return {name: value for name, value in part.items() if name == cluster}
    if isinstance(part, Sequence) and not isinstance(part, str):
        return tuple(item for item in part if _concerns(item, cluster))
    return part


def _concerns(item: object, cluster: str) -> bool:
    red = isinstance(item, Alert) and item.severity is Severity.RED
    return red or getattr(item, "cluster", None) in (None, cluster)
