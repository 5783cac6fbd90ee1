"""A cluster is known by its root certificate, not by the name we gave it."""

import pytest

from proximity_tui.core.model import Membership
from proximity_tui.core.store import clusters
from proximity_tui.core.store.db.store_errors import Conflict, SameCluster, StoreError
from tests.core.store.making import a_container, drop_trigger, raw

pytestmark = pytest.mark.usefixtures("opened")


def test_a_cluster_is_remembered_by_its_identity() -> None:
    assert clusters.known_identity("prod") is None
    assert clusters.remember("prod", "AA:BB") == "AA:BB"
    assert clusters.remember("prod", "AA:BB") == "AA:BB"
    assert clusters.known_identity("prod") == "AA:BB"


def test_an_identity_that_is_learnt_later_is_added_and_not_forgotten() -> None:
    assert clusters.remember("prod", None) is None
    assert clusters.remember("prod", "AA:BB") == "AA:BB"
    assert clusters.remember("prod", None) == "AA:BB"


def test_another_identity_is_refused_until_a_person_decides() -> None:
    clusters.remember("prod", "AA:BB")
    with pytest.raises(Conflict, match="another root certificate") as refused:
        clusters.remember("prod", "CC:DD")
    assert refused.value.holder == "AA:BB"
    assert clusters.known_identity("prod") == "AA:BB"
    assert clusters.remember("prod", "CC:DD", replace=True) == "CC:DD"


def test_one_cluster_has_one_name() -> None:
    clusters.remember("prod", "AA:BB")
    with pytest.raises(SameCluster) as refused:
        clusters.remember("lab", "AA:BB")
    assert refused.value.holder == "prod"
    assert clusters.name_of("AA:BB") == "prod"
    clusters.remember("lab", None)
    with pytest.raises(StoreError, match="one cluster has one name"):
        raw("UPDATE cluster SET identity = 'AA:BB'")


def test_of_two_names_of_before_the_second_is_refused() -> None:
    clusters.remember("prod", "AA:BB")
    clusters.remember("lab", "CC:DD")
    drop_trigger("cluster_renamed", "cluster")
    raw("UPDATE cluster SET identity = 'AA:BB'")
    assert (clusters.other_name_of("prod"), clusters.other_name_of("lab")) == (None, "prod")
    a_container(cluster="prod")
    with pytest.raises(SameCluster):
        a_container(cluster="lab")


LAB = Membership("lab", frozenset({"pve1", "pve2"}))


def test_the_nodes_of_a_cluster_are_remembered_as_they_were_told_last() -> None:
    assert clusters.known_members("prod") is None
    clusters.note_members("prod", LAB)
    assert clusters.known_members("prod") == LAB
    alone = Membership(None, frozenset({"pve1"}))
    clusters.note_members("prod", alone)
    assert clusters.known_members("prod") == alone


def test_another_root_certificate_has_other_nodes() -> None:
    clusters.remember("prod", "AA:BB")
    clusters.note_members("prod", LAB)
    assert clusters.remember("prod", "AA:BB", replace=True) == "AA:BB"
    assert clusters.known_members("prod") == LAB
    clusters.remember("prod", "CC:DD", replace=True)
    assert clusters.known_members("prod") is None


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"name": "lab"}'])
def test_nodes_that_cannot_be_read_are_not_known(text: str) -> None:
    clusters.note_members("prod", LAB)
    raw(f"UPDATE cluster SET members = '{text}'")
    assert clusters.known_members("prod") is None
