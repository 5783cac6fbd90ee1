"""The services of simulated containers: real listeners on loopback, which end with the simulator."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.simulator import ManualClock, Simulator
from proximity_tui.simulator.world.listeners import Listeners
from proximity_tui.simulator.world.simulated_guest import Guest
from tests.support.timing.waiting import LONGEST


def redis(vmid: int = 112) -> Guest:
    return Guest(vmid, "pve1", {"hostname": "redis"})


def answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=LONGEST):
            return True
    except ConnectionRefusedError:
        return False


def test_a_container_listens_once_its_address_is_known_and_until_the_end() -> None:
    services = Listeners()
    address = services.open_for(redis())
    assert address.startswith("127.")
    assert address.endswith(".0.112")
    assert services.open_for(redis()) == address
    assert answers(address, 6379)
    services.stop()
    assert not answers(address, 6379)


def test_two_clusters_do_not_answer_for_each_other() -> None:
    one, other = Listeners(), Listeners()
    assert one.open_for(redis()) != other.open_for(redis())
    one.stop()
    other.stop()


def test_a_port_that_is_taken_is_left_out_and_nothing_fails() -> None:
    services = Listeners()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "create_server", _taken)
        address = services.open_for(redis())
    assert not answers(address, 6379)
    services.stop()


def _taken(*_: object) -> socket.socket:
    raise OSError("address in use")


@pytest.mark.parametrize("services", [True, False])
def test_only_with_services_a_container_has_an_address_of_this_machine(services: bool) -> None:
    with Simulator("demo", clock=ManualClock(), services=services) as simulator:
        rows = _interfaces(simulator, "pve1", 101)
    local = [one["ip-address"] for one in rows[1]["ip-addresses"] if one["ip-address"].startswith("127.")]
    assert len(local) == services
    assert rows[1]["inet"] == "10.10.10.101/24"


def _interfaces(simulator: Simulator, node: str, vmid: int) -> list[dict[str, Any]]:
    settings = ClusterSettings(
        "lab",
        (simulator.url,),
        simulator.token_id,
        Secret(simulator.token_secret, "the simulator"),
        Trust(fingerprints=(simulator.fingerprint,)),
    )
    record = PveClient(settings, SystemClock()).clinical(node, vmid)
    return [dict(one) for one in record.interfaces]
