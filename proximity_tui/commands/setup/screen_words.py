"""The words of a start of the screens, read without a parser: what the list showed last is painted after it."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from argparse import Namespace

_NAMED = ("config", "database", "cluster")


def screen_arguments(words: Sequence[str]) -> Namespace | None:
    """Return the arguments of a start without a command, as the parser would. None where the words are anything else
    than whole global options: the parser judges them.
    """
    found: dict[str, Any] = {"command": None, "read_only": None, "json": False, **dict.fromkeys(_NAMED)}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--read-only":
            found["read_only"] = True
            continue
        option, has_value, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or option not in _NAMED:
            return None
        if not has_value:
            value = rest.pop(0) if rest else "-"
            if value.startswith("-"):
                return None
        if not value.strip():
            return None
        found[option] = value
    if found["config"] is not None:
        from pathlib import Path

        found["config"] = Path(found["config"])
    return cast("Namespace", SimpleNamespace(**found))
