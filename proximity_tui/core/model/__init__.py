"""The words of the project as enums and frozen dataclasses (see docs/architecture.md, "Words").

They know what things are, and deliberately nothing of where they come from or are kept.
Times are timezone-aware UTC datetimes, sizes are bytes, CPU is a fraction of the guest's own limit.
"""

from proximity_tui.core.model.clock_reading import ClockReading
from proximity_tui.core.model.container import ClinicalRecord, Container, Ending, Kind, PortMapping, Provenance, State
from proximity_tui.core.model.guest import (
    Backup,
    BackupList,
    BadRow,
    Fingerprint,
    Guest,
    GuestConfig,
    Identity,
    Inventory,
    Match,
    Missing,
    Observation,
    Presence,
    Quorum,
    Sighting,
    Status,
    Vacancy,
)
from proximity_tui.core.model.operation import Actor, Event, Operation, OperationStatus, StepOutcome, StepRecord
from proximity_tui.core.model.plan import POWER_ACTIONS, Action, CreateRequest, Plan, Refusal, Step, describe
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
    "Container",
    "CreateRequest",
    "Ending",
    "Event",
    "Fingerprint",
    "Guest",
    "GuestConfig",
    "Identity",
    "Inventory",
    "Kind",
    "Match",
    "Missing",
    "Observation",
    "Operation",
    "OperationStatus",
    "Plan",
    "PortMapping",
    "Presence",
    "Provenance",
    "Quorum",
    "Refusal",
    "Sighting",
    "State",
    "Status",
    "Step",
    "StepOutcome",
    "StepRecord",
    "Task",
    "Vacancy",
    "describe",
]
