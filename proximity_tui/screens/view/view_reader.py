"""The reading of the view: what the pollers and the store report goes into the fleet in memory, and a view comes out.

It blocks, so the controller uses it on a thread: always the same one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from proximity_tui.core.engine.observe.poller import PollResult
from proximity_tui.core.fleet import CpuTrends, Fleet, NoAnswer
from proximity_tui.core.fleet.trends import SLOT, SLOTS
from proximity_tui.core.model import Inventory
from proximity_tui.core.model.guests.guest_list import listed_facts
from proximity_tui.core.model.guests_by_node import count_by_node
from proximity_tui.core.store.database import missing
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.screens.view.failure_words import failure_words
from proximity_tui.screens.view.store_reader import StoreReader
from proximity_tui.screens.view.view import View

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext
    from proximity_tui.runtime.services import Services

log = logging.getLogger(__name__)

JUST_ASKED = timedelta(seconds=2)
"""How long a question to a cluster is none for the view: the status line tells of one after five seconds."""


class ViewReader:
    """The fleet in memory, and what else a view shows."""

    def __init__(self) -> None:
        self._fleet = Fleet()
        self._store = StoreReader(self._fleet)
        self._polls: Mapping[str, PollResult] = {}
        """The polls that were taken over last."""
        self._seeded: set[str] = set()
        """The clusters of which the last hour was read that is kept."""

    @property
    def is_unfinished(self) -> bool:
        """True when what was read leaves out what the first list did not wait for: read again at once."""
        return self._store.drift_due

    def jobs_changed(self) -> None:
        """Read the jobs again the next time. Called on any thread."""
        self._store.jobs_changed()

    def read(self, services: Services, before: View) -> View:
        """Return the view now; `before` itself when nothing differs but the time. Never raises a StoreError."""
        context, store = services.context, self._store
        now = context.clock.now()
        polls = {name: _unless_just_asked(poller.latest, now) for name, poller in context.pollers.items()}
        try:
            store.follow(services, polled=polls != self._polls)
            not_checked = _not_checked(context, self._fleet.clusters)
            self._fleet.storage_used = context.settings.alerts.storage_used
            self._take_over(polls, not_checked)
            if store.follow_last_seen():
                self._fleet.refresh()
            self._polls = polls
            _count_ahead(polls, before)
        except StoreError as error:
            fresh = replace(before, polls=_still_shown(polls, before), store_error=str(error))
        else:
            fresh = View(
                rows=self._fleet.rows,
                unmanaged=self._fleet.unmanaged,
                vms=self._fleet.vms,
                templates=self._fleet.templates,
                counts=self._fleet.counts,
                read_addresses=before.read_addresses,
                backups=before.backups,
                polls=polls,
                trends=self._trends(polls, before),
                not_checked=not_checked,
                operations=store.operations,
                alerts=store.alerts,
                reappeared=store.reappeared,
                jobs=store.jobs,
                safe_mode_headline=store.safe_mode_headline(context),
                safe_modes=store.safe_modes,
                missing_database=missing(),
                store_version=store.seq,
            )
        same = before.taken_at is not None and replace(before, taken_at=None) == replace(fresh, taken_at=None)
        return before if same else replace(fresh, taken_at=context.clock.now())

    def _trends(self, polls: Mapping[str, PollResult], before: View) -> CpuTrends:
        """Return the trends with the new readings, and of a cluster whose first list the view before has with what is
        kept of its last hour: the list does not wait for that. It is tried once.
        """
        trends = before.trends.with_readings(poll.inventory for poll in polls.values() if poll.inventory)
        for name in before.trends.by_cluster.keys() - self._seeded:
            self._seeded.add(name)
            inventory = polls[name].inventory if name in polls else None
            if inventory is None:
                continue
            try:
                trends = trends.with_kept(name, self._kept(inventory, trends.by_cluster[name].newest))
            except StoreError as error:
                log.warning("the CPU of the last hour of %s could not be read: %s", name, error)
        return trends

    def _kept(self, inventory: Inventory, newest: int) -> Iterator[tuple[int, Mapping[int, float]]]:
        """Yield what is kept of the last hour by slot and VMID, of the guests that are certainly the recorded ones."""
        # Here, because the first list does not wait for these imports either.
        from proximity_tui.core.doctrine.figures.reading import is_its_row
        from proximity_tui.core.store.figures.last_hour import cpu_peaks

        vmids: dict[int, int] = {}
        for row in self._fleet.rows:
            if row.cluster == inventory.cluster and row.listed and row.container is not None and row.vmid is not None:
                listed = listed_facts(inventory.guests, row.vmid)
                if listed is not None and is_its_row(row.container, listed, inventory.taken_at):
                    vmids[row.container.id] = row.vmid
        for number, shares in cpu_peaks(inventory.cluster, vmids, range(newest - SLOTS + 1, newest + 1), SLOT):
            yield number, {vmids[one]: cpu for one, cpu in shares.items()}

    def _take_over(self, polls: Mapping[str, PollResult], not_checked: Mapping[str, str]) -> None:
        for name, poll in polls.items():
            silent = (
                None if poll.error is None else NoAnswer(poll.error, poll.brief or None, failure_words(poll.failure))
            )
            self._fleet.poll(name, poll.inventory, silent)
        for name, why in not_checked.items():
            self._fleet.poll(name, None, NoAnswer(why))
        self._fleet.refresh()


def _count_ahead(polls: Mapping[str, PollResult], before: View) -> None:
    """Count the guests of a list by node, here instead of on the event loop, which would stand still. Not of the first
    one: it is shown before that, and counted with the next view.
    """
    for name, poll in polls.items():
        earlier = before.polls.get(name)
        if poll.inventory is not None and earlier is not None and earlier.inventory is not None:
            count_by_node(poll.inventory.guests)


def _unless_just_asked(poll: PollResult, now: datetime) -> PollResult:
    """Return a poll as it was before a question that was asked a moment ago, of a cluster that has answered before:
    nothing is shown of that yet, and its rows would all be looked at for it.
    """
    begun = poll.asking_since
    is_news = begun is None or poll.inventory is None or not begun <= now < begun + JUST_ASKED
    return poll if is_news else replace(poll, asking_since=None)


def _still_shown(polls: Mapping[str, PollResult], before: View) -> dict[str, PollResult]:
    """Return the polls with the inventories of the rows: a newer one would make them seem younger (law 7)."""
    was = before.polls
    return {name: replace(poll, inventory=was[name].inventory) if name in was else poll for name, poll in polls.items()}


def _not_checked(context: AppContext, named: frozenset[str]) -> dict[str, str]:
    """Return the clusters that are disabled or not configured: their records are never judged, and say so."""
    others = sorted(named.difference(context.pollers))
    return {name: f"not checked: {context.settings.why_not_contacted(name)}" for name in others}
