"""The figures of the fleet from a real trail: uptime is only what was seen running, and every part has its sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from proximity_tui.core import store
from proximity_tui.core.model import Kind, State
from proximity_tui.core.store.records import renaming
from proximity_tui.insight.stats_answer import gather_stats
from proximity_tui.insight.stats_text import headline, stats_parts
from tests.core.store.making import a_container, close, move
from tests.support.records.figured import write_figures
from tests.support.records.make import NOON
from tests.support.servers.databases import ready_sqlite


@pytest.fixture(autouse=True)
def opened(tmp_path: Path) -> Iterator[None]:
    with time_machine.travel(NOON - timedelta(hours=12), tick=False):
        store.open_store(ready_sqlite(tmp_path / "proximity.db"))
    yield
    store.close_store()


def test_what_nobody_saw_is_no_uptime() -> None:
    with time_machine.travel(NOON - timedelta(hours=10), tick=False):
        web, gone = a_container(101), a_container(102, kind=Kind.NATIVE)
        dark = a_container(103)
    with time_machine.travel(NOON - timedelta(hours=2), tick=False):
        move(web, State.STOPPED)
        close(gone, action="soft-delete")
    write_figures(web, NOON - timedelta(hours=2), timedelta(hours=6), lambda age: {"cpu": 0.1})
    found = gather_stats(NOON - timedelta(hours=12), NOON)
    assert [one.container for one in found.uptimes] == [web.id, dark.id]
    up, unknown = found.uptimes
    assert (up.seen, up.stopped, up.unknown) == (6 * 3600, 2 * 3600, 2 * 3600)
    assert up.share == pytest.approx(0.75)
    assert (unknown.share, unknown.unknown) == (None, 10 * 3600)

    parts = {part.title: part for part in stats_parts(found)}
    assert parts["Fleet"].summary == "2 containers, 2 adopted, 0 native; 2 more than at the beginning"
    assert parts["Deleted"].lines[0].text == "soft delete of a native container: 1"
    assert parts["Uptime"].summary == "75.00% of the known time of 1 container"
    assert "web101  prod/101   75.00%  seen running      6h, stopped 2h, 2h unknown" in parts["Uptime"].lines[0].text
    assert parts["Uptime"].lines[1].text.startswith("web103  prod/103  unknown")
    assert parts["States"].summary == "1d 4h of all containers together"
    assert parts["Orphans"].summary == parts["Stuck"].summary == "none"
    assert headline(found.stats).startswith("the last 12h, since ")
    assert gather_stats(NOON - timedelta(hours=1), NOON, "lab").uptimes == ()

    with time_machine.travel(NOON - timedelta(minutes=1), tick=False):
        renaming.rename("prod", "live", "anna@jump1")
    again = gather_stats(NOON - timedelta(hours=12), NOON, "live").uptimes
    assert [(one.cluster, one.share) for one in again] == [("live", pytest.approx(0.75)), ("live", None)]


def test_a_year_of_days_is_told_in_few_lines_the_newest_first() -> None:
    with time_machine.travel(NOON - timedelta(days=300), tick=False):
        a_container(101)
    found = gather_stats(NOON - timedelta(days=365), NOON)
    assert len(found.stats.fleet) == 366
    fleet = stats_parts(found)[0]
    assert len(fleet.lines) <= 15
    assert fleet.lines[0].text == f"{NOON.date()}      1 adopted      0 native"
    assert [line.share for line in fleet.lines] == [1.0] * 13 + [0.0] * 2
