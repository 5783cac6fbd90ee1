"""The thresholds of figures: two percentages each, in an order that makes sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config.errors import ConfigError, Invalid
from proximity_tui.config.thresholds import Threshold, ThresholdSettings, limits
from tests.support.configs import Read, reader


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
