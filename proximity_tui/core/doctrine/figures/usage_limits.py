"""The settings of the alerts about figures. Imported at every start, so it knows nothing of records."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object


@value_object
class UsageLimits:
    """From which share on a figure is an alert (None: never), after how many readings in a row, one a minute; and how
    far and how long it has to be below before the alert is over.
    """

    cpu: float | None = None
    mem: float | None = None
    disk: float | None = 0.95
    after: int = 10
    calm: int = 10
    margin: float = 0.05
