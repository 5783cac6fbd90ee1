"""Whole numbers on the command line: the ids of our rows, within the range of the database."""

from __future__ import annotations

from argparse import ArgumentTypeError

_LARGEST = 2**63 - 1


def whole_number(text: str) -> int | None:
    """Return the number in `text`; None for anything else, and for a number larger than any row id."""
    # Python refuses to read a number of thousands of digits.
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(_LARGEST)) or int(text) > _LARGEST:
        return None
    return int(text)


def row_number(text: str) -> int:
    """Return the number in `text`, for an argument. Raise ArgumentTypeError where there is none."""
    number = whole_number(text)
    if number is None:
        raise ArgumentTypeError(f"{text} is not a valid number")
    return number
