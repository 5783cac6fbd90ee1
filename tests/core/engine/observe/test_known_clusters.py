"""A name and an address prove nothing: who shows another root CA is not believed, and nothing is changed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.core.base.clock import SystemClock
from proximity_tui.core.base.secret import Secret
from proximity_tui.core.doctrine.guards.write_permit import WriteAction
from proximity_tui.core.doctrine.reconciliation.verdict import Limits
from proximity_tui.core.engine.observe.known_clusters import KnownClusters
from proximity_tui.core.engine.reconcile import reconciler
from proximity_tui.core.model import Kind, Membership, NodeStatus, State
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.model.alert import AlertKind, Severity
from proximity_tui.core.model.job import JobOutcome
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.client import PveClient
from proximity_tui.core.proxmox.transport.address import ClusterSettings
from proximity_tui.core.proxmox.transport.known_servers import RECOGNISED_FOR
from proximity_tui.core.proxmox.transport.root_ca import answering
from proximity_tui.core.proxmox.transport.trust import Trust
from proximity_tui.core.store import clusters
from proximity_tui.core.store.alerts import alerts
from proximity_tui.core.store.records import records
from proximity_tui.simulator import Simulator
from proximity_tui.simulator.faults import Fault
from tests.support.records.permits import permit_to
from tests.support.servers.free_ports import REFUSED_PORT

NOBODY = f"https://127.0.0.1:{REFUSED_PORT}"
WHO = ["/nodes/localhost/certificates/info"]
"""What a server is asked first: itself, by the name that each has, so that its own need not be asked before."""


class Ahead(SystemClock):
    """A clock that a test pushes forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


@pytest.fixture
def ours() -> Iterator[Simulator]:
    with Simulator("demo") as simulator:
        yield simulator


@pytest.fixture
def stranger() -> Iterator[Simulator]:
    """Another cluster with the same VMIDs and node names, and a token of the same name."""
    with Simulator("demo", seed=2) as simulator:
        yield simulator


@pytest.fixture(autouse=True)
def database(tmp_path: Path) -> Iterator[None]:
    store.open_store(f"sqlite:///{tmp_path / 'proximity.db'}")
    yield
    store.close_store()


def client(simulator: Simulator, *more: str, record: bool = True, clock: SystemClock | None = None) -> PveClient:
    """What we call prod, whose address leads to `simulator`; whatever certificate it shows is trusted."""
    settings = ClusterSettings(
        "prod",
        (*more, simulator.url),
        simulator.token_id,
        Secret(simulator.token_secret, "the test"),
        Trust(insecure=True),
    )
    return PveClient(settings, clock or SystemClock(), recall=KnownClusters(record=record))


def paths(simulator: Simulator) -> list[str]:
    return [entry.path for entry in simulator.journal.entries()]


def test_the_first_meeting_is_what_a_cluster_is_known_by(ours: Simulator) -> None:
    client(ours).inventory()
    assert clusters.known_identity("prod") == ours.ca_fingerprint


def test_another_cluster_is_refused_before_anything_else_is_asked_of_it(ours: Simulator, stranger: Simulator) -> None:
    known, lost = client(ours), client(stranger)
    known.inventory()

    def stop() -> str:
        return lost.stop(permit_to(known, WriteAction.STOP, 101, "pve1"))

    for ask in (lost.inventory, lost.permissions, lambda: lost.is_free(101), stop):
        stranger.journal.clear()
        with pytest.raises(errors.WrongCluster) as caught:
            ask()
        assert (caught.value.expected, caught.value.seen) == (ours.ca_fingerprint, stranger.ca_fingerprint)
        assert "connect --retrust prod" in caught.value.sentence
        assert "Nothing that it answers is believed, and nothing is changed there" in caught.value.sentence
        assert not caught.value.may_have_run
        assert paths(stranger) == WHO
    assert clusters.known_identity("prod") == ours.ca_fingerprint


def test_a_spare_address_that_leads_elsewhere_is_refused_too(ours: Simulator, stranger: Simulator) -> None:
    client(ours).inventory()
    with pytest.raises(errors.WrongCluster):
        client(stranger, NOBODY).inventory()


def test_reconciliation_concludes_nothing_from_another_cluster_and_says_so_in_red(
    ours: Simulator, stranger: Simulator
) -> None:
    client(ours).inventory()
    report = reconciler.run(client(stranger), Limits(), SystemClock(), store.transaction)
    assert (report.outcome, report.orphans_found) == (JobOutcome.PARTIAL, 0)
    [alert] = alerts.open_alerts("prod")
    assert (alert.kind, alert.severity) == (AlertKind.CLUSTER_CHANGED, Severity.RED)
    assert alert.evidence == {"identity": stranger.ca_fingerprint, "known": ours.ca_fingerprint}


