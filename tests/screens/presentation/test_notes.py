"""The notes on a guest in a narrow column: what counts is there before it is cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proximity_tui.core.doctrine.observation.surroundings import (
    NOTHING_WRONG,
    Obstacle,
    ObstacleKind,
    Surroundings,
    obstacle_of_node,
)
from proximity_tui.core.fleet import FleetRow, NoAnswer
from proximity_tui.core.model import Action, Kind, Plan, Presence, Quorum, State, Status
from proximity_tui.screens.guest_columns import NOTES
from proximity_tui.screens.presentation.notes import guest_notes_cell, notes_cell
from proximity_tui.widgets.table.cells import fit
from tests.support.records.make import container, guest, inventory, operation

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def row(
    reason: str | None = None,
    obstacle: Obstacle | None = None,
    lock: str | None = None,
    kind: ObstacleKind | None = None,
) -> FleetRow:
    return FleetRow(
        cluster="edge",
        vmid=101,
        name="web",
        kind=Kind.ADOPTED,
        node="pve3",
        status=Status.UNKNOWN if reason else Status.RUNNING,
        presence=Presence.UNKNOWN if reason else Presence.PRESENT,
        state=State.RUNNING,
        reason=reason,
        reason_kind=kind,
        obstacle=obstacle,
        lock=lock,
    )


def obstacle(around: Surroundings) -> Obstacle | None:
    found = around.obstacle(container(node="pve3"))
    assert (found is None) == (around is NOTHING_WRONG)
    return found


def node_row(*, quorate: bool) -> FleetRow:
    """Return the row of a container on a node that is listed as offline."""
    listed = inventory(guest(node="pve3"), nodes={"pve3": "offline"}, quorum=Quorum(quorate=quorate))
    seen = obstacle_of_node(listed, "pve3")
    assert seen is not None
    return row(seen.text, kind=seen.kind)


STORAGE = frozenset({("pve3", "local-lvm")})


@pytest.mark.parametrize(
    ("shown", "narrow"),
    [
        (node_row(quorate=True), "node offline…"),
        (node_row(quorate=False), "no quorum; l…"),
        (row(obstacle=obstacle(Surroundings(no_quorum=True))), "no quorum"),
        (row(obstacle=obstacle(Surroundings(full=STORAGE))), "storage full"),
        (row(obstacle=obstacle(Surroundings(unavailable=STORAGE))), "storage lost"),
        (row(lock="backup"), "lock backup"),
        (row(obstacle=obstacle(NOTHING_WRONG)), ""),
    ],
)
def test_they_are_short_where_the_column_is_narrow(shown: FleetRow, narrow: str) -> None:
    seen = NOW - timedelta(minutes=6)
    cell = notes_cell(shown, seen, NOW)
    assert fit(cell.words(NOTES.width), NOTES.width).strip() == narrow
    assert cell.words(80) == cell.text, "and in whole sentences where there is room"


def test_the_reason_is_the_brief_one_where_there_is_one() -> None:
    silent = row("edge: https://pve3:8006 does not answer (connection refused); check that pveproxy runs")
    short = "does not answer (connection refused); check that pveproxy runs"
    brief = replace(silent, no_answer=NoAnswer(silent.reason or "", short, "unreachable"))
    cell = notes_cell(brief, None, NOW)
    assert cell.text.startswith("does not answer (connection refused); ")
    assert cell.words(NOTES.width) == "unreachable", "one word where its sentence would be cut off"
    assert notes_cell(silent, None, NOW).text.startswith("edge: https://pve3:8006 does not answer")


def test_an_interrupted_operation_is_named_before_the_error_that_ended_it() -> None:
    plan = Plan(action=Action.SHUTDOWN, cluster="edge", vmid=101, name="web", steps=(), summary="", node="pve3")
    shown = replace(row("does not answer"), last_error="CT 101 cannot be seen: it does not answer (timeout)")
    cell = notes_cell(replace(shown, operation=operation(plan)), NOW, NOW)
    assert fit(cell.words(NOTES.width), NOTES.width).strip() == "INTERRUPTED …"
    assert notes_cell(shown, NOW, NOW).text.startswith("error: CT 101 cannot be seen"), "else it comes first"


def test_those_on_a_guest_without_a_record_are_short_too() -> None:
    cell = guest_notes_cell(node_row(quorate=True), NOW - timedelta(minutes=6), NOW)
    assert cell.words(80) == "node pve3 is offline; last seen 6m ago"
    assert cell.words(31) == "node offline; last seen 6m ago"
