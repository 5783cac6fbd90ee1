"""The check of the servers' certificates: trusted, how strictly, and how long they are valid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from proximity_tui.config.load import CertificateAuthority, PinnedCertificate, Unverified
from proximity_tui.core.proxmox.errors import CertificateMismatch
from proximity_tui.doctor.facts import ClusterFacts, ServerFacts
from proximity_tui.doctor.finding import Finding, fail, ok, unanswered, warn

AREA = "tls"

SOON = timedelta(days=14)
"""Proxmox renews the certificate of a node about this long before it runs out."""


def judge(facts: ClusterFacts, now: datetime) -> Iterator[Finding]:
    """Yield one finding for each URL that showed a certificate."""
    for endpoint in facts.endpoints:
        if isinstance(endpoint.error, CertificateMismatch):
            yield _mismatch(facts.name, endpoint, endpoint.error)
        elif endpoint.answers:
            yield _trusted(facts, endpoint, now)


def _mismatch(name: str, endpoint: ServerFacts, error: CertificateMismatch) -> Finding:
    return unanswered(
        AREA,
        name,
        f"{endpoint.url} shows another certificate than the trusted one; nothing was sent to it",
        f"shown:   {error.seen}",
        *(f"trusted: {one}" for one in error.expected),
        "compare with the output on the node: pvenode cert info",
        f"only if it agrees: proximity-tui connect --retrust {name}",
    )


def _trusted(facts: ClusterFacts, endpoint: ServerFacts, now: datetime) -> Finding:
    name, until = facts.name, _until(endpoint)
    trust = facts.cluster.trust
    if isinstance(trust, Unverified):
        return warn(
            AREA,
            name,
            f"{endpoint.url}: the certificate is not checked (insecure = true): any server there gets the token",
            f'write instead of it: fingerprint = "{endpoint.fingerprint}"' if endpoint.fingerprint else "pin it",
            "after comparing it with the output on the node: pvenode cert info",
        )
    left = None if endpoint.expires_at is None else endpoint.expires_at - now
    if left is not None and left <= timedelta(0):
        return fail(AREA, name, f"{endpoint.url}: its certificate has expired{until}", "on the node: pvecm updatecerts")
    match trust:
        case PinnedCertificate():
            if left is not None and left < SOON:
                said = f"{endpoint.url}: the pinned certificate will be renewed soon{until}"
                return warn(AREA, name, said, f"after the renewal: proximity-tui connect --retrust {name}")
            return ok(AREA, name, f"{endpoint.url}: the pinned certificate{until}")
        case CertificateAuthority(file):
            return ok(AREA, name, f"{endpoint.url}: verified by {file}{until}")


def _until(endpoint: ServerFacts) -> str:
    return "" if endpoint.expires_at is None else f", valid until {endpoint.expires_at:%Y-%m-%d}"