def test_what_a_person_accepted_counts_at_once(ours: Simulator, stranger: Simulator) -> None:
    client(ours).inventory()
    moved = client(stranger)
    with pytest.raises(errors.WrongCluster):
        moved.inventory()
    clusters.remember("prod", stranger.ca_fingerprint, replace=True)
    assert moved.inventory().guests


def test_who_it_is_is_asked_once_and_again_when_a_while_has_passed(ours: Simulator) -> None:
    clock = Ahead()
    known = client(ours, clock=clock)
    known.inventory()
    ours.journal.clear()
    known.inventory()
    assert WHO[0] not in paths(ours)
    clock.ahead = RECOGNISED_FOR + 1
    known.inventory()
    assert WHO[0] in paths(ours)


def test_a_run_that_reads_who_it_is_spares_the_next_its_question(ours: Simulator) -> None:
    """While something is missing each run reads the root CA after its list (rung 1), and that counts."""
    clock = Ahead()
    known = client(ours, clock=clock)
    known.inventory()
    for _ in range(3):
        clock.ahead += RECOGNISED_FOR - 10
        assert known.cluster_identity("pve1") == ours.ca_fingerprint
        ours.journal.clear()
    clock.ahead += RECOGNISED_FOR - 10
    known.guest_list()
    assert paths(ours) == ["/cluster/resources"]
    clock.ahead += 20
    known.guest_list()
    assert paths(ours) == ["/cluster/resources", *WHO, "/cluster/resources"]


def test_who_showed_another_root_ca_is_asked_again_as_soon_as_ever(ours: Simulator, stranger: Simulator) -> None:
    clock = Ahead()
    known = client(ours, clock=clock)
    known.inventory()
    clock.ahead = RECOGNISED_FOR - 10
    theirs = {"fingerprint": stranger.ca_fingerprint}
    ours.faults.rewrite(lambda rows: [row | theirs for row in rows], "/certificates/info")
    assert known.cluster_identity("pve1") == stranger.ca_fingerprint
    clock.ahead = RECOGNISED_FOR + 1
    with pytest.raises(errors.WrongCluster):
        known.inventory()


def test_between_the_last_read_and_a_write_nobody_is_asked_who_it_is(ours: Simulator) -> None:
    clock = Ahead()
    known = client(ours, clock=clock)
    permit = permit_to(known, WriteAction.STOP, 101, "pve1")
    clock.ahead = RECOGNISED_FOR + 1
    ours.journal.clear()
    known.stop(permit)
    assert paths(ours) == ["/nodes/pve1/lxc/101/status/stop"]


def test_a_write_is_not_sent_when_the_connection_failed_since_the_last_read(ours: Simulator) -> None:
    known = client(ours)
    permit = permit_to(known, WriteAction.STOP, 101, "pve1")
    ours.journal.clear()
    fault = ours.faults.drop("/version")
    with pytest.raises(errors.ProxmoxError):
        known.version()
    ours.faults.remove(fault)
    with pytest.raises(errors.Unreachable, match="nothing was sent"):
        known.stop(permit)
    assert not ours.journal.writes()


def test_a_renewed_server_certificate_of_the_same_cluster_is_no_other_cluster(ours: Simulator) -> None:
    client(ours).inventory()
    ours.renew_certificate()
    assert client(ours).inventory().guests


def test_read_only_remembers_for_itself_and_writes_nothing_down(ours: Simulator, stranger: Simulator) -> None:
    recognition = KnownClusters(record=False)
    assert recognition("prod", ours.ca_fingerprint) == ours.ca_fingerprint
    assert recognition("prod", stranger.ca_fingerprint) == ours.ca_fingerprint
    assert clusters.known_identity("prod") is None


def test_records_that_do_not_answer_are_replaced_by_what_this_process_remembers(
    ours: Simulator, stranger: Simulator
) -> None:
    recognition = KnownClusters(record=True)
    recognition("prod", ours.ca_fingerprint)
    store.close_store()
    assert recognition("prod", stranger.ca_fingerprint) == ours.ca_fingerprint
    assert recognition("dev", stranger.ca_fingerprint) is None


