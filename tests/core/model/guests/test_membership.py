"""A cluster is continued by who has its name or most of its nodes, not by who left it with its root CA."""

from __future__ import annotations

import pytest

from proximity_tui.core.model import Departure, Membership, Quorum

LAB = Membership("lab", frozenset({"pve1", "pve2", "pve3"}))


def of(name: str | None, *nodes: str) -> Membership:
    return Membership(name, frozenset(nodes))


@pytest.mark.parametrize(
    "told",
    [
        LAB,
        of("lab", "pve1"),
        of("lab", "pve4", "pve5"),
        of("renamed", "pve1", "pve2"),
        of("", "pve1", "pve2"),
        of("lab", "pve1", "pve2", "pve3", "pve4"),
    ],
)
def test_a_cluster_grows_and_shrinks_under_its_name_or_with_most_of_its_nodes(told: Membership) -> None:
    assert LAB.is_continued_by(told)


@pytest.mark.parametrize(
    "told", [of(None, "pve1"), of(None), of("mine", "pve3"), of("mine", "pve3", "pve4"), of("", "pve1")]
)
def test_who_left_with_its_root_ca_is_not_the_cluster(told: Membership) -> None:
    assert not LAB.is_continued_by(told)


def test_half_of_it_is_not_most_of_it() -> None:
    assert not of("lab", "pve1", "pve2").is_continued_by(of(None, "pve1"))


def test_the_only_node_that_is_left_may_be_by_itself_and_no_other_one() -> None:
    assert of("lab", "pve1").is_continued_by(of(None, "pve1"))
    assert not of("lab", "pve1").is_continued_by(of(None, "pve2"))


def test_two_clusters_whose_names_cannot_be_read_are_not_the_same() -> None:
    assert not of("", "pve1", "pve2").is_continued_by(of("", "pve3"))


def test_a_server_left_its_cluster_where_both_are_known_and_do_not_continue_each_other() -> None:
    alone = of(None, "pve1")
    assert Quorum(True, told=alone).departure_from(LAB) == Departure(LAB, alone)
    assert Quorum(True, told=of("lab", "pve1")).departure_from(LAB) is None


@pytest.mark.parametrize(("told", "known"), [(None, LAB), (of(None, "pve1"), None), (None, None)])
def test_a_server_left_nothing_where_its_nodes_or_those_of_the_cluster_are_not_known(
    told: Membership | None, known: Membership | None
) -> None:
    assert Quorum(True, told=told).departure_from(known) is None
