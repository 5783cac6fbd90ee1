"""Top from the database: the hungriest first, the growth of two weeks, and how many have no figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proximity_tui.core import store
from proximity_tui.insight.top_answer import Order, gather_top, ordered
from proximity_tui.insight.top_text import detail_of, full_words, notes
from tests.core.store.making import a_container
from tests.support.records.figured import write_figures
from tests.support.servers.databases import ready_sqlite

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
GIB = 2**30


@pytest.fixture(autouse=True)
def opened(tmp_path: Path) -> Iterator[None]:
    store.open_store(ready_sqlite(tmp_path / "proximity.db"))
    yield
    store.close_store()


def test_who_uses_most_comes_first_and_a_disk_that_fills_up_is_told_with_its_basis() -> None:
    calm, busy = a_container(101), a_container(102, cluster="lab")
    a_container(103)
    usual = {"maxmem": 2 * GIB, "maxdisk": 20 * GIB, "mem": GIB, "netin": 10.0, "netout": 5.0}
    write_figures(calm, NOW, timedelta(hours=2), lambda age: {**usual, "cpu": 0.002, "disk": GIB})
    write_figures(
        busy, NOW, timedelta(days=8), lambda age: {**usual, "cpu": 0.5, "disk": (11 - age) * GIB, "mem": 2 * GIB}, 20
    )
    found = gather_top(NOW - timedelta(hours=1), NOW)
    assert [row.container.id for row in found.rows] == [busy.id, calm.id]
    assert found.without == 1
    first, second = found.rows
    assert first.usage.cpu == pytest.approx(0.5)
    assert first.growth is not None
    assert first.growth.per_day == pytest.approx(GIB, rel=0.03)
    assert full_words(first.growth) == "disk full in about 9 days"
    assert first.fills_up
    assert "an estimate by a straight line through 9 of the last 14 days" in detail_of(first)
    assert (notes(second), second.growth) == ("idle", None)
    assert [row.container.id for row in ordered(found.rows, Order.GROWTH)] == [busy.id, calm.id]
    only = gather_top(NOW - timedelta(days=7), NOW, "prod")
    assert [row.container.id for row in only.rows] == [calm.id]
    assert only.rows[0].usage.known == timedelta(hours=2)
