"""The origin of an answer: Proxmox itself, or something in between, such as a proxy, a firewall, a sign-in page.

Only Proxmox's own answers allow a conclusion (law 2). Its daemon names itself in every answer, but a reverse proxy may
put its own name there, so the content counts as well: Proxmox answers errors with JSON that has `data`, or with an
empty body and a reason phrase of its own, never with a page. An answer with Proxmox's name and only the stock phrase of
HTTP is not Proxmox's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from requests import Response

from proximity_tui.core.base.secret import redact
from proximity_tui.core.base.text import plain

_DAEMON = "pve-api-daemon"

OWN_WORDS = re.compile(
    r"Configuration file 'nodes/|hostname lookup '|no such cluster node|(?:CT|VM) is locked|can't lock file"
    r"|got lock (?:request )?timeout|Permission check failed|RPCEnvironment init|ipcc_send_rec|Parameter verification"
)
"""What nobody but Proxmox says."""

_SHORT = 60


def is_proxmoxs(answer: Response, body: Mapping[str, object]) -> bool:
    """Return whether Proxmox answered an error; `body` is its JSON object, empty where it has none."""
    if named(answer).startswith(_DAEMON) or "data" in body or OWN_WORDS.search(answer.reason or ""):
        return True
    if is_page(answer):
        return False
    # 501 is how a Proxmox says that it does not know a call, also where a proxy put the words of HTTP in its place.
    own_words = answer.status_code == HTTPStatus.NOT_IMPLEMENTED or _own_phrase(answer)
    empty = not answer.content
    return own_words and empty if named(answer) else own_words or empty


def named(answer: Response) -> str:
    """Return the server that the answer names; empty where it names none."""
    return plain(redact(answer.headers.get("Server") or ""), limit=_SHORT)


def somebody_between(answer: Response) -> str:
    """Return the description of an answer that is not Proxmox's: its status, and the server that it names."""
    who = f" (server: {named(answer)})" if named(answer) else ""
    status = f"{answer.status_code} {plain(redact(answer.reason or ''), limit=_SHORT)}".strip()
    return (
        f"the answer is not from Proxmox but from something in front of it: {status}{who}. It is not used. Check the"
        " URL, and the proxy, firewall or sign-in page on the way; proximity-tui doctor shows how the answer begins"
    )


def is_page(answer: Response) -> bool:
    """Return whether it is made for a browser: Proxmox's API never answers so."""
    kind = (answer.headers.get("Content-Type") or "").casefold()
    return "html" in kind or answer.content.lstrip()[:1] == b"<" or "WWW-Authenticate" in answer.headers


def _own_phrase(answer: Response) -> bool:
    try:
        stock = HTTPStatus(answer.status_code).phrase
    except ValueError:
        return True
    phrase = (answer.reason or "").strip().casefold()
    return phrase not in ("", stock.casefold())
