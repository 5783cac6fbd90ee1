"""One write of a step: what it needs before it is sent, and what Proxmox calls its task."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards import refusals
from proximity_tui.core.doctrine.guards.proxmox_words import Meaning, advised, meaning_of
from proximity_tui.core.engine.operations.last_inspection import P, Permitted
from proximity_tui.core.engine.operations.outcome import StepFailed
from proximity_tui.core.model import RefusalCode, Task
from proximity_tui.core.proxmox.errors import (
    Busy,
    ConfigChanged,
    Denied,
    GuestNotFound,
    InvalidName,
    ProxmoxError,
    ReadOnly,
    RefusedByProxmox,
)

_CODES = {
    Denied: RefusalCode.DENIED,
    Busy: RefusalCode.LOCKED,
    ConfigChanged: RefusalCode.CHANGED,
    # It was seen there right before.
    GuestNotFound: RefusalCode.CHANGED,
    InvalidName: RefusalCode.INVALID,
    ReadOnly: RefusalCode.READ_ONLY,
}


@value_object
class Write(Generic[P]):
    """The one write of a step."""

    task_type: str
    """What Proxmox calls its task, several separated by `|` (HA names its own); empty for a write that Proxmox does at
    once, without a task: then `send` returns an empty text.
    """
    node: str
    """Where the task of an earlier try is looked for."""
    permit: Callable[[], Permitted[P]]
    """Inspect one last time and return the permit, which `send` uses up: see `last_inspection`."""
    send: Callable[[P], str]
    note: Callable[[], Mapping[str, object]] = dict
    """What is read before, and kept with the intent."""
    skip_if_done: Callable[[], None] | None = None
    """Called where an earlier request has no answer, before anything else is read for another: raises NotNeeded where
    what that one did is seen.
    """
    vmid: int | None = None
    """The VMID that its task is listed under; None: the operation's own."""
    is_of: Callable[[Sequence[str]], bool | None] | None = None
    """Whether a task is the one of this write, by its log, where the list may have those of others under the same VMID;
    None where the log does not say.
    """
    unlisted: Callable[[], object] | None = None
    """Called where an earlier request has no answer, and Proxmox may not list its task any more: none of the time
    before is listed, of the guest or of its node. Raises NotNeeded where what it did is seen, StepFailed or Interrupted
    where nobody can know, and returns where it was certainly not done. None where the last inspection tells whether it
    is still needed.
    """


class Unanswered(Exception):
    """Raised when a write was sent and its answer was lost: it may or may not have been done. `known` are the ids of
    the tasks that existed on `node` before.
    """

    def __init__(self, error: ProxmoxError, node: str, known: set[str]) -> None:
        super().__init__(error.sentence)
        self.error = error
        self.node = node
        self.known = known


def code_of(error: ProxmoxError) -> RefusalCode | None:
    """Return the code for what Proxmox refused at once; None where it is no refusal of a kind that we know."""
    known = next((code for kind, code in _CODES.items() if isinstance(error, kind)), None)
    meaning = _meaning_of(error)
    return known or (meaning.code if meaning is not None else None)


def _meaning_of(error: ProxmoxError) -> Meaning | None:
    return meaning_of(error.reason) if isinstance(error, RefusedByProxmox) else None


def refused_at_once(error: ProxmoxError, name: str) -> StepFailed:
    """Return the failure of a write that was refused at once, for the container called `name`: by Proxmox, or by us
    because it cannot be sent.
    """
    if isinstance(error, InvalidName):
        return StepFailed(error.sentence, code_of(error))
    if isinstance(error, ConfigChanged):
        return StepFailed(f"{refusals.config_changed(name).reason}; it had no effect", code_of(error))
    meaning = _meaning_of(error)
    # A sentence may have the advice of its meaning already, and what happened has none.
    told = error.sentence if meaning is None else advised(error.happened, meaning)
    return StepFailed(f"{told}; it had no effect", code_of(error))


def of_type(write: Write[P], tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks that can be the one of a write."""
    types = write.task_type.split("|")
    return [task for task in tasks if task.type in types]
