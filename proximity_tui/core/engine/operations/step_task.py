"""The task of a step: the wait for it, which has an end, and the search for it where its answer was lost: it may have
run, so it is never sent again (law 5). Whoever watches learns when nothing is heard.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from proximity_tui.core.base.clock import Clock, attempts
from proximity_tui.core.base.text import describe
from proximity_tui.core.doctrine.actions.sent_requests import is_unanswered
from proximity_tui.core.engine.operations.last_inspection import P
from proximity_tui.core.engine.operations.outcome import Interrupted, StepFailed, tasks_unread
from proximity_tui.core.engine.operations.write import Write, of_type
from proximity_tui.core.model import Operation, StepName, StepRecord, Task, names
from proximity_tui.core.model.actions.plan_options import CloneOptions
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import operations


def await_task(client: PveClient, operation: int, step: StepRecord, upid: str, *, seconds: float, owner: str) -> Task:
    """Return the task of a step when it has ended. Raises Interrupted when that cannot be found out within so many
    seconds, or within a minute in which nothing answers; at once where its node left the cluster.
    """

    def heard(error: ProxmoxError | None) -> None:
        why = None if error is None else error.sentence
        # What is only told must not end what is waited for.
        with suppress(StoreError):
            operations.note_silence(operation, step.seq, why, owner=owner)
        if error is not None and _has_left(client, upid) and (lost := _lost_task(client, upid, operation)):
            raise _unfollowed(upid, error, lost) from error

    if step.silence is not None:
        heard(None)
    try:
        task = client.wait_task(upid, timeout=seconds, heard=heard)
    except ProxmoxError as error:
        raise _unfollowed(upid, error, _lost_task(client, upid, operation)) from error
    if task.running:
        raise Interrupted(f"task {upid} still runs after {seconds:.0f} s; it was not stopped", names_request=True)
    return task


def _unfollowed(upid: str, error: ProxmoxError, lost: str) -> Interrupted:
    reason = f"task {upid} cannot be followed, so it may have been carried out: {error.sentence}"
    return Interrupted(f"{reason}{lost}", names_request=True)


def _has_left(client: PveClient, upid: str) -> bool:
    """Return whether a cluster with a quorum says that the node of a task is none of its own: a list that lacks it may
    be that of a server that has just started.
    """
    parsed = names.upid(upid)
    with suppress(ProxmoxError):
        quorum = client.quorum(age=0.0)
        return (
            parsed is not None and quorum.quorate is True and bool(quorum.members) and parsed.node not in quorum.members
        )
    return False


def _lost_task(client: PveClient, upid: str, operation: int) -> str:
    parsed = names.upid(upid)
    return "" if parsed is None else _lost_with_node(client, parsed.node, operation)


def _lost_with_node(client: PveClient, node: str, operation: int) -> str:
    """Return what to do where the node of a task left the cluster, with what it tells of its tasks; empty where the
    cluster still has it, or does not say.
    """
    with suppress(ProxmoxError):
        listed = client.guest_list()
        if listed.complete and node not in listed.nodes:
            left = f". Node {node} is not in the list of {client.cluster} any more"
            end = f"`proximity-tui operations abandon {operation}` ends this by what is seen of the guest"
            return f"{left}. If it is gone for good, so are its tasks: {end}"
    return ""


class TaskSearch:
    """The search in Proxmox's task list for the writes of one operation, for at most `patience` seconds each."""

    def __init__(self, operation: Operation, client: PveClient, clock: Clock, patience: float, owner: str) -> None:
        self._operation = operation
        self._client = client
        self._clock = clock
        self._patience = patience
        self._owner = owner

    def earlier_task(self, step: StepRecord, write: Write[P]) -> str | None:
        """Return the task of an earlier attempt whose answer was never recorded; None where Proxmox has none. Raises
        Interrupted where it may be that of another operation, or that of another token of ours, which may not be told
        to this one; and as `Write.unlisted` does, where no task tells whether the request was carried out.
        """
        if not step.may_have_run or "tasks_before" not in step.detail:
            return None
        sender = str(step.detail.get("token", self._client.token_id))
        before, listed = set(step.detail["tasks_before"]), self._tasks_of(write, write.node)
        found = self._pick_new(step, write, listed, before, sender)
        if found is None and sender != self._client.token_id:
            hidden = f"it was sent by the token {sender}, whose tasks may not be told to {self._client.token_id}"
            raise Interrupted(f"{hidden}: resume it with that token, or abandon it", names_request=True)
        # What is still listed of the time before shows that nothing later was rotated away (law 2).
        if found is None and write.unlisted is not None and not self._goes_back(before, listed, write.node):
            write.unlisted()
        return found

    def newest_ended(self, node: str) -> tuple[str, ...]:
        """Return the id of the newest task of a node that has ended, whatever it is of; nothing where none can be read.
        One that runs tells nothing: Proxmox forgets tasks in the order of their ends.
        """
        with suppress(ProxmoxError):
            return tuple(one.upid for one in self._client.find_tasks(node, gaps=[]) if not one.running)[:1]
        return ()

    def _goes_back(self, before: set[str], listed: Iterable[Task], node: str) -> bool:
        """Return whether the list of a node still has a task of the time before: one of the guest, or any other."""
        if not before:
            return False
        if not before.isdisjoint(one.upid for one in listed):
            return True
        with suppress(ProxmoxError):
            return not before.isdisjoint(one.upid for one in self._client.find_tasks(node, gaps=[]))
        return False

    def new_task(self, step: StepRecord, write: Write[P], node: str, known: set[str]) -> str | None:
        """Return the task of a write whose answer was lost, searched for as long as the settings allow; else None."""
        for _ in attempts(self._clock, self._patience):
            with suppress(Interrupted, StepFailed):
                found = self._pick_new(step, write, self._tasks_of(write, node), known, self._client.token_id)
                if found:
                    return found
        return None

    def _pick_new(
        self, step: StepRecord, write: Write[P], listed: Iterable[Task], known: set[str], sender: str
    ) -> str | None:
        fresh = [task for task in of_type(write, listed) if task.upid not in known and task.user == sender]
        if not fresh:
            return None
        # In this order: what records its task between the two is in one of them.
        others = self._others_unanswered(write)
        taken = operations.tasks_of_others(self._operation.id, [task.upid for task in fresh])
        told = [(task, self._is_of(write, task)) for task in fresh if task.upid not in taken]
        own, unclear = [task for task, mine in told if mine], [task for task, mine in told if mine is None]
        if not own and not unclear:
            self._await_copies(write, [task for task in fresh if task.running])
            return None
        if others and not own:
            raise Interrupted(
                f"task {unclear[0].upid} may be of another clone of CT {write.vmid}: {describe(others)} waits for its"
                " answer, too. Resume this one once that has ended, or was abandoned",
                names_request=True,
            )
        upid = max(own or unclear, key=lambda task: task.started_at).upid
        operations.record_task(self._operation.id, step.seq, upid, owner=self._owner)
        return upid

    def _is_of(self, write: Write[P], task: Task) -> bool | None:
        if write.is_of is None:
            return None
        try:
            return write.is_of(self._client.task_log(task.upid))
        except ProxmoxError:
            return None

    def _await_copies(self, write: Write[P], others: list[Task]) -> None:
        """Raise Interrupted while another copy is made of the same source: a second request would be refused."""
        if others and write.vmid is not None:
            raise Interrupted(
                f"task {others[0].upid} is of another clone of CT {write.vmid}, which still runs. Resume this one once"
                " that has ended"
            )

    def _others_unanswered(self, write: Write[P]) -> tuple[str, ...]:
        """Return the other clones of the same source whose request was sent, and whose task is not known yet: Proxmox
        lists all of them under the VMID of the source.
        """
        if write.vmid is None:
            return ()
        return tuple(
            f"operation {one.id}"
            for one in operations.open_operations(self._operation.cluster)
            if one.id != self._operation.id
            and isinstance(one.plan.options, CloneOptions)
            and one.plan.options.source == write.vmid
            and any(step.name is StepName.CLONE and is_unanswered(step) for step in one.steps)
        )

    def _tasks_of(self, write: Write[P], node: str) -> tuple[Task, ...]:
        vmid = write.vmid or self._operation.vmid
        if vmid is None:
            raise StepFailed("this operation has no VMID")
        try:
            return self._client.find_tasks(node, vmid)
        except ProxmoxError as error:
            lost = _lost_with_node(self._client, node, self._operation.id)
            raise tasks_unread(node, f"{error.sentence}{lost}") from error
