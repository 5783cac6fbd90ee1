"""The steps of a hard delete: shut down, stop, destroy, prove it, then close the record. (Backing up: see `backup`.)

Each step may be entered again after a crash: it first looks at what is, and asks for nothing that already happened.
"""

from __future__ import annotations

from proximity_tui.core.doctrine import agreement, permit
from proximity_tui.core.doctrine.deletion import HARD_PHRASE, HardOptions
from proximity_tui.core.doctrine.identity import compare
from proximity_tui.core.doctrine.provenance import check_ours
from proximity_tui.core.engine import backup
from proximity_tui.core.engine.outcome import Fact, Interrupted, StepFailed
from proximity_tui.core.engine.run import Run
from proximity_tui.core.model import (
    Container,
    Ending,
    Match,
    Missing,
    Observation,
    Operation,
    OperationStatus,
    Presence,
    Refusal,
    Status,
    StepOutcome,
    StepRecord,
)
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store import operations, records, trail

_POLL = 1.0


class _AlreadyGone(Exception):
    """The guest was not there any more when the destroy was about to be sent."""


def shutdown(run: Run, step: StepRecord) -> Fact:
    """Ask the guest to shut down by itself; that it would not is no failure, the next step stops it."""
    seen = run.observe()
    if seen.status is Status.STOPPED:
        return Fact(StepOutcome.SKIPPED, {"why": "it was already stopped"})
    options = HardOptions.of(run.operation.plan)
    seconds = options.shutdown_seconds

    def send() -> str:
        fresh = _checked(run, options)
        return run.gateway.shutdown(fresh.node, fresh.vmid, timeout=seconds)

    backup.require_possible(run)
    task = run.ask(step, "vzshutdown|hastop", seen.node, send)
    if task.succeeded:
        return Fact(detail={"exitstatus": task.exitstatus})
    return Fact(detail={"exitstatus": task.exitstatus, "why": f"it did not shut down in {seconds} s"})


def stop(run: Run, step: StepRecord) -> Fact:
    """Stop it if it still runs, and observe that it is stopped. Nothing is destroyed while it runs (N48)."""
    seen = run.observe()
    if seen.status is Status.STOPPED:
        return Fact(StepOutcome.SKIPPED, {"why": "it is stopped"})
    if seen.ha_state is not None:
        stopped = run.await_status(Status.STOPPED, run.settings.task_timeout)
        return Fact(detail={"observed": stopped.status.value, "why": "HA carried the stop out"})
    options = HardOptions.of(run.operation.plan)

    def send() -> str:
        fresh = _checked(run, options)
        return run.gateway.stop(fresh.node, fresh.vmid)

    task = run.ask(step, "vzstop|hastop", seen.node, send)
    if task.failed:
        raise StepFailed(f"CT {run.vmid} could not be stopped: {task.exitstatus}")
    stopped = run.await_status(Status.STOPPED)
    return Fact(detail={"exitstatus": task.exitstatus, "observed": stopped.status.value})


def destroy(run: Run, step: StepRecord) -> Fact:
    """Read the fingerprint again, mint the permit, destroy, await the task. The permit dies with the request."""
    options = HardOptions.of(run.operation.plan)
    container = run.container

    def send() -> str:
        seen = _as_planned(run, container, _seen_for_destroy(run), options)
        backup.require(run)
        fresh = _as_planned(run, container, _read_again(run, seen), options)
        permitted = permit.mint(
            container,
            fresh,
            run.clock.now(),
            provenance=trail.provenance(container.id),
            purge=options.purge,
            unsure_confirmed=options.unsure_confirmed,
        )
        if isinstance(permitted, Refusal):
            raise StepFailed(permitted.reason)
        # A laptop that slept through its heartbeats is not the one that carries this any more.
        operations.heartbeat(run.operation.id, run.owner)
        try:
            return run.gateway.destroy(permitted)
        except permit.PermitError as error:
            raise StepFailed(f"nothing was destroyed: {error}") from error

    try:
        task = run.ask(step, "vzdestroy", _node_of_destroy(run, step), send)
    except _AlreadyGone:
        return Fact(StepOutcome.SKIPPED, {"why": "it was already absent; no destroy was sent"})
    if task.failed:
        raise StepFailed(f"Proxmox could not destroy CT {run.vmid}: {task.exitstatus}")
    return Fact(detail={"exitstatus": task.exitstatus})


def prove_absent(run: Run, step: StepRecord) -> Fact:
    """Prove that the guest is gone: after our own destroy one look is enough, otherwise two that agree, apart."""
    first = _await_absence(run)
    if _destroyed_by_us(run.operation):
        return Fact(detail={"proof": first})
    run.clock.sleep(run.settings.confirm_after.total_seconds())
    return Fact(detail={"proof": first, "second_look": _await_absence(run)})


