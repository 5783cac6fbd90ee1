"""The records of one run: whole are only those that the list did not confirm."""

from __future__ import annotations

from collections.abc import Collection

from proximity_tui.core.engine.observe.cluster_records import ClusterRecords
from proximity_tui.core.model import Container
from tests.support.records.make import container


def test_only_what_a_list_did_not_confirm_is_read_whole() -> None:
    ours = [container(id=number) for number in (1, 2, 3)]
    wanted: list[list[int]] = []

    def read(ids: Collection[int]) -> tuple[Container, ...]:
        """As a run reads them; the third was closed meanwhile."""
        wanted.append(list(ids))
        return tuple(one for one in ours[:2] if one.id in ids)

    of_a_run = ClusterRecords(ours, read, frozenset)
    assert [one.id for one in of_a_run.whole_but({1})] == [2]
    assert [one.id for one in of_a_run.whole_but(())] == [1, 2]
    assert wanted == [[2, 3], [1, 2, 3]]
