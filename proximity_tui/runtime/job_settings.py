"""The configuration of the jobs and of the notifier, as the core takes it."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import TYPE_CHECKING

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import resolve_secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.jobs.job_work import JobSettings

if TYPE_CHECKING:
    from proximity_tui.config.schema import Settings
    from proximity_tui.config.secrets import SecretKind, SecretSource
    from proximity_tui.core.alerting.channel_target import NotifyChannel
    from proximity_tui.core.alerting.sentry_target import SentryProject
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


SENTRY = "Sentry"
"""What Sentry is called among the receivers; no channel can have a capital letter."""


@value_object
class Receivers:
    """Those who are told of alerts, their secrets fetched."""

    dsn: Secret | None = None
    channels: tuple[NotifyChannel, ...] = ()
    """The people on call."""

    @property
    def names(self) -> frozenset[str]:
        """What they are called."""
        return frozenset(one.rules.name for one in self.channels) | ({SENTRY} if self.dsn is not None else set())

    def with_more(self, more: Receivers) -> Receivers:
        """Return all of both."""
        return Receivers(self.dsn or more.dsn, (*self.channels, *more.channels))

    def project(self, context: AppContext) -> SentryProject | None:
        """Return the project of Sentry, if there is one."""
        from proximity_tui.core.alerting.sentry_target import SentryProject

        sentry = context.settings.sentry
        return None if self.dsn is None else SentryProject(self.dsn, sentry.environment, sentry.include_hostname)


def receivers(context: AppContext, again: Collection[str] | None = None) -> Receivers:
    """Return Sentry and the people on call, without those whose secret cannot be read: an alert never waits for Sentry.
    A demo has none. With `again` only these are looked at once more, and those that still cannot be read are not told.
    """
    from proximity_tui.core.alerting.channel_target import NotifyChannel
    from proximity_tui.core.alerting.message import RUNBOOK

    found = Receivers()
    for name, source in _sources(context.settings).items():
        if again is not None and name not in again:
            continue
        what = "Sentry" if name == SENTRY else f"messages on the channel {name}"
        if context.simulated:
            log.warning("no %s: the database is a demo's, its alerts are SIMULATED", what)
            continue
        try:
            secret = resolve_secret(source)
        except ConfigError as error:
            log.log(logging.WARNING if again is None else logging.DEBUG, "no %s: %s", what, error)
            continue
        if name == SENTRY:
            found = found.with_more(Receivers(secret))
        else:
            channel = next(one for one in context.settings.channels if one.name == name)
            used = NotifyChannel(channel.rules, secret, channel.runbook or RUNBOOK)
            found = found.with_more(Receivers(None, (used,)))
    return found


def unread(context: AppContext, found: Receivers) -> dict[str, SecretKind]:
    """Return those whose secret could not be read, and what kind of a place that has."""
    wanted = {} if context.simulated else _sources(context.settings)
    return {name: source.kind for name, source in wanted.items() if name not in found.names}


def _sources(settings: Settings) -> dict[str, SecretSource]:
    dsn = {} if settings.sentry.dsn is None else {SENTRY: settings.sentry.dsn}
    return dsn | {channel.name: channel.url for channel in settings.channels if channel.enabled}
