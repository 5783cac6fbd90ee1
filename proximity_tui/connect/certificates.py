"""The certificates of servers before anything is sent to them, and the first answers after they are trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import ClusterConfig
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.proxmox.errors import Unreachable
from proximity_tui.core.proxmox.transport.address import address_of
from proximity_tui.core.proxmox.transport.trust import read_fingerprint
from proximity_tui.doctor import cluster_facts
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts
from proximity_tui.doctor.checks import cluster_check, privileges_check, servers_check

PATIENCE = 5.0
"""Seconds for a connection, and again for the TLS handshake."""

COMPARE = "compare it with the node: `pvenode cert info` there, or System > Certificates in its web interface"
"""What to do with a fingerprint before anybody trusts it."""


@value_object
class ShownCertificate:
    """The SHA-256 of the certificate that a URL shows, or the reason why it shows none."""

    url: str
    fingerprint: str | None = None
    problem: str | None = None

    @property
    def lines(self) -> tuple[str, str]:
        """The URL, and below it what it shows, for a person who compares it."""
        return f"{self.url} shows this certificate (SHA-256):", f"  {self.fingerprint or self.problem}"


def read_certificates(urls: Sequence[str]) -> tuple[ShownCertificate, ...]:
    """Return what every URL shows, without a byte of HTTP."""
    return tuple(map(_shown, urls))


def shown_by_all(name: str, urls: Sequence[str]) -> tuple[ShownCertificate, ...]:
    """Return what every URL shows. Raises Unreachable for the first that shows nothing."""
    seen = read_certificates(urls)
    for one in seen:
        if one.fingerprint is None:
            raise Unreachable(f"{name}: {one.url} shows no certificate ({one.problem}); check the URL and the network")
    return seen


def read_facts(cluster: ClusterConfig) -> ClusterFacts:
    """Return the identity of a cluster, whose certificates are trusted by now, and the privileges of the token.

    Raises the error of its last URL when none can be used, or does not accept the token, and ConfigError for a secret
    that cannot be used.
    """
    facts = cluster_facts.examine(cluster, SystemClock())
    if facts.used is None:
        if facts.problem is not None:
            raise ConfigError(facts.problem)
        errors = [one.error for one in facts.endpoints if one.error is not None]
        raise errors[-1] if errors else Unreachable(f"{cluster.name} cannot be read")
    return facts


def identity_of(facts: ClusterFacts) -> str | None:
    """Return the root CA of the cluster. Raises Unreachable when its URLs lead to several clusters."""
    shown = {one.identity for one in facts.endpoints if one.identity is not None}
    if len(shown) > 1:
        raise Unreachable(f"{facts.name}: its URLs lead to different clusters (root CAs {', '.join(sorted(shown))})")
    return shown.pop() if shown else None


def check_results(facts: ClusterFacts, known: str | None) -> Iterator[CheckResult]:
    """Yield the results about the cluster, as the doctor reports them."""
    clock = SystemClock()
    yield from servers_check.judge_reach(facts)
    yield from servers_check.judge_tls(facts, clock.now())
    yield from cluster_check.judge_identity(facts, known)
    yield from privileges_check.judge_token(facts, read_only=False)
    yield from cluster_check.judge_quorum(facts)
    yield from servers_check.judge_clocks(facts)


def noteworthy_results(facts: ClusterFacts, known: str | None) -> Iterator[CheckResult]:
    """Yield the results without the privileges that the token has: only missing ones matter here."""
    return (one for one in check_results(facts, known) if one.level != "ok" or one.area != privileges_check.PRIVILEGES)


def _shown(url: str) -> ShownCertificate:
    address = address_of(url)
    try:
        return ShownCertificate(url, read_fingerprint(address.host, address.port, PATIENCE))
    except OSError as error:
        return ShownCertificate(url, problem=(error.strerror or str(error) or "no answer").lower())
