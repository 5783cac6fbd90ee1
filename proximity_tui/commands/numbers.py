"""Whole numbers on the command line: what names a row of ours, and no more than a database can count."""

from __future__ import annotations

from argparse import ArgumentTypeError

_LARGEST = 2**63 - 1


def row_number(text: str) -> int:
    """The number in `text`, for an argument. ArgumentTypeError for anything else, and for more than any row has."""
    if not (text.isascii() and text.isdecimal()) or int(text) > _LARGEST:
        raise ArgumentTypeError(f"{text} is not a number that anything here has")
    return int(text)
