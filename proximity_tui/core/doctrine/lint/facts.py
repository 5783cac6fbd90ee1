"""What the rules of lint are given: each fact is known, or says why it was not read (law 2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Guest, PortMapping
from proximity_tui.core.model.alert import Alert

T = TypeVar("T")


@value_object
class UnreadFact:
    """A fact that is not known, and why."""

    why: str


@value_object
class SnapshotAge:
    """A snapshot, and when it was taken; None where Proxmox does not say."""

    name: str
    at: datetime | None


@value_object
class LintSubject:
    """One container and what is known of it."""

    container: Container
    guest: Guest | UnreadFact
    """Its row in the last list."""
    config: Mapping[str, Any] | UnreadFact
    """Its config as it was read last."""
    drift: int | None
    """How many settings differ from the clinical record; None where that is not known."""
    addresses: tuple[str, ...] = ()
    last_backup: datetime | UnreadFact | None = UnreadFact("its backups were not read")
    """When its last backup was made; None where it has none."""
    snapshots: tuple[SnapshotAge, ...] | UnreadFact = UnreadFact("its snapshots were not read")
    silent_ports: tuple[PortMapping, ...] | UnreadFact = UnreadFact("its ports were never probed")
    """The ports on which nothing listened when somebody looked."""


@value_object
class UnusedTemplate:
    """A template of containers from which no record of ours was created."""

    cluster: str
    volid: str


@value_object
class LintFacts:
    """Everything that the rules judge."""

    subjects: tuple[LintSubject, ...]
    alerts: tuple[Alert, ...]
    templates: Mapping[str, tuple[UnusedTemplate, ...] | UnreadFact]
    """The templates that nobody uses, by cluster."""
