"""The two kinds of orphan: removed on our own request, or behind our back."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.model import Container, State

EXPECTED_PHRASE = "EXPECTED ORPHAN: Container removal expected"
ANOMALOUS_PHRASE = "ANOMALOUS ORPHAN DETECTED: Container was MANUALLY DELETED"


class Orphan(StrEnum):
    """The kind of a container whose guest is proved gone: expected or anomalous."""

    EXPECTED = "expected"
    ANOMALOUS = "anomalous"


def orphan_kind(state: State) -> Orphan:
    """Return expected when we were removing it or had marked it as `error`; anomalous in any other state."""
    return Orphan.EXPECTED if state in (State.REMOVING, State.ERROR) else Orphan.ANOMALOUS


def deserves_notice(container: Container, deletion_asked: bool) -> bool:
    """Return whether an expected orphan also gets an amber alert: its state was `error`, it had been alive, and nobody
    ever requested its deletion.
    """
    return container.state is State.ERROR and container.observed_at is not None and not deletion_asked
