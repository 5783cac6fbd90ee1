"""Which clusters we have met, and by which root CA we know them: a name in a settings file is not an identity."""

from __future__ import annotations

from proximity_tui.core.store.database import transaction, unit
from proximity_tui.core.store.errors import Conflict
from proximity_tui.core.store.fields import now
from proximity_tui.core.store.queries import tuples
from proximity_tui.core.store.schema import ClusterRow


def remember(name: str, identity: str | None, *, replace: bool = False) -> str | None:
    """Record the root CA fingerprint of a cluster and return the one that is on record now.

    None records that the cluster was met, without an identity. Raises `Conflict` when another identity is on
    record, unless a person decided to `replace` it.
    """
    moment = now()
    with transaction():
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
        ClusterRow.update(identity=identity, identity_at=moment).where(row).execute()
        return identity


def known_identity(name: str) -> str | None:
    """The root CA fingerprint on record for a cluster, if any."""
    with unit():
        found = tuples(ClusterRow.select(ClusterRow.identity).where(ClusterRow.name == name))
    return found[0][0] if found else None
