"""`audit` reads the page that it prints, and no event besides."""

from __future__ import annotations

import pytest

from proximity_tui.core import store
from proximity_tui.core.model.actions.event import EventAction
from proximity_tui.core.store import database, events
from tests.commands.conftest import Cli

EVENTS = 1205
"""More than two pages."""


@pytest.fixture
def trail(cli: Cli) -> None:
    store.open_store(f"sqlite:///{cli.database}")
    with store.transaction():
        for number in range(1, EVENTS + 1):
            events.append(
                actor="anna",
                action=EventAction.OBSERVE,
                message=f"event {number}",
                cluster="lab" if number % 2 else "x",
            )
    store.close_store()


@pytest.fixture
def rows_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events each query of the trail brought."""
    read: list[int] = []
    real = events.dicts  # type: ignore[attr-defined]

    def counted(query: object) -> list[dict[str, object]]:
        found = real(query)
        read.append(len(found))
        return found

    monkeypatch.setattr(events, "dicts", counted)
    return read


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("--last", "3"), [1203, 1204, 1205]),
        (("--last", "2", "--cluster", "lab"), [1203, 1205]),
        (("--last", "600"), list(range(606, 1206))),
        ((), list(range(1, 1206))),
        (("--cluster", "lab"), list(range(1, 1206, 2))),
    ],
)
def test_the_last_events_are_read_and_no_more(
    cli: Cli, trail: None, rows_read: list[int], words: tuple[str, ...], shown: list[int]
) -> None:
    assert [event["seq"] for event in cli.json("audit", *words)] == shown
    assert sum(rows_read) == len(shown)


def test_people_see_the_last_200_and_are_told(cli: Cli, trail: None, rows_read: list[int]) -> None:
    said = cli("audit")
    assert len(said.out.splitlines()) == 1 + 200
    assert "only the last 200 events; --last 0 shows all" in said.err
    assert sum(rows_read) == 200
    assert len(cli("audit", "--last", "0").out.splitlines()) == 1 + EVENTS


def test_a_page_of_the_trail_is_found_by_an_index_whatever_is_asked(cli: Cli, trail: None) -> None:
    store.open_store(f"sqlite:///{cli.database}")
    for asked in ("cluster = 'lab'", "container_id = 1", "true"):
        query = f"SELECT * FROM event WHERE {asked} ORDER BY seq DESC LIMIT 200"
        with database.unit():
            plan = database.proxy.obj.execute_sql(f"EXPLAIN QUERY PLAN {query}").fetchall()
        assert not [step for step in plan if "TEMP B-TREE" in step[3]], plan
    store.close_store()
