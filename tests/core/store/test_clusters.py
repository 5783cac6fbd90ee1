"""A cluster is known by its root certificate, not by the name we gave it."""

import pytest

from proximity_tui.core.store import clusters
from proximity_tui.core.store.errors import Conflict

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
