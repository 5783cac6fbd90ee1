"""The hands of a step: ask Proxmox for one write, once, and find out what became of it (law 5).

The intent is committed before the request leaves; the task's id is written as soon as it is known; an answer that
was lost is looked up in Proxmox's task list, and never asked for a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from proximity_tui.core.clock import Clock
from proximity_tui.core.engine import sight
from proximity_tui.core.engine.observed import from_look
from proximity_tui.core.engine.outcome import EngineSettings, Interrupted, StepFailed
from proximity_tui.core.engine.safemode import refuse_step
from proximity_tui.core.model import (
    Container,
    Identity,
    Match,
    Missing,
    Observation,
    Operation,
    Presence,
    Sighting,
    Status,
    StepOutcome,
    StepRecord,
    Task,
)
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable
from proximity_tui.core.proxmox.gateway import Gateway
from proximity_tui.core.store import operations, records
from proximity_tui.core.store.database import transaction

_POLL = 0.5
_SILENT_LOOKS = 3


class Run:
    """One operation under way: what its steps need, and the only way they may write to Proxmox."""

    def __init__(
        self, operation: Operation, gateway: Gateway, clock: Clock, settings: EngineSettings, owner: str
    ) -> None:
        self.operation = operation
        self.gateway = gateway
        self.clock = clock
        self.settings = settings
        self.owner = owner

    @property
    def vmid(self) -> int:
        """The VMID this operation is about."""
        if self.operation.vmid is None:
            raise StepFailed("this operation has no VMID")
        return self.operation.vmid

    @property
    def container(self) -> Container:
        """The record as it is now."""
        if self.operation.container is None:
            raise StepFailed("this operation has no record")
        return records.get(self.operation.container)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that says first that this operation is alive and ours: after a suspend its heartbeat may look
        dead, and closing a record abandons what nobody carries. Raises `LostRace` when somebody took it over."""
        with transaction():
            operations.heartbeat(self.operation.id, self.owner)
            yield

    def look(self) -> Sighting:
        """A fresh close look at the guest."""
        return sight.look(self.gateway, self.vmid)

    def look_when_quiet(self) -> Sighting:
        """A close look once Proxmox is done with the guest, for as long as settling may take: what a task that still
        runs leaves behind is not yet the truth. A task may end between the reads of one look, so only a look that
        began when nothing ran any more counts. A look that says nothing is repeated a few times."""
        deadline = self.clock.monotonic() + self.settings.settle_timeout
        silent, quiet = 0, False
        while True:
            sighting = self.look()
            if isinstance(sighting, Observation):
                was_quiet, quiet = quiet, not sighting.busy_tasks
                settled = was_quiet and quiet
            else:
                silent += 1
                settled = sighting.presence is not Presence.UNKNOWN or silent >= _SILENT_LOOKS
            if settled or self.clock.monotonic() >= deadline:
                return sighting
            self.clock.sleep(_POLL)

    def observe(self, patience: float = 0.0) -> Observation:
        """A fresh close look that must find the guest. Not there: the step failed. Not known: interrupted. For
        `patience` seconds it is looked for again while its VMID is taken and the list does not have it yet."""
        deadline = self.clock.monotonic() + patience
        while True:
            sighting = self.look()
            if isinstance(sighting, Observation):
                return sighting
            waits = sighting.exists or sighting.presence is Presence.HIDDEN
            if not waits or self.clock.monotonic() >= deadline:
                return self._stop_at(sighting)
            self.clock.sleep(_POLL)

    def _stop_at(self, missing: Missing) -> Observation:
        if missing.presence in (Presence.ABSENT, Presence.REPLACED):
            raise StepFailed(f"CT {missing.vmid}: {missing.reason}")
        raise Interrupted(f"CT {missing.vmid} cannot be seen: {missing.reason}")

    def ask(
        self,
        step: StepRecord,
        task_type: str,
        node: str,
        send: Callable[[], str],
        *,
        note: Callable[[], Mapping[str, object]] = dict,
        timeout: float | None = None,
    ) -> Task:
        """The task that carries out this step's one write, awaited to its end.

        `send` checks what must be true at the last moment and sends; it is called at most once, and not at all when
        an earlier try of this step already reached Proxmox. `task_type` is what Proxmox calls the task, as a
        regular-expression-free prefix choice such as `vzdestroy`; several are separated by `|` (HA names its own).
        `note` is read right before the intent, and kept with it; `timeout` is in seconds, the usual one if None.
        """
        upid = step.task or self._earlier_task(step, task_type) or self._send(step, task_type, node, send, note)
        return self.await_task(upid, timeout)

    def _earlier_task(self, step: StepRecord, task_type: str) -> str | None:
        """The task of an earlier try whose answer was never recorded, if Proxmox has one."""
        if step.outcome is not StepOutcome.INTENDED or "tasks_before" not in step.detail:
            return None
        node, known = str(step.detail["node"]), set(step.detail["tasks_before"])
        return self._find_new_task(step, task_type, node, known)

    def _send(
        self,
        step: StepRecord,
        task_type: str,
        node: str,
        send: Callable[[], str],
        note: Callable[[], Mapping[str, object]],
    ) -> str:
        frozen = refuse_step(self.operation.cluster, self.clock.now())
        if frozen:
            raise Interrupted(f"{frozen.reason}; nothing was sent")
        known = {task.upid for task in self._tasks(task_type, node)}
        detail = {**note(), "node": node, "tasks_before": sorted(known)}
        operations.intend(self.operation.id, step.seq, detail, owner=self.owner)
        try:
            upid = send()
        except ProxmoxError as error:
            if isinstance(error, Unreachable):
                raise Interrupted(f"{error.sentence}; nothing was sent") from error
            if not error.may_have_run:
                raise StepFailed(error.sentence) from error
            found = self._search(step, task_type, node, known)
            if found is None:
                raise Interrupted(
                    f"{error.sentence}; no task of it was found, so it is not known whether it ran"
                ) from error
            return found
        operations.record_task(self.operation.id, step.seq, upid, owner=self.owner)
        return upid

    def _search(self, step: StepRecord, task_type: str, node: str, known: set[str]) -> str | None:
        """Look for the task of a write whose answer was lost, for as long as the settings allow."""
        deadline = self.clock.monotonic() + self.settings.lost_answer
        while True:
            try:
                found = self._find_new_task(step, task_type, node, known)
            except (Interrupted, StepFailed):
                found = None
            if found or self.clock.monotonic() >= deadline:
                return found
            self.clock.sleep(_POLL)

    def _find_new_task(self, step: StepRecord, task_type: str, node: str, known: set[str]) -> str | None:
        mine = self.gateway.token_id
        fresh = [task for task in self._tasks(task_type, node) if task.upid not in known and task.user == mine]
        if not fresh:
            return None
        upid = max(fresh, key=lambda task: task.started_at).upid
        operations.record_task(self.operation.id, step.seq, upid, owner=self.owner)
        return upid

    def _tasks(self, task_type: str, node: str) -> list[Task]:
        types = task_type.split("|")
        # Proxmox lists a clone under the VMID of its source.
        vmid = int(self.operation.plan.options["source"]) if task_type == "vzclone" else self.vmid
        try:
            return [task for task in self.gateway.find_tasks(node, vmid) if task.type in types]
        except ProxmoxError as error:
            raise Interrupted(f"the tasks of node {node} cannot be read: {error.sentence}") from error

    def await_task(self, upid: str, timeout: float | None = None) -> Task:
        """The task when it has ended. Raises Interrupted when that cannot be found out in time."""
        seconds = timeout or self.settings.task_timeout
        try:
            task = self.gateway.wait_task(upid, timeout=seconds)
        except ProxmoxError as error:
            raise Interrupted(f"task {upid} cannot be followed: {error.sentence}") from error
        if task.running:
            raise Interrupted(f"task {upid} still runs after {seconds:.0f} s; it was left alone")
        return task

    def note(self, seen: Observation) -> Identity:
        """Write down what was just seen, so that the record is as young as our knowledge, and return who was seen: only
        the recorded guest changes what the record says of it (law 3)."""
        change, identity = from_look(self.container, seen)
        if change is not None:
            records.observe([change])
        return identity

    def note_ours(self, seen: Observation) -> None:
        """Write down what was just seen. Raises StepFailed when it is another guest than the recorded one."""
        identity = self.note(seen)
        if identity.match is Match.DIFFERENT:
            raise StepFailed(f"CT {seen.vmid} is another guest now: {identity.sentence}")

    def await_status(self, wanted: Status, timeout: float | None = None) -> Observation:
        """The guest once it is seen in `wanted` status; Interrupted when it is not in time."""
        deadline = self.clock.monotonic() + (timeout or self.settings.settle_timeout)
        while True:
            seen = self.observe()
            if seen.status is wanted:
                return seen
            if self.clock.monotonic() >= deadline:
                raise Interrupted(f"CT {seen.vmid} is {seen.status}, not yet {wanted}: wait and resume")
            self.clock.sleep(_POLL)
