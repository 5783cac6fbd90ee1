"""The options of each action's plan: what it carries besides its guest, one small class each.

The names of the fields are the keys under which they stand in databases: add, with a default, and never rename.
"""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.actions.create_request import CreateSettings
from proximity_tui.core.model.container import Kind, PortMapping
from proximity_tui.core.model.guests.guest import Fingerprint
from proximity_tui.core.model.guests.guest_backup import BackupMode, Compression

SHUTDOWN_SECONDS = 60
"""How long a guest may take to shut down by itself before it is stopped; also Proxmox's own default."""


class UnreadablePlan(Exception):
    """A recorded plan does not hold what its action needs. Nothing can be carried out by it."""


@value_object
class NoOptions:
    """An action that carries nothing but its guest: a soft delete."""


@value_object
class PowerOptions:
    """A power action: whether HA manages the guest, and so queues what it is asked."""

    ha: bool = False
    done_before: tuple[str, ...] | None = None
    """The tasks of this action that Proxmox listed when a reboot was planned: it leaves no other trace. None where they
    could not be read, and for every other action.
    """


@value_object
class DestroyOptions:
    """A hard delete. `backup_storage` is where the guest is backed up to first, None for no backup."""

    purge: bool = False
    shutdown_seconds: int = SHUTDOWN_SECONDS
    unsure_confirmed: bool = False
    backup_storage: str | None = None


@value_object
class BackupOptions:
    """A backup: where to and how. `note` is a template of Proxmox, in which `{{guestname}}` is the name of the guest;
    empty for none. `notify` are the addresses that a mail about its end goes to.
    """

    storage: str
    mode: BackupMode = BackupMode.SNAPSHOT
    compress: Compression = Compression.ZSTD
    note: str = ""
    protected: bool = False
    notify: tuple[str, ...] = ()


@value_object
class AdoptionOptions:
    """An adoption: the container's own port to publish, and whether it is adopted without a clinical record."""

    port: int | None = None
    without_record: bool = False


@value_object
class CreateOptions(CreateSettings):
    """A creation: its request with nothing left open. Sizes in MiB and GiB; the marker is the one that its description
    will carry.
    """

    template: str
    storage: str
    cores: int
    memory_mib: int
    disk_gib: int
    marker: str
    nesting: bool = False
    instead_of: int | None = None
    """The record of the lost container that this empty one is made for."""


@value_object
class PropertyChange:
    """One property of a setting, such as the `bridge` of `net0`: what it is to be, None for none. One whose value is
    that of before stays as it is.
    """

    name: str
    value: str | None
    before: str | None = None

    @property
    def changes(self) -> bool:
        """True where it becomes another one."""
        return self.value != self.before


@value_object
class CloneOptions:
    """A clone: the VMID, record and node of its source, and what is asked of the copy."""

    source: int
    source_record: int
    source_node: str
    full: bool
    marker: str
    storage: str | None = None
    port: int | None = None
    start: bool = False
    network: str | None = None
    """The network card of the copy that is not to be as that of its source: `net0`; None: none."""
    properties: tuple[PropertyChange, ...] = ()
    """All its properties but the hardware address, of which every copy gets its own."""

    @property
    def network_setting(self) -> str:
        """The whole setting of that card as a person would write it: without a hardware address Proxmox makes one."""
        return ",".join(f"{one.name}={one.value}" for one in self.properties if one.value is not None)


@value_object
class ConfigChange:
    """One setting of a config: the value that it gets, as Proxmox writes it, or None to remove it."""

    key: str
    value: str | None
    before: str | None = None
    """What it was when the plan was made; None where it was not set."""


@value_object
class DiskGrowth:
    """The growth of one disk, by its key: `rootfs`, `mp0`. Sizes in Proxmox's words, such as `8G`."""

    disk: str
    size: str
    """The size that it gets: never an amount to add, so that a second request adds nothing."""
    before: str = ""


@value_object
class ChangeOptions:
    """A change: the settings to write at once, and the disks to grow."""

    changes: tuple[ConfigChange, ...] = ()
    growth: tuple[DiskGrowth, ...] = ()


@value_object
class RestoreOptions:
    """A restore: the backup and its storage, what is not as in the backup, and what the record will be.

    `fingerprint` is what the config in the backup promises; where that could not be read, the recorded one.
    """

    backup: str
    storage: str
    kind: Kind
    unprivileged: bool
    unique: bool = False
    """Whether its network cards get new hardware addresses."""
    net0: str | None = None
    """The first network card, where it is not to be as in the backup."""
    pool: str | None = None
    start: bool = False
    predecessor: int | None = None
    """The record whose history it continues; None where the backup is of another guest."""
    public_ports: tuple[int, ...] = ()
    """The public ports that it held; `container_ports` has the port that each leads to."""
    container_ports: tuple[int, ...] = ()
    fingerprint: Fingerprint | None = None

    @property
    def ports(self) -> tuple[PortMapping, ...]:
        """The ports that it held."""
        return tuple(map(PortMapping, self.public_ports, self.container_ports))


@value_object
class MigrateOptions:
    """A move to the node `target`, with a restart there for a container that runs; `ha`: HA carries it out."""

    target: str
    restart: bool = False
    ha: bool = False


@value_object
class SnapshotOptions:
    """A snapshot that is taken or deleted. `note` is its description; see `DestroyOptions` for `unsure_confirmed`."""

    name: str
    note: str = ""
    unsure_confirmed: bool = False


@value_object
class RollbackOptions:
    """A roll back to a snapshot: its name, and whether the container is started afterwards."""

    name: str
    start: bool = False
    unsure_confirmed: bool = False
    fingerprint: Fingerprint | None = None
    """What the guest will be recognised by afterwards: by the config of the snapshot. None where that was not read."""
    done_before: tuple[str, ...] | None = None
    """The roll backs that Proxmox listed when this one was planned. None where they could not be read."""


NO_OPTIONS = NoOptions()

Options = (
    NoOptions
    | PowerOptions
    | DestroyOptions
    | BackupOptions
    | AdoptionOptions
    | CreateOptions
    | CloneOptions
    | ChangeOptions
    | MigrateOptions
    | RestoreOptions
    | SnapshotOptions
    | RollbackOptions
)
