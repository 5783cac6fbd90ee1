"""The checks of each URL of a cluster: it answers, its certificate is trusted and valid, its clock agrees with ours.

Evidence is compared by time, and so are tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from proximity_tui.config.schema import CertificateAuthority, PinnedCertificate, Unverified
from proximity_tui.core.proxmox.errors import CertificateMismatch, ProxmoxError, Unauthenticated, Unknown
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts, ServerFacts, fail, ok, unanswered, warn

REACHABLE = "reachable"

TLS = "tls"

SOON = timedelta(days=14)
"""Proxmox renews the certificate of a node about this long before it runs out."""

CLOCK = "clock"

NOTICEABLE = timedelta(seconds=5)
WRONG = timedelta(seconds=60)

HOW_TO_COMPARE = "find out which is wrong: timedatectl, chronyc tracking (there and here)"


def judge_reach(facts: ClusterFacts) -> Iterator[CheckResult]:
    """Yield one result for each URL."""
    if facts.problem is not None:
        yield fail("configuration", facts.name, f"it cannot be contacted: {facts.problem}")
    for endpoint in facts.endpoints:
        yield _reach(facts, endpoint)


def _reach(facts: ClusterFacts, endpoint: ServerFacts) -> CheckResult:
    match endpoint.error:
        case None:
            use = "in use" if endpoint is facts.used else "spare"
            release = f"Proxmox VE {endpoint.version.version}" if endpoint.version else "Proxmox VE"
            return ok(REACHABLE, facts.name, f"{endpoint.url} answers ({release}), {use}")
        case CertificateMismatch():
            return ok(REACHABLE, facts.name, f"{endpoint.url} answers, but nothing is sent to it (see tls)")
        case Unauthenticated():
            return ok(REACHABLE, facts.name, f"{endpoint.url} answers, but refuses the token (see token)")
        case error if facts.used is not None:
            message = f"{endpoint.url} does not answer, {facts.used.url} is used instead: {error.sentence}"
            return warn(
                REACHABLE,
                facts.name,
                message,
                *_how_it_begins(error),
                "start the node, or remove its URL from the configuration",
            )
        case error:
            advice = "check the URL, the network, and whether pveproxy runs: systemctl status pveproxy"
            return unanswered(
                REACHABLE, facts.name, f"{endpoint.url}: {error.sentence}", *_how_it_begins(error), advice
            )


def _how_it_begins(error: ProxmoxError) -> tuple[str, ...]:
    """Return the beginning of an unusable answer, which shows where it came from."""
    raw = error.raw if isinstance(error, Unknown) else ""
    return (f"the answer begins: {raw}",) if raw else ()


def judge_tls(facts: ClusterFacts, now: datetime) -> Iterator[CheckResult]:
    """Yield one result for each URL that showed a certificate."""
    for endpoint in facts.endpoints:
        if isinstance(endpoint.error, CertificateMismatch):
            yield _mismatch(facts.name, endpoint, endpoint.error)
        elif endpoint.answers:
            yield _trusted(facts, endpoint, now)


def _mismatch(name: str, endpoint: ServerFacts, error: CertificateMismatch) -> CheckResult:
    return unanswered(
        TLS,
        name,
        f"{endpoint.url} shows another certificate than the trusted one; nothing was sent to it",
        f"shown:   {error.seen}",
        *(f"trusted: {one}" for one in error.expected),
        "compare with the output on the node: pvenode cert info",
        f"only if it agrees: proximity-tui connect --retrust {name}",
    )


def _trusted(facts: ClusterFacts, endpoint: ServerFacts, now: datetime) -> CheckResult:
    name, until = facts.name, _until(endpoint)
    trust = facts.cluster.trust
    if isinstance(trust, Unverified):
        return warn(
            TLS,
            name,
            f"{endpoint.url}: the certificate is not checked (insecure = true): any server there gets the token",
            f'write instead of it: fingerprint = "{endpoint.fingerprint}"' if endpoint.fingerprint else "pin it",
            "after comparing it with the output on the node: pvenode cert info",
        )
    left = None if endpoint.expires_at is None else endpoint.expires_at - now
    if left is not None and left <= timedelta(0):
        return fail(TLS, name, f"{endpoint.url}: its certificate has expired{until}", "on the node: pvecm updatecerts")
    match trust:
        case PinnedCertificate():
            if left is not None and left < SOON:
                message = f"{endpoint.url}: the pinned certificate will be renewed soon{until}"
                return warn(TLS, name, message, f"after the renewal: proximity-tui connect --retrust {name}")
            return ok(TLS, name, f"{endpoint.url}: the pinned certificate{until}")
        case CertificateAuthority(file):
            return ok(TLS, name, f"{endpoint.url}: verified by {file}{until}")


def _until(endpoint: ServerFacts) -> str:
    return "" if endpoint.expires_at is None else f", valid until {endpoint.expires_at:%Y-%m-%d}"


def judge_clocks(facts: ClusterFacts) -> Iterator[CheckResult]:
    """Yield one result for each URL whose clock was read."""
    for endpoint in facts.endpoints:
        if endpoint.ahead is None:
            continue
        apart = clock_difference(endpoint.ahead)
        if apart is None:
            yield ok(CLOCK, facts.name, f"{endpoint.url} and this host agree")
            continue
        message = f"the clock of {endpoint.url} is {apart}"
        level = fail if abs(endpoint.ahead) > WRONG else warn
        yield level(CLOCK, facts.name, message, HOW_TO_COMPARE)


def clock_difference(ahead: timedelta) -> str | None:
    """Return the difference of a clock that is `ahead` of ours, in words; None where they agree."""
    if abs(ahead) <= NOTICEABLE:
        return None
    where = "ahead of" if ahead > timedelta(0) else "behind"
    return f"{abs(ahead).total_seconds():.0f} s {where} this host's"
