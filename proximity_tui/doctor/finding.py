"""What the doctor says of one thing: how it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. WARN: it works, but not all of it or not for long. FAIL: something that was promised does not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. `advice` are lines to follow or to paste; `unanswered` marks a failure that only says
    that a cluster could not be asked."""

    area: str
    subject: str
    level: Level
    message: str
    advice: tuple[str, ...] = ()
    unanswered: bool = False


def ok(area: str, subject: str, message: str) -> Finding:
    """All is well."""
    return Finding(area, subject, Level.OK, message)


def warn(area: str, subject: str, message: str, *advice: str) -> Finding:
    """It works, but."""
    return Finding(area, subject, Level.WARN, message, advice)


def fail(area: str, subject: str, message: str, *advice: str) -> Finding:
    """It does not work."""
    return Finding(area, subject, Level.FAIL, message, advice)


def unanswered(area: str, subject: str, message: str, *advice: str) -> Finding:
    """It does not work because the cluster could not be asked."""
    return Finding(area, subject, Level.FAIL, message, advice, unanswered=True)
