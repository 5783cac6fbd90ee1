"""The context of a step: it sends one write to Proxmox, once, and finds out its outcome (law 5).

Every write comes after a last inspection, whose permit it uses up (law 3). The intent is committed before the request
leaves; the task's id is written as soon as it is known; an answer that was lost is looked up in Proxmox's task list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.actions.plan_validity import check_no_new_doubt
from proximity_tui.core.doctrine.guards.permit import PermitError
from proximity_tui.core.doctrine.guards.write_permit import WriteAction, WritePermit
from proximity_tui.core.engine.operations.last_inspection import Check, LastInspection, NotRead, P, Permitted
from proximity_tui.core.engine.operations.operation_guest import OperationGuest
from proximity_tui.core.engine.operations.outcome import EngineSettings, Interrupted
from proximity_tui.core.engine.operations.record_guards import refuse_step
from proximity_tui.core.engine.operations.step_task import TaskSearch, await_task
from proximity_tui.core.engine.operations.write import Unanswered, Write, of_type, refused_at_once
from proximity_tui.core.model import (
    Container,
    GuestDetail,
    Operation,
    OperationStatus,
    Refusal,
    StepOutcome,
    StepRecord,
    Task,
)
from proximity_tui.core.model.actions.credentials import NO_CREDENTIALS
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import InvalidName, ProxmoxError, Unreachable
from proximity_tui.core.store.database import transaction
from proximity_tui.core.store.records import operations

__all__ = ["StepContext", "Write"]


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
        current = operation.current
        self.first_step = 0 if current is None else current.seq
        """The number of the step that is executed first: what stands before it was done by an earlier try."""
        self.is_resumed = last_inspection is None
        """Whether an earlier try began it: a journal that was put back to an earlier copy lacks what that sent last."""
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
        self.exitstatus: str | None = None
        """The end of the task of the step under way, as soon as that is known."""
        self.sent: int | None = None
        """The number of the step whose request this process sent last, or may have sent, whatever the journal says."""
        self.guest = OperationGuest(operation, client, clock, settings)

    @property
    def vmid(self) -> int:
        """The VMID of this operation. Raises StepFailed where it has none."""
        return self.guest.vmid

    @property
    def container(self) -> Container:
        """The record as it is now. Raises StepFailed where the operation has none."""
        return self.guest.record

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
        self.guest.last_noted = None
        older = () if write.unlisted is None else self._older_tasks(write.node)
        if step.may_have_run and write.skip_if_done is not None:
            write.skip_if_done()
        noted = write.note()
        permitted: Permitted[P] = self.permitted(write.permit)
        permit, node = permitted.permit, permitted.node
        # The newest one of any type shows later whether the list still goes back to now.
        before = [*of_type(write, permitted.tasks), *permitted.tasks[:1]]
        known = {task.upid for task in before}.union(older, step.detail.get("tasks_before", ()))
        detail = {**noted, "node": node, "tasks_before": sorted(known), "token": self.client.token_id}
        if frozen := refuse_step(self.operation.cluster, self.clock.now()):
            raise Interrupted(frozen.reason)
        operations.intend(self.operation.id, step.seq, detail, owner=self.owner)
        self.sent = step.seq
        try:
            return write.send(permit)
        except PermitError as error:
            self._withdraw(step)
            raise Interrupted(str(error)) from error
        except ProxmoxError as error:
            if isinstance(error, Unreachable | InvalidName):
                self._withdraw(step)
            if isinstance(error, Unreachable):
                raise Interrupted(error.sentence) from error
            if not error.may_have_run:
                raise refused_at_once(error, self.operation.name) from error
            raise Unanswered(error, node, known) from error

    def permit_to(self, action: WriteAction, node: str, check: Check) -> Permitted[WritePermit]:
        """Return what the last inspection of the container, last seen on `node`, permits: see `LastInspection`."""
        return self.permit_to_act_on(self.container, action, node, check)

    def permit_to_act_on(
        self, container: Container, action: WriteAction, node: str, check: Check
    ) -> Permitted[WritePermit]:
        """Return what the last inspection of the guest of a record permits. A doubt about who it is that the plan did
        not show is refused.
        """

        def check_all(seen: GuestDetail) -> Refusal | None:
            return check(seen) or check_no_new_doubt(self.operation.plan, container, seen)

        return self.last_inspection.permit_to(action, container, node, check_all)

    def inspect_unlisted(self, action: WriteAction, node: str, check: Check) -> None:
        """Inspect the container whose task Proxmox may not list any more, for `Write.unlisted`: `check` says what is
        known, and a refusal that stays is raised as that of `permit_to`.
        """
        self.permitted(lambda: self.permit_to(action, node, check))

    def permitted(self, permit: Callable[[], Permitted[P]]) -> Permitted[P]:
        """Return what the last inspection permits. Where it cannot read what it needs, what did not begin yet is
        refused, and what did is interrupted (law 2).
        """
        try:
            return permit()
        except NotRead as unread:
            if operations.get(self.operation.id).nothing_ran:
                raise
            raise Interrupted(f"{unread.unread}: resume to read it again") from unread

    def _older_tasks(self, node: str) -> tuple[str, ...]:
        """Return the id of a task that any guest of the node had before, for a guest whose own tasks are not listed:
        it, too, shows later whether the list still goes back to now.
        """
        seen = self.last_inspection.just_seen(self.vmid)
        return () if seen is not None and seen.tasks else self._search.newest_ended(node)

    def _withdraw(self, step: StepRecord) -> None:
        """Withdraw the intent in the journal: certainly nothing was sent."""
        self.sent = None
        operations.withdraw(self.operation.id, step, owner=self.owner)

    def _await_task(self, step: StepRecord, upid: str, timeout: float | None) -> Task:
        seconds = timeout or self.settings.task_timeout
        task = await_task(self.client, self.operation.id, step, upid, seconds=seconds, owner=self.owner)
        self.warnings, self.exitstatus = task.warnings, task.exitstatus
        return task


def _suspend_unanswered(error: ProxmoxError) -> NoReturn:
    reason = f"{error.sentence}; no task of it was found, so it is not known whether it ran"
    raise Interrupted(reason, names_request=True) from error
