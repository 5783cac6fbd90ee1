"""The plan of a probe: only addresses that were read, only ports of the settings and the record, and never many."""

from __future__ import annotations

from proximity_tui.core.model import PortMapping, Refusal, RefusalCode
from proximity_tui.core.model.limits import MOST_CONNECTS, ProbePace
from proximity_tui.core.probe.policy import GuestAddresses, LoopbackOnly
from proximity_tui.core.probe.probe_plan import ProbePlan, ProbeRules, plan_probe, total
from tests.support.records.make import PRINT, container

RULES = ProbeRules(GuestAddresses(), ports=(22, 80), pace=ProbePace(rate=10.0, at_once=2, timeout=1.0))


def planned(*addresses: str, rules: ProbeRules = RULES, ports: tuple[int, ...] = ()) -> ProbePlan:
    ours = container(ports=tuple(PortMapping(8000 + port, port) for port in ports))
    plan = plan_probe(ours, PRINT, addresses, rules)
    assert isinstance(plan, ProbePlan), plan
    return plan


def refused(*addresses: str, rules: ProbeRules = RULES) -> Refusal:
    plan = plan_probe(container(), PRINT, addresses, rules)
    assert isinstance(plan, Refusal), plan
    return plan


def test_each_address_is_asked_on_each_port_once() -> None:
    plan = planned("10.0.0.5/24", "10.0.0.5", "10.0.0.6", ports=(80, 5432))
    assert (plan.addresses, plan.ports) == (("10.0.0.5", "10.0.0.6"), (22, 80, 5432))
    assert [(one.address.text, one.port) for one in plan.endpoints] == [
        (address, port) for address in plan.addresses for port in plan.ports
    ]
    assert (plan.fingerprint, plan.warnings, total([plan, plan])) == (PRINT, (), 12)


def test_the_plan_says_what_is_connected_to_and_how_fast() -> None:
    plan = planned("10.0.0.5")
    assert plan.summary.startswith(
        "probe web1: 2 TCP connects to 10.0.0.5, at most 10 a second, 2 at once, 1 s each; done within"
    )
    assert plan.steps[0] == "ports 22, 80"


def test_an_address_that_may_not_be_probed_is_left_out_and_named() -> None:
    [warning] = planned("10.0.0.5", "127.0.0.1").warnings
    assert warning == "not probed: 127.0.0.1 (not the address of one guest)"


def test_without_an_address_that_may_be_probed_there_is_no_plan() -> None:
    assert refused("127.0.0.1").code is RefusalCode.NOT_PROBED
    nothing_known = refused()
    assert nothing_known.code is RefusalCode.UNKNOWN_STATUS
    assert "no address that Proxmox knows" in nothing_known.reason
    assert refused("10.0.0.5", rules=ProbeRules(LoopbackOnly())).code is RefusalCode.NOT_PROBED


def test_a_cluster_whose_settings_forbid_it_is_not_probed() -> None:
    assert refused("10.0.0.5", rules=ProbeRules(GuestAddresses(), enabled=False)).code is RefusalCode.PROBE_OFF


def test_more_connects_than_the_limit_are_refused() -> None:
    most = ProbeRules(GuestAddresses(), ports=tuple(range(1, MOST_CONNECTS + 1)))
    assert len(planned("10.0.0.5", rules=most).endpoints) == MOST_CONNECTS
    one_more = ProbeRules(GuestAddresses(), ports=tuple(range(1, MOST_CONNECTS + 2)))
    assert refused("10.0.0.5", rules=one_more).code is RefusalCode.INVALID
