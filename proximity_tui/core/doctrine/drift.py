"""What changed in a container's config since its clinical record: the difference, setting by setting, and no opinion.

Settings that change by themselves are left out: the digest follows every other change, a lock passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PASSING = frozenset({"digest", "lock", "parent"})
"""`parent` names the latest snapshot: taking one changes nothing of the container."""


@dataclass(frozen=True, slots=True)
class Change:
    """One setting: what was recorded and what is seen; None where it was not, or is not, set."""

    key: str
    recorded: Any
    seen: Any


def drift(recorded: Mapping[str, Any] | None, seen: Mapping[str, Any] | None) -> tuple[Change, ...] | None:
    """The settings that differ, by name, of two configs as Proxmox gives them; None where one of them is missing."""
    if recorded is None or seen is None:
        return None
    keys = sorted((recorded.keys() | seen.keys()) - PASSING)
    changes = (Change(key, recorded.get(key), seen.get(key)) for key in keys)
    return tuple(change for change in changes if change.recorded != change.seen)
