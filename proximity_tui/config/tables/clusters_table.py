"""The reading of `[clusters.NAME]` tables. Knows which keys exclude each other; contacts no cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from proximity_tui.config import url_values, values
from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.files.tables import TomlTable
from proximity_tui.config.schema import CertificateAuthority, ClusterConfig, PinnedCertificate, TrustSetting, Unverified
from proximity_tui.config.secrets import secret_source

_KEYS = (
    "url",
    "urls",
    "token_id",
    "token_secret",
    "fingerprint",
    "ca_file",
    "insecure",
    "enabled",
    "production",
    "probe",
)
_HINTS = {
    "password": "Proximity uses an API token, by token_id and token_secret",
    "user": "Proximity uses an API token, by token_id and token_secret",
    "verify_ssl": "say what to trust: fingerprint, ca_file or insecure",
    # Else the nearest word would be `insecure`, which trusts anybody.
    "secure": "say what to trust: fingerprint or ca_file",
    "secret": "say in token_secret where it is kept",
}

_ROOT_CA = "/etc/pve/pve-root-ca.pem"


def read_clusters(table: TomlTable) -> Mapping[str, ClusterConfig]:
    """Return every cluster under `table` by its name, in file order. Raises ConfigError at the first that is wrong."""
    clusters = {}
    for name in table.content:
        try:
            values.cluster_name(name)
        except Invalid as error:
            table.fail(f"is not a name for a cluster: it {error}", name)
        clusters[name] = _read_cluster(name, table.table(name, _KEYS, _HINTS))
    return MappingProxyType(clusters)


def _read_cluster(name: str, table: TomlTable) -> ClusterConfig:
    secret = secret_source(table.dotted("token_secret"), table.file.parent)
    return ClusterConfig(
        name=name,
        urls=_urls(table),
        token_id=table.require("token_id", values.token_id, 'write user@realm!name, as in "proximity@pve!tui"'),
        token_secret=table.require("token_secret", secret, 'say where it is kept, as in { env = "PROD_TOKEN" }'),
        trust=_trust(table),
        enabled=table.read("enabled", values.flag, True),
        production=table.read("production", values.flag, False),
        probe=table.read("probe", values.flag, True),
    )


def _urls(table: TomlTable) -> tuple[str, ...]:
    if "url" in table.content and "urls" in table.content:
        table.fail("has both url and urls; keep one of them")
    if "urls" in table.content:
        return table.read("urls", url_values.cluster_urls, ())
    return (table.require("url", url_values.cluster_url, 'write "https://host:8006" (or several as urls)'),)


def _trust(table: TomlTable) -> TrustSetting:
    insecure = table.read("insecure", values.flag, False)
    given = [key for key in ("fingerprint", "ca_file") if key in table.content]
    if insecure:
        given.append("insecure")
    if len(given) > 1:
        table.fail(f"has {' and '.join(given)}; keep exactly one, they contradict each other")
    if not given:
        table.fail(
            "must say which certificate to trust: fingerprint (on the node: pvenode cert info), "
            "ca_file, or insecure = true to trust anyone"
        )
    if insecure:
        return Unverified()
    if given == ["ca_file"]:
        return CertificateAuthority(table.read("ca_file", values.path_from(table.file.parent), Path()))
    pins: tuple[str, ...] = table.read("fingerprint", _fingerprints, ())
    return PinnedCertificate(pins[0], pins[1:])


def _fingerprints(value: object) -> tuple[str, ...]:
    """Return one fingerprint, or a list of them, as a tuple: every node has a certificate of its own."""
    if not isinstance(value, list):
        return (values.certificate_fingerprint(value),)
    if not value:
        raise Invalid("must name at least one fingerprint")
    return tuple(dict.fromkeys(map(values.certificate_fingerprint, value)))


def authority(path: Path) -> Path:
    """Return `path`, if it holds a readable certificate in PEM. Raises Invalid."""
    import ssl  # only here: most clusters are known by their fingerprint

    try:
        found = path.is_file()
    except OSError as error:
        raise Invalid(f"names {path}, which cannot be read: {(error.strerror or 'no reason given').lower()}") from None
    if not found:
        raise Invalid(f"names {path}, which is not a file")
    if not os.access(path, os.R_OK):
        raise Invalid(f"names {path}, which this user may not read")
    try:
        ssl.create_default_context(cafile=str(path))
    except (OSError, ValueError):
        raise Invalid(f"names {path}, which holds no certificate (PEM); a node has its own in {_ROOT_CA}") from None
    return path
