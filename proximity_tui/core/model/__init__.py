"""The words of the project as enums and value objects (see docs/architecture.md, "Words").

They define what things are, and know nothing of where they come from or are kept. Times are timezone-aware UTC
datetimes, sizes are bytes, CPU is a fraction of the guest's own limit. A word is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from proximity_tui.core.base.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from proximity_tui.core.model.actions.action import POWER_ACTIONS, Action, Step, StepName
    from proximity_tui.core.model.actions.actor import Actor
    from proximity_tui.core.model.actions.create_request import CreateRequest
    from proximity_tui.core.model.actions.event import Event
    from proximity_tui.core.model.actions.operation import Operation, OperationStatus
    from proximity_tui.core.model.actions.plan import Plan
    from proximity_tui.core.model.actions.refusal import Refusal, RefusalCode
    from proximity_tui.core.model.actions.step_record import StepOutcome, StepRecord
    from proximity_tui.core.model.container import (
        ClinicalRecord,
        ClockReading,
        ClosedReason,
        Container,
        Kind,
        PortMapping,
        Provenance,
        State,
    )
    from proximity_tui.core.model.guests.guest import (
        BadRow,
        Fingerprint,
        Guest,
        Identity,
        IdentityCause,
        Inventory,
        Lock,
        Match,
        Presence,
        Status,
    )
    from proximity_tui.core.model.guests.guest_backup import (
        Backup,
        BackupGap,
        BackupList,
        BackupMode,
        Compression,
        NewestBackups,
        Unlisted,
        Verification,
    )
    from proximity_tui.core.model.guests.guest_detail import (
        Gap,
        GuestConfig,
        GuestDetail,
        GuestLookup,
        GuestNotSeen,
        Task,
        Unread,
        Vacancy,
    )
    from proximity_tui.core.model.guests.guest_snapshot import GuestSnapshots, Snapshot, SnapshotList
    from proximity_tui.core.model.guests.membership import Departure, Membership, Quorum
    from proximity_tui.core.model.node import NodeReading, NodeStatus, StorageReading, StorageStatus

__getattr__ = lazy_exports(
    __name__,
    {
        "guests.guest_backup": "Backup BackupGap BackupList BackupMode NewestBackups Compression Unlisted Verification",
        "container": "ClinicalRecord ClockReading ClosedReason Container Kind PortMapping Provenance State",
        "guests.guest": "BadRow Fingerprint Guest Identity IdentityCause Inventory Lock Match Presence Status",
        "guests.guest_detail": "Gap GuestConfig GuestDetail GuestLookup GuestNotSeen Task Unread Vacancy",
        "guests.guest_snapshot": "GuestSnapshots Snapshot SnapshotList",
        "guests.membership": "Departure Membership Quorum",
        "node": "NodeReading NodeStatus StorageReading StorageStatus",
        "actions.operation": "Operation OperationStatus",
        "actions.step_record": "StepOutcome StepRecord",
        "actions.event": "Event",
        "actions.actor": "Actor",
        "actions.action": "POWER_ACTIONS Action Step StepName",
        "actions.create_request": "CreateRequest",
        "actions.plan": "Plan",
        "actions.refusal": "Refusal RefusalCode",
    },
)
