"""The plan of an action, as data: steps with their reasons; or its refusal, a code and a reason for a person."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guest import Fingerprint
from proximity_tui.core.model.plan_content import (
    NO_OPTIONS,
    UNBOUND,
    AbsenceBound,
    AdoptionBound,
    Bound,
    GuestBound,
    Options,
    RecordBound,
    SourceBound,
    UnreadablePlan,
)

_OF_A_GUEST = (GuestBound, AdoptionBound, SourceBound)
_OptionsT = TypeVar("_OptionsT", bound=Options)


class RefusalCode(StrEnum):
    """The code of a refusal. The words are an outer contract (JSON): add, never rename."""

    ABSENT = "absent"
    """The guest is proved not to be there."""
    ADOPTED = "adopted"
    """The guest was there before us, so it is never destroyed (law 1)."""
    ALREADY_RUNNING = "already_running"
    ALREADY_STOPPED = "already_stopped"
    BACKUP_LIMIT = "backup_limit"
    """The storage keeps no further protected backup of the guest."""
    BACKUP_STORAGE = "backup_storage"
    """No storage for the backup, or more than one to choose from."""
    BIND_MOUNT = "bind_mount"
    BUSY = "busy"
    """An operation of ours, or a task of Proxmox, is at work on it."""
    CHANGED = "changed"
    """It is not what the plan was made from any more."""
    CLOSED = "closed"
    """The record is a tombstone."""
    CONFIRMATION = "confirmation"
    """Nobody agreed, or what was typed is wrong."""
    DENIED = "denied"
    """Our token lacks a privilege."""
    DISARMED = "disarmed"
    """A production cluster that was not armed."""
    FAILED = "failed"
    """It could not even be planned."""
    FROZEN = "frozen"
    """A person froze the cluster."""
    HA_MANAGED = "ha_managed"
    IDENTITY_UNSURE = "identity_unsure"
    """Whether the guest is the recorded one is not certain."""
    INACTIVE = "inactive"
    """The storage is not active on the node."""
    INVALID = "invalid"
    """The request is wrong by itself."""
    KIND_UNKNOWN = "kind_unknown"
    """The kind of the record cannot be read, so it counts as not ours (law 1)."""
    LOCKED = "locked"
    MANAGED = "managed"
    """There is a record of it already."""
    NOT_A_CONTAINER = "not_a_container"
    NOT_A_TEMPLATE = "not_a_template"
    NOT_FOUND = "not_found"
    NOT_SHARED = "not_shared"
    """A volume lies on a storage that only one node has."""
    NO_CLINICAL_RECORD = "no_clinical_record"
    """Its config cannot be read, and nobody consented to adopt it without."""
    NO_PLACE = "no_place"
    """No node or storage for a new container."""
    NO_QUORUM = "no_quorum"
    OFFLINE = "offline"
    PROTECTED = "protected"
    READ_ONLY = "read_only"
    RECORD_ALTERED = "record_altered"
    """The audit trail does not say the same as the record."""
    RENAMED = "renamed"
    """Its config calls it otherwise than our record."""
    REPLACED = "replaced"
    """Another guest has its VMID."""
    REPLICATED = "replicated"
    RUNNING = "running"
    SAME_CLUSTER = "same_cluster"
    """One physical cluster under two names."""
    STATE = "state"
    """The state machine has no such move."""
    TEMPLATE = "template"
    UNKNOWN_STATUS = "unknown_status"
    """Nothing certain is known of it."""
    VMID_TAKEN = "vmid_taken"
    """The requested VMID is not free."""
    WRONG_CLUSTER = "wrong_cluster"
    """Another cluster answers than the one we know by this name."""


@value_object
class Refusal:
    """A refusal with a reason that a person can act on. A value, never an exception."""

    code: RefusalCode
    reason: str


class Action(StrEnum):
    """The actions that an operation can perform."""

    ADOPT = "adopt"
    CREATE = "create"
    CLONE = "clone"
    SOFT_DELETE = "soft-delete"
    HARD_DELETE = "hard-delete"
    START = "start"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    REBOOT = "reboot"


POWER_ACTIONS = (Action.START, Action.SHUTDOWN, Action.STOP, Action.REBOOT)


class StepName(StrEnum):
    """The name of a step of a plan. The words stand in databases, in JSON and in the journal: add, never rename."""

    ASK = "ask"
    """The one request of a power action."""
    AWAIT_STATUS = "await_status"
    SHUTDOWN = "shutdown"
    STOP = "stop"
    BACK_UP = "back_up"
    PROVE_BACKUP = "prove_backup"
    DESTROY = "destroy"
    PROVE_ABSENT = "prove_absent"
    RELEASE = "release"
    """Free the ports and close the record."""
    CREATE = "create"
    CLONE = "clone"
    VERIFY = "verify"
    START = "start"
    SETTLE = "settle"
    """Set the record of a new container to what is observed of it."""
    CAPTURE = "capture"
    RECORD = "record"
    LOOK = "look"
    UNREADABLE = "unreadable"
    """A journaled name that this version does not know. It is never carried out."""

    @classmethod
    def read(cls, text: object) -> StepName:
        """Return the step that `text` names, `UNREADABLE` for any other text."""
        return next((name for name in cls if name.value == text), cls.UNREADABLE)


@value_object
class Step:
    """One step of a plan: its name, and why it is there."""

    name: StepName
    reason: str


@value_object
class Plan:
    """The exact steps an action would take. Data: it can be shown, printed, stored, and compared with the world."""

    action: Action
    cluster: str
    vmid: int | None
    name: str
    steps: tuple[Step, ...]
    summary: str
    node: str | None = None
    bound_to: Bound = UNBOUND
    """What the plan was made from; a change voids it."""
    options: Options = NO_OPTIONS
    """What it carries besides its guest."""
    warnings: tuple[str, ...] = ()

    def carries(self, kind: type[_OptionsT]) -> _OptionsT:
        """Return the options of the plan, which must be of this kind. Raises UnreadablePlan."""
        if not isinstance(self.options, kind):
            raise UnreadablePlan(f"the plan to {self.action} {self.name} does not say what to do")
        return self.options

    @property
    def fingerprint(self) -> Fingerprint | None:
        """The fingerprint of the guest that the plan was made from; None where it was made from none."""
        return self.bound_to.fingerprint if isinstance(self.bound_to, _OF_A_GUEST) else None

    @property
    def digest(self) -> str | None:
        """The digest of the config that the plan was made from; None where it was made from none."""
        return self.bound_to.digest if isinstance(self.bound_to, _OF_A_GUEST) else None

    @property
    def version(self) -> int | None:
        """The version of the record that the plan was made from; None where it was made from none."""
        return self.bound_to.version if isinstance(self.bound_to, RecordBound | AbsenceBound | GuestBound) else None


@value_object
class CreateRequest:
    """One request for a new native container. Sizes in MiB and GiB, as Proxmox takes them."""

    template: str
    hostname: str
    node: str | None = None
    storage: str | None = None
    cores: int = 1
    memory_mib: int = 512
    disk_gib: int = 4
    port: int | None = None
    start: bool = False
    bridge: str | None = None
    """None: `vmbr0`, or the first bridge of the node where there is none of that name."""
    vmid: int | None = None
    """None: the lowest free one."""
    vlan: int | None = None
    address: str | None = None
    """An IPv4 address with its prefix, such as `10.0.0.5/24`; None: by DHCP."""
    gateway: str | None = None
    dns: tuple[str, ...] = ()
    """Addresses of name servers; empty: those of the node."""
    search_domain: str | None = None
    swap_mib: int | None = None
    """None: what Proxmox gives, 512 MiB."""
    tags: tuple[str, ...] = ()
    pool: str | None = None
    onboot: bool = False
    nesting: bool | None = None
    """None: on where the template needs it."""
    password: bool = False
    """Whether a root password comes beside the plan; see `Credentials`."""
    ssh_keys: int = 0
    """The number of SSH keys that come beside the plan."""


def describe(items: Sequence[str]) -> str:
    """Return a list as a person would say it: `a, b and c`."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
