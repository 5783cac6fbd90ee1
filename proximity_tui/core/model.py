"""The words of the project as enums and frozen dataclasses (see docs/architecture.md, "Words").

It knows what things are, and deliberately nothing of where they come from or are kept.
Times are timezone-aware UTC datetimes, sizes are bytes, CPU is a fraction of the guest's own limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Why a container is ours. Immutable once recorded; what cannot be read counts as not ours (law 1)."""

    NATIVE = "native"
    ADOPTED = "adopted"
    UNKNOWN = "unknown"

    @classmethod
    def read(cls, text: object) -> Kind:
        """The kind that `text` names, or `UNKNOWN` for anything else: never an error, never a guess."""
        return next((kind for kind in (cls.NATIVE, cls.ADOPTED) if kind.value == text), cls.UNKNOWN)


class State(StrEnum):
    """Our lifecycle state of a container; `lifecycle` has the table of moves."""

    DEPLOYING = "deploying"
    CLONING = "cloning"
    ADOPTING = "adopting"
    UPDATING = "updating"
    REMOVING = "removing"
    RUNNING = "running"
    STOPPED = "stopped"
    ERROR = "error"


class Status(StrEnum):
    """What Proxmox says of a guest. `UNKNOWN` means no information, never "stopped"."""

    RUNNING = "running"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Presence(StrEnum):
    """Our verdict on whether the guest of a container is there."""

    PRESENT = "present"
    ABSENT = "absent"
    HIDDEN = "hidden"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """How a fingerprint that was just read compares with the recorded one."""

    SAME = "same"
    UNSURE = "unsure"
    DIFFERENT = "different"


class Action(StrEnum):
    """What an operation does."""

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


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The evidence that a guest is still the one we recorded. A VMID is not part of it (law 3)."""

    type: str
    hwaddrs: frozenset[str]
    rootfs: str | None
    hostname: str | None
    ostype: str | None
    arch: str | None
    unprivileged: bool | None
    marker: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A comparison of two fingerprints: the match and, in words, what spoke for or against it."""

    match: Match
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The reasons as one line for a person."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Guest:
    """One row of the inventory. `name`, `template` and the numbers are absent until Proxmox broadcast them."""

    vmid: int
    node: str
    type: str
    status: Status
    name: str | None = None
    template: bool | None = None
    tags: tuple[str, ...] = ()
    lock: str | None = None
    pool: str | None = None
    hastate: str | None = None
    uptime: int | None = None
    cpu: float | None = None
    maxcpu: float | None = None
    mem: int | None = None
    maxmem: int | None = None
    disk: int | None = None
    maxdisk: int | None = None
    netin: int | None = None
    netout: int | None = None

    @property
    def display_name(self) -> str:
        """The hostname, or `CT105` where none is known (as Proxmox itself writes it)."""
        return self.name or f"CT{self.vmid}"


@dataclass(frozen=True, slots=True)
class Quorum:
    """What `/cluster/status` says. `quorate` is None when our token may not see it (needs Sys.Audit on /)."""

    quorate: bool | None
    standalone: bool = False
    nodes_online: int | None = None
    nodes_total: int | None = None
    reason: str | None = None

    @property
    def allows_conclusions(self) -> bool:
        """Whether absence may be concluded from what this node says (ladder, rung 1)."""
        return self.standalone or self.quorate is True


@dataclass(frozen=True, slots=True)
class Inventory:
    """One reading of all guests of a cluster. Only a `complete` one may ever speak of absence."""

    cluster: str
    taken_at: datetime
    guests: Mapping[int, Guest]
    nodes: Mapping[str, str]
    """Node name to `online`, `offline` or `unknown`."""
    quorum: Quorum
    complete: bool
    reasons: tuple[str, ...] = ()
    """Why the reading is not complete, in words; empty when it is."""

    def node_status(self, node: str | None) -> str:
        """`online`, `offline` or `unknown` for a node, also for one that is not listed at all."""
        return self.nodes.get(node or "", "unknown")


