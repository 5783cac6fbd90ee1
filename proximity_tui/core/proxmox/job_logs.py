"""The logs of running backup jobs over many guests, each read on from where the last reading of it ended.

The job of a night writes thousands of lines, and every inspection asks which guest it works on. It does not know how a
log is requested.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.actions.backup.job_log import under_way
from proximity_tui.core.model import names

LINES = 5_000
"""The number of lines of one request."""

_MOST_REQUESTS = 20
"""The number of requests of one reading; a longer log is read on by the next one."""

ReadLog = Callable[[int], tuple[str, ...]]
"""From the number of a line, which counts from 0, to the lines from there on, at most `LINES`."""


class LogTooLong(Exception):
    """Raised where the end of a log was not reached: what its job works on now is not known."""


@value_object
class _Position:
    """The line that is read next, and the guest that is under way before it."""

    line: int = 0
    vmid: int | None = None


class JobLogs:
    """What one client has read of the logs of running jobs. Safe to share between threads."""

    def __init__(self) -> None:
        self._reached: dict[str, _Position] = {}

    def keep_only(self, node: str, running: Collection[str]) -> None:
        """Forget the jobs of a node that do not run any more."""
        for upid in tuple(self._reached):
            parsed = names.upid(upid)
            if upid not in running and (parsed is None or parsed.node == node):
                self._reached.pop(upid, None)

    def under_way(self, upid: str, read: ReadLog) -> int | None:
        """Return the VMID of the guest that a job works on by the end of its log; None between two guests. Raises
        LogTooLong, and as `read`.
        """
        at = self._reached.get(upid, _Position())
        for _ in range(_MOST_REQUESTS):
            lines = read(at.line)
            if not lines and at.line:
                # Another log than before: nothing that was read of it counts.
                at = _Position()
                continue
            # The last line is read again next time: it may be written in part.
            at = _Position(at.line + max(0, len(lines) - 1), under_way(lines[:-1], at.vmid))
            self._reached[upid] = at
            if len(lines) < LINES:
                return under_way(lines[-1:], at.vmid)
        raise LogTooLong(f"the log of {upid} is too long to be read at once")
