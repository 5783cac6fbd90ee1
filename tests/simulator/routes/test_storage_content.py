"""A storage that is not in the configuration, as the real API tells of it."""

from __future__ import annotations

import pytest

from tests.simulator.lab import Lab


@pytest.mark.parametrize(
    ("word", "failure"),
    [
        ("status", "400 Parameter verification failed."),
        ("content", "500 storage 'nosuch' does not exist"),
    ],
)
def test_a_storage_that_is_not_configured_is_said_not_to_exist(lab: Lab, word: str, failure: str) -> None:
    assert lab.ask("GET", f"/nodes/pve1/storage/nosuch/{word}").failure == failure


def test_whether_it_exists_is_not_said_without_the_right_to_see_it(lab: Lab) -> None:
    lab.act_as("nobody@pve!a", {"/vms": ["VM.Audit"]})
    assert lab.ask("GET", "/nodes/pve1/storage/nosuch/content").failure.startswith("403 ")
