"""The context of a step: it sends one write to Proxmox, once, and finds out its outcome (law 5).

Every write comes after a last inspection, whose permit it uses up (law 3). The intent is committed before the request
leaves; the task's id is written as soon as it is known; an answer that was lost is looked up in Proxmox's task list.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from proximity_tui.core.base.clock import Clock, attempts
from proximity_tui.core.doctrine.guards.permit import PermitError
from proximity_tui.core.doctrine.observation.expected_fingerprint import recognise
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.status_update import from_inspection
from proximity_tui.core.engine.operations.last_inspection import LastInspection, P, not_seen
from proximity_tui.core.engine.operations.outcome import EngineSettings, Interrupted, StepFailed
from proximity_tui.core.engine.operations.step_task import TaskSearch, await_task
from proximity_tui.core.engine.operations.write import Unanswered, Write, of_type, refused_at_once
from proximity_tui.core.engine.operations.write_guard import refuse_step
from proximity_tui.core.model import (
    Container,
    GuestDetail,
    GuestLookup,
    Identity,
    Match,
    Operation,
    OperationStatus,
    Presence,
    Status,
    StepOutcome,
    StepRecord,
    Task,
)
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.records import operations, records

__all__ = ["StepContext", "Write"]

_SILENT_INSPECTIONS = 3


class StepContext:
    """One operation under way: what its steps need, and the only way they may write to Proxmox."""

    def __init__(
        self,
        operation: Operation,
        client: PveClient,
        clock: Clock,
        settings: EngineSettings,
        owner: str,
        *,
        last_inspection: LastInspection | None = None,
        destroy_again: bool = False,
    ) -> None:
        """`last_inspection` has just compared the plan with what is there, where that was done. `destroy_again` is a
        person's word that a destroy whose answer was lost may be sent a second time."""
        self.operation = operation
        self.client = client
        self.last_inspection = last_inspection or LastInspection(client, clock)
        self.clock = clock
        self.settings = settings
        self.owner = owner
        self.destroy_again = destroy_again
        self._search = TaskSearch(operation, client, clock, settings.lost_answer, owner)
        # For the one request that creates. They are not kept, so a resume has none.
        self.credentials = NO_CREDENTIALS
        self.warnings: tuple[str, ...] = ()
        self.last_noted: GuestDetail | None = None
        """The guest as it was recorded last; None where something may have been sent since."""

    @property
    def vmid(self) -> int:
        """The VMID of this operation."""
        if self.operation.vmid is None:
            raise StepFailed("this operation has no VMID")
        return self.operation.vmid

    @property
    def container(self) -> Container:
        """The record as it is now."""
        if self.operation.container is None:
            raise StepFailed("this operation has no record")
        return records.get(self.operation.container)

    def node_of(self, step: StepRecord) -> str:
        """Return the node that the request of a step was sent to before, else that of the plan."""
        return str(step.detail.get("node") or self.operation.plan.node)

    def latest_node_of(self, step: StepRecord) -> str:
        """Return the node that the request of a step was sent to before, else that where the container was seen last: a
        step before may have moved or made it. Else that of the plan.
        """
        return str(step.detail.get("node") or self.container.node or self.operation.plan.node)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction that first beats the heart of this operation: after a suspend its heartbeat may look dead,
        and closing a record abandons what no process executes. Raises `LostRace` when another process took it over.
        """
        with transaction():
            operations.heartbeat(self.operation.id, self.owner)
            yield

    def finish(self, step: StepRecord) -> None:
        """Record, in an open `writing()`, that the last step is done, and the operation with it."""
        operations.fact(self.operation.id, step.seq, StepOutcome.DONE, owner=self.owner)
        operations.finish(self.operation.id, OperationStatus.DONE, owner=self.owner)

    def inspect(self) -> GuestLookup:
        """Return a fresh close inspection of the guest."""
        home = None if self.operation.container is None else self.container.node
        return inspection.inspect_guest(self.client, self.vmid, home=home)

    def inspect_when_quiet(self) -> GuestLookup:
        """Return a close inspection once no Proxmox task works on the guest any more, within the time for settling: the
        result of a running task is not final. A task may end between the reads of one inspection, so only one that
        began when nothing ran counts. An inspection without a result is repeated a few times.
        """
        silent, quiet = 0, False
        for _ in attempts(self.clock, self.settings.settle_timeout):
            lookup = self.inspect()
            if isinstance(lookup, GuestDetail):
                was_quiet, quiet = quiet, not lookup.busy_tasks
                settled = was_quiet and quiet
            else:
                silent += 1
                settled = lookup.presence is not Presence.UNKNOWN or silent >= _SILENT_INSPECTIONS
            if settled:
                break
        return lookup

    def observe(self, patience: float = 0.0) -> GuestDetail:
        """Return a fresh close inspection that must find the guest. Raises StepFailed when it does not exist,
        Interrupted when that is not known. For `patience` seconds it is repeated while the VMID is taken and not listed
        yet.
        """
        for _ in attempts(self.clock, patience):
            lookup = self.inspect()
            if isinstance(lookup, GuestDetail):
                return lookup
            missing = lookup
            if not missing.exists and missing.presence is not Presence.HIDDEN:
                break
        raise not_seen(missing)

    def ask(self, step: StepRecord, write: Write[P], *, timeout: float | None = None) -> Task:
        """Send this step's one write and return its task when it has ended.

        The write is sent at most once, and not at all when an earlier attempt of this step already reached Proxmox.
        `timeout` is in seconds, the usual one if None. Raises NotNeeded when the last inspection finds nothing to do.
        """
        upid = step.task or self._search.earlier_task(step, write)
        if not upid:
            try:
                upid = self.send_once(step, write)
            except Unanswered as lost:
                upid = self._search.new_task(step, write, lost.node, lost.known) or _suspend_unanswered(lost.error)
            else:
                operations.record_task(self.operation.id, step.seq, upid, owner=self.owner)
        return self._await_task(step, upid, timeout)

    def send_once(self, step: StepRecord, write: Write[P]) -> str:
        """Inspect one last time, commit the intent, send, in this order, and return the answer: an intent means that
        the write was or may have been sent, and only its commit lies between the last request of the inspection and the
        write. Raises Unanswered when the answer was lost.
        """
        self.last_noted = None
        noted = write.note()
        permitted = write.permit()
        permit, node = permitted.permit, permitted.node
        known = {task.upid for task in of_type(write, permitted.tasks)}.union(step.detail.get("tasks_before", ()))
        detail = {**noted, "node": node, "tasks_before": sorted(known)}
        if frozen := refuse_step(self.operation.cluster, self.clock.now()):
            raise Interrupted(frozen.reason)
        operations.intend(self.operation.id, step.seq, detail, owner=self.owner)
        try:
            return write.send(permit)
        except PermitError as error:
            self._withdraw(step)
            raise Interrupted(str(error)) from error
        except ProxmoxError as error:
            if isinstance(error, Unreachable):
                self._withdraw(step)
                raise Interrupted(error.sentence) from error
            if not error.may_have_run:
                raise refused_at_once(error, self.operation.name) from error
            raise Unanswered(error, node, known) from error

    def _withdraw(self, step: StepRecord) -> None:
        """Withdraw the intent in the journal: certainly nothing was sent."""
        operations.withdraw(self.operation.id, step, owner=self.owner)

    def _await_task(self, step: StepRecord, upid: str, timeout: float | None) -> Task:
        seconds = timeout or self.settings.task_timeout
        task = await_task(self.client, self.operation.id, step, upid, seconds=seconds, owner=self.owner)
        self.warnings = task.warnings
        return task

    def note(self, seen: GuestDetail) -> Identity:
        """Record what was just seen, so that the record is as young as our knowledge, and return its identity: only the
        recorded guest changes the record's description (law 3).
        """
        change, identity = from_inspection(self.container, seen)
        if change is not None:
            records.observe([change])
        self.last_noted = seen
        return identity

    def note_ours(self, seen: GuestDetail) -> None:
        """Record what was just seen. Raises StepFailed when it is another guest than the recorded one."""
        identity = self.note(seen)
        if identity.match is Match.DIFFERENT:
            raise StepFailed(another_guest(seen.vmid, identity))

    def await_status(self, wanted: Status, timeout: float | None = None) -> GuestDetail:
        """Return the guest, whose task has ended well, once it is seen in `wanted` status. Raises StepFailed when
        another guest is seen there, and when it is certainly not so in time: no waiting ends that. Raises Interrupted
        where HA, which only queues, is not done within the time for a task, and where its status is not known.
        """
        for seconds in (timeout,) if timeout else (self.settings.settle_timeout, self.settings.task_timeout):
            for _ in attempts(self.clock, seconds):
                seen = self.observe()
                self.refuse_stranger(seen)
                if seen.status is wanted:
                    return seen
            if seen.ha_state is None:
                break
        if seen.ha_state is not None or seen.status is Status.UNKNOWN:
            raise Interrupted(f"CT {seen.vmid} is {seen.status}, not yet {wanted}: wait and resume")
        why = "by itself, or by somebody else"
        raise StepFailed(f"the task ended well, but CT {seen.vmid} is {seen.status} and not {wanted}: {why}")

    def refuse_stranger(self, seen: GuestDetail) -> None:
        """Raise StepFailed when the guest that is seen is not the one of the record."""
        identity = recognise(self.container, seen.fingerprint, seen.lock)
        if identity.match is Match.DIFFERENT:
            raise StepFailed(another_guest(seen.vmid, identity))


def _suspend_unanswered(error: ProxmoxError) -> NoReturn:
    reason = f"{error.sentence}; no task of it was found, so it is not known whether it ran"
    raise Interrupted(reason, names_request=True) from error
