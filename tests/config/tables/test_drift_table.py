"""The rules for drift are patterns of settings; a pattern that fits none is an error with the nearest one."""

from __future__ import annotations

import pytest

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.tables.drift_table import patterns


@pytest.mark.parametrize(
    "given",
    [["*"], [], ["protection", "net*"], ["net7.bridge", "net*.tag", "features.nesting"], ["lxc.cap.drop", "lxc"],
     ["mp12.size", "rootfs.*", "unused3"]],
)  # fmt: skip
def test_settings_their_fields_and_patterns_are_understood(given: list[str]) -> None:
    assert patterns(given) == tuple(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["protecton"], "has protecton, which is no setting of a container: did you mean protection?"),
        (["net0.brigde"], "did you mean net0.bridge?"),
        (["mem.size"], "no setting of a container"),
        (["xyz*"], "it fits nothing"),
        (["memory.size"], "it fits nothing"),
        (["net"], "did you mean net"),
        ("protection", "must be a list of settings"),
        ([1], "must be a list of settings"),
    ],
)
def test_what_fits_no_setting_is_refused_with_the_nearest_one(given: object, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        patterns(given)
    assert said in str(refused.value)
