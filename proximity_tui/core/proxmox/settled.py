"""Status and config of one guest that belong together, and the rule for gaps beside them.

Status and config come from two requests; the config's digest, read before and after, tells whether they belong
together. `guests` and `clinical` use them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from proximity_tui.core.base.text import plain
from proximity_tui.core.model import Gap, Unread
from proximity_tui.core.proxmox import errors, paths
from proximity_tui.core.proxmox.decode.values import Malformed, as_int, as_text, require_dict
from proximity_tui.core.proxmox.transport.http import HttpSession

T = TypeVar("T")

MOST_READINGS = 3
"""How often status and config are read before a config that keeps changing becomes a gap."""


def read_settled(
    session: HttpSession, vmid: int, node: str, gaps: list[Gap]
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """Return status and config, the config None with a gap where it cannot be read. Raises when the status cannot."""
    before = attempt([], Unread.CONFIG, lambda: read_config(session, vmid, node), None)
    for _ in range(MOST_READINGS):
        status = read_status(session, vmid, node)
        reading_gaps: list[Gap] = []
        after = attempt(reading_gaps, Unread.CONFIG, lambda: read_config(session, vmid, node), None)
        if after is None or (before is not None and digest_of(before) == digest_of(after)):
            gaps.extend(reading_gaps)
            return status, after
        before = after
    gaps.append(Gap(Unread.CONFIG, "it kept changing while it was read"))
    return status, None


def read_config(session: HttpSession, vmid: int, node: str) -> Mapping[str, Any]:
    """Return the config as it is now, word for word; it always has a digest. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "config")
    try:
        # Without current=1 Proxmox mixes in what is only pending.
        config = require_dict(session.get(path, current=1), "the config")
        if not isinstance(config.get("digest"), str):
            raise Malformed("the config has no digest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return config


def digest_of(config: Mapping[str, Any]) -> str:
    """Return the digest of a config, plain."""
    return plain(str(config["digest"]), limit=100)


def attempt(gaps: list[Gap], what: Unread, read: Callable[[], T], otherwise: T) -> T:
    """Return the result of `read`, or `otherwise` and a gap. A guest that is gone, or a cluster that no longer answers,
    is not a gap: the error is raised.
    """
    try:
        return read()
    except (errors.GuestNotFound, errors.Unreachable):
        raise
    except errors.ProxmoxError as error:
        gaps.append(Gap(what, error.sentence))
    except Malformed as error:
        gaps.append(Gap(what, f"malformed answer: {error}"))
    return otherwise


def read_status(session: HttpSession, vmid: int, node: str) -> Mapping[str, Any]:
    """Return the status of a guest now; it always holds a status. Raises ProxmoxError."""
    path = paths.guest(node, vmid, "status", "current")
    try:
        status = require_dict(session.get(path), "the status")
        as_text(status.get("status"), "status")
        if as_int(status.get("vmid", vmid), "vmid") != vmid:
            raise Malformed("it is the status of another guest")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    return status
