"""What a server says of itself: its certificates, and what its clock says. Any token may ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.reading import Malformed, as_moment, as_text, require_list_of_dicts
from proximity_tui.core.proxmox.session import Session
from proximity_tui.core.proxmox.trust import normal_fingerprint

_HALF_A_SECOND = timedelta(seconds=0.5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a node: `pve-root-ca.pem`, `pve-ssl.pem` or `pveproxy-ssl.pem`, and until when it is valid."""

    filename: str
    fingerprint: str
    expires_at: datetime | None = None


def read_certificates(session: Session, node: str) -> tuple[Certificate, ...]:
    """The certificates of a node, the root CA of its cluster among them."""
    path = paths.node(node, "certificates", "info")
    answer = session.get(path)
    try:
        return tuple(map(_certificate, require_list_of_dicts(answer, "the certificates")))
    except (Malformed, ValueError) as error:
        raise session.malformed(path, str(error)) from None


def clock_ahead(session: Session, now: Callable[[], datetime]) -> timedelta | None:
    """How far the clock of the server is ahead of ours (behind: negative), to about a second; None if it does not say.

    It is the `Date` of an HTTP answer, which is cut to the second."""
    asked = now()
    session.get(paths.top("version"))
    answered = now()
    said = session.server_time()
    return None if said is None else said + _HALF_A_SECOND - (asked + (answered - asked) / 2)


def _certificate(row: Mapping[str, Any]) -> Certificate:
    expires = row.get("notafter")
    return Certificate(
        as_text(row.get("filename"), "the file name"),
        normal_fingerprint(as_text(row.get("fingerprint"), "the fingerprint")),
        None if expires is None else as_moment(expires, "the end of its validity"),
    )
