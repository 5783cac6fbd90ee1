"""The leases for the jobs of a cluster: one row a lease, taken by compare-and-set, with a fencing token.

The time is the database's, never the caller's: a holder with a wrong clock, or one that slept, gains nothing. It renews
nothing by itself; `core.jobs.lease` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from proximity_tui.core.model.job import Lease
from proximity_tui.core.store.database import refuse_newer_schema, ticks, transaction, unit
from proximity_tui.core.store.db.fields import now
from proximity_tui.core.store.db.queries import dicts
from proximity_tui.core.store.db.store_errors import LostLease
from proximity_tui.core.store.schema.job_tables import LeaseRow

JOBS = "jobs"
"""The lease under which both jobs of a cluster run."""

LONGEST = timedelta(minutes=10)
"""No lease ends later than this, so one that does was given before the clock of the server was set back."""


def acquire(cluster: str, owner: str, ttl: timedelta, *, job: str = JOBS) -> Lease | None:
    """Acquire a lease that nobody holds, under a new and higher token; return None while anybody holds it, also
    `owner`.
    """
    moment = now()
    with transaction():
        refuse_newer_schema()
        clock, tick = ticks()
        LeaseRow.insert(cluster=cluster, job=job, token=0).on_conflict_ignore().execute()
        free = LeaseRow.owner.is_null() | ~_lasts(clock, tick)
        taken = (
            LeaseRow.update(
                owner=owner,
                token=LeaseRow.token + 1,
                acquired_at=moment,
                renewed_at=moment,
                expires_at=moment + ttl,
                boot_id=clock,
                expires_tick_ms=tick + _milliseconds(ttl),
            )
            .where(LeaseRow.cluster == cluster, LeaseRow.job == job, free)
            .execute()
        )
        return holder(cluster, job=job) if taken else None


def renew(lease: Lease) -> Lease | None:
    """Hold a lease for its full time again; return None when it ran out or was taken, also if nobody has it now."""
    moment = now()
    with transaction():
        refuse_newer_schema()
        clock, tick = ticks()
        renewed = (
            LeaseRow.update(
                renewed_at=moment,
                expires_at=moment + lease.ttl,
                expires_tick_ms=tick + _milliseconds(lease.ttl),
            )
            .where(*_mine(lease, clock, tick))
            .execute()
        )
    return replace(lease, expires_at=moment + lease.ttl) if renewed else None


def release(lease: Lease) -> None:
    """Give a lease back at once. Does nothing when it is not ours any more."""
    with transaction():
        LeaseRow.update(owner=None, expires_at=None, expires_tick_ms=None).where(
            LeaseRow.cluster == lease.cluster, LeaseRow.job == lease.job, LeaseRow.token == lease.token
        ).execute()


def holder(cluster: str, *, job: str = JOBS) -> Lease | None:
    """Return the lease of a cluster as it is held now, or None."""
    with unit():
        clock, tick = ticks()
        found = dicts(
            LeaseRow.select().where(
                LeaseRow.cluster == cluster,
                LeaseRow.job == job,
                LeaseRow.owner.is_null(False),
                _lasts(clock, tick),
            )
        )
    return _lease(found[0]) if found else None


@contextmanager
def fenced(lease: Lease) -> Iterator[None]:
    """Open a transaction that commits only while the lease is ours: every write of a job runs in one.

    Raises `LostLease` before anything else is written. Another process that wants the lease waits until it ends.
    """
    with transaction():
        clock, tick = ticks()
        # Writing the row, although with what it holds, locks it on every database until we are done.
        held = LeaseRow.update(token=lease.token).where(*_mine(lease, clock, tick)).execute()
        if held != 1:
            raise LostLease(f"{lease.owner} lost the lease of the {lease.job} of {lease.cluster}")
        yield


def _mine(lease: Lease, clock: str, tick: int) -> tuple[Any, ...]:
    return (
        LeaseRow.cluster == lease.cluster,
        LeaseRow.job == lease.job,
        LeaseRow.owner == lease.owner,
        LeaseRow.token == lease.token,
        LeaseRow.boot_id == clock,
        LeaseRow.expires_tick_ms > tick,
    )


def _lasts(clock: str, tick: int) -> Any:
    """Return the condition that a held lease lasts. After a reboot the milliseconds begin at zero again, so one of
    another boot is over whatever it says.
    """
    ends = LeaseRow.expires_tick_ms
    return (LeaseRow.boot_id == clock) & (ends > tick) & (ends <= tick + _milliseconds(LONGEST))


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _lease(row: Mapping[str, Any]) -> Lease:
    return Lease(
        cluster=row["cluster"],
        job=row["job"],
        owner=row["owner"],
        token=row["token"],
        acquired_at=row["acquired_at"],
        expires_at=row["expires_at"],
        ttl=row["expires_at"] - row["renewed_at"],
    )
