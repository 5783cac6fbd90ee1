"""The rules for probes of a cluster, from the settings: what may be probed there, which ports, how fast."""

from __future__ import annotations

from proximity_tui.core.probe.plan import ProbeRules
from proximity_tui.core.probe.policy import policy_for
from proximity_tui.core.proxmox.transport.address import address_of
from proximity_tui.runtime.context import AppContext


def rules_of(session: AppContext, cluster: str) -> ProbeRules:
    """Return the rules of a cluster. A simulated one, and one that is reached on this machine, has loopback alone."""
    settings = session.settings.probe
    known = session.settings.clusters.get(cluster)
    hosts = [address_of(url).host for url in known.urls] if known is not None else []
    return ProbeRules(
        policy_for(simulated=session.simulated, hosts=hosts),
        settings.enabled and (known is None or known.probe),
        settings.ports,
        settings.pace,
    )
