"""The plan of a probe: exactly which addresses and ports are connected to, how many connects that is, and how fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import Container, Fingerprint, Refusal, RefusalCode
from proximity_tui.core.model.limits import MOST_CONNECTS, USUAL_PORTS, ProbePace
from proximity_tui.core.model.names import without_prefix
from proximity_tui.core.probe.policy import ProbePolicy
from proximity_tui.core.probe.prober import Endpoint


@value_object
class ProbeRules:
    """What the settings say of probes of one cluster."""

    policy: ProbePolicy
    enabled: bool = True
    ports: tuple[int, ...] = USUAL_PORTS
    pace: ProbePace = ProbePace()


@value_object
class ProbePlan:
    """The connects to one container, and the guest that it was made from."""

    container: int
    cluster: str
    vmid: int | None
    name: str
    endpoints: tuple[Endpoint, ...]
    pace: ProbePace
    fingerprint: Fingerprint | None
    warnings: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses, each once."""
        return tuple(dict.fromkeys(one.address.text for one in self.endpoints))

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports, each once."""
        return tuple(dict.fromkeys(one.port for one in self.endpoints))

    @property
    def summary(self) -> str:
        """The whole plan in one sentence."""
        count, pace = len(self.endpoints), self.pace
        return (
            f"probe {self.name}: {count} TCP connects to {', '.join(self.addresses)}, at most {pace.rate:g} a second,"
            f" {pace.at_once} at once, {pace.timeout:g} s each; done within {pace.longest(count):.0f} s"
        )

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of the probe, a line each."""
        return (
            f"ports {', '.join(map(str, self.ports))}",
            "connect and close; no data is sent, nothing else is tried",
            "what is met is kept as observed, with its time; the record stays as it is",
        )


def plan_probe(
    container: Container, fingerprint: Fingerprint | None, addresses: Iterable[str], rules: ProbeRules
) -> ProbePlan | Refusal:
    """Return the plan to probe a container at the addresses that were read of it, or the refusal. Never a range: only
    these addresses, only the ports of the settings and those that its record leads to.
    """
    if not rules.enabled:
        return Refusal(
            RefusalCode.PROBE_OFF, f"the settings forbid to probe ports of {container.cluster} (see [probe])"
        )
    read = tuple(dict.fromkeys(addresses))
    admitted = [one for one in map(rules.policy.admit, read) if one is not None]
    texts = {one.text for one in admitted}
    left_out = [text for text in read if without_prefix(text) not in texts]
    if not admitted:
        why = f"{rules.policy.why_not}: {', '.join(left_out)}" if left_out else "it has no address that Proxmox knows"
        code = RefusalCode.NOT_PROBED if left_out else RefusalCode.UNKNOWN_STATUS
        return Refusal(code, f"{container.name} cannot be probed: {why}")
    ports = sorted({*rules.ports, *(port.container for port in container.ports)})
    endpoints = tuple(Endpoint(address, port) for address in dict.fromkeys(admitted) for port in ports)
    if len(endpoints) > MOST_CONNECTS:
        return Refusal(
            RefusalCode.INVALID,
            f"{len(endpoints)} connects to {container.name} are more than {MOST_CONNECTS}: name fewer ports in [probe]",
        )
    warnings = (f"not probed: {', '.join(left_out)} ({rules.policy.why_not})",) if left_out else ()
    return ProbePlan(
        container.id, container.cluster, container.vmid, container.name, endpoints, rules.pace, fingerprint, warnings
    )


def total(plans: Sequence[ProbePlan]) -> int:
    """Return the connects of several plans."""
    return sum(len(plan.endpoints) for plan in plans)
