"""The words of the project as enums and frozen dataclasses (see docs/architecture.md, "Words").

They define what things are, and know nothing of where they come from or are kept. Times are timezone-aware UTC
datetimes, sizes are bytes, CPU is a fraction of the guest's own limit.
"""

from proximity_tui.core.model.clock_reading import ClockReading
from proximity_tui.core.model.container import (
    ClinicalRecord,
    ClosedReason,
    Container,
    Kind,
    PortMapping,
    Provenance,
    State,
)
from proximity_tui.core.model.guest import (
    Backup,
    BackupList,
    BadRow,
    Fingerprint,
    Guest,
    Identity,
    Inventory,
    Match,
    NodeStatus,
    Presence,
    Quorum,
    Status,
)
from proximity_tui.core.model.inspection import (
    Gap,
    GuestConfig,
    GuestDetail,
    GuestLookup,
    GuestNotSeen,
    Unread,
    Vacancy,
)
from proximity_tui.core.model.operation import Actor, Event, Operation, OperationStatus, StepOutcome, StepRecord
from proximity_tui.core.model.plan import POWER_ACTIONS, Action, CreateRequest, Plan, Step, StepName, describe
from proximity_tui.core.model.refusal import Refusal, RefusalCode
from proximity_tui.core.model.task import Task

__all__ = [
    "POWER_ACTIONS",
    "Action",
    "Actor",
    "Backup",
    "BackupList",
    "BadRow",
    "ClinicalRecord",
    "ClockReading",
    "ClosedReason",
    "Container",
    "CreateRequest",
    "Event",
    "Fingerprint",
    "Gap",
    "Guest",
    "GuestConfig",
    "GuestDetail",
    "GuestLookup",
    "GuestNotSeen",
    "Identity",
    "Inventory",
    "Kind",
    "Match",
    "NodeStatus",
    "Operation",
    "OperationStatus",
    "Plan",
    "PortMapping",
    "Presence",
    "Provenance",
    "Quorum",
    "Refusal",
    "RefusalCode",
    "State",
    "Status",
    "Step",
    "StepName",
    "StepOutcome",
    "StepRecord",
    "Task",
    "Unread",
    "Vacancy",
    "describe",
]
