"""One field of a form, and the reading of typed fields. Pure: it knows no widget and no field's meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from proximity_tui.config.errors import Invalid


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its limits, and the hint beside it."""

    id: str
    label: str
    value: str = ""
    """What stands in it at first."""
    number: bool = False
    """It holds a whole number."""
    optional: bool = False
    """It may stay empty."""
    secret: bool = False
    """What is typed is not shown."""
    offered: bool = False
    """Up and down go through what there is to choose from."""
    hint: str = ""


def read_fields(
    fields: Iterable[Field], typed: Mapping[str, str], read: Callable[[Field, Any], Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the value of each valid field, and the problem of each of the others.

    `read` makes a value of a text, or of an int for a number; it raises Invalid with the problem.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for field in fields:
        text = typed.get(field.id, "").strip()
        if text:
            try:
                values[field.id] = read(field, _whole_number(text) if field.number else text)
            except Invalid as error:
                problems[field.id] = str(error)
        elif not field.optional:
            problems[field.id] = "is required"
    return values, problems


def _whole_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid(f"{text!r} is not a whole number")
    return int(text)
