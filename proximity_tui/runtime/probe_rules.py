"""The rules for probes of a cluster, from the settings: what may be probed there, which ports, how fast."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from proximity_tui.core.probe.policy import policy_for
from proximity_tui.core.probe.probe_plan import ProbeRules
from proximity_tui.core.proxmox.transport.address import address_of
from proximity_tui.runtime.context import AppContext

HOSTS_FILE = Path("/etc/hosts")


def rules_of(context: AppContext, cluster: str) -> ProbeRules:
    """Return the rules of a cluster. A simulated one, and one that is reached on this machine, has loopback alone."""
    settings = context.settings.probe
    known = context.settings.clusters.get(cluster)
    hosts = [address_of(url).host for url in known.urls] if known is not None else []
    hosts += addresses_here(hosts)
    return ProbeRules(
        policy_for(simulated=context.simulated, hosts=hosts),
        settings.enabled and (known is None or known.probe),
        settings.ports,
        settings.pace,
    )


def addresses_here(hosts: Collection[str]) -> list[str]:
    """Return the addresses that the hosts file of this machine gives to these names: a tunnel may have one of its own.
    No name server is asked, so this never waits.
    """
    wanted = {host.lower().rstrip(".") for host in hosts}
    try:
        lines = HOSTS_FILE.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    rows = (line.partition("#")[0].split() for line in lines)
    return [row[0] for row in rows if len(row) > 1 and wanted & {name.lower() for name in row[1:]}]
