"""The recording of trust: in the configuration, in our records, and in the audit trail with the person who decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from proximity_tui.config.files.edit import Draft
from proximity_tui.config.schema import CertificateAuthority
from proximity_tui.core import store
from proximity_tui.core.model import Actor, Membership
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind
from proximity_tui.core.store import clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.doctor.check_result import ClusterFacts


def keep_new(
    draft: Draft, facts: ClusterFacts, identity: str | None, fingerprints: Sequence[str], actor: Actor
) -> None:
    """Commit a configuration with a new cluster. The database must be open; all of it happens, or nothing."""
    evidence = {
        "urls": list(facts.cluster.urls),
        "token": facts.cluster.token_id,
        "fingerprints": list(fingerprints),
        "identity": identity,
        "configuration": str(draft.path),
    }
    with store.transaction():
        clusters.remember(facts.name, identity)
        message = f"{facts.name} is trusted from now on: {_named(facts, fingerprints)}"
        events.append(
            actor=actor, action=EventAction.CLUSTER_TRUSTED, message=message, cluster=facts.name, evidence=evidence
        )
        draft.commit()


def keep_again(
    name: str,
    actor: Actor,
    *,
    identities: tuple[str | None, str | None],
    pins: tuple[Sequence[str], Sequence[str]],
    members: tuple[Membership, Membership] | None,
    commit: Callable[[], None],
) -> None:
    """Record new trust in a cluster: other pins, another root CA, or other nodes than it was known by (None: the same),
    each as before and after.

    `commit` puts the configuration in place. The alerts about the change are resolved.
    """
    (was, identity), (old, new) = identities, pins
    evidence: dict[str, dict[str, object]] = {
        "old": {"identity": was, "fingerprints": list(old)},
        "new": {"identity": identity, "fingerprints": list(new)},
    }
    changes = (("certificate", set(old) != set(new)), ("root CA", was != identity))
    said = [" and ".join(f"another {what}" for what, differs in changes if differs)]
    said = [f"{what} is trusted from now on" for what in said if what]
    if members is not None:
        before, after = members
        said.append(f"it is only {after.listed} from now on, not {before.listed}")
        evidence["old"]["nodes"], evidence["new"]["nodes"] = sorted(before.nodes), sorted(after.nodes)
    message = f"{name}: {'; '.join(said)}"
    with store.transaction():
        if identity is not None:
            clusters.remember(name, identity, replace=True)
        if members is not None:
            clusters.note_members(name, members[1])
        events.append(
            actor=actor, action=EventAction.CLUSTER_RETRUSTED, message=message, cluster=name, evidence=evidence
        )
        for kind in (AlertKind.CERTIFICATE_CHANGED, AlertKind.CLUSTER_CHANGED):
            alerts.resolve(alerts.key_of(kind, cluster=name), f"trusted again by {actor}", by=actor)
        commit()


def secret_file(configuration: Path, name: str) -> Path:
    """Return the file for the typed secret of a cluster: beside the configuration, and beside its link if it is one, as
    its paths begin there.
    """
    return configuration.with_name(f"{name}.token")


def _named(facts: ClusterFacts, fingerprints: Sequence[str]) -> str:
    match facts.cluster.trust:
        case CertificateAuthority(file):
            return f"certificates signed by {file}"
    return f"certificate {', '.join(fingerprints)}"
