"""The settings after reading: frozen dataclasses, their defaults beside them.

Knows no file and no grammar. Every span of time is a timedelta.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from proximity_tui.config.secrets import SecretSource
from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.figures.usage_limits import UsageLimits
from proximity_tui.core.model.drift_rules import DriftRules
from proximity_tui.core.model.limits import USUAL_PORTS, LintLimits, ProbePace

if TYPE_CHECKING:
    from proximity_tui.config.channel_settings import ChannelSettings
    from proximity_tui.core.model import State


DEFAULT_SHELL: tuple[str, ...] = ("ssh", "-t", "root@{node}", "pct", "enter", "{vmid}")


@value_object
class PinnedCertificate:
    """Trust in exactly these server certificates, by their SHA-256 as `AA:BB:…`; each node has its own."""

    fingerprint: str
    others: tuple[str, ...] = ()

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """All of them."""
        return (self.fingerprint, *self.others)


@value_object
class CertificateAuthority:
    """Trust in certificates that the authorities in this PEM file signed for the host's name."""

    file: Path


@value_object
class Unverified:
    """Trust without any check: every server is believed. Red in the header."""


TrustSetting = PinnedCertificate | CertificateAuthority | Unverified


@value_object
class ClusterConfig:
    """The connection settings of one cluster. `urls` are `https://host:port`, tried in order; there is at least one."""

    name: str
    urls: tuple[str, ...]
    token_id: str
    token_secret: SecretSource
    trust: TrustSetting
    enabled: bool = True
    production: bool = False
    """Whether a person must arm it, with a reason, before they may change anything of it."""
    probe: bool = True
    """Whether ports of its containers may be probed from here, where a person asks for it."""


@value_object
class RefreshSettings:
    """The interval at which the inventory of each cluster is read."""

    interval: timedelta = timedelta(seconds=10)


@value_object
class BreakerSettings:
    """The limit for containers missing at once: more than max(`min`, `fraction` of a cluster's containers) hold the
    cluster.
    """

    min: int = 3
    fraction: float = 0.10


@value_object
class ReconcilerSettings:
    """The schedule of the reconciler, and the time between the two lists that prove an absence."""

    interval: timedelta = timedelta(minutes=5)
    confirm_after: timedelta = timedelta(seconds=30)
    breaker: BreakerSettings = BreakerSettings()


@value_object
class JanitorSettings:
    """The schedule of the janitor, and the time limit of each transient state."""

    interval: timedelta = timedelta(minutes=15)
    deploying: timedelta = timedelta(hours=1)
    cloning: timedelta = timedelta(hours=1)
    updating: timedelta = timedelta(hours=1)
    removing: timedelta = timedelta(hours=1)
    adopting: timedelta = timedelta(minutes=10)

    @property
    def limits(self) -> Mapping[State, timedelta]:
        """The longest stay by transient state; a state that is not listed has none."""
        from proximity_tui.core.model import State  # costs more to import than reading a configuration

        return {
            State.DEPLOYING: self.deploying,
            State.CLONING: self.cloning,
            State.UPDATING: self.updating,
            State.REMOVING: self.removing,
            State.ADOPTING: self.adopting,
        }


@value_object
class AlertSettings:
    """The thresholds of the alerts about what stands around the containers."""

    storage_used: float = 0.90
    """The share of a storage that may be in use."""
    certificate: timedelta = timedelta(days=14)
    """How long before its end a certificate of a node is an alert."""


@value_object
class SentrySettings:
    """The delivery of alerts to Sentry; none without a `dsn`."""

    dsn: SecretSource | None = None
    environment: str = "production"
    include_hostname: bool = False


@value_object
class MetricsSettings:
    """The export of metrics by a daemon; none without either setting."""

    listen: tuple[str, int] | None = None
    """Loopback address and port that answer `GET /metrics`."""
    file: Path | None = None
    """A file that is replaced every few seconds, for the textfile collector of node_exporter."""


@value_object
class PortSettings:
    """The pool from which public ports are allocated; the range holds both ends as the file wrote them."""

    public: range = range(8100, 9000)


@value_object
class ProbeSettings:
    """Whether ports are probed at all, which, and how fast."""

    enabled: bool = True
    ports: tuple[int, ...] = USUAL_PORTS
    pace: ProbePace = ProbePace()


@value_object
class Threshold:
    """The percentages from which on a figure is amber, and red."""

    amber: float
    red: float


@value_object
class ThresholdSettings:
    """The limits of each figure that is a share of something."""

    cpu: Threshold = Threshold(80, 95)
    mem: Threshold = Threshold(90, 97)
    disk: Threshold = Threshold(85, 95)
    alert: UsageLimits = UsageLimits()


@value_object
class Settings:
    """All settings; `origins` maps each dotted key to its origin."""

    path: Path
    database: str = field(repr=False)
    read_only: bool = False
    bell: bool = False
    """Whether the terminal rings when a red alert is opened."""
    theme: ThemeSetting = ThemeSetting.AUTO
    clusters: Mapping[str, ClusterConfig] = field(default_factory=dict)
    refresh: RefreshSettings = RefreshSettings()
    reconciler: ReconcilerSettings = ReconcilerSettings()
    janitor: JanitorSettings = JanitorSettings()
    ports: PortSettings = PortSettings()
    alerts: AlertSettings = AlertSettings()
    probe: ProbeSettings = ProbeSettings()
    drift: DriftRules = DriftRules()
    lint: LintLimits = LintLimits()
    thresholds: ThresholdSettings = ThresholdSettings()
    sentry: SentrySettings = SentrySettings()
    channels: tuple[ChannelSettings, ...] = ()
    """Where the people on call are told of alerts."""
    metrics: MetricsSettings = MetricsSettings()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Rebound keys, as written; the key table judges them."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Short names of commands, as written; the `:` line judges them."""
    views: Mapping[str, str] = field(default_factory=dict)
    """Lists with a filter and an order, as written; the `:` line judges them."""
    shell: tuple[str, ...] = DEFAULT_SHELL
    """The arguments that open a shell in a container, with placeholders; see `shell_argv`."""
    shell_user: str = "root"
    shell_jump: str = ""
    shell_addresses: Mapping[str, str] = field(default_factory=dict)
    """Node to the address by which it is reached, where its name does not lead there."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Dotted key to a file, a `$VARIABLE`, an `--option` or "default"."""

    @property
    def enabled_clusters(self) -> Mapping[str, ClusterConfig]:
        """The clusters that we contact; of the others only the records are shown."""
        return {name: cluster for name, cluster in self.clusters.items() if cluster.enabled}

    def why_not_contacted(self, cluster: str) -> str:
        """Return why a cluster that is not among the enabled ones is not contacted."""
        return f"{cluster} is {'disabled' if cluster in self.clusters else 'not configured'}"

    @property
    def database_shown(self) -> str:
        """The database URL as a screen or log may show it: without a password."""
        without = re.sub(r"(//[^/@:]*):.*@", r"\1:***@", self.database)
        return re.sub(r"(?i)([?&](?:ssl)?password=)[^&]*", r"\1***", without)

    def shell_argv(self, *, cluster: str, node: str, vmid: int) -> list[str]:
        """Return the command line that opens a shell in this container, as arguments that no shell expands."""
        names = {"cluster": cluster, "node": node, "vmid": vmid, "user": self.shell_user, "jump": self.shell_jump}
        address = self.shell_addresses.get(node, node)
        return [part.format(address=address, **names) for part in self.shell]
