"""One field of a form: its name, what it may hold, and the hint beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `number` ones hold a figure, `optional` ones may be empty."""

    id: str
    label: str
    value: str = ""
    number: bool = False
    optional: bool = False
    hint: str = ""
