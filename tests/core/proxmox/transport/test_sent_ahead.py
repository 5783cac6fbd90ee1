"""The requests of a first list are sent together, and are believed one after the other."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.paths import RESOURCES, STATUS, cluster
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.cluster_memory import SessionMemory
from proximity_tui.core.proxmox.transport.http import HttpSession
from proximity_tui.core.proxmox.transport.trust import Trust, TrustAdapter
from proximity_tui.simulator import Simulator
from tests.core.proxmox.conftest import settings_for
from tests.core.proxmox.scripted import Reply, Scripted, ok
from tests.support.servers.free_ports import REFUSED_PORT
from tests.support.timing.waiting import LONGEST, until

IDENTITY, LIST, QUORUM = "/nodes/localhost/certificates/info", "/cluster/resources", "/cluster/status"


class Knowing(SessionMemory):
    """The memory of a cluster that was met before."""

    def __init__(self, root_ca: str) -> None:
        super().__init__()
        self.root_ca = root_ca

    def __call__(self, cluster: str, seen: str | None) -> str | None:
        return self.root_ca


@pytest.fixture
def lab() -> Iterator[Simulator]:
    with Simulator("demo") as simulator:
        yield simulator


def client(lab: Simulator, *before: str, root_ca: str | None = None) -> PveClient:
    urls, secret = (*before, lab.url), Secret(lab.token_secret, "the test")
    settings = ClusterSettings("lab", urls, lab.token_id, secret, Trust(insecure=True))
    return PveClient(settings, SystemClock(), recall=Knowing(root_ca or lab.ca_fingerprint))


def paths(lab: Simulator) -> list[str]:
    return sorted(entry.path for entry in lab.journal.entries())


def test_all_are_on_their_way_before_the_first_is_answered(lab: Simulator) -> None:
    together = threading.Barrier(3)

    def answered_with_the_others(data: Any) -> Any:
        together.wait(LONGEST)
        return data

    for path in (IDENTITY, LIST, QUORUM):
        lab.faults.rewrite(answered_with_the_others, path)
    known = client(lab)
    found = known.first_inventory()
    assert (bool(found.guests), found.quorum.quorate) == (True, True)
    assert paths(lab) == [LIST, QUORUM, IDENTITY]
    assert known.requests_sent == 3
    lab.faults.clear()
    lab.journal.clear()
    known.inventory()
    assert paths(lab) == [LIST], "the connections that were opened for it serve what follows"


def test_a_list_that_was_sent_ahead_is_let_go_once_it_was_read(lab: Simulator) -> None:
    gc.collect()
    gc.disable()
    try:
        # What is only found by a search for garbage may be taken as lasting before there is one.
        known = client(lab)
        assert known.first_inventory().guests
        adapters = [one for one in gc.get_objects() if isinstance(one, TrustAdapter)]
    finally:
        gc.enable()
    answers = [one.answer for one in adapters if one.answer is not None]
    assert answers, "the last one is still needed, for what it says besides"
    assert not any(b"lxc/" in answer.content for answer in answers)


def test_a_list_is_not_believed_before_the_server_has_shown_its_cluster(lab: Simulator) -> None:
    shown, found = threading.Event(), list[object]()

    def when_shown(data: Any) -> Any:
        shown.wait(LONGEST)
        return data

    lab.faults.rewrite(when_shown, IDENTITY)
    known = client(lab)
    waiting = threading.Thread(target=lambda: found.append(known.first_inventory()), daemon=True)
    waiting.start()
    until(lambda: {LIST, QUORUM} <= set(paths(lab)))
    assert found == []
    shown.set()
    waiting.join(LONGEST)
    assert found


def test_what_another_cluster_lists_is_not_believed(lab: Simulator) -> None:
    lost = client(lab, root_ca="AA:BB")
    with pytest.raises(errors.WrongCluster):
        lost.first_inventory()
    assert lost.fresh_list is None
    until(lambda: paths(lab) == [LIST, QUORUM, IDENTITY])
    lab.journal.clear()
    with pytest.raises(errors.WrongCluster):
        lost.inventory()
    assert paths(lab) == [IDENTITY], "nothing is sent ahead but for a first list"


@pytest.mark.parametrize(("path", "connections"), [("", 3), ("/pve", 1)])
def test_a_gateway_with_a_path_is_asked_on_one_connection(path: str, connections: int) -> None:
    """It may lead each connection to another node, and a list must not be shown with the quorum of another."""
    root_ca = ":".join(["A1"] * 32)

    def answer(request: str) -> Reply:
        return ok([{"filename": "pve-root-ca.pem", "fingerprint": root_ca}] if "certificates" in request else [])

    with Scripted(answer) as gateway:
        settings = replace(settings_for(gateway), urls=(f"{gateway.url}{path}",))
        session = HttpSession(settings, SystemClock(), recall=Knowing(root_ca))
        with session.sending_ahead(RESOURCES, STATUS):
            session.get(RESOURCES)
            session.get(STATUS)
        assert (len(gateway.requests), gateway.connections) == (3, connections)
        session.close()


def test_what_got_no_answer_ahead_is_sent_again_in_its_turn(lab: Simulator) -> None:
    lab.faults.drop(LIST, times=2)
    assert client(lab).first_inventory().guests


def test_what_was_refused_ahead_is_not_asked_again(lab: Simulator) -> None:
    lab.faults.answer(403, "Permission check failed (/, Sys.Audit)", QUORUM)
    assert client(lab).first_inventory().quorum.denied
    assert lab.journal.count("GET", QUORUM) == 1


def test_an_error_tells_of_the_answer_that_it_is_about(lab: Simulator) -> None:
    lab.faults.rewrite(lambda rows: "no list", LIST)
    with pytest.raises(errors.Unknown) as caught:
        client(lab).first_inventory()
    assert "no list" in caught.value.raw


def test_where_the_first_address_does_not_answer_the_next_is_asked_together_too(lab: Simulator) -> None:
    known = client(lab, f"https://127.0.0.1:{REFUSED_PORT}")
    found = known.first_inventory()
    assert (bool(found.guests), known.url) == (True, lab.url)
    assert paths(lab) == [LIST, QUORUM, IDENTITY]


@pytest.mark.parametrize("slow", [LIST, QUORUM])
def test_what_is_on_its_way_while_the_token_changes_hands_no_old_connection_on(lab: Simulator, slow: str) -> None:
    """The list is read ahead, the quorum in its turn."""
    entered, go, ended = threading.Event(), threading.Event(), list[BaseException]()

    def when_told(data: Any) -> Any:
        entered.set()
        go.wait(LONGEST)
        return data

    def read() -> None:
        try:
            known.first_inventory() if slow == LIST else known._session.get(cluster("status"))
            known._session.get(cluster("resources"))
        except errors.ProxmoxError as error:
            ended.append(error)

    known = client(lab)
    lab.faults.rewrite(when_told, slow)
    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    assert entered.wait(LONGEST)
    wrong = Secret("00000000-0000-0000-0000-000000000000", "the test")
    known._session.use(replace(known.settings, token_secret=wrong))
    go.set()
    reading.join(LONGEST)
    assert [type(error) for error in ended] == [errors.Unauthenticated]
