"""Status and config of one guest, one request each, and the rule for gaps beside them.

The digest of a config, read before and after something else, tells whether they belong together. `guests` and
`clinical` use them.
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
