"""The check of the terminal: its name, size, characters and colours."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping

from proximity_tui.core.base.value_object import value_object
from proximity_tui.doctor.check_result import CheckResult, ok, warn

AREA = "terminal"

SMALLEST = (40, 10)


@value_object
class TerminalFacts:
    """The facts about the terminal. `size` is columns and lines, None where there is no terminal."""

    environ: Mapping[str, str]
    encoding: str
    size: tuple[int, int] | None


def read() -> TerminalFacts:
    """Return the facts about the terminal of this process."""
    columns, lines = shutil.get_terminal_size()
    size = (columns, lines) if sys.stdout.isatty() else None
    return TerminalFacts(os.environ, sys.stdout.encoding or "", size)


def judge(facts: TerminalFacts) -> Iterator[CheckResult]:
    """Yield the results for the screens. Without a terminal there is only one."""
    if facts.size is None:
        yield ok(AREA, "stdout", "no terminal: commands work, the screens need one")
    else:
        columns, lines = facts.size
        if columns < SMALLEST[0] or lines < SMALLEST[1]:
            message = f"{columns}x{lines} is too small for the screens"
            yield warn(AREA, "size", message, f"make it at least {SMALLEST[0]}x{SMALLEST[1]}; 80x24 is comfortable")
        else:
            yield ok(AREA, "size", f"{columns}x{lines}")
        yield _name(facts.environ.get("TERM", ""))
    yield _colours(facts.environ)
    yield _characters(facts.encoding)


def _name(term: str) -> CheckResult:
    if term in ("", "dumb", "unknown"):
        return warn(AREA, "TERM", f"TERM is {term or 'not set'}: the screens cannot be drawn", "TERM=xterm-256color")
    return ok(AREA, "TERM", term)


def _colours(environ: Mapping[str, str]) -> CheckResult:
    if environ.get("NO_COLOR"):
        return ok(AREA, "colours", "none, because NO_COLOR is set; every state also has its own sign")
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return ok(AREA, "colours", "16 million (COLORTERM)")
    if "256color" in environ.get("TERM", ""):
        return ok(AREA, "colours", "256")
    return ok(AREA, "colours", "16")


def _characters(encoding: str) -> CheckResult:
    if encoding.lower().replace("-", "") == "utf8":
        return ok(AREA, "characters", "UTF-8")
    message = f"the encoding is {encoding or 'unknown'}, not UTF-8: lines and signs will not be drawn"
    return warn(AREA, "characters", message, "export LANG=C.UTF-8")
