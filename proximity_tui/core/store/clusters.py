"""The clusters of our records, each with its root CA and its nodes: a name in a settings file is not an identity."""

from __future__ import annotations

from proximity_tui.core.model import Membership
from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import tuples
from proximity_tui.core.store.db.store_errors import Conflict, SameCluster
from proximity_tui.core.store.schema.container_tables import ClusterRow, ContainerRow


def remember(name: str, identity: str | None, *, replace: bool = False) -> str | None:
    """Record the root CA fingerprint of a cluster and return the one that is on record now.

    None records that the cluster was met, without an identity. Raises `Conflict` when another identity is on
    record, unless a person decided to `replace` it, and `SameCluster` when another name has this one.
    """
    moment = now()
    with transaction():
        if (other := name_of(identity)) not in (None, name):
            raise SameCluster(name, str(other))
        row = ClusterRow.name == name
        if not ClusterRow.select().where(row).exists():
            identity_at = moment if identity else None
            ClusterRow.insert(name=name, identity=identity, first_seen_at=moment, identity_at=identity_at).execute()
            return identity
        known = known_identity(name)
        if identity is None or identity == known:
            return known
        if known is not None and not replace:
            raise Conflict(f"the cluster {name} is known by another root certificate", known)
        # The nodes are those of the one before.
        ClusterRow.update(identity=identity, identity_at=moment, members=None, members_at=None).where(row).execute()
        return identity


def known_identity(name: str) -> str | None:
    """Return the root CA fingerprint on record for a cluster, or None."""
    with unit():
        found = tuples(
            ClusterRow.select(ClusterRow.identity).where(ClusterRow.name == name, ClusterRow.renamed_to.is_null())
        )
    return found[0][0] if found else None


def note_members(name: str, told: Membership) -> None:
    """Record the nodes of a cluster, as they are from now on. One that was never met is from now on."""
    with transaction():
        remember(name, None)
        members = {"name": told.name, "nodes": sorted(told.nodes)}
        ClusterRow.update(members=members, members_at=now()).where(ClusterRow.name == name).execute()


def known_members(name: str) -> Membership | None:
    """Return the nodes on record for a cluster; None where none are, or they cannot be read."""
    with unit():
        found = tuples(
            ClusterRow.select(ClusterRow.members).where(ClusterRow.name == name, ClusterRow.renamed_to.is_null())
        )
    try:
        return Membership(found[0][0]["name"], frozenset(found[0][0]["nodes"])) if found and found[0][0] else None
    except (TypeError, KeyError):
        return None


def held_against(name: str, told: Membership, known: Membership | None) -> Membership | None:
    """Return the nodes that a server of a cluster, which `told` of its own, is held against: those that the cluster is
    `known` by; before there are any, a server by itself is held against the nodes of our containers.
    """
    return nodes_of_records(name) if known is None and told.is_alone else known


def nodes_of_records(name: str) -> Membership | None:
    """Return the nodes of the open records of a cluster, if they are several: by these a server that tells of itself
    alone is known to have left it, before any nodes are on record for it.
    """
    with unit():
        here = ContainerRow.select(ContainerRow.node).distinct()
        found = tuples(here.where(ContainerRow.cluster == name, ContainerRow.closed_at.is_null()))
    nodes = frozenset(str(node) for (node,) in found if node)
    return Membership(None, nodes) if len(nodes) > 1 else None


def name_of(identity: str | None) -> str | None:
    """Return the name under which a cluster is on record, by its root CA: of two, the older one."""
    if identity is None:
        return None
    mine = (ClusterRow.identity == identity) & ClusterRow.renamed_to.is_null()
    with unit():
        found = tuples(ClusterRow.select(ClusterRow.name).where(mine).order_by(ClusterRow.identity_at, ClusterRow.name))
    return found[0][0] if found else None


def other_name_of(name: str) -> str | None:
    """Return the other name that owns the records of this cluster; None while this name does."""
    if (renamed := current_name(name)) != name:
        return renamed
    owner = name_of(known_identity(name))
    return owner if owner != name else None


def is_known(name: str) -> bool:
    """Return whether our records hold anything under a name: the cluster itself, or a record."""
    with unit():
        met = ClusterRow.select().where(ClusterRow.name == name).exists()
        return met or ContainerRow.select().where(ContainerRow.cluster == name).exists()


def current_name(name: str) -> str:
    """Return the present name of a cluster that was once called `name`."""
    with unit():
        renamed = {old: new for old, new in tuples(ClusterRow.select(ClusterRow.name, ClusterRow.renamed_to)) if new}
    while name in renamed:
        name = renamed.pop(name)
    return name


def former_names(name: str) -> tuple[str, ...]:
    """Return the former names of a renamed cluster, the latest first."""
    with unit():
        renamed = {old: new for old, new in tuples(ClusterRow.select(ClusterRow.name, ClusterRow.renamed_to)) if new}
    found: list[str] = []
    wanted = [name]
    while wanted:
        now_called = wanted.pop()
        before = [old for old, new in renamed.items() if new == now_called and old not in (name, *found)]
        found += before
        wanted += before
    return tuple(found)