@dataclass(frozen=True, slots=True)
class Observation:
    """A close look at one guest: everything that a decision about it rests on, read at one moment.

    What could not be read is None and named in `gaps`; a decision treats a gap as a refusal, not as "fine".
    """

    cluster: str
    vmid: int
    node: str
    taken_at: datetime
    type: str
    status: Status
    lock: str | None
    template: bool
    config: Mapping[str, Any] | None
    fingerprint: Fingerprint | None
    digest: str | None
    protection: bool | None
    ha_state: str | None
    ha_known: bool
    replicated: bool | None
    quorum: Quorum
    busy_tasks: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    backups: tuple[Backup, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A close look that found no guest of ours at a VMID.

    Only `presence` ABSENT is a proof (this look's share of one): complete inventory, quorum, and `nextid` says free.
    """

    cluster: str
    vmid: int
    taken_at: datetime
    presence: Presence
    reason: str


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of a guest that Proxmox lists."""

    volid: str
    at: datetime
    size: int | None = None


Sighting = Observation | Missing
"""What a close look brings back."""


@dataclass(frozen=True, slots=True)
class PortMapping:
    """A public port that we allocated, and the container's own port that it leads to."""

    public: int
    container: int


@dataclass(frozen=True, slots=True)
class Container:
    """Our record of a guest that we manage."""

    id: int
    cluster: str
    vmid: int | None
    node: str | None
    name: str
    kind: Kind
    state: State
    state_since: datetime
    version: int
    status: Status
    presence: Presence
    presence_reason: str | None
    observed_at: datetime | None
    created_at: datetime
    fingerprint: Fingerprint | None
    lock: str | None = None
    template: bool = False
    tags: tuple[str, ...] = ()
    last_error: str | None = None
    ports: tuple[PortMapping, ...] = ()
    operation: int | None = None
    """The id of the open operation that holds this record, if any."""
    predecessor: int | None = None
    """The tombstone of the same guest that this record follows, if any."""
    closed_at: datetime | None = None
    closed_reason: str | None = None
    missing_since: datetime | None = None
    """When a complete inventory first missed the guest; None while it is seen (ladder, rung 5)."""

    @property
    def is_tombstone(self) -> bool:
        """Whether the record is closed: out of the list, ports free, history kept (law 6)."""
        return self.closed_at is not None

    @property
    def label(self) -> str:
        """How messages call it: `web1 (native, CT 101 on pve1)`."""
        place = f"CT {self.vmid} on {self.node or 'an unknown node'}" if self.vmid else "no VMID"
        return f"{self.name} ({self.kind}, {place})"


@dataclass(frozen=True, slots=True)
class ClinicalRecord:
    """Everything captured of a guest at adoption or creation. `config` is Proxmox's answer, key for key."""

    captured_at: datetime
    status: Status
    raw_status: str
    """The status exactly as Proxmox wrote it (N83)."""
    config: Mapping[str, Any] | None
    digest: str | None
    resources: Mapping[str, Any]
    networks: tuple[Mapping[str, Any], ...]
    snapshots: tuple[Mapping[str, Any], ...]
    interfaces: tuple[Mapping[str, Any], ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: its name, and why it is there."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The exact steps an action would take. Data: it can be shown, printed, stored, and compared with the world."""

    action: Action
    cluster: str
    vmid: int | None
    name: str
    steps: tuple[Step, ...]
    summary: str
    node: str | None = None
    bound_to: Mapping[str, Any] = field(default_factory=dict)
    """What the plan was made from (fingerprint match, digest, status, version); a change voids it."""
    options: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no with a reason a person can act on. A value, never an exception."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the OS user and host, and the API token that speaks for them (None before it is known)."""

    user: str
    host: str
    token: str | None = None

    def __str__(self) -> str:
        who = f"{self.user}@{self.host}"
        return f"{who} via {self.token}" if self.token else who


class OperationStatus(StrEnum):
    """How far an operation is. `INTERRUPTED` means nobody carries it and its end is not known."""

    OPEN = "open"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
    ABANDONED = "abandoned"


class StepOutcome(StrEnum):
    """What is known of a step. `INTENDED` without more means: asked, and the answer was not recorded."""

    PENDING = "pending"
    INTENDED = "intended"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One journaled step of an operation."""

    seq: int
    name: str
    reason: str
    outcome: StepOutcome
    task: str | None = None
    intent_at: datetime | None = None
    fact_at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """A plan being carried out, journaled step by step."""

    id: int
    container: int | None
    cluster: str
    vmid: int | None
    name: str
    action: Action
    status: OperationStatus
    plan: Plan
    actor: str
    owner: str
    """`host:pid:random` of the process that carries it."""
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    error: str | None
    steps: tuple[StepRecord, ...]

    @property
    def current(self) -> StepRecord | None:
        """The step being carried out, or None when every step has an end."""
        ended = (StepOutcome.DONE, StepOutcome.SKIPPED)
        return next((step for step in self.steps if step.outcome not in ended), None)

    @property
    def progress(self) -> str:
        """`2/5`: the step that is under way, of how many."""
        current = self.current
        position = current.seq if current else len(self.steps)
        return f"{position}/{len(self.steps)}"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit trail. Append-only, chained by hash."""

    seq: int
    at: datetime
    actor: str
    action: str
    container: int | None
    cluster: str | None
    vmid: int | None
    message: str
    evidence: Mapping[str, Any]
    hash: str


_NO_EXIT_STATUS = ("unexpected status", "unable to read tail", "unable to get last line", "unable to open file - ")
"""What stands in place of an exit status when the log of the task does not end in one."""


@dataclass(frozen=True, slots=True)
class Task:
    """A Proxmox task: `status` is `running` or `stopped`; `exitstatus` is None while it runs or is not known."""

    upid: str
    node: str
    type: str
    id: str
    user: str
    started_at: datetime
    status: str
    exitstatus: str | None = None
    ended_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether the task still runs."""
        return self.status == "running"

    @property
    def succeeded(self) -> bool:
        """`OK` and `WARNINGS: n` are success; anything else, also a missing exit status, is not."""
        text = self.exitstatus or ""
        return text == "OK" or (text.startswith("WARNINGS: ") and text[10:].isdigit())

    @property
    def failed(self) -> bool:
        """Whether Proxmox says that it failed. A task whose end got lost neither failed nor succeeded: look at the
        guest (recorded 9.2 behaviour)."""
        text = self.exitstatus
        return text is not None and not self.succeeded and not text.startswith(_NO_EXIT_STATUS)


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """What a person asks of a new native container. Sizes in MiB and GiB, as Proxmox takes them."""

    template: str
    hostname: str
    node: str | None = None
    storage: str | None = None
    cores: int = 1
    memory_mib: int = 512
    disk_gib: int = 4
    port: int | None = None
    start: bool = False
    bridge: str | None = "vmbr0"


def describe(items: Sequence[str]) -> str:
    """`a, b and c`: a list as a person would say it."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
