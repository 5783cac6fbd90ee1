"""The answers of a cluster to the doctor, which its checks judge, and the result for one subject: the level, and the
advice. Knows no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from proximity_tui.config.schema import ClusterConfig
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Inventory, NodeReading, Quorum
from proximity_tui.core.proxmox.catalogue import Version
from proximity_tui.core.proxmox.errors import ProxmoxError, Unauthenticated


@value_object
class ServerFacts:
    """One URL of a cluster. `error` says why it did not answer; missing answers are None."""

    url: str
    error: ProxmoxError | None = None
    version: Version | None = None
    ahead: timedelta | None = None
    """How far its clock is ahead of ours."""
    identity: str | None = None
    """The root CA that it shows."""
    fingerprint: str | None = None
    """Of its own certificate."""
    expires_at: datetime | None = None

    @property
    def answers(self) -> bool:
        """True when it can be used: it answers, and it accepts our token."""
        return self.error is None


@value_object
class ClusterFacts:
    """One cluster. `problem` is the reason why it could not be contacted at all."""

    cluster: ClusterConfig
    problem: str | None = None
    endpoints: tuple[ServerFacts, ...] = ()
    nodes: tuple[NodeReading, ...] = ()
    permissions: Mapping[str, frozenset[str]] | None = None
    quorum: Quorum | None = None
    inventory: Inventory | None = None
    trouble: Mapping[str, str] = field(default_factory=dict)
    """Why something is None: "permissions", "quorum" or "inventory" to a sentence."""

    @property
    def name(self) -> str:
        """Our name of the cluster."""
        return self.cluster.name

    @property
    def used(self) -> ServerFacts | None:
        """The endpoint that a context would use: the first that answers."""
        return next((one for one in self.endpoints if one.answers), None)

    @property
    def refused_token(self) -> Unauthenticated | None:
        """The answer of a server that does not accept our token, or None."""
        return next((one.error for one in self.endpoints if isinstance(one.error, Unauthenticated)), None)


class Level(StrEnum):
    """The severity of a result. WARN: it works, but not all of it or not for long. FAIL: something that was promised
    does not.
    """

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@value_object
class CheckResult:
    """One line of the doctor. `advice` are lines to follow or to paste; `unanswered` marks a failure that only says
    that a cluster did not answer.
    """

    area: str
    subject: str
    level: Level
    message: str
    advice: tuple[str, ...] = ()
    unanswered: bool = False


def ok(area: str, subject: str, message: str) -> CheckResult:
    """Return the result that all is well."""
    return CheckResult(area, subject, Level.OK, message)


def warn(area: str, subject: str, message: str, *advice: str) -> CheckResult:
    """Return the result that it works, with a caveat."""
    return CheckResult(area, subject, Level.WARN, message, advice)


def fail(area: str, subject: str, message: str, *advice: str) -> CheckResult:
    """Return the result that it does not work."""
    return CheckResult(area, subject, Level.FAIL, message, advice)


def unanswered(area: str, subject: str, message: str, *advice: str) -> CheckResult:
    """Return the result that it failed because the cluster did not answer."""
    return CheckResult(area, subject, Level.FAIL, message, advice, unanswered=True)
