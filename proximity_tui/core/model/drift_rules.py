"""The rules that say which changes of a config count as drift, and which of them are an alert.

A change is named by its label: a setting (`memory`), one field of it (`net0.bridge`) or a raw line (`lxc.cap.drop`). A
pattern fits the label or its setting, so that `net*` means every network and everything in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from proximity_tui.core.base.value_object import value_object


@value_object
class DriftRules:
    """Patterns of labels. What an alert is for is always watched; what is ignored is not, whatever else fits."""

    watch: tuple[str, ...] = ("*",)
    ignore: tuple[str, ...] = ()
    alert: tuple[str, ...] = ()

    def watches(self, label: str) -> bool:
        """Return whether a change of that label counts as drift."""
        return self.alerts(label) or (_fits(label, self.watch) and not _fits(label, self.ignore))

    def alerts(self, label: str) -> bool:
        """Return whether a change of that label is an alert."""
        return _fits(label, self.alert)

    def settings(self, labels: Iterable[str]) -> frozenset[str]:
        """Return the settings of those changes that count."""
        return frozenset(setting_of(label) for label in labels if self.watches(label)) or _NONE


WATCH_ALL = DriftRules()
_NONE: frozenset[str] = frozenset()
"""One for all of the thousands of containers without a change."""


def setting_of(label: str) -> str:
    """Return the setting that a label is about: `net0` of `net0.bridge`."""
    return label.partition(".")[0]


def _fits(label: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in (label, setting_of(label)))
