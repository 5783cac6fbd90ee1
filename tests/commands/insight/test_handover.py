"""`handover`: what the next shift has to know, as text and as JSON, whether or not a cluster answers."""

from __future__ import annotations

from typing import Any

from proximity_tui.simulator import Simulator
from tests.commands.conftest import Cli
from tests.support.servers.free_ports import REFUSED_PORT


def test_what_happened_is_told_also_when_the_cluster_is_silent(
    cli: Cli, lab: Simulator, adopted: dict[str, Any]
) -> None:
    cli.connect("lab", lab, url=f'"https://127.0.0.1:{REFUSED_PORT}"')
    told = cli("handover").out
    assert told.startswith("Handover of the last 8h, since ")
    assert "STILL OPEN  nothing" in told
    assert "lab: 1 managed: 1 running" in told
    assert "adopted web-1" in told
    document = cli.json("handover", "--since", "30m")
    assert document["fleet"] == [
        {
            "cluster": "lab",
            "total": 1,
            "states": {"running": 1},
            "statuses": {"running": 1},
            "presences": {"present": 1},
        }
    ]
    assert document["alerts"]["open"] == []
    assert any("adopted" in event["message"] for event in document["changes"])
    assert sum(document["changed_by"].values()) == len(document["changes"])


def test_a_span_needs_its_unit(cli: Cli) -> None:
    outcome = cli("handover", "--since", "8")
    assert outcome.code == 2
    assert 'such as "10s", "5m" or "1h30m"' in outcome.err
