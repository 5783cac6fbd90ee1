"""The reads of a plan: each cluster is asked once for what several steps rest on, and what is denied is a refusal."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from proximity_tui.core.engine.operations.planners.plan_reads import reads_once, refused_where_denied
from proximity_tui.core.model import GuestConfig, Refusal
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.errors import ProxmoxError
from proximity_tui.simulator import Simulator
from tests.support.house import House


class Planning:
    """Something that plans, and reads the storages of a node for two of its steps."""

    def __init__(self, clients: Mapping[str, PveClient]) -> None:
        self.clients = clients

    def plan(self) -> None:
        for _ in range(2):
            self.clients["lab"].storages("pve1")

    planned_at_once = reads_once(plan)


def test_what_several_steps_rest_on_is_asked_for_once_a_plan(house: House, simulator: Simulator) -> None:
    planning = Planning(house.clients)
    for plan, requests in ((planning.planned_at_once, 1), (planning.planned_at_once, 1), (planning.plan, 2)):
        simulator.journal.clear()
        plan()
        assert simulator.journal.count("GET", "/nodes/pve1/storage") == requests


def test_what_the_token_may_not_read_refuses_the_plan_and_silence_does_not(house: House, simulator: Simulator) -> None:
    @refused_where_denied
    def plan() -> GuestConfig | Refusal:
        return house.clients["lab"].config(101, "pve1")

    assert isinstance(plan(), GuestConfig)
    simulator.set_acl(simulator.token_id, {"/": ["Sys.Audit"]})
    refused = plan()
    assert isinstance(refused, Refusal)
    assert (refused.code, "VM.Audit" in refused.reason) == ("denied", True)
    assert refused.reason.endswith("; nothing was sent to Proxmox")
    simulator.faults.drop()
    with pytest.raises(ProxmoxError):
        plan()
