"""The regular expressions of a filter, searched in time linear to the text. It knows nothing of the filter language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LONGEST = 200
"""Characters of an expression."""
MEMORY = 32 * 1024
"""Bytes for an expression once it is understood. It bounds what one character of a text can cost."""


class BadExpression(ValueError):
    """Raised for an invalid expression; its text says why."""


def escaped(text: str) -> str:
    """Return an expression that matches exactly `text`."""
    return str(_re2().escape(_encodable(text)))


def found_in(source: str) -> Callable[[str], bool]:
    """Return a function that says whether the expression `source` is found in a text, in whatever case.

    Python's own `re` may take very long for a short text, and nothing stops it meanwhile; RE2 refuses what it cannot
    search in linear time, such as a lookahead or a backreference. Raises BadExpression.
    """
    search = _compiled(source, any_line=False).search
    return lambda text: search(_encodable(text)) is not None


def whole_of(source: str) -> Callable[[str], bool]:
    """Return the same for the whole text, where a dot also matches the end of a line. Raises BadExpression."""
    match = _compiled(source, any_line=True).fullmatch
    return lambda text: match(_encodable(text)) is not None


def _compiled(source: str, *, any_line: bool) -> Any:
    re2 = _re2()
    options = re2.Options()
    options.case_sensitive, options.dot_nl = False, any_line
    options.log_errors, options.max_mem = False, MEMORY
    if len(source) > LONGEST:
        raise BadExpression(f"it has more than {LONGEST} characters")
    try:
        return re2.compile(_encodable(source), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is not understood"
        raise BadExpression(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from error


def _encodable(text: str) -> str:
    """Return `text` with a replacement character for each lone surrogate, which no encoding has."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _re2() -> Any:
    # Not before it is needed: a program that only lists does not wait for it.
    import re2

    return re2
