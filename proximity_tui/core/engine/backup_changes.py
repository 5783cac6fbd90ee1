"""The part of the engine that changes the protection and the note of a backup. It concerns no guest, also after its
container is gone, so the audit trail is the journal: the intent is in it before the request, and the end after it.

Proxmox does it at once, without a task. What came of it is read from the backup, whatever was answered; the same
request a second time does no harm, so who is left in doubt asks again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from proximity_tui.core.base.text import describe
from proximity_tui.core.engine.operations.outcome import Done, Failed, Outcome, Refused, Resumable, not_in_the_trail
from proximity_tui.core.engine.operations.planners.plan_reads import reads_once, refused_where_denied
from proximity_tui.core.engine.operations.planners.planner import Planner
from proximity_tui.core.engine.operations.write import refused_at_once
from proximity_tui.core.model import Refusal, RefusalCode
from proximity_tui.core.model.actions.backup_change import BackupChangePlan, BackupChangeRequest, BackupMarks
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.proxmox.errors import ProxmoxError, Unreachable
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.core.store.records import records

if TYPE_CHECKING:
    from proximity_tui.core.doctrine.actions.backup.backup_change_rules import BackupFacts
    from proximity_tui.core.model import Backup
    from proximity_tui.core.proxmox.client import PveClient


class BackupChanges(Planner):
    """The right of one process to protect backups of its clusters, and to write notes at them."""

    @refused_where_denied
    @reads_once
    def plan_backup_change(self, request: BackupChangeRequest) -> BackupChangePlan | Refusal:
        """Return the plan of a change, or the refusal. Raises ProxmoxError where the cluster cannot be asked."""
        from proximity_tui.core.doctrine.actions.backup import backup_change_rules as rules
        from proximity_tui.core.doctrine.guards import refusals

        known = records.get(request.record)
        record = replace(known, cluster=clusters.current_name(known.cluster))
        refused = self.refuse_acting_on(record.cluster) or rules.check_request(request)
        if refused:
            return refused
        if record.vmid is None:
            return refusals.no_guest_to_ask(record)
        client = self.clients[record.cluster]
        chosen = rules.choose(record, request.volume, client.all_backups(record.vmid))
        if isinstance(chosen, Refusal):
            return chosen
        node = record.node if record.node in chosen.nodes else chosen.nodes[0]
        plan = rules.plan_change(record, request, _read(client, str(node), record.vmid, chosen))
        if isinstance(plan, Refusal):
            return plan
        return replace(plan, warnings=tuple(rules.warnings(record, plan)))

    def change_backup(self, agreed: BackupChangePlan) -> Outcome:
        """Execute a confirmed change; refused where the backup is not as it was shown any more. Return the outcome."""
        from proximity_tui.core.doctrine.actions.backup import backup_change_rules as rules
        from proximity_tui.core.doctrine.guards.permit import PermitError
        from proximity_tui.core.doctrine.guards.storage_permits import permit_backup_change

        refused = self.refuse_acting_on(agreed.cluster)
        if refused:
            return Refused(refused)
        client = self.clients[agreed.cluster]
        taken_at = client.now()
        try:
            seen = _read_now(client, agreed)
        except ProxmoxError as error:
            message = f"whether {agreed.request.volume} is as it was shown is not known: {error.sentence}"
            return Refused(Refusal(RefusalCode.UNKNOWN_STATUS, f"{message}; nothing was changed"))
        # It may have been frozen, or set to read-only, while that was read.
        void = rules.check_same(agreed, *seen) or self.refuse_acting_on(agreed.cluster)
        permit = void or permit_backup_change(replace(agreed, taken_at=taken_at), self.clock.now())
        if isinstance(permit, Refusal):
            return Refused(permit)
        self._note_change(agreed, "asked for", {"before": agreed.before, "wanted": agreed.wanted})
        failure: ProxmoxError | None = None
        try:
            client.change_backup(permit)
        except (Unreachable, PermitError) as error:
            return self._end_change(agreed, Failed(f"{error}; nothing was sent"))
        except ProxmoxError as error:
            failure = error
        return self._end_change(agreed, _proved(client, agreed, failure))

    def _end_change(self, agreed: BackupChangePlan, outcome: Outcome) -> Outcome:
        word = {Done: "done", Resumable: "not known to be done"}.get(type(outcome), "failed")
        told = f"{word}: {outcome.error}" if outcome.error else word
        marks = outcome.detail if isinstance(outcome, Done) else {}
        try:
            self._note_change(agreed, told, {"seen": marks, "error": outcome.error})
        except StoreError as error:
            # It was sent, and seen: what is told must not be the end of the database alone.
            reason = f"{agreed.summary}: {told}; {not_in_the_trail(error)}"
            return replace(outcome, reason=reason) if isinstance(outcome, Resumable) else Failed(reason)
        return outcome

    def _note_change(self, agreed: BackupChangePlan, told: str, evidence: dict[str, object]) -> None:
        events.append(
            actor=self.settings.actor,
            action=EventAction.BACKUP_CHANGE,
            message=f"{agreed.summary}: {told}",
            container=agreed.request.record,
            cluster=agreed.cluster,
            vmid=agreed.vmid,
            evidence={"node": agreed.node, "volume": agreed.request.volume, **evidence},
        )


def _read(client: PveClient, node: str, vmid: int, backup: Backup) -> BackupFacts:
    from proximity_tui.core.doctrine.actions.backup.backup_change_rules import BackupFacts
    from proximity_tui.core.doctrine.observation.backup_list import limit_of

    place = f"/storage/{backup.storage}"
    taken_at, limits = client.now(), client.backup_limits(backup.storage)
    return BackupFacts(
        taken_at,
        node,
        backup,
        client.backup_marks(node, backup.volid),
        beside=client.backups(node, vmid, (backup.storage,)),
        most_protected=limit_of(limits.protected, client.permissions(place).get(place, frozenset())),
    )


def _read_now(client: PveClient, agreed: BackupChangePlan) -> tuple[Backup | None, BackupMarks | None]:
    """Return the backup as its storage lists it now, None where it does not; and what stands with it. Of a file that is
    not listed Proxmox tells nothing useful, so that is not asked for.
    """
    listed = client.backups(agreed.node, agreed.vmid, (agreed.request.storage,))
    found = next((one for one in listed if one.volid == agreed.request.volume), None)
    return found, None if found is None else client.backup_marks(agreed.node, agreed.request.volume)


def _proved(client: PveClient, agreed: BackupChangePlan, failure: ProxmoxError | None) -> Outcome:
    """Return the outcome by what is seen of the backup after the request, whose answer may be a `failure`, or lost."""
    from proximity_tui.core.doctrine.actions.backup import backup_change_rules as rules

    name, answered = agreed.request.volume, "" if failure is None else f"{failure.sentence}; "
    try:
        now, marks = _read_now(client, agreed)
    except ProxmoxError as error:
        return Resumable(f"{answered}what stands with {name} cannot be read: {error.sentence}; ask for it again")
    gone = rules.check_same(agreed, now, None)
    if gone is not None or marks is None:
        return Failed(f"{answered}{name} was removed, or replaced, while it was changed: it is not listed any more")
    lacking = rules.what_is_missing(agreed, marks)
    if not lacking:
        return Done(detail={"volume": name, "protected": marks.protected, "note": marks.note})
    if failure is not None and failure.may_have_run:
        return Resumable(f"{answered}its {describe(list(lacking))} is unchanged so far: ask for it again")
    if failure is None:
        return Failed(f"Proxmox took the change of {name}, but its {describe(list(lacking))} is not as asked for")
    stored = _stored(agreed, lacking)
    refused = refused_at_once(failure, name)
    if not stored:
        return Failed(refused.reason, refused.code)
    return Failed(f"{failure.sentence}; its {stored} was changed all the same, its {describe(list(lacking))} was not")


def _stored(agreed: BackupChangePlan, lacking: tuple[str, ...]) -> str:
    asked = [word for word, value in (("protection", agreed.protected), ("note", agreed.note)) if value is not None]
    return " and ".join(one for one in asked if one not in lacking)
