"""Which ports are probed is a list that anybody can read; a range is none, and a slip is refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.schema import ProbeSettings
from proximity_tui.config.tables.ports_table import ports
from proximity_tui.core.model.limits import ProbePace
from tests.support.records.configs import Read, reader


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_the_probe_is_read_and_the_rest_is_as_usual(read: Read) -> None:
    made = read('[probe]\nports = [22, 80, 22]\nrate = 5\ntimeout = "1s"\n').probe
    assert made == ProbeSettings(ports=(22, 80), pace=ProbePace(rate=5, timeout=1.0))
    assert read("").probe.enabled is True


@pytest.mark.parametrize("wrong", ["22-80", ["22-80"], [0], [70000], [], [True], list(range(1, 300)), 22])
def test_a_list_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(Invalid, match="must"):
        ports(wrong)


@pytest.mark.parametrize("text", ["port = [22]", "rate = 0", "rate = 5000", "at_once = 99", 'timeout = "5m"'])
def test_a_pace_that_is_impolite_is_refused(read: Read, text: str) -> None:
    with pytest.raises(ConfigError, match="probe"):
        read(f"[probe]\n{text}\n")
