"""What a server shows of its cluster, and when another node of it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport import root_ca

OURS = ":".join(["A1"] * 32)
SHOWN = [{"filename": "pve-root-ca.pem", "fingerprint": OURS}]
ITSELF, NODES, PVE1 = "/nodes/localhost/certificates/info", "/nodes", "/nodes/pve1/certificates/info"
ONLINE = [{"node": "pve1", "status": "online"}]


class Server:
    """A server with one answer for each path, an error or data."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def ask(self, path: ApiPath) -> Any:
        self.asked.append(str(path))
        answer = self._answers[str(path)]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_server_that_gives_no_answer_is_asked_once() -> None:
    """Each request waits as long, and there may be another URL."""
    hung = errors.Unknown("no answer within 20 s", elsewhere=True, unanswered=True)
    server = Server({ITSELF: hung, NODES: hung})
    with pytest.raises(errors.Unknown) as caught:
        root_ca.shown(server.ask)
    assert caught.value is hung
    assert server.asked == [ITSELF]


@pytest.mark.parametrize(
    "told",
    [
        errors.Unknown("the node does not answer its peers (Connection refused)"),
        errors.RefusedByProxmox("refused", reason="Method not implemented"),
        errors.Denied("the token may not do this"),
        [],
    ],
)
def test_a_server_that_answers_without_its_cluster_is_asked_for_another_node(told: object) -> None:
    server = Server({ITSELF: told, NODES: ONLINE, PVE1: SHOWN})
    assert root_ca.shown(server.ask) == OURS
    assert server.asked == [ITSELF, NODES, PVE1]


def test_a_node_that_hangs_behind_a_server_that_answers_is_not_the_last_one_asked() -> None:
    hung = errors.Unknown("no answer within 20 s", elsewhere=True, unanswered=True)
    pve2 = "/nodes/pve2/certificates/info"
    nodes = [*ONLINE, {"node": "pve2", "status": "online"}]
    server = Server({ITSELF: [], NODES: nodes, PVE1: hung, pve2: SHOWN})
    assert root_ca.shown(server.ask) == OURS
    assert server.asked == [ITSELF, NODES, PVE1, pve2]
