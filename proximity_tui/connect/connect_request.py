"""A cluster that a person wants to connect, and its way into the configuration. It asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError, Invalid
from proximity_tui.config.files import edit
from proximity_tui.config.schema import CertificateAuthority, ClusterConfig, PinnedCertificate, Settings
from proximity_tui.config.secrets import SecretKind, SecretSource
from proximity_tui.config.tables.clusters_table import authority
from proximity_tui.config.user_paths import absolute
from proximity_tui.config.values import pinned
from proximity_tui.connect import certificates, save
from proximity_tui.connect.certificates import ShownCertificate
from proximity_tui.core import store
from proximity_tui.core.base.secret import register
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.guards.refusals import READ_ONLY
from proximity_tui.core.store import clusters
from proximity_tui.doctor.check_result import ClusterFacts
from proximity_tui.runtime.context import who_acts

Trusted = PinnedCertificate | CertificateAuthority
"""What may be asked for when a cluster is connected: `insecure` is for whoever writes it into the file himself."""


@value_object
class ConnectRequest:
    """A new cluster; `values` is its table in the configuration, `pins` the trusted certificates.

    `typed` is a secret that is in no file yet.
    """

    cluster: ClusterConfig
    values: Mapping[str, Any]
    pins: tuple[str, ...]
    typed: str | None = field(repr=False)


@value_object
class ConfigPlace:
    """The place where a cluster is recorded: the configuration, and the options that override it (None: not given).

    `records_open` is true where the database of the context is open already.
    """

    path: Path
    database: str | None = None
    read_only: bool | None = None
    records_open: bool = False

    def load(self, draft: Path | None = None) -> Settings:
        """Return the settings of the configuration, or of a draft of it, with the options over them. Raises
        ConfigError.
        """
        return config.load(self.path, database=self.database, read_only=self.read_only, draft=draft)


class NameTaken(ConfigError):
    """Raised when our records know another cluster by this name: its root CA is `known`, and `seen` is shown now."""

    def __init__(self, name: str, known: str, seen: str) -> None:
        super().__init__(f"our records know {name} as another cluster (root CA {known}); choose another name")
        self.known = known
        self.seen = seen


class ClusterHasAnotherName(ConfigError):
    """Raised when our records know this cluster by another name, `known_as`."""

    def __init__(self, name: str, known_as: str) -> None:
        super().__init__(
            f"{name} and {known_as} are one and the same cluster (the same root CA), known to our records as "
            f"{known_as}: {name} was not written into the configuration. To call the cluster {name} from now on: "
            f"proximity-tui cluster rename {known_as} {name}"
        )
        self.known_as = known_as


def request_for(
    name: str,
    urls: tuple[str, ...],
    trust: Trusted,
    token_id: str,
    source: SecretSource,
    kept: Mapping[str, str],
    typed: str | None = None,
) -> ConnectRequest:
    """Return the request for a cluster with this confirmed trust; `source` is where its secret is now, and `kept` its
    setting in the configuration.
    """
    where = {"url": urls[0]} if len(urls) == 1 else {"urls": list(urls)}
    values = {**where, "token_id": token_id, "token_secret": kept, **_trusted_in_words(trust)}
    pins = trust.fingerprints if isinstance(trust, PinnedCertificate) else ()
    return ConnectRequest(ClusterConfig(name, urls, token_id, source, trust), values, pins, typed)


def check_name(where: ConfigPlace, name: str) -> None:
    """Raise ConfigError if no cluster can be recorded by this name, before anybody is asked anything."""
    if edit.current_text(where.path):
        settings = where.load()
        if settings.read_only:
            raise ConfigError(READ_ONLY.reason)
        if name in settings.clusters:
            raise ConfigError(f"{name} is in {where.path} already")
    elif config.read_only_without_file(where.read_only):
        raise ConfigError(READ_ONLY.reason)
    file = save.secret_file(where.path, name)
    if file.exists():
        raise ConfigError(f"{file} exists already: move it away, or choose another name")


def request_with_typed_secret(
    where: ConfigPlace, name: str, urls: tuple[str, ...], trust: Trusted, token_id: str, secret: str
) -> ConnectRequest:
    """Return the same with a typed secret, which will be in a file beside the configuration."""
    register(secret)
    source = SecretSource(f"clusters.{name}.token_secret", SecretKind.TEXT, secret)
    kept = {"file": save.secret_file(where.path, name).name}
    return request_for(name, urls, trust, token_id, source, kept, secret)


def fingerprints_of(shown: Iterable[ShownCertificate]) -> tuple[str, ...]:
    """Return the certificates that servers showed, each once."""
    return tuple(dict.fromkeys(one.fingerprint for one in shown if one.fingerprint is not None))


def trust_in(shown: Iterable[ShownCertificate]) -> PinnedCertificate:
    """Return trust in exactly the certificates that are shown, of which there must be one."""
    return trust_in_certificates(fingerprints_of(shown))


def trust_in_certificates(pins: tuple[str, ...]) -> PinnedCertificate:
    """Return trust in exactly the certificates with these fingerprints, of which there must be one."""
    return PinnedCertificate(pins[0], pins[1:])


def trust_in_authority(file: str) -> CertificateAuthority:
    """Return trust in every certificate that the authorities in a file signed. Raises ConfigError
    where there are none.
    """
    try:
        return CertificateAuthority(authority(absolute(file, follow=True)))
    except Invalid as error:
        raise ConfigError(f"the CA file {error}") from None


def write_down(where: ConfigPlace, request: ConnectRequest, facts: ClusterFacts) -> None:
    """Record the trust in a cluster: configuration, secret, records and audit, all of it or nothing.

    Raises ConfigError, ProxmoxError for URLs of several clusters, and StoreError.
    """
    identity = certificates.identity_of(facts)
    before = edit.current_text(where.path)
    with prepared(where.path, before, request, where.load) as (draft, settings), ExitStack() as stack:
        if not where.records_open:
            store.open_store(settings.database)
            stack.callback(store.close_store)
        known_only_as(request.cluster.name, identity)
        known_by_no_other_name(request.cluster.name, identity)
        save.keep_new(draft, facts, identity, request.pins, who_acts(settings))


@contextmanager
def prepared(
    path: Path, before: str, request: ConnectRequest, load: Callable[[Path], Settings]
) -> Iterator[tuple[edit.Draft, Settings]]:
    """Open a draft of the configuration with the cluster in it, with the settings that `load` finds in that.

    The secret is in its file by then; it is removed with the draft if a later step fails. Raises ConfigError.
    """
    from proximity_tui.config.files import toml_edit  # only here: nothing else of a screen needs tomlkit

    name = request.cluster.name
    after = toml_edit.with_cluster(before, name, dict(request.values))
    with _secret_kept(save.secret_file(path, name), request.typed), edit.draft(path, after, before) as draft:
        yield draft, load(draft.file)


def known_by_no_other_name(name: str, identity: str | None) -> None:
    """Raise SecondName if our records know the cluster by another name. The records must be open."""
    other = clusters.name_of(identity)
    if other is not None and other != name:
        raise ClusterHasAnotherName(name, other)


def known_only_as(name: str, identity: str | None) -> str | None:
    """Return the root CA on record for this name. Raises NameTaken for another one: another cluster has this name."""
    known = clusters.known_identity(name)
    if known is not None and identity is not None and known != identity:
        raise NameTaken(name, known, identity)
    return known


@contextmanager
def _secret_kept(file: Path, typed: str | None) -> Iterator[None]:
    """Keep a typed secret in a file that only its owner may read; it is removed if a later step fails."""
    if typed is None:
        yield
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        edit.write_new(file, f"{typed}\n")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
    try:
        yield
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _trusted_in_words(trust: Trusted) -> Mapping[str, Any]:
    if isinstance(trust, PinnedCertificate):
        return {"fingerprint": pinned(trust.fingerprints)}
    return {"ca_file": str(trust.file)}
