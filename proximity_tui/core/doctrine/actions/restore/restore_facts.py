"""The facts that a restore is planned from: what is lost, a backup with the config in it, and the place for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Backup, Container, GuestLookup, PortMapping, Quorum


@value_object
class LostContainer:
    """The container that is gone, by our record of it: open with its `lookup`, or a tombstone without one."""

    record: Container
    lookup: GuestLookup | None = None
    config: Mapping[str, Any] | None = None
    """The last config that we captured of it, at `config_at`; both None where none was captured."""
    config_at: datetime | None = None
    ports: tuple[PortMapping, ...] = ()
    """The public ports that it holds, or held when its record was closed."""
    successor: Container | None = None
    """The open record that follows a closed one: then it is back already."""
    was_adopted: bool = False
    """Whether its guest was adopted once, by this record or another one."""


@value_object
class BackupRead:
    """A backup as it is listed, and the config in it; None with the reason where that could not be read."""

    backup: Backup
    config: Mapping[str, Any] | None
    unread: str | None = None


@value_object
class RestorePlace:
    """The place of a restore, and what is known of it."""

    cluster: str
    node: str
    storage: str
    vmid: int
    quorum: Quorum = Quorum(None)
    former_vmid_holder: str | None = None
    """Who has the VMID that the container had; None where that is free."""
    used_ports: Collection[int] = ()
    """The public ports that other containers hold."""
    address_holders: Mapping[str, str] = field(default_factory=dict)
    """The other containers of ours with a hardware address, by address."""
    free: int | None = None
    """The free space of the storage in bytes; None where that is not known."""
    notes: tuple[str, ...] = ()
    """What could not be checked of the place."""
