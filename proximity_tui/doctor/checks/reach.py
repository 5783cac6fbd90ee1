"""The check that every URL of a cluster answers, with the one in use."""

from __future__ import annotations

from collections.abc import Iterator

from proximity_tui.core.proxmox.errors import CertificateMismatch, ProxmoxError, Unauthenticated, Unknown
from proximity_tui.doctor.facts import ClusterFacts, ServerFacts
from proximity_tui.doctor.finding import Finding, fail, ok, unanswered, warn

AREA = "reachable"


def judge(facts: ClusterFacts) -> Iterator[Finding]:
    """Yield one finding for each URL."""
    if facts.problem is not None:
        yield fail("configuration", facts.name, f"it cannot be contacted: {facts.problem}")
    for endpoint in facts.endpoints:
        yield _finding(facts, endpoint)


def _finding(facts: ClusterFacts, endpoint: ServerFacts) -> Finding:
    match endpoint.error:
        case None:
            use = "in use" if endpoint is facts.used else "spare"
            release = f"Proxmox VE {endpoint.version.version}" if endpoint.version else "Proxmox VE"
            return ok(AREA, facts.name, f"{endpoint.url} answers ({release}), {use}")
        case CertificateMismatch():
            return ok(AREA, facts.name, f"{endpoint.url} answers, but nothing is sent to it (see tls)")
        case Unauthenticated():
            return ok(AREA, facts.name, f"{endpoint.url} answers, but refuses the token (see token)")
        case error if facts.used is not None:
            said = f"{endpoint.url} does not answer, {facts.used.url} is used instead: {error.sentence}"
            return warn(
                AREA,
                facts.name,
                said,
                *_how_it_begins(error),
                "start the node, or remove its URL from the configuration",
            )
        case error:
            advice = "check the URL, the network, and whether pveproxy runs: systemctl status pveproxy"
            return unanswered(AREA, facts.name, f"{endpoint.url}: {error.sentence}", *_how_it_begins(error), advice)


def _how_it_begins(error: ProxmoxError) -> tuple[str, ...]:
    """Return the beginning of an unusable answer, which shows where it came from."""
    raw = error.raw if isinstance(error, Unknown) else ""
    return (f"the answer begins: {raw}",) if raw else ()
