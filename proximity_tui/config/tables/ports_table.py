"""The settings of ports: the range of public ones, and which of a container are probed when a person asks for it."""

from __future__ import annotations

from collections.abc import Callable

from proximity_tui.config import values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import PortSettings, ProbeSettings
from proximity_tui.core.model.limits import MOST_CONNECTS, ProbePace

_MOST_RATE = 200
_MOST_AT_ONCE = 32


def read_ports(top: TomlTable) -> PortSettings:
    """Return the range of public ports of a configuration."""
    return PortSettings(public=top.table("ports", ("public",)).read("public", values.port_pool, PortSettings().public))


def read_probe(top: TomlTable) -> ProbeSettings:
    """Return the settings of a configuration."""
    table, default = top.table("probe", ("enabled", "ports", "rate", "at_once", "timeout")), ProbeSettings()
    pace = default.pace
    return ProbeSettings(
        enabled=table.read("enabled", values.flag, default.enabled),
        ports=table.read("ports", ports, default.ports),
        pace=ProbePace(
            rate=table.read("rate", _up_to(_MOST_RATE), pace.rate),
            at_once=table.read("at_once", _up_to(_MOST_AT_ONCE), pace.at_once),
            timeout=table.read("timeout", _seconds, pace.timeout),
        ),
    )


def ports(value: object) -> tuple[int, ...]:
    """Return the ports in a list of numbers. Raises Invalid; a range is none: what is probed can be read here."""
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise Invalid("must be a list of ports, such as [22, 80, 443]")
    found = tuple(dict.fromkeys(map(values.port, value)))
    if not 1 <= len(found) <= MOST_CONNECTS // 2:
        raise Invalid(f"must hold 1 to {MOST_CONNECTS // 2} ports; set enabled = false to probe none")
    return found


def _up_to(most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = values.count(value)
        if not 1 <= number <= most:
            raise Invalid(f"must be from 1 to {most}, but is {number}")
        return number

    return read


def _seconds(value: object) -> float:
    span = values.interval(value).total_seconds()
    if span > 30:
        raise Invalid("must be at most 30s: a port that answers does so at once")
    return span
