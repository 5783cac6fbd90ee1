"""What the log of a backup job tells: which guest it works on now, and which it finished."""

from __future__ import annotations

import pytest

from proximity_tui.core.doctrine.actions.backup.job_log import finished, under_way

FIRST = [
    "INFO: starting new backup job: vzdump --all 1 --mode snapshot --storage local",
    "INFO: Starting Backup of VM 101 (lxc)",
    "INFO: Backup started at 2026-11-28 03:17:32",
    "INFO: status = running",
]
DONE, LOST = "INFO: Finished Backup of VM 101 (00:00:01)", "ERROR: Backup of VM 101 failed - CT is locked (disk)"
SECOND = "INFO: Starting Backup of VM 102 (qemu)"


@pytest.mark.parametrize(
    ("log", "vmid"),
    [
        ([], None),
        (FIRST[:1], None),
        (FIRST, 101),
        ([*FIRST, DONE], None),
        ([*FIRST, LOST], None),
        ([*FIRST, DONE, SECOND], 102),
        ([*FIRST, LOST, SECOND], 102),
        ([*FIRST, "INFO: Finished Backup of VM 999 (00:00:01)"], 101),
        ([*FIRST, "INFO: CT Name: INFO: Finished Backup of VM 101 (00:00:01)"], 101),
    ],
)
def test_the_guest_under_way_is_the_one_that_was_begun_and_not_ended(log: list[str], vmid: int | None) -> None:
    assert under_way(log) == vmid


def test_only_what_was_finished_was_backed_up() -> None:
    assert finished([*FIRST, DONE, SECOND]) == {"101"}
    assert finished([*FIRST, LOST]) == set()
