"""The collection of everything that one reconciliation run needs to know of a cluster, as data.

One inventory request for the whole cluster; the existence check only for missing guests; a close inspection where the
list looks odd, and a few configs where it does not. The doctrine judges, and never sees the client (law 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.observation.as_recorded import confirmed, due_for_check
from proximity_tui.core.doctrine.observation.expected_fingerprint import is_our_doing
from proximity_tui.core.doctrine.observation.match_row import Seen, follow
from proximity_tui.core.doctrine.observation.privileges import AUDIT, Permissions, granted_at, granted_below
from proximity_tui.core.doctrine.reconciliation.preconditions import (
    check_cluster_quorum,
    check_privileges,
    check_root_ca,
)
from proximity_tui.core.doctrine.reconciliation.verdict import Blocked, ClusterSnapshot, ExistenceAnswer, VerdictReason
from proximity_tui.core.engine.observe.cluster_records import ClusterRecords
from proximity_tui.core.engine.observe.identity_check import MOST_CONFIGS, read_configs
from proximity_tui.core.engine.observe.reader import Reader
from proximity_tui.core.model import Container, Inventory, Match, Presence
from proximity_tui.core.proxmox.errors import CertificateMismatch, InvalidName, ProxmoxError, SecondName, WrongCluster
from proximity_tui.core.proxmox.transport.root_ca import NO_NODE_ONLINE, answering

MOST_CHECKED = 200
"""How many missing VMIDs are asked for in one run; above it the breaker has more to say than the existence check."""

MOST_ODD_ROWS = 20
"""How many odd rows are read closely in one run; the rest wait for the next."""

PATIENCE = 120.0
"""Seconds for everything that one run asks (law 10). What was not asked by then is not known in this run."""

ANOTHER_SERVER = ExistenceAnswer(None, "another server answered than the one whose list lacks it")

CHECKS_LOST = 3
"""After so many failures in a row the existence check is not made again in this run: the API is dying."""


def collect_cluster(
    reader: Reader,
    records: ClusterRecords,
    clock: Clock,
    known: str | None = None,
    *,
    doubted: bool = False,
) -> ClusterSnapshot:
    """Return everything that one run knows of the cluster, and which of its `records` are to be judged by it.

    `known` is its recorded root CA; with `doubted` it is read in any case. Raises no ProxmoxError: the result holds
    every failure, and every request that was not sent within `PATIENCE`.
    """
    with reader.within(PATIENCE):
        return _collect(reader, records, clock, known, doubted)


def _collect(
    reader: Reader,
    records: ClusterRecords,
    clock: Clock,
    known: str | None,
    doubted: bool,
) -> ClusterSnapshot:
    def unread(blocked: Blocked, identity: str | None = None) -> ClusterSnapshot:
        return ClusterSnapshot(None, clock.now(), {}, {}, frozenset(), blocked=blocked, identity=identity)

    try:
        # Whoever polls keeps a list: a second one of thousands of guests would only stay in memory until the next poll.
        inventory, listed_by = reader.inventory(quorum_age=0.0, remember=False), reader.answered_by
    except WrongCluster as error:
        return unread(Blocked(VerdictReason.IDENTITY, error.sentence), error.seen)
    except ProxmoxError as error:
        return unread(_why_unread(error))
    as_recorded, containers, busy = _split(records, inventory)
    missing = _missing(containers, inventory)
    matters_whose = doubted or known is None or bool(missing)
    identity, unsure = _root_ca(reader, inventory, known) if matters_whose else (None, None)
    if unsure is not None and identity is not None:
        return unread(unsure, identity)
    answers, privileges, why_not = _existence_with_right(reader, inventory, missing, listed_by)
    seen = _inspect_guests(reader, containers, inventory, busy, clock)
    snapshot = ClusterSnapshot(
        inventory,
        clock.now(),
        answers,
        replaced={},
        busy=busy,
        blocked=_blocked(inventory, privileges, why_not) or unsure,
        identity=identity,
        token_id=reader.token_id,
        privileges=privileges,
        as_recorded=as_recorded,
    )
    return _with_guests(snapshot, seen)


def _split(
    records: ClusterRecords, inventory: Inventory
) -> tuple[frozenset[int], tuple[Container, ...], frozenset[int]]:
    """Return the records that the list confirms, by id, the others, which are to be judged, and those that are busy."""
    judged = records.closely | records.busy()
    as_recorded = confirmed(records.facts, inventory, but=judged, most_due=MOST_CONFIGS)
    containers = records.whole_but(as_recorded)
    # After them, and once more: an operation that begins later than this makes another version of its record.
    return as_recorded, containers, records.busy()


def _with_guests(snapshot: ClusterSnapshot, seen: Sequence[Seen]) -> ClusterSnapshot:
    """Return the snapshot with what was seen of the guests of our records."""
    return replace(
        snapshot,
        replaced={_vmid(one): one.reason or "it was replaced" for one in seen if one.presence is Presence.REPLACED},
        seen={one.container.id: one for one in seen},
        unread=frozenset(_vmid(one) for one in seen if one.suspicious is not None),
        remains={_vmid(one): one.remains for one in seen if one.remains is not None},
        weakened={_vmid(one): one.identity.sentence for one in seen if one.identity is not None and _weakened(one)},
        confirmed=frozenset(_vmid(one) for one in seen if one.description is not None),
    )


def _why_unread(error: ProxmoxError) -> Blocked:
    if isinstance(error, CertificateMismatch):
        return Blocked(VerdictReason.CERTIFICATE, error.short_first)
    if isinstance(error, SecondName):
        return Blocked(VerdictReason.IDENTITY, error.sentence)
    return Blocked(VerdictReason.API, error.sentence)


def _missing(containers: Sequence[Container], inventory: Inventory) -> list[int]:
    """Return the VMIDs that are not listed. One whose row cannot be read is not missing."""
    known = {*inventory.guests, *(row.vmid for row in inventory.set_aside)}
    return [one.vmid for one in containers if one.vmid is not None and one.vmid not in known]


def _root_ca(reader: Reader, inventory: Inventory, known: str | None) -> tuple[str | None, Blocked | None]:
    """Return the root CA of the cluster that answers, and why it may not be believed. It is read only where it matters:
    while none is recorded, and before anything that is missing is called gone (rung 1).
    """
    nodes = answering(inventory.node_statuses)
    unread = NO_NODE_ONLINE
    if nodes:
        try:
            identity = reader.cluster_identity(nodes[0])
        except ProxmoxError as error:
            unread = f"the identity of the cluster could not be read: {error.sentence}"
        else:
            return identity, check_root_ca(reader.cluster, known, identity)
    # Where none is recorded there is nothing to compare.
    return None, None if known is None else Blocked(VerdictReason.IDENTITY, unread)


def _check_existence(reader: Reader, missing: Sequence[int], listed_by: str) -> dict[int, ExistenceAnswer]:
    """Return the answer of the existence check for every VMID that the list does not have: of the server that listed
    the others. Another one may have left the cluster meanwhile.
    """
    answers: dict[int, ExistenceAnswer] = {}
    failures = 0
    for vmid in missing[:MOST_CHECKED]:
        if failures >= CHECKS_LOST:
            answers[vmid] = ExistenceAnswer(None, "Proxmox stopped answering during this run")
            continue
        try:
            free = reader.is_free(vmid)
            answers[vmid] = ExistenceAnswer(free) if reader.answered_by == listed_by else ANOTHER_SERVER
            failures = 0
        except InvalidName as error:
            # Nothing was asked, so it says nothing about whether Proxmox answers.
            answers[vmid] = ExistenceAnswer(None, error.sentence)
        except ProxmoxError as error:
            answers[vmid] = ExistenceAnswer(None, error.sentence)
            failures += 1
    return answers


def _existence_with_right(
    reader: Reader, inventory: Inventory, missing: Sequence[int], listed_by: str
) -> tuple[dict[int, ExistenceAnswer], Permissions | None, Blocked | None]:
    """Return what is known of the VMIDs that are not listed, and the privileges of our token or why they are unread."""
    if not inventory.complete or inventory.quorum.quorate is False:
        return {}, None, None
    # Without a quorum that we may see a free VMID proves nothing, but a taken one still says what we may not see.
    answers = _check_existence(reader, missing, listed_by)
    privileges, unread = _privileges(reader) if answers else (None, None)
    if privileges is not None:
        answers = {vmid: _with_right(reader, vmid, answer, privileges) for vmid, answer in answers.items()}
    return answers, privileges, unread


def _privileges(reader: Reader) -> tuple[Permissions | None, Blocked | None]:
    """Return the privileges of our token, or why they could not be read. They are read only where
    something is missing.
    """
    try:
        return reader.permissions(), None
    except ProxmoxError as error:
        return None, Blocked(VerdictReason.PRIVILEGES, f"our own privileges could not be read: {error.sentence}")


def _with_right(reader: Reader, vmid: int, answer: ExistenceAnswer, privileges: Permissions) -> ExistenceAnswer:
    """Return the answer for a taken VMID with our token's right to see it. A second request is sent only where `/vms`
    would show it: its own entry may forbid it, and Proxmox does not report an entry that forbids everything.
    """
    if answer.free is not False:
        return answer
    path = f"/vms/{vmid}"
    if path in privileges or AUDIT not in granted_below("/vms", privileges):
        return replace(answer, audit=AUDIT in granted_at(path, privileges))
    try:
        return replace(answer, audit=AUDIT in reader.permissions(path).get(path, ()))
    except ProxmoxError:
        return answer


def _blocked(inventory: Inventory, privileges: Permissions | None, unread: Blocked | None) -> Blocked | None:
    """Return the reason why no absence may be concluded from this answer, or None."""
    doubt = check_cluster_quorum(inventory.quorum) or unread
    return check_privileges(privileges) if doubt is None and privileges is not None else doubt


def _inspect_guests(
    reader: Reader, containers: Sequence[Container], inventory: Inventory, busy: frozenset[int], clock: Clock
) -> list[Seen]:
    """Return the match of each container, with a config where the list looks odd and, for a few, where it does not."""
    seen = [follow(one, inventory) for one in containers]
    odd = [(one.container, one.guest) for one in seen if one.guest is not None and one.suspicious is not None]
    read = read_configs(reader, odd, clock, MOST_ODD_ROWS)
    rows = [(one.container, due_for_check(one, inventory)) for one in seen if one.container.id not in busy]
    due = [(container, row) for container, row in rows if row is not None]
    read |= read_configs(reader, due, clock, MOST_CONFIGS)
    return [
        follow(one.container, inventory, read[one.container.id]) if one.container.id in read else one for one in seen
    ]


def _vmid(seen: Seen) -> int:
    return seen.container.vmid or 0


def _weakened(seen: Seen) -> bool:
    """Return whether a person should compare a guest with our record. Not where it is what an unfinished operation of
    ours makes of it: that one waits for a person itself.
    """
    unsure = seen.read is not None and seen.match is Match.UNSURE and seen.container.fingerprint is not None
    return unsure and not (seen.identity is not None and is_our_doing(seen.identity))
