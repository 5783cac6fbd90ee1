"""A task of Proxmox: how it ended, or that this is not known."""

from __future__ import annotations

from datetime import datetime

from proximity_tui.core.base.value_object import value_object

_NO_EXIT_STATUS = ("unexpected status", "unable to read tail", "unable to get last line", "unable to open file - ")
"""What stands in place of an exit status when the log of the task does not end in one."""


@value_object
class Task:
    """A Proxmox task: `status` is `running` or `stopped`; `exitstatus` is None while it runs or is not known."""

    upid: str
    node: str
    type: str
    id: str
    user: str
    started_at: datetime
    status: str
    exitstatus: str | None = None
    ended_at: datetime | None = None

    @property
    def running(self) -> bool:
        """True while the task runs."""
        return self.status == "running"

    @property
    def succeeded(self) -> bool:
        """True for `OK` and `WARNINGS: n`; anything else, also a missing exit status, is no success."""
        text = self.exitstatus or ""
        return text == "OK" or (text.startswith("WARNINGS: ") and text[10:].isdigit())

    @property
    def failed(self) -> bool:
        """True when Proxmox says that it failed. A task whose end got lost neither failed nor succeeded: inspect the
        guest (recorded 9.2 behaviour).
        """
        text = self.exitstatus
        return text is not None and not self.succeeded and not text.startswith(_NO_EXIT_STATUS)
