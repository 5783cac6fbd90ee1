"""One call to Proxmox, as its errors need to know it, and the errors for one that is not sent."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.proxmox import errors
from proximity_tui.core.proxmox.paths import ApiPath, spoken


@value_object
class ApiCall:
    """One call as the translation needs to know it: the server, the request, and the time limit (seconds)."""

    cluster: str
    url: str
    method: str
    path: ApiPath
    connect_timeout: float
    timeout: float
    expected: tuple[str, ...] = ()
    """The pinned fingerprints, for the error about another one."""

    @property
    def writes(self) -> bool:
        """True when the call changes something."""
        return self.method != "GET"

    @property
    def time_to_connect(self) -> float | None:
        """The seconds in which a write has to be on its way, or is not sent: it counts on what was read just before,
        and on nobody having taken over since. A connection and its handshake have `connect_timeout` each, but to look
        up a name has no limit, and a process may stand still. None for a read.
        """
        return 2 * self.connect_timeout if self.writes else None

    @property
    def subject(self) -> str:
        """The cluster and the call in words."""
        return f"{self.cluster}: {spoken(self.method, self.path)}"


def connection_lost(cluster: str, url: str) -> errors.Unreachable:
    """Return the error for a server that was left before a request was sent to it."""
    return errors.Unreachable(f"the connection to {url} failed; nothing was sent", about=f"{cluster}: ")


def may_only_read(call: ApiCall) -> errors.ReadOnly:
    """Return the refusal of a write by a session that only reads."""
    reason = "this connection may only read"
    return errors.ReadOnly(reason, reason=reason, about=f"{call.subject}: ")
