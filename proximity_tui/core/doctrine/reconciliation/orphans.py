"""What it means that a container is proved gone: by our own wish, or behind our back."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.model import Container, State

EXPECTED_PHRASE = "EXPECTED ORPHAN: Container removal expected"
ANOMALOUS_PHRASE = "ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED"


class Orphan(StrEnum):
    """A container whose guest is proved gone: by our wish, or behind our back."""

    EXPECTED = "expected"
    ANOMALOUS = "anomalous"


def orphan_kind(state: State) -> Orphan:
    """Expected when we were removing it or had given it up; in any other state somebody else did it."""
    return Orphan.EXPECTED if state in (State.REMOVING, State.ERROR) else Orphan.ANOMALOUS


def deserves_notice(container: Container, deletion_asked: bool) -> bool:
    """Whether an expected orphan gets an amber notice as well: it was given up as `error`, had been alive, and
    nobody ever asked for its deletion (N63)."""
    return container.state is State.ERROR and container.observed_at is not None and not deletion_asked
