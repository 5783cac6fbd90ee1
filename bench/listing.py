"""Listing 5,000 containers over HTTP from the simulator, beside a version request over the same connection."""

from __future__ import annotations

from bench.measure import median_seconds, report
from proximity_tui.simulator import Simulator
from tests.support.house import gateway_to


def run() -> None:
    """Measure and print."""
    with Simulator("large") as simulator:
        client = gateway_to(simulator)

        def fresh() -> None:
            simulator.world.broadcast()
            client.inventory()

        report(
            f"list {len(simulator.world.containers())} containers over TLS",
            {
                "GET /version": median_seconds(client.version, runs=20),
                "GET /cluster/resources, read and typed": median_seconds(client.inventory),
                "the same right after a broadcast": median_seconds(fresh),
            },
        )
