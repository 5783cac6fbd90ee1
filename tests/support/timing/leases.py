"""Leases that run out when a test says so, and never because the machine was busy."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import closing

import psycopg

from tests.core.store.making import raw

_AT_WORK = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)


def run_out(cluster: str) -> None:
    """Let the time of a lease be over, as if its holder had not renewed it. The store must be open."""
    raw(f"UPDATE lease SET expires_tick_ms = 0 WHERE cluster = '{cluster}'")


def keep_for_minutes(cluster: str) -> None:
    """Let a lease last so long that nobody gets it in this test unless it is given back. The store must be open."""
    raw(f"UPDATE lease SET expires_tick_ms = expires_tick_ms + 540000 WHERE cluster = '{cluster}'")


def put_to_sleep(pid: int, url: str) -> None:
    """Stop a child process with SIGSTOP where it holds no lock of the database: else all others would stop with it."""
    while True:
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)
        if _nobody_writes(url):
            return
        os.kill(pid, signal.SIGCONT)


def _nobody_writes(url: str) -> bool:
    """Return whether a write could begin at once."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.1, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            connection.execute("ROLLBACK")
            return True
    with psycopg.connect(url, autocommit=True) as connection:
        (busy,) = connection.execute(_AT_WORK).fetchone() or (0,)
    return not busy
