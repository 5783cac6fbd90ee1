"""The whole examination, in the order of dependence; a failure skips only the checks that depend on it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial

from proximity_tui.config.schema import ClusterConfig, Settings
from proximity_tui.core import store
from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.daemon_threads import run_together
from proximity_tui.core.store.db.store_errors import StoreError
from proximity_tui.doctor import cluster_facts
from proximity_tui.doctor.check_result import CheckResult, ClusterFacts, Level, fail, unanswered
from proximity_tui.doctor.checks import (
    cluster_check,
    configuration_check,
    database_check,
    jobs_check,
    privileges_check,
    servers_check,
    terminal_check,
)
from proximity_tui.doctor.checks.cluster_check import OnRecord

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds for all clusters together."""


def examine(settings: Settings, clock: Clock) -> Iterator[CheckResult]:
    """Yield every result about a configuration and everything behind it. Closes the database that it opens."""
    yield from configuration_check.judge_settings(settings)
    opened = database_check.open_it(settings)
    yield opened
    file = database_check.sqlite_file(settings)
    there = opened.level is not Level.FAIL and (file is None or file.exists())
    try:
        if there:
            yield from database_check.judge(settings, clock)
        yield from _clusters(settings, clock, there=there)
        if there:
            yield from _jobs(settings, clock)
        yield from _channels(settings, there)
    finally:
        store.close_store()
    yield configuration_check.judge_sentry(settings.sentry)


def _clusters(settings: Settings, clock: Clock, *, there: bool) -> Iterator[CheckResult]:
    all_facts = _ask_all(settings.enabled_clusters, clock)
    for name in settings.enabled_clusters:
        facts = all_facts.get(name)
        if facts is None:
            yield unanswered(
                servers_check.REACHABLE, name, f"it did not answer within {PATIENCE:.0f} s", "check the network"
            )
            continue
        yield from servers_check.judge_reach(facts)
        yield from servers_check.judge_tls(facts, clock.now())
        known = _on_record(facts) if there else OnRecord()
        yield from cluster_check.judge_identity(facts, known.identity)
        yield from privileges_check.judge_token(facts, read_only=settings.read_only)
        yield from cluster_check.judge_quorum(facts, known.members)
        yield from cluster_check.judge_rows(facts)
        yield from cluster_check.judge_storages(facts, settings.alerts.storage_used)
        yield from servers_check.judge_clocks(facts)
    yield from cluster_check.judge_names([all_facts[name] for name in settings.enabled_clusters if name in all_facts])


def _ask_all(clusters: Mapping[str, ClusterConfig], clock: Clock) -> dict[str, ClusterFacts]:
    """Return the facts of those clusters that answered in time, all contacted at once, on daemon threads."""
    told: dict[str, ClusterFacts] = {}

    def ask(name: str, cluster: ClusterConfig) -> None:
        try:
            told[name] = cluster_facts.examine(cluster, clock)
        except Exception:
            # Not the silence of the cluster: whoever reads the results would look for the fault there.
            log.exception("the examination of %s failed", name)
            told[name] = ClusterFacts(cluster, problem="the examination itself failed; the log has the traceback")

    calls = {f"doctor-{name}": partial(ask, name, cluster) for name, cluster in clusters.items()}
    run_together(PATIENCE, calls, clock.monotonic)
    return dict(told)


def _on_record(facts: ClusterFacts) -> OnRecord:
    try:
        return cluster_check.on_record(facts)
    except StoreError:
        return OnRecord()


def _jobs(settings: Settings, clock: Clock) -> Iterator[CheckResult]:
    for name in settings.enabled_clusters:
        try:
            lease, facts = jobs_check.read(settings, name)
        except StoreError as error:
            yield fail(jobs_check.AREA, name, str(error))
            continue
        yield from jobs_check.judge(name, lease, facts, clock.now())


def _channels(settings: Settings, there: bool) -> Iterator[CheckResult]:
    if not settings.channels:
        return
    from proximity_tui.core.store.alerts import notifications
    from proximity_tui.doctor.checks import channels_check  # only here: it loads what reads channels

    for channel in settings.channels:
        try:
            last = notifications.last_delivery(channel.name) if there else None
        except StoreError:
            last = None
        yield from channels_check.judge(channel, last)


def of_terminal() -> Iterator[CheckResult]:
    """Yield the results about the terminal, which needs no configuration."""
    yield from terminal_check.judge(terminal_check.read())
