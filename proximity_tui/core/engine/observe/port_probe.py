"""The probe of a container's ports, on request: its addresses read, the plan, the connects, the observations kept.

Nothing is written of a guest whose identity was not compared: right before the connects it is inspected again, and
must be the guest that the plan was made from, at the same addresses (laws 3 and 5).
"""

from __future__ import annotations

import socket
from collections.abc import Mapping

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.doctrine.guards import checks, refusals
from proximity_tui.core.engine.observe.inspection import inspect_guest
from proximity_tui.core.model import Actor, Container, GuestNotSeen, Refusal, RefusalCode, Status
from proximity_tui.core.model.guests.guest_config import Device, devices
from proximity_tui.core.model.guests.probe_result import PortObservation, PortOutcome
from proximity_tui.core.model.names import without_prefix
from proximity_tui.core.probe.probe_plan import ProbePlan, ProbeRules, plan_probe
from proximity_tui.core.probe.prober import probe
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.core.store.records import port_observations, records


def plan(container: Container, clients: Mapping[str, PveClient], rules: ProbeRules) -> ProbePlan | Refusal:
    """Return the plan to probe a container, from a fresh look at its guest and its interfaces, or the refusal."""
    client = clients.get(container.cluster)
    if client is None or container.vmid is None:
        return refusals.no_guest_to_ask(container)
    if not rules.enabled:
        return plan_probe(container, None, (), rules)
    seen = inspect_guest(client, container.vmid, node=container.node)
    if isinstance(seen, GuestNotSeen):
        return refusals.not_seen(container, seen)
    different = checks.check_identity(container, seen)
    if different:
        return different
    if seen.status is not Status.RUNNING:
        return Refusal(RefusalCode.ALREADY_STOPPED, f"{container.name} is {seen.status}: nothing listens there")
    try:
        again, record = client.inspect_and_capture(container.vmid, seen.node, seen.digest)
    except ProxmoxError as error:
        return Refusal(
            RefusalCode.UNKNOWN_STATUS, f"the interfaces of {container.name} cannot be read: {error.sentence}"
        )
    return plan_probe(container, again.fingerprint, _addresses(record.interfaces, record.config or {}), rules)


def execute(
    agreed: ProbePlan, clients: Mapping[str, PveClient], rules: ProbeRules, clock: Clock, actor: Actor
) -> tuple[PortObservation, ...] | Refusal:
    """Carry a confirmed plan out and keep what was met; return it, or the refusal where anything changed since."""
    now = plan(records.get(agreed.container), clients, rules)
    if isinstance(now, Refusal):
        return now
    if now != agreed:
        return refusals.changed(f"{agreed.name} or its addresses changed")
    met = probe(agreed.endpoints, agreed.pace)
    moment, origin = clock.now(), f"TCP connect from {socket.gethostname()}"
    found = tuple(
        PortObservation(one.address.text, one.port, met[one], moment, origin) for one in agreed.endpoints if one in met
    )
    port_observations.keep(records.get(agreed.container), found, actor, _sentence(agreed, found))
    return found


def _addresses(interfaces: object, config: Mapping[str, object]) -> list[str]:
    """Return the addresses of the interfaces, without the container's loopback, and the static ones of its config."""
    found: list[str] = []
    for one in interfaces if isinstance(interfaces, tuple) else ():
        if one.get("name") == "lo":
            continue
        listed = one.get("ip-addresses")
        rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list | tuple) else []
        found += [text for row in rows if isinstance(text := row.get("ip-address"), str)]
        found += [text for key in ("inet", "inet6") if isinstance(text := one.get(key), str)]
    for _, network in devices(config, Device.NETWORK):
        found += [network.named[key] for key in ("ip", "ip6") if "/" in network.named.get(key, "")]
    plain = dict.fromkeys(without_prefix(text) for text in found)
    # A link-local address finds nobody from here.
    return [text for text in plain if not text.lower().startswith("fe80:")]


def _sentence(agreed: ProbePlan, found: tuple[PortObservation, ...]) -> str:
    counts = {outcome: sum(one.outcome is outcome for one in found) for outcome in PortOutcome}
    words = ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number)
    missing = len(agreed.endpoints) - len(found)
    unasked = f"; {missing} could not be asked from here" if missing else ""
    return f"probed {agreed.name}: {len(agreed.endpoints)} connects, {words or 'nothing met'}{unasked}"
