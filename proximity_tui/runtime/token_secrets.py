"""The secrets of tokens that Proxmox does not accept any more, or that could not be had: each is taken again from where
the configuration reads it, because a token gets another secret without a start of this program.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import SecretKind
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.proxmox.errors import Failure
from proximity_tui.runtime.cluster_access import cluster_settings

if TYPE_CHECKING:
    from proximity_tui.config.schema import ClusterConfig
    from proximity_tui.core.engine.observe.poller import Poller, PollResult
    from proximity_tui.core.proxmox.client import PveClient
    from proximity_tui.runtime.context import AppContext

EVERY = 30.0
"""Seconds between two looks at the place of a secret, while its token is not accepted."""
EVERY_COMMAND = 600.0
"""The same where a command tells it: that may ask a person to touch a key."""

log = logging.getLogger(__name__)


class TokenSecrets:
    """The looks at the places of secrets: each on a thread of its own, and only so often."""

    def __init__(self) -> None:
        self._looked: dict[str, float] = {}
        """When the place of each cluster's secret was looked at last, by the monotonic clock. Touched under `_lock`."""
        self._lock = threading.Lock()

    def polled(self, context: AppContext, result: PollResult) -> None:
        """Look for another secret where Proxmox does not accept the token, or where there was none, unless that was
        just done. Returns at once.
        """
        name = result.cluster
        unusable = context.clients[name].settings.unusable is not None
        if (result.failure is not Failure.UNAUTHENTICATED and not unusable) or result.asking_since is not None:
            return
        cluster, now = context.settings.clusters[name], context.clock.monotonic()
        pause = EVERY_COMMAND if cluster.token_secret.kind is SecretKind.COMMAND else EVERY
        with self._lock:
            if name in self._looked and now - self._looked[name] < pause:
                return
            self._looked[name] = now
        spawn(f"secret-{name}", _take_again, context.clients[name], context.pollers[name], cluster)


def _take_again(client: PveClient, poller: Poller, cluster: ClusterConfig) -> None:
    unusable = client.settings.unusable is not None
    try:
        read = cluster_settings(cluster)
    except ConfigError as error:
        # What could never be used is told by the poller, as the reason why the cluster is not asked.
        if not unusable:
            log.warning("%s: the secret of the token cannot be taken again: %s", client.cluster, error)
        return
    if unusable:
        client.trust_again(read)
        log.warning("%s: its token and its CA file can be used now; it is asked", client.cluster)
    elif client.use_secret(read.token_secret):
        origin = cluster.token_secret.origin
        log.warning("%s: the secret of the token is another one now (%s); it is used", client.cluster, origin)
    else:
        return
    poller.want()
