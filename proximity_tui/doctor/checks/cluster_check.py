"""The checks of a cluster: it is the recorded one and has one name, it is quorate with its nodes online, and every row
of its list of guests can be understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proximity_tui.core.base.text import percent
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.observation.surroundings import is_full
from proximity_tui.core.doctrine.observation.surroundings import judge_storages as judge_all_storages
from proximity_tui.core.model import BadRow, Departure, Membership, NodeStatus, StorageStatus
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts, fail, ok, unanswered, warn

IDENTITY = "identity"

QUORUM = "quorum"

STORAGE = "storage"

ROWS = "rows"

_MOST_TOLD = 10


def judge_identity(facts: ClusterFacts, known: str | None) -> Iterator[CheckResult]:
    """Yield one result for each URL that answers; `known` is the root CA on record."""
    for endpoint in facts.endpoints:
        if not endpoint.answers:
            continue
        seen = endpoint.identity
        if seen is None:
            level = warn if known is None else unanswered
            message = f"{endpoint.url} does not say which cluster it belongs to"
            yield level(IDENTITY, facts.name, message, "on the node: ls -l /etc/pve/pve-root-ca.pem")
        elif known is None:
            yield ok(IDENTITY, facts.name, f"{endpoint.url}: first contact; its root CA is {seen}")
        elif seen == known:
            yield ok(IDENTITY, facts.name, f"{endpoint.url} belongs to the recorded cluster ({seen[:23]}…)")
        else:
            yield fail(
                IDENTITY,
                facts.name,
                f"{endpoint.url} belongs to another cluster than the recorded one of {facts.name}: it is refused",
                f"shown: {seen}",
                f"known: {known}",
                f"correct the URL; or, if {facts.name} was reinstalled: proximity-tui connect --retrust {facts.name}",
            )


def judge_names(all_facts: Sequence[ClusterFacts]) -> Iterator[CheckResult]:
    """Yield a result for every cluster that has two names in our records: each container would have two records."""
    first: dict[str, str] = {}
    for facts in all_facts:
        seen = facts.used.identity if facts.used else None
        if seen is None:
            continue
        other = first.setdefault(seen, facts.name)
        if other != facts.name:
            yield twice(facts.name, other)


def twice(name: str, other: str) -> CheckResult:
    """Return the result for a cluster that has two names."""
    message = f"{name} and {other} are one and the same cluster: the second name is refused"
    rename = f"or, to call it by the other name from now on: proximity-tui cluster rename {other} {name}"
    return fail(IDENTITY, name, message, "take one of the two out of the configuration (enabled = false)", rename)


@value_object
class OnRecord:
    """The root CA on record for a cluster, and the nodes that its server is held against; None where none are."""

    identity: str | None = None
    members: Membership | None = None


def on_record(facts: ClusterFacts) -> OnRecord:
    """Return what is on record for a cluster, now that its server answered. The database must be open. Raises
    StoreError.
    """
    from proximity_tui.core.store import clusters

    told, known = facts.quorum.told if facts.quorum is not None else None, clusters.known_members(facts.name)
    members = known if told is None else clusters.held_against(facts.name, told, known)
    return OnRecord(clusters.known_identity(facts.name), members)


def judge_quorum(facts: ClusterFacts, known: Membership | None = None) -> Iterator[CheckResult]:
    """Yield the results; nothing where no server could be contacted. `known` are the nodes on record."""
    quorum = facts.quorum
    departure = None if quorum is None else quorum.departure_from(known)
    if departure is not None:
        yield _left(facts, departure)
        return
    if "quorum" in facts.trouble:
        yield unanswered(QUORUM, facts.name, facts.trouble["quorum"])
    if quorum is not None:
        nodes = f"{quorum.nodes_online} of {quorum.nodes_total} nodes online" if quorum.nodes_total else "nodes unknown"
        if quorum.standalone:
            yield ok(QUORUM, facts.name, "a single host, which needs no quorum")
        elif quorum.quorate is None:
            message = f"it is not known: {quorum.reason or 'the token may not see it'}"
            yield warn(QUORUM, facts.name, message, "until then no absence is concluded (see privileges)")
        elif not quorum.quorate:
            message = f"the cluster has no quorum ({nodes}): nothing can be changed, and nothing is concluded"
            yield fail(QUORUM, facts.name, message, "bring the missing nodes back; on a node: pvecm status")
        else:
            yield ok(QUORUM, facts.name, f"quorate, {nodes}")
    for node in facts.nodes:
        if node.status != NodeStatus.ONLINE:
            message = f"node {node.name} is {node.status}: its containers can be neither inspected nor changed"
            yield warn(QUORUM, facts.name, message, f"start {node.name}, or look at its pvestatd")


def _left(facts: ClusterFacts, departure: Departure) -> CheckResult:
    where = facts.used.url if facts.used is not None else facts.name
    known, told = departure.known, departure.told
    return fail(
        QUORUM,
        facts.name,
        f"{where} tells only of {told.listed}, and {facts.name} is a cluster of {known.listed}: nothing can be changed,"
        " and nothing is concluded",
        "if it left the cluster: take its URL out of the configuration; if it has just started: wait",
        f"if {facts.name} is only {told.listed} now: proximity-tui connect --retrust {facts.name}",
    )


def judge_storages(facts: ClusterFacts, storage_used: float) -> Iterator[CheckResult]:
    """Yield a result for every storage that cannot be used, or of which a larger share than `storage_used` is used."""
    if facts.inventory is None:
        return
    for storage in judge_all_storages(facts.inventory):
        poll = f"on the node: pvesm status --storage {storage.storage}"
        if storage.status is not StorageStatus.AVAILABLE and not storage.node_down:
            yield warn(STORAGE, facts.name, f"storage {storage.label} is unavailable: {storage.reason}", poll)
        elif is_full(storage, storage_used):
            message = f"{percent(storage.used or 0.0)} of storage {storage.label} is used (alerts.storage_used)"
            yield warn(STORAGE, facts.name, message, poll)


def judge_rows(facts: ClusterFacts) -> Iterator[CheckResult]:
    """Yield a result for every row that was set aside. Nothing where every row can be read or no server could be
    contacted.
    """
    if "inventory" in facts.trouble:
        yield unanswered(ROWS, facts.name, facts.trouble["inventory"])
    if facts.inventory is None:
        return
    bad = facts.inventory.set_aside
    for row in bad[:_MOST_TOLD]:
        yield _bad_row(facts.name, row)
    if len(bad) > _MOST_TOLD:
        yield warn(ROWS, facts.name, f"and {len(bad) - _MOST_TOLD} more rows cannot be read")


def _bad_row(name: str, row: BadRow) -> CheckResult:
    cost = "nothing is concluded of any guest that is not listed" if row.vmid is None else "nothing is known of it"
    return warn(ROWS, name, f"{row.sentence}; {cost}", f"the row: {row.raw}")
