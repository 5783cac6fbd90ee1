"""How a configured cluster is reached: its token, whose secret is fetched, and what its servers are trusted by. What
cannot be had of one cluster is no reason to ask no other.
"""

from __future__ import annotations

from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.schema import CertificateAuthority, ClusterConfig, PinnedCertificate, Unverified
from proximity_tui.config.secrets import resolve_secret
from proximity_tui.config.tables.clusters_table import authority
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust


def cluster_settings(cluster: ClusterConfig) -> ClusterSettings:
    """Return the client's settings of a configured cluster, its secret fetched. Raises ConfigError where its secret or
    its CA file cannot be used.
    """
    if isinstance(cluster.trust, CertificateAuthority):
        try:
            authority(cluster.trust.file)
        except Invalid as error:
            raise ConfigError(f"clusters.{cluster.name}.ca_file {error}") from None
    return _settings(cluster, resolve_secret(cluster.token_secret))


def unusable_settings(cluster: ClusterConfig, why: str) -> ClusterSettings:
    """Return the settings of a client that sends nothing, because its token or its CA file cannot be used now."""
    return _settings(cluster, Secret("-", "nowhere"), why)


def _settings(cluster: ClusterConfig, secret: Secret, unusable: str | None = None) -> ClusterSettings:
    try:
        return ClusterSettings(cluster.name, cluster.urls, cluster.token_id, secret, _trust(cluster), unusable=unusable)
    except ValueError as error:
        raise ConfigError(f"clusters.{cluster.name}: {error}") from None


def _trust(cluster: ClusterConfig) -> Trust:
    match cluster.trust:
        case PinnedCertificate() as pinned:
            return Trust(fingerprints=pinned.fingerprints)
        case CertificateAuthority(file):
            return Trust(ca_file=file)
        case Unverified():
            return Trust(insecure=True)
