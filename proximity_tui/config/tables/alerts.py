"""The thresholds of the alerts about what stands around the containers."""

from __future__ import annotations

from proximity_tui.config import values
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import AlertSettings


def read_alerts(top: TomlTable) -> AlertSettings:
    """Return the thresholds of a configuration."""
    table, default = top.table("alerts", ("storage_used", "certificate")), AlertSettings()
    return AlertSettings(
        storage_used=table.read("storage_used", values.fraction, default.storage_used),
        certificate=table.read("certificate", values.duration, default.certificate),
    )
