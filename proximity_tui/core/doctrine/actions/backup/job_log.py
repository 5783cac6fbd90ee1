"""The log of a backup job over many guests: the task of such a job names none of them, only its log does.

The words are recorded of Proxmox VE 9.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BEGUN = re.compile(r"INFO: Starting Backup of VM (\d{1,9}) ")
_FINISHED = re.compile(r"INFO: Finished Backup of VM (\d{1,9}) ")
_FAILED = re.compile(r"ERROR: Backup of VM (\d{1,9}) failed ")


def under_way(log: Iterable[str], before: int | None = None) -> int | None:
    """Return the VMID of the guest that a job works on by the end of these lines; None between two guests. `before` is
    the one that it worked on by the lines before.
    """
    now = None if before is None else str(before)
    for line in log:
        if begun := _BEGUN.match(line):
            now = begun[1]
        elif (ended := _FINISHED.match(line) or _FAILED.match(line)) and ended[1] == now:
            now = None
    return None if now is None else int(now)


def finished(log: Iterable[str]) -> set[str]:
    """Return the guests that a job finished to back up, by VMID."""
    return {told[1] for line in log if (told := _FINISHED.match(line))}
