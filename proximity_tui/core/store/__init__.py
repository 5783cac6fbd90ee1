"""The only code that knows the database: records, events, alerts, leases and their history."""

from proximity_tui.core.store.db import peewee_alone  # noqa: F401

# isort: split
from proximity_tui.core.store import changes, clusters, events
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.database import (
    check_integrity,
    close_store,
    data_version,
    database_url_label,
    is_read_only,
    is_writable,
    remark,
    server_time,
    transaction,
)
from proximity_tui.core.store.jobs import breakers, job_runs, leases
from proximity_tui.core.store.opening import make_anew, open_store
from proximity_tui.core.store.records import clinical, operations, ports, records

__all__ = [
    "alerts",
    "breakers",
    "changes",
    "check_integrity",
    "clinical",
    "close_store",
    "clusters",
    "data_version",
    "database_url_label",
    "events",
    "is_read_only",
    "is_writable",
    "job_runs",
    "leases",
    "make_anew",
    "open_store",
    "operations",
    "ports",
    "records",
    "remark",
    "server_time",
    "transaction",
]