@pytest.mark.parametrize(("status", "reason"), [(501, "Method 'GET ...' not implemented"), (403, "Forbidden")])
def test_who_never_showed_a_root_ca_is_worked_with_and_known_by_what_it_shows_one_day(
    ours: Simulator, status: int, reason: str
) -> None:
    silent = ours.faults.answer(status, reason, "/certificates/info")
    clock = Ahead()
    known = client(ours, clock=clock)
    assert known.inventory().guests
    assert clusters.known_identity("prod") is None
    ours.faults.remove(silent)
    clock.ahead = RECOGNISED_FOR + 1
    known.inventory()
    assert clusters.known_identity("prod") == ours.ca_fingerprint


def test_who_is_known_by_his_root_ca_and_shows_none_is_not_believed(ours: Simulator) -> None:
    known, silent = client(ours), client(ours)
    permit = permit_to(known, WriteAction.STOP, 101, "pve1")
    ours.faults.answer(501, "Method 'GET ...' not implemented", "/certificates/info")
    ours.journal.clear()
    for ask in (lambda: silent.stop(permit), silent.inventory):
        with pytest.raises(errors.Unreachable, match="does not say which cluster"):
            ask()
    asked = paths(ours)
    assert asked
    assert all(path == "/nodes" or path.endswith("/certificates/info") for path in asked)


def test_a_server_that_does_not_tell_itself_is_believed_by_what_another_node_tells(ours: Simulator) -> None:
    """The root CA is one file of the whole cluster."""
    client(ours).inventory()
    ours.faults.answer(501, "Method 'GET ...' not implemented", WHO[0])
    ours.journal.clear()
    assert client(ours).inventory().guests
    assert paths(ours)[:4] == [*WHO, "/nodes", "/nodes/pve1/certificates/info", "/cluster/resources"]


def test_a_server_that_does_not_answer_is_asked_once_before_the_next_url(ours: Simulator) -> None:
    known = client(ours)
    known.inventory()
    with Simulator("demo") as hung:
        hung.faults.hang()
        settings = ClusterSettings(
            "prod",
            (hung.url, ours.url),
            ours.token_id,
            Secret(ours.token_secret, "the test"),
            Trust(insecure=True),
            read_timeout=0.5,
        )
        with suppress(errors.ProxmoxError):
            PveClient(settings, SystemClock(), recall=KnownClusters(record=True)).is_free(101)
        assert paths(hung) == WHO


def test_a_node_whose_statistics_are_stuck_still_says_who_it_is() -> None:
    assert answering({"pve1": NodeStatus.UNKNOWN, "pve2": NodeStatus.OFFLINE, "pve3": NodeStatus.ONLINE}) == [
        "pve3",
        "pve1",
    ]


MANY = Membership("lab", frozenset({"pve1", "pve2", "pve3"}))


@pytest.fixture
def left(ours: Simulator) -> Callable[[], Fault]:
    """From now on, a server answers that left the cluster with its root CA."""
    return lambda: ours.faults.rewrite(lambda rows: [row for row in rows if row["name"] == "pve1"], "/cluster/status")


def test_a_later_process_knows_that_who_is_alone_left_the_cluster(ours: Simulator, left: Callable[[], Fault]) -> None:
    assert client(ours).inventory().quorum.quorate is True
    left()
    later = client(ours)
    for quorum in (later.quorum(), later.inventory().quorum, later.inspect(101, "pve1").quorum):
        assert (quorum.quorate, quorum.allows_conclusions) == (False, False)
        assert "prod is a cluster of pve1, pve2, pve3" in str(quorum.reason)
        assert quorum.advice == "if prod is only pve1 now: proximity-tui connect --retrust prod"
    assert clusters.known_members("prod") is not None


def test_a_server_that_left_and_made_a_cluster_of_its_own_is_not_ours(ours: Simulator) -> None:
    client(ours).quorum()
    its_own = [{"type": "cluster", "name": "mine", "quorate": 1}, {"type": "node", "name": "pve1", "online": 1}]
    ours.faults.rewrite(lambda _: its_own, "/cluster/status")
    quorum = client(ours).quorum()
    assert quorum.quorate is False
    assert "tells of the cluster mine of pve1, and prod is a cluster of pve1, pve2, pve3" in str(quorum.reason)


def test_a_cluster_that_shrinks_with_a_quorum_is_known_by_the_nodes_that_are_left(ours: Simulator) -> None:
    client(ours).quorum()
    name = clusters.known_members("prod").name  # type: ignore[union-attr]
    ours.faults.rewrite(lambda rows: [row for row in rows if row["name"] in (name, "pve1")], "/cluster/status")
    assert client(ours).quorum().quorate is True
    assert clusters.known_members("prod") == Membership(name, frozenset({"pve1"}))


