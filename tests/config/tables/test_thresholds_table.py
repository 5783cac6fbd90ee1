"""The thresholds of figures: two percentages each, in an order that makes sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.schema import Threshold, ThresholdSettings
from proximity_tui.config.tables.thresholds_table import limits
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from tests.support.records.configs import Read, reader


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_thresholds_are_read_one_by_one(read: Read) -> None:
    assert read("[thresholds]\ncpu = [50, 70.5]\n").thresholds == ThresholdSettings(cpu=Threshold(50, 70.5))


def test_a_misspelled_threshold_names_the_nearest_one(read: Read) -> None:
    with pytest.raises(ConfigError, match="mem"):
        read("[thresholds]\nmemm = [50, 70]\n")


@pytest.mark.parametrize("wrong", [80, [80], [80, 95, 99], ["80", "95"], [95, 80], [-1, 50], [50, 101], [True, False]])
def test_thresholds_that_make_no_sense_are_refused(wrong: object) -> None:
    with pytest.raises(Invalid, match="two percentages"):
        limits(wrong)


def test_the_thresholds_of_alerts_are_percentages_or_false(read: Read) -> None:
    alert = "[thresholds.alert]\ncpu = 90\ndisk = false\nafter = 3\ncalm = 4\nmargin = 2.5\n"
    assert read(alert).thresholds.alert == UsageLimits(cpu=0.9, mem=None, disk=None, after=3, calm=4, margin=0.025)
    assert read("").thresholds.alert == UsageLimits(disk=0.95), "mild by default: only a disk that is nearly full"


@pytest.mark.parametrize("line", ["cpu = 0", "cpu = 101", "cpu = true", "disk = '95'", "margin = 60", "afer = 3"])
def test_thresholds_of_alerts_that_make_no_sense_are_refused(read: Read, line: str) -> None:
    with pytest.raises(ConfigError, match=r"thresholds\.alert\.(cpu|disk|margin|afer)"):
        read(f"[thresholds.alert]\n{line}\n")
