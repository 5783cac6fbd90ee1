"""The state machine of a container: one table, one function (law 8).

It holds the moves and the refusals; only `store.records.transition` makes a move.
"""

from __future__ import annotations

from proximity_tui.core.model import Presence, Refusal, RefusalCode, State, Status

TRANSIENT = frozenset({State.DEPLOYING, State.CLONING, State.ADOPTING, State.UPDATING, State.REMOVING})
"""States that belong to a live operation."""

STABLE = frozenset({State.RUNNING, State.STOPPED})
"""States that follow observation."""

_SETTLED = frozenset({State.RUNNING, State.STOPPED, State.ERROR})

MOVES: dict[State, frozenset[State]] = {
    State.DEPLOYING: _SETTLED,
    State.CLONING: _SETTLED,
    State.ADOPTING: _SETTLED,
    State.UPDATING: _SETTLED | {State.REMOVING},
    State.REMOVING: _SETTLED,
    State.RUNNING: frozenset({State.STOPPED, State.UPDATING, State.REMOVING, State.ERROR}),
    State.STOPPED: frozenset({State.RUNNING, State.UPDATING, State.REMOVING, State.ERROR}),
    State.ERROR: frozenset({State.RUNNING, State.STOPPED, State.UPDATING, State.REMOVING}),
}
"""From each state, where a container may go. A tombstone is not a state: closing is allowed from everywhere."""


def check_move(current: State, target: State) -> Refusal | None:
    """Return None when the table has the move, else the refusal to show."""
    if target in MOVES[current]:
        return None
    return Refusal(RefusalCode.STATE, f"a container that is {current} cannot become {target}")


_STATES = {Status.RUNNING: State.RUNNING, Status.STOPPED: State.STOPPED}
_STATUSES = {state: status for status, state in _STATES.items()}


def state_for(status: Status) -> State | None:
    """Return the stable state of an observed status, or None for `unknown`."""
    return _STATES.get(status)


def has_followed(state: State, status: Status) -> bool:
    """Return whether a state says what an observed status says, as far as it follows one."""
    return state not in STABLE or state_for(status) in (None, state)


def status_for(state: State) -> Status | None:
    """Return the status that was observed of a guest whose record enters a state; None where the state tells none."""
    return _STATUSES.get(state)


def known_state(state: State, status: Status, presence: Presence) -> State | Status:
    """Return the state of a container as far as it is known now: `unknown` for one at rest that is not seen."""
    unseen = status is Status.UNKNOWN or presence is not Presence.PRESENT
    return Status.UNKNOWN if state in STABLE and unseen else state