def test_without_a_quorum_nodes_are_learnt_and_none_is_forgotten(ours: Simulator) -> None:
    ours.world.set_quorate(False)
    client(ours).quorum()
    known = clusters.known_members("prod")
    assert known is not None
    ours.faults.rewrite(lambda rows: [row for row in rows if row["name"] in (known.name, "pve1")], "/cluster/status")
    client(ours).quorum()
    assert clusters.known_members("prod") == known


def test_a_host_that_was_always_by_itself_is_not_remembered(ours: Simulator, left: Callable[[], Fault]) -> None:
    alone = left()
    assert client(ours).quorum().standalone
    assert clusters.known_members("prod") is None
    ours.faults.remove(alone)
    assert client(ours).quorum().quorate is True


def a_record(vmid: int, node: str) -> None:
    records.add(
        records.NewRecord(
            cluster="prod", vmid=vmid, node=node, name=f"ct{vmid}", kind=Kind.ADOPTED, state=State.RUNNING
        ),
        actor="test",
        action=EventAction.OBSERVE,
        message="adopted before nodes were remembered",
    )


def test_before_any_nodes_are_remembered_who_is_alone_is_held_against_the_nodes_of_our_containers(
    ours: Simulator, left: Callable[[], Fault]
) -> None:
    """A database of before has none, and one that left must not be believed until a server of the whole is met."""
    alone = left()
    a_record(150, "pve1")
    assert client(ours).quorum().standalone, "all of ours are on it"
    a_record(151, "pve2")
    quorum = client(ours).quorum()
    assert (quorum.quorate, quorum.allows_conclusions) == (False, False)
    assert "prod is a cluster of pve1, pve2" in str(quorum.reason)
    assert clusters.known_members("prod") is None
    ours.faults.remove(alone)
    assert client(ours).quorum().quorate is True
    assert clusters.known_members("prod") is not None


def test_a_person_may_say_that_it_is_alone_though_our_containers_were_on_several_nodes(
    ours: Simulator, left: Callable[[], Fault]
) -> None:
    left()
    a_record(150, "pve1")
    a_record(151, "pve2")
    running = client(ours)
    assert running.quorum().quorate is False
    clusters.note_members("prod", Membership(None, frozenset({"pve1"})))
    assert running.quorum().standalone


def test_read_only_knows_the_nodes_on_record_and_writes_none(ours: Simulator, left: Callable[[], Fault]) -> None:
    reader = client(ours, record=False)
    assert reader.quorum().quorate is True
    assert clusters.known_members("prod") is None
    client(ours).quorum()
    left()
    assert client(ours, record=False).quorum().quorate is False
    assert reader.quorum().quorate is False


def test_nodes_that_are_the_known_ones_are_not_written_again(ours: Simulator) -> None:
    known = client(ours)
    known.quorum()
    clusters.note_members("prod", MANY)
    known.quorum()
    assert clusters.known_members("prod") == MANY, "nothing but what was told now and before"


def test_what_a_person_accepted_as_the_whole_cluster_counts_at_once_everywhere(
    ours: Simulator, left: Callable[[], Fault]
) -> None:
    running = client(ours)
    running.quorum()
    left()
    assert running.quorum().quorate is False
    clusters.note_members("prod", Membership(None, frozenset({"pve1"})))
    assert running.quorum().standalone
    assert client(ours).quorum().standalone


def test_records_that_do_not_answer_do_not_make_a_single_host_of_a_cluster(
    ours: Simulator, left: Callable[[], Fault]
) -> None:
    known = client(ours)
    known.quorum()
    left()
    store.close_store()
    assert known.quorum().quorate is False


def test_reconciliation_concludes_nothing_from_who_left_the_cluster_and_says_what_to_do(
    ours: Simulator, left: Callable[[], Fault]
) -> None:
    client(ours).quorum()
    left()
    report = reconciler.run(client(ours), Limits(), SystemClock(), store.transaction)
    assert (report.outcome, report.orphans_found) == (JobOutcome.PARTIAL, 0)
    [alert] = alerts.open_alerts("prod")
    assert (alert.kind, alert.evidence["alone"]) == (AlertKind.QUORUM_LOST, "pve1")
    assert "connect --retrust prod" in alert.message
