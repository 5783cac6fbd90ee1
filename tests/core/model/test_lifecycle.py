"""The state machine: one table (law 8)."""

from __future__ import annotations

import pytest

from proximity_tui.core.model import State, Status
from proximity_tui.core.model.lifecycle import MOVES, STABLE, TRANSIENT, check_move, state_for


def test_every_state_is_in_the_table_and_is_transient_stable_or_error() -> None:
    assert set(MOVES) == set(State)
    assert TRANSIENT | STABLE | {State.ERROR} == set(State)


@pytest.mark.parametrize("state", sorted(TRANSIENT))
def test_every_transient_state_can_be_settled_and_given_up(state: State) -> None:
    assert {State.RUNNING, State.STOPPED, State.ERROR} <= MOVES[state]


def test_a_removal_starts_from_what_is_settled_and_never_from_a_creation() -> None:
    assert check_move(State.RUNNING, State.REMOVING) is None
    assert check_move(State.ERROR, State.REMOVING) is None
    refused = check_move(State.DEPLOYING, State.REMOVING)
    assert refused is not None
    assert refused.reason == "a container that is deploying cannot become removing"


def test_nothing_returns_to_its_birth() -> None:
    births = {State.DEPLOYING, State.CLONING, State.ADOPTING}
    assert not any(births & targets for targets in MOVES.values())


def test_an_unknown_status_means_no_state() -> None:
    assert state_for(Status.UNKNOWN) is None
    assert state_for(Status.STOPPED) is State.STOPPED
