"""The guest of one operation, as its steps see it: they inspect it, wait for it, and note it in its record.

Nothing here writes to Proxmox. Only the recorded guest is ever noted as such (law 3).
"""

from __future__ import annotations

from proximity_tui.core.base.clock import Clock, attempts
from proximity_tui.core.doctrine.observation.expected_fingerprint import recognise
from proximity_tui.core.doctrine.observation.identity import another_guest
from proximity_tui.core.engine.observe import inspection
from proximity_tui.core.engine.observe.status_update import from_inspection
from proximity_tui.core.engine.operations.last_inspection import not_seen
from proximity_tui.core.engine.operations.outcome import (
    EngineSettings,
    Interrupted,
    StepFailed,
    end_of_task,
)
from proximity_tui.core.model import Container, GuestDetail, GuestLookup, Identity, Match, Operation, Presence, Status
from proximity_tui.core.model.guests.guest_detail import ended_well
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.store.records import records

_SILENT_INSPECTIONS = 3


class OperationGuest:
    """The guest that one operation works on."""

    def __init__(self, operation: Operation, client: PveClient, clock: Clock, settings: EngineSettings) -> None:
        self._vmid, self._record = operation.vmid, operation.container
        self._client = client
        self._clock = clock
        self._settings = settings
        self.last_noted: GuestDetail | None = None
        """The guest as it was recorded last; None where something may have been sent since."""

    @property
    def vmid(self) -> int:
        """The VMID of the operation. Raises StepFailed where it has none."""
        if self._vmid is None:
            raise StepFailed("this operation has no VMID")
        return self._vmid

    @property
    def record(self) -> Container:
        """The record as it is now. Raises StepFailed where the operation has none."""
        if self._record is None:
            raise StepFailed("this operation has no record")
        return records.get(self._record)

    def inspect(self, *, destroyed: bool = False) -> GuestLookup:
        """Return a fresh close inspection of the guest. One that we `destroyed` cannot be left on a node that is not
        listed any more.
        """
        home = None if destroyed or self._record is None else self.record.node
        return inspection.inspect_guest(self._client, self.vmid, home=home)

    def inspect_when_quiet(self, *, destroyed: bool = False) -> GuestLookup:
        """Return a close inspection once no Proxmox task works on the guest any more, within the time for settling: the
        result of a running task is not final. A task may end between the reads of one inspection, so only one that
        began when nothing ran counts. An inspection without a result is repeated a few times. `destroyed` as in
        `inspect`.
        """
        silent, quiet = 0, False
        for _ in attempts(self._clock, self._settings.settle_timeout):
            lookup = self.inspect(destroyed=destroyed)
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
        for _ in attempts(self._clock, patience):
            lookup = self.inspect()
            if isinstance(lookup, GuestDetail):
                return lookup
            missing = lookup
            if not missing.exists and missing.presence is not Presence.HIDDEN:
                break
        raise not_seen(missing)

    def note(self, seen: GuestDetail) -> Identity:
        """Record what was just seen, so that the record is as young as our knowledge, and return its identity: only the
        recorded guest changes the record's description (law 3).
        """
        change, identity = from_inspection(self.record, seen)
        if change is not None:
            records.observe([change])
        self.last_noted = seen
        return identity

    def note_ours(self, seen: GuestDetail) -> None:
        """Record what was just seen. Raises StepFailed when it is another guest than the recorded one."""
        identity = self.note(seen)
        if identity.match is Match.DIFFERENT:
            raise StepFailed(another_guest(seen.vmid, identity))

    def await_status(self, wanted: Status, timeout: float | None = None, *, exitstatus: object = "OK") -> GuestDetail:
        """Return the guest, whose task ended with `exitstatus`, once it is seen in `wanted` status. Raises StepFailed
        when another guest is seen there, and when it is certainly not so in time: no waiting ends that. Raises
        Interrupted where HA, which only queues, is not done within the time for a task, and where its status is not
        known.
        """
        for seconds in (timeout,) if timeout else (self._settings.settle_timeout, self._settings.task_timeout):
            for _ in attempts(self._clock, seconds):
                seen = self.observe()
                self.refuse_another_guest(seen)
                if seen.status is wanted:
                    return seen
            if not seen.is_run_by_ha:
                break
        if seen.is_run_by_ha or seen.status is Status.UNKNOWN:
            raise Interrupted(f"CT {seen.vmid} is {seen.status}, not yet {wanted}: wait and resume")
        why = ": by itself, or by somebody else" if ended_well(exitstatus) else ""
        raise StepFailed(end_of_task(exitstatus, f"CT {seen.vmid} is {seen.status} and not {wanted}{why}"))

    def refuse_another_guest(self, seen: GuestDetail) -> None:
        """Raise StepFailed when the guest that is seen is not the one of the record."""
        identity = recognise(self.record, seen.fingerprint, seen.lock)
        if identity.match is Match.DIFFERENT:
            raise StepFailed(another_guest(seen.vmid, identity))
