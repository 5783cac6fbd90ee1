"""The doctor's requests to one cluster, to each of its URLs by itself. Reads only, and judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.schema import ClusterConfig
from proximity_tui.core.base.clock import Clock
from proximity_tui.core.model import NodeReading, NodeStatus, Quorum
from proximity_tui.core.proxmox.errors import CertificateMismatch, ProxmoxError, Unreachable
from proximity_tui.core.proxmox.node_details import Certificate
from proximity_tui.core.proxmox.server import Server
from proximity_tui.core.proxmox.transport import root_ca
from proximity_tui.core.proxmox.transport.address import ClusterSettings, address_of
from proximity_tui.core.proxmox.transport.trust import read_fingerprint
from proximity_tui.doctor.check_result import ClusterFacts, ServerFacts
from proximity_tui.runtime.cluster_access import cluster_settings

T = TypeVar("T")

CONNECTING, READING = 4.0, 8.0
"""Seconds. A person waits for the doctor, and what is slower than this is worth a warning."""

PATIENCE = 10.0
"""Seconds for all that is asked of one URL, so that one that trickles hides no other from the doctor."""

_NODES_ASKED = 5


def examine(cluster: ClusterConfig, clock: Clock) -> ClusterFacts:
    """Return everything that the cluster tells a token like ours."""
    try:
        settings = cluster_settings(cluster)
    except ConfigError as error:
        return ClusterFacts(cluster, problem=str(error))
    settings = replace(settings, connect_timeout=CONNECTING, read_timeout=READING)
    facts = ClusterFacts(cluster, endpoints=tuple(_endpoint(settings, url, clock) for url in settings.urls))
    if facts.used is None:
        return facts
    server = Server(settings, facts.used.url, clock)
    try:
        with server.within(PATIENCE):
            return _asked(facts, server)
    finally:
        server.close()


def other_quorums(facts: ClusterFacts, clock: Clock) -> Iterator[tuple[str, Quorum]]:
    """Yield each URL that answers but is not used, and the quorum that its server tells of. What one does not tell is
    left out.
    """
    settings = replace(cluster_settings(facts.cluster), connect_timeout=CONNECTING, read_timeout=READING)
    for url in [one.url for one in facts.endpoints if one.answers and one is not facts.used]:
        server = Server(settings, url, clock)
        try:
            with server.within(PATIENCE):
                yield url, server.quorum()
        except ProxmoxError:
            continue
        finally:
            server.close()


def _asked(facts: ClusterFacts, server: Server) -> ClusterFacts:
    trouble: dict[str, str] = {}

    def answer_of(what: str, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except ProxmoxError as error:
            trouble[what] = error.sentence
            return None

    return replace(
        facts,
        nodes=answer_of("nodes", server.nodes) or (),
        permissions=answer_of("permissions", server.permissions),
        quorum=answer_of("quorum", server.quorum),
        inventory=answer_of("inventory", server.inventory),
        trouble=trouble,
    )


def _endpoint(settings: ClusterSettings, url: str, clock: Clock) -> ServerFacts:
    seen = _fingerprint(url)
    pinned = settings.trust.fingerprints
    if pinned and seen is not None and seen not in pinned:
        other = CertificateMismatch(settings.name, url, expected=pinned, seen=seen)
        return ServerFacts(url, other, fingerprint=seen)
    server = Server(settings, url, clock)
    try:
        with server.within(PATIENCE):
            ahead, version = server.clock_ahead(), server.version()
            shown = _certificates(server, [node for node in server.nodes() if node.status != NodeStatus.OFFLINE], seen)
    except ProxmoxError as error:
        return ServerFacts(url, error, fingerprint=seen)
    finally:
        server.close()
    own = next((one for one in shown if one.fingerprint == seen), None)
    root = next((one.fingerprint for one in shown if one.filename == root_ca.ROOT_CA), None)
    return ServerFacts(url, None, version, ahead, root, seen, own.expires_at if own else None)


def _certificates(server: Server, nodes: Sequence[NodeReading], seen: str | None) -> tuple[Certificate, ...]:
    """Return the certificates of the node that shows `seen`, or of any node when none of the first few does."""
    shown: tuple[Certificate, ...] = ()
    for node in nodes[:_NODES_ASKED]:
        try:
            shown = server.certificates(node.name)
        except Unreachable:
            raise
        except ProxmoxError:
            continue
        if any(one.fingerprint == seen for one in shown):
            break
    return shown


def _fingerprint(url: str) -> str | None:
    """Return the certificate that the server shows, read without a byte of HTTP; None when there is no server."""
    address = address_of(url)
    try:
        return read_fingerprint(address.host, address.port, CONNECTING)
    except OSError:
        return None
