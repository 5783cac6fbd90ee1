"""The wait for the task of a step, which has an end, and of which whoever watches learns when nothing is heard."""

from __future__ import annotations

from contextlib import suppress

from proximity_tui.core.engine.operations.outcome import Interrupted
from proximity_tui.core.model import StepRecord, Task
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.errors import StoreError
from proximity_tui.core.store.records import operations


def await_task(client: PveClient, operation: int, step: StepRecord, upid: str, *, seconds: float, owner: str) -> Task:
    """Return the task of a step when it has ended. Raises Interrupted when that cannot be found out within so many
    seconds, or within a minute in which nothing answers.
    """

    def heard(error: ProxmoxError | None) -> None:
        why = None if error is None else error.sentence
        # What is only told must not end what is waited for.
        with suppress(StoreError):
            operations.note_silence(operation, step.seq, why, owner=owner)

    if step.silence is not None:
        heard(None)
    try:
        task = client.wait_task(upid, timeout=seconds, heard=heard)
    except ProxmoxError as error:
        reason = f"task {upid} cannot be followed, so it may have been carried out: {error.sentence}"
        raise Interrupted(reason, names_request=True) from error
    if task.running:
        raise Interrupted(f"task {upid} still runs after {seconds:.0f} s; it was not stopped", names_request=True)
    return task