def release(run: Run, step: StepRecord) -> Fact:
    """Free the ports, close the record, write the event: one transaction, after everything else is a fact."""
    container = run.container
    absent_before = not _destroyed_by_us(run.operation)
    message = f"already absent: record of {container.label} closed" if absent_before else HARD_PHRASE
    with run.writing():
        records.close(
            container,
            reason=Ending.ALREADY_ABSENT if absent_before else Ending.DESTROYED,
            actor=run.operation.actor,
            action="hard-delete",
            message=message,
            evidence=_evidence(run.operation, None if absent_before else run.operation.vmid),
        )
        operations.fact(run.operation.id, step.seq, StepOutcome.DONE, owner=run.owner)
        operations.finish(run.operation.id, OperationStatus.DONE, owner=run.owner)
    return Fact()


def _checked(run: Run, options: HardOptions) -> Observation:
    """The guest, seen just now and passing every guard of a hard delete again (law 3)."""
    seen = run.observe()
    container = run.container
    refused = check_ours(container, trail.provenance(container.id)) or agreement.recheck(container, seen, options)
    if refused:
        raise StepFailed(refused.reason)
    return seen


def _seen_for_destroy(run: Run) -> Observation:
    sighting = run.look()
    if isinstance(sighting, Observation):
        return sighting
    if sighting.presence is Presence.ABSENT:
        raise _AlreadyGone
    if sighting.presence is Presence.REPLACED:
        raise StepFailed(f"nothing was destroyed: {sighting.reason}")
    raise Interrupted(f"nothing was destroyed: {sighting.reason}")


def _as_planned(run: Run, container: Container, seen: Observation, options: HardOptions) -> Observation:
    """`seen`, if it passes every guard and is still what the plan was made from; else the step failed."""
    refused = agreement.recheck(container, seen, options) or agreement.still_holds(run.operation.plan, seen)
    if refused:
        raise StepFailed(f"nothing was destroyed: {refused.reason}")
    return seen


def _read_again(run: Run, seen: Observation) -> Observation:
    """The fingerprint once more, by one request, so that the permit rests on what was true a moment ago (law 3)."""
    try:
        return run.gateway.reread(seen)
    except ProxmoxError as error:
        raise Interrupted(f"nothing was destroyed: {error.sentence}") from error


def _node_of_destroy(run: Run, step: StepRecord) -> str:
    """Where the destroy is, or was, asked: the node of the first try if there was one, else where the plan saw it."""
    return str(step.detail.get("node") or run.operation.plan.node)


def _destroyed_by_us(operation: Operation) -> bool:
    """Whether our own destroy is known to have ended well."""
    return any(step.name == "destroy" and step.outcome is StepOutcome.DONE for step in operation.steps)


def _await_absence(run: Run) -> str:
    """What proves that it is gone, once it is. Where we destroyed it, another guest at its VMID is a proof, too."""
    destroyed_by_us = _destroyed_by_us(run.operation)
    deadline = run.clock.monotonic() + run.settings.settle_timeout
    while True:
        sighting = run.look()
        if isinstance(sighting, Missing) and sighting.presence is Presence.ABSENT:
            return sighting.reason
        if destroyed_by_us and isinstance(sighting, Missing) and sighting.presence is Presence.REPLACED:
            return f"VMID {run.vmid} was already given to another guest: {sighting.reason}"
        if destroyed_by_us and isinstance(sighting, Observation):
            identity = compare(run.container.fingerprint, sighting.fingerprint)
            if identity.match is Match.DIFFERENT:
                return f"VMID {run.vmid} was already given to another guest"
        if run.clock.monotonic() >= deadline:
            _give_up(run, sighting)
        run.clock.sleep(_POLL)


def _give_up(run: Run, sighting: Observation | Missing) -> None:
    if isinstance(sighting, Missing):
        raise Interrupted(f"that CT {run.vmid} is gone cannot be proved yet: {sighting.reason}")
    locked = f", locked ({sighting.lock})" if sighting.lock else ""
    raise StepFailed(f"CT {run.vmid} is still on {sighting.node}{locked}: it was not destroyed, its record is kept")


def _evidence(operation: Operation, destroyed: int | None) -> dict[str, object]:
    tasks = {step.name: step.task for step in operation.steps if step.task}
    found = {"operation": operation.id, "tasks": tasks, "deletion_type": "hard", "vmid_destroyed": destroyed}
    volume = backup.volume_of(operation)
    return found if volume is None else {**found, "backup": volume}
