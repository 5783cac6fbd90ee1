"""The only code that knows the database: records, events, alerts, leases and their history."""

from proximity_tui.core.store.db import peewee_import  # noqa: F401

# isort: split
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
    was_promoted,
    weaknesses,
)
from proximity_tui.core.store.opening import make_new_store, open_again, open_store

__all__ = [
    "check_integrity",
    "close_store",
    "data_version",
    "database_url_label",
    "is_read_only",
    "is_writable",
    "make_new_store",
    "open_again",
    "open_store",
    "remark",
    "server_time",
    "transaction",
    "was_promoted",
    "weaknesses",
]
