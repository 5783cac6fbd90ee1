"""The channels that were taken out of the configuration: what is told of them ends.

Processes with other configurations use the same database, so that one does not know a channel proves nothing. A daemon
knows which channels the daemons of its host had, and what nobody has tried for two days nobody has.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import timedelta

from proximity_tui.core.alerting.channel_target import ACTOR
from proximity_tui.core.base import process_id
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.model.alert import AlertKind, ChannelDelivery
from proximity_tui.core.store.alerts import alerts, notifications
from proximity_tui.core.store.clock_readings import shared_time

log = logging.getLogger(__name__)

UNTRIED = timedelta(days=2)
"""How long nobody has tried a channel that is used by nobody: it is tried again every hour, quiet hours apart."""


def stuck_channels(known: Collection[str], owner: str) -> Mapping[str, int]:
    """Return `notifications.stuck` without the channels that were removed. `known` are those of this process, `owner`
    is its signature. Raises StoreError.
    """
    return {name: count for name, count in notifications.stuck().items() if not _is_removed(name, known, owner)}


def end_removed_later(known: Collection[str], owner: str) -> None:
    """Do that of `end_removed` on a thread of its own. Returns at once."""

    def end() -> None:
        try:
            end_removed(known, owner)
        except Exception as error:
            # Not only `StoreError`: a program that ends closes the store under this thread. The next start does it.
            log.info("the channels that were removed could not be looked for: %s", error)

    spawn("removed-channels", end)


def end_removed(known: Collection[str], owner: str) -> None:
    """Resolve the alert that a channel does not take messages, with its event, where that channel was removed: nobody
    will find out whether it works again. Raises StoreError.
    """
    for name, count in notifications.stuck().items():
        failed = alerts.key_of(AlertKind.CHANNEL_FAILED, name=name)
        if alerts.unresolved(failed) is None or not _is_removed(name, known, owner):
            continue
        last = notifications.last_delivery(name)
        if count or (last is not None and _was_ours(last, owner)):
            alerts.resolve(failed, f"the channel {name} was removed: no process uses it any more", by=ACTOR)


def _is_removed(name: str, known: Collection[str], owner: str) -> bool:
    last = None if name in known else notifications.last_delivery(name)
    return last is not None and (_was_ours(last, owner) or shared_time() - last.claimed_at > UNTRIED)


def _was_ours(last: ChannelDelivery, owner: str) -> bool:
    """Return whether a daemon of this host tried a channel last that this daemon does not know."""
    this, that = process_id.read(owner), process_id.read(last.claimed_by)
    return this.daemon and that.daemon and this.host == that.host
