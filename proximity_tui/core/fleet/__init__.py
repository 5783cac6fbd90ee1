"""The read side: records, Proxmox's inventories and operations joined into the rows that lists and JSON show.

Pure: it is given everything and sends no request. `join` makes rows, `fleet` keeps those of a whole process.
"""

from typing import TYPE_CHECKING

from proximity_tui.core.base.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from proximity_tui.core.fleet.cluster_rows import NodeRow, StorageRow, kept, node_rows, storage_rows
    from proximity_tui.core.fleet.counts import FleetCounts
    from proximity_tui.core.fleet.fleet import Fleet
    from proximity_tui.core.fleet.join import NOTHING_KNOWN, SECOND_LIST_DUE, guest_rows, managed_rows, unmanaged_rows
    from proximity_tui.core.fleet.listed_tasks import TaskRow, task_rows
    from proximity_tui.core.fleet.reappeared import ReappearedGuests, reappeared_guests
    from proximity_tui.core.fleet.row import (
        STALE_AFTER,
        UNMANAGED,
        FleetRow,
        GuestKind,
        GuestRow,
        NoAnswer,
        ReadOnlyRow,
        key_of_record,
        order,
        record_of,
    )
    from proximity_tui.core.fleet.search import find_by_place, find_rows, is_address, recorded_addresses
    from proximity_tui.core.fleet.trends import CpuTrends

__getattr__ = lazy_exports(
    __name__,
    {
        "cluster_rows": "NodeRow StorageRow kept node_rows storage_rows",
        "counts": "FleetCounts",
        "fleet": "Fleet",
        "join": "NOTHING_KNOWN SECOND_LIST_DUE guest_rows managed_rows unmanaged_rows",
        "listed_tasks": "TaskRow task_rows",
        "reappeared": "ReappearedGuests reappeared_guests",
        "row": ("STALE_AFTER UNMANAGED FleetRow GuestKind GuestRow NoAnswer ReadOnlyRow key_of_record order record_of"),
        "search": "find_by_place find_rows is_address recorded_addresses",
        "trends": "CpuTrends",
    },
)
