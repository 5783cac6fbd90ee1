"""What is watched, ignored or an alert."""

from __future__ import annotations

import pytest

from proximity_tui.core.model.drift_rules import WATCH_ALL, DriftRules

RULES = DriftRules(watch=("net*", "memory", "lxc"), ignore=("net*.tag", "memory"), alert=("protection", "net1", "swap"))


@pytest.mark.parametrize(
    ("label", "watched"),
    [("net0.bridge", True), ("net0", True), ("net0.tag", False), ("net1.tag", True), ("memory", False),
     ("lxc.cap.drop", True), ("tags", False), ("protection", True)],
)  # fmt: skip
def test_a_change_counts_when_it_is_watched_and_not_ignored_or_an_alert(label: str, watched: bool) -> None:
    assert RULES.watches(label) is watched
    assert WATCH_ALL.watches(label)
    assert not WATCH_ALL.alerts(label)


def test_the_fields_of_one_setting_count_once() -> None:
    labels = ["net0.bridge", "net0.mtu", "net0.tag", "memory", "lxc.cap.drop", "lxc.cap.keep", "protection"]
    assert RULES.settings(labels) == {"net0", "lxc", "protection"}
