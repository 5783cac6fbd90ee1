"""The content of the plans about snapshots; as in `plan_options`, the names of the fields stand in databases."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model.guests.guest import Fingerprint


@value_object
class SnapshotOptions:
    """A snapshot that is taken or deleted. `note` is its description; see `DestroyOptions` for `unsure_confirmed`."""

    name: str
    note: str = ""
    unsure_confirmed: bool = False


@value_object
class RollbackOptions:
    """A roll back to a snapshot: its name, and whether the container is started afterwards."""

    name: str
    start: bool = False
    unsure_confirmed: bool = False
    fingerprint: Fingerprint | None = None
    """What the guest will be recognised by afterwards: by the config of the snapshot. None where that was not read."""
