"""The doctor's result for one subject: the level, and the advice."""

from __future__ import annotations

from enum import StrEnum

from proximity_tui.core.base.value_object import value_object


class Level(StrEnum):
    """The severity of a finding. WARN: it works, but not all of it or not for long. FAIL: something that was promised
    does not.
    """

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@value_object
class Finding:
    """One line of the doctor. `advice` are lines to follow or to paste; `unanswered` marks a failure that only says
    that a cluster did not answer.
    """

    area: str
    subject: str
    level: Level
    message: str
    advice: tuple[str, ...] = ()
    unanswered: bool = False


def ok(area: str, subject: str, message: str) -> Finding:
    """Return the finding that all is well."""
    return Finding(area, subject, Level.OK, message)


def warn(area: str, subject: str, message: str, *advice: str) -> Finding:
    """Return the finding that it works, with a caveat."""
    return Finding(area, subject, Level.WARN, message, advice)


def fail(area: str, subject: str, message: str, *advice: str) -> Finding:
    """Return the finding that it does not work."""
    return Finding(area, subject, Level.FAIL, message, advice)


def unanswered(area: str, subject: str, message: str, *advice: str) -> Finding:
    """Return the finding that it failed because the cluster did not answer."""
    return Finding(area, subject, Level.FAIL, message, advice, unanswered=True)
