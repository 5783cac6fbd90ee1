"""The thresholds from which a figure of a guest is shown as amber or red: `[thresholds] cpu = [80, 95]`."""

from __future__ import annotations

from proximity_tui.config.errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.core.base.value_object import value_object


@value_object
class Threshold:
    """The percentages from which on a figure is amber, and red."""

    amber: float
    red: float


@value_object
class ThresholdSettings:
    """The limits of each figure that is a share of something."""

    cpu: Threshold = Threshold(80, 95)
    mem: Threshold = Threshold(90, 97)
    disk: Threshold = Threshold(85, 95)


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
    table, default = top.table("thresholds", ("cpu", "mem", "disk")), ThresholdSettings()
    return ThresholdSettings(
        cpu=table.read("cpu", limits, default.cpu),
        mem=table.read("mem", limits, default.mem),
        disk=table.read("disk", limits, default.disk),
    )
