"""A cluster that a person trusts again while this process runs: it is contacted by the certificates, and with the
token, that the configuration has now. What else was changed there counts after the next start.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from proximity_tui.runtime.context import engine_settings

if TYPE_CHECKING:
    from proximity_tui.config.schema import ClusterConfig
    from proximity_tui.core.proxmox.transport.address import ClusterSettings
    from proximity_tui.runtime.context import AppContext


def trusted_again(context: AppContext, cluster: ClusterConfig, read: ClusterSettings) -> AppContext:
    """Return the context that contacts a cluster with these settings, which were `read` of it; whatever is under way
    with the former context does so, too.
    """
    known = context.settings.clusters[cluster.name]
    now = replace(known, trust=cluster.trust, token_id=cluster.token_id, token_secret=cluster.token_secret)
    clusters = MappingProxyType({**context.settings.clusters, cluster.name: now})
    settings = replace(context.settings, clusters=clusters)
    context.clients[cluster.name].trust_again(read)
    context.engine.settings = engine_settings(settings)
    return replace(context, settings=settings)
