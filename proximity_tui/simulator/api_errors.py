"""The failures of a request or a task. `Died` serves both, as in Proxmox: in a handler it becomes a 500, in a worker
the exit status of the task. The other refusals exist only on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping


class Died(Exception):
    """A plain failure with Proxmox's own text."""


class Refused(Exception):
    """An HTTP answer other than 200: status, reason phrase and the JSON body (None: no body, no content type)."""

    def __init__(self, status: int, reason: str, body: Mapping[str, object] | None) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.body = body


def invalid(errors: Mapping[str, str]) -> Refused:
    """Return the 400 for parameters that do not fit their schema."""
    reason = "Parameter verification failed."
    return Refused(400, reason, {"data": None, "message": reason + "\n", "errors": dict(errors)})


def denied(path: str = "", privileges: str = "") -> Refused:
    """Return a 403; without a path the bare sentence that the creation of containers answers."""
    reason = f"Permission check failed ({path}, {privileges})" if path else "Permission check failed"
    return Refused(403, reason, {"data": None, "message": reason + "\n"})


def root_only(what: str) -> Refused:
    """Return the 403 for settings that no token may change, not even one of root@pam."""
    return denied_because(f"{what} is only allowed for root@pam")


def denied_because(why: str) -> Refused:
    """Return a 403 with a sentence in place of a path."""
    reason = f"Permission check failed ({why})"
    return Refused(403, reason, {"data": None, "message": reason + "\n"})


def failed(text: str) -> Refused:
    """Return the 500 of a `die` in a handler. The reason phrase carries the first line only."""
    return Refused(500, text.split("\n", 1)[0], {"data": None, "message": text + "\n"})


def bare(status: int, reason: str) -> Refused:
    """Return a status whose only detail is the reason phrase: 401, 595, 596, and the early 500s and 501s."""
    return Refused(status, reason, None)


def not_implemented(method: str, path: str) -> Refused:
    reason = f"Method '{method} {path}' not implemented"
    return Refused(501, reason, {"data": None, "message": reason})
