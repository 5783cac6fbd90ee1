"""The thresholds: `[thresholds] cpu = [80, 95]`, from which a figure of a guest is shown as amber or red;
`[thresholds.alert] disk = 95`, from which it is an alert; and `[alerts]`, those about what stands around the
containers.
"""

from __future__ import annotations

from proximity_tui.config import values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import AlertSettings, Threshold, ThresholdSettings
from proximity_tui.config.values import count
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits


def limits(value: object) -> Threshold:
    """Return the limits in a list of two percentages. Raises Invalid."""
    if not isinstance(value, list) or len(value) != 2 or not all(type(one) in (int, float) for one in value):
        raise Invalid("must be two percentages, amber and red, such as [80, 95]")
    amber, red = value
    if not 0 <= amber <= red <= 100:
        raise Invalid(f"must be two percentages from 0 to 100, the first not above the second, not [{amber}, {red}]")
    return Threshold(float(amber), float(red))


def read_thresholds(top: TomlTable) -> ThresholdSettings:
    """Return the thresholds of a configuration."""
    table, default = top.table("thresholds", ("cpu", "mem", "disk", "alert")), ThresholdSettings()
    return ThresholdSettings(
        cpu=table.read("cpu", limits, default.cpu),
        mem=table.read("mem", limits, default.mem),
        disk=table.read("disk", limits, default.disk),
        alert=_alert(table.table("alert", ("cpu", "mem", "disk", "after", "calm", "margin"))),
    )


def share(value: object) -> float | None:
    """Return a percentage as a share; None for `false`, which is no threshold. Raises Invalid."""
    if value is False:
        return None
    if type(value) not in (int, float) or not 0 < float(str(value)) <= 100:
        raise Invalid("must be a percentage such as 95, or false for none")
    return float(str(value)) / 100


def margin(value: object) -> float:
    """Return percentage points as a share. Raises Invalid."""
    if type(value) not in (int, float) or not 0 <= float(str(value)) <= 50:
        raise Invalid("must be percentage points from 0 to 50, such as 5")
    return float(str(value)) / 100


def _alert(table: TomlTable) -> UsageLimits:
    default = UsageLimits()
    return UsageLimits(
        cpu=table.read("cpu", share, default.cpu),
        mem=table.read("mem", share, default.mem),
        disk=table.read("disk", share, default.disk),
        after=table.read("after", count, default.after),
        calm=table.read("calm", count, default.calm),
        margin=table.read("margin", margin, default.margin),
    )


def read_alerts(top: TomlTable) -> AlertSettings:
    """Return the thresholds of a configuration."""
    table, default = top.table("alerts", ("storage_used", "certificate")), AlertSettings()
    return AlertSettings(
        storage_used=table.read("storage_used", values.fraction, default.storage_used),
        certificate=table.read("certificate", values.duration, default.certificate),
    )
