"""The configuration of the jobs and of the notifier, as the core takes it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import resolve_secret
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.jobs.job_work import JobSettings

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.core.alerting.channel_target import NotifyChannel
    from proximity_tui.core.base.secret import Secret
    from proximity_tui.runtime.context import AppContext

log = logging.getLogger(__name__)


def job_settings(settings: Settings) -> JobSettings:
    """Return the configuration of the jobs."""
    return JobSettings(
        reconciler_interval=settings.reconciler.interval,
        janitor_interval=settings.janitor.interval,
        limits=limits(settings),
        thresholds=settings.janitor.limits,
        usage=settings.thresholds.alert,
        read_only=settings.read_only,
    )


def limits(settings: Settings) -> Limits:
    """Return the limits of reconciliation."""
    breaker, alerts = settings.reconciler.breaker, settings.alerts
    return Limits(
        settings.reconciler.confirm_after,
        breaker.min,
        breaker.fraction,
        alerts.storage_used,
        alerts.certificate,
        settings.drift,
    )


def channel_names(settings: Settings) -> frozenset[str]:
    """Return the names of the channels on which alerts are sent, also of those whose URL cannot be read."""
    return frozenset(channel.name for channel in settings.channels if channel.enabled)


def channels(context: AppContext) -> tuple[NotifyChannel, ...]:
    """Return the channels of the people on call, without those whose URL cannot be read. A demo has none."""
    from proximity_tui.core.alerting.channel_target import NotifyChannel
    from proximity_tui.core.alerting.message import RUNBOOK

    wanted = [one for one in context.settings.channels if one.enabled]
    if wanted and context.simulated:
        log.warning("no messages to the people on call: the database is a demo's, its alerts are SIMULATED")
        return ()
    found = []
    for one in wanted:
        try:
            url = resolve_secret(one.url)
        except ConfigError as error:
            log.warning("no messages on the channel %s: %s", one.name, error)
            continue
        found.append(NotifyChannel(one.rules, url, one.runbook or RUNBOOK))
    return tuple(found)


def receivers(context: AppContext) -> tuple[Secret | None, tuple[NotifyChannel, ...]]:
    """Return the DSN of Sentry and the channels of the people on call, their secrets fetched."""
    return sentry_dsn(context), channels(context)


def sentry_dsn(context: AppContext) -> Secret | None:
    """Return the DSN, or None when there is none or it cannot be read: an alert never waits for Sentry. A demo has
    none.
    """
    dsn = context.settings.sentry.dsn
    if dsn is None:
        return None
    if context.simulated:
        log.warning("no Sentry: the database is a demo's, its alerts are SIMULATED")
        return None
    try:
        return resolve_secret(dsn)
    except ConfigError as error:
        log.warning("no Sentry: %s", error)
        return None
