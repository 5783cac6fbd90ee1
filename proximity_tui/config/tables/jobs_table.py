"""What runs by itself, and how often: the tables `[refresh]`, `[reconciler]` and `[janitor]`."""

from __future__ import annotations

from proximity_tui.config import values
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import BreakerSettings, JanitorSettings, ReconcilerSettings, RefreshSettings

_PAUSED = {"enabled": "to stop it for everybody, pause it on the Jobs screen"}


def read_refresh(top: TomlTable) -> RefreshSettings:
    """Return how often clusters are polled."""
    table, default = top.table("refresh", ("interval",)), RefreshSettings()
    return RefreshSettings(interval=table.read("interval", values.interval, default.interval))


def read_reconciler(top: TomlTable) -> ReconcilerSettings:
    """Return when the reconciler runs, and when the breaker holds it."""
    table = top.table("reconciler", ("interval", "confirm_after", "breaker"), _PAUSED)
    breaker = table.table("breaker", ("min", "fraction"))
    default = ReconcilerSettings()
    return ReconcilerSettings(
        interval=table.read("interval", values.interval, default.interval),
        # Nothing is a valid distance: there are still two complete looks before an absence is concluded.
        confirm_after=table.read("confirm_after", values.duration, default.confirm_after),
        breaker=BreakerSettings(
            min=breaker.read("min", values.count, default.breaker.min),
            fraction=breaker.read("fraction", values.fraction, default.breaker.fraction),
        ),
    )


def read_janitor(top: TomlTable) -> JanitorSettings:
    """Return when the janitor runs, and how long each transient state may last."""
    spans = ("interval", "deploying", "cloning", "updating", "removing", "adopting")
    table, default = top.table("janitor", spans), JanitorSettings()
    return JanitorSettings(**{key: table.read(key, values.interval, getattr(default, key)) for key in spans})
