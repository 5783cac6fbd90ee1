"""The secrets of tokens that Proxmox does not accept any more: each is taken again from where the configuration reads
it, because a token gets another secret without a start of this program.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from proximity_tui.config.config_errors import ConfigError
from proximity_tui.config.secrets import SecretKind, resolve_secret
from proximity_tui.core.base.daemon_threads import spawn
from proximity_tui.core.proxmox.errors import Failure

if TYPE_CHECKING:
    from proximity_tui.config.secrets import SecretSource
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
        """Look for another secret where Proxmox does not accept the token, unless that was just done. Returns at
        once.
        """
        if result.failure is not Failure.UNAUTHENTICATED or result.asking_since is not None:
            return
        name = result.cluster
        source, now = context.settings.clusters[name].token_secret, context.clock.monotonic()
        pause = EVERY_COMMAND if source.kind is SecretKind.COMMAND else EVERY
        with self._lock:
            if name in self._looked and now - self._looked[name] < pause:
                return
            self._looked[name] = now
        spawn(f"secret-{name}", _take_again, context.clients[name], context.pollers[name], source)


def _take_again(client: PveClient, poller: Poller, source: SecretSource) -> None:
    try:
        if not client.use_secret(resolve_secret(source)):
            return
    except (ConfigError, ValueError) as error:
        log.warning("%s: the secret of the token cannot be taken again: %s", client.cluster, error)
        return
    log.warning("%s: the secret of the token is another one now (%s); it is used", client.cluster, source.origin)
    poller.want()
