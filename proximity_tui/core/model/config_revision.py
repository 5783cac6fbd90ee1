"""The configs that a container had, one after the other, and who changed them as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest_detail import Task


class RevisionCause(StrEnum):
    """The evidence for why a config is as it is."""

    CAPTURED = "captured"
    """A clinical record of ours, such as of an adoption; the note says of what."""
    OPERATION = "operation"
    """An operation of ours changed it."""
    TASK = "task"
    """A task of Proxmox that changes just these settings ran since the revision before."""
    SEEN = "seen"
    """It was seen to be another one. Who changed it is not known: Proxmox keeps no record of that."""


@value_object
class Attribution:
    """The cause of a revision; by whom it was changed, None where that is not known; and the evidence as a note."""

    cause: RevisionCause
    by: str | None = None
    note: str = ""


NOBODY_KNOWN = Attribution(RevisionCause.SEEN)


@value_object
class ConfigSeen:
    """A whole config that was read of a guest which was judged to be the recorded one (law 3)."""

    config: Mapping[str, Any]
    taken_at: datetime
    tasks: tuple[Task, ...] = ()
    """The tasks of the guest, as far as they were read, too: they may show who changed it."""


@value_object
class ConfigRevision:
    """One config of a container. The first revision is 1. `taken_at` is when it was read first."""

    container: int
    number: int
    taken_at: datetime
    digest: str
    config: Mapping[str, Any]
    attribution: Attribution = NOBODY_KNOWN
