"""One connection to one server, for one thread: proxmoxer, with our transport underneath."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import proxmoxer.backends.https  # noqa: F401 - sets the levels of its loggers when it is imported, so before us
from proxmoxer import ProxmoxAPI
from proxmoxer.backends.https import JsonSerializer
from requests import Response

from proximity_tui.core.proxmox.transport.address import Address, ClusterSettings
from proximity_tui.core.proxmox.transport.translate import ApiCall
from proximity_tui.core.proxmox.transport.trust import TrustAdapter

Parameters = Mapping[str, str | int]
"""Values of a call. Booleans are given as 0 and 1: Proxmox takes no other."""

# At INFO they print whatever is sent, passwords of containers included.
for _name in ("proxmoxer", "proxmoxer.core", "proxmoxer.backends.https", "urllib3", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

ROW_BY_ROW = "/cluster/resources"
"""The end of the path whose rows are left undecoded where all are asked for, for `inventory`: one call of a decoder
that takes the whole list of 50,000 guests would keep every other thread waiting."""


class Channel:
    """proxmoxer for one thread, one URL and one timeout."""

    def __init__(
        self, settings: ClusterSettings, address: Address, timeout: float, monotonic: Callable[[], float]
    ) -> None:
        self.adapter = TrustAdapter(settings.trust, monotonic)
        self.used_at: float | None = None
        self.data: Any = None
        self.api = ProxmoxAPI(
            f"[{address.host}]" if ":" in address.host else address.host,
            port=address.port,
            user=_in_a_header(settings.token_user),
            token_name=settings.token_name,
            token_value=settings.token_secret.reveal(),
            path_prefix=address.prefix,
            timeout=(settings.connect_timeout, timeout),
        )
        self.api._store["serializer"] = _Answers()
        session = self.api._store["session"]
        # The environment knows proxies, CA bundles and passwords; none of them is ours to use on this way.
        session.trust_env = False
        session.mount("https://", self.adapter)
        # A cookie of some load balancer would take the place of the token.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    @property
    def answer(self) -> Response | None:
        """The last complete response, also of a refusal."""
        return self.adapter.answer

    def attempt(self, call: ApiCall, parameters: Parameters) -> Exception | None:
        """Send once, and wait for the whole answer as long as the call may take. Return None when there is one, in
        `data`; else the exception.
        """
        self.data = None
        self.adapter.deadline.grant(call.timeout)
        try:
            self.data = getattr(self.api(call.path.strip("/")), call.method.lower())(**parameters)
        except Exception as error:
            # What is left of an answer would be taken for the answer to the next request.
            self.adapter.hang_up()
            return error
        return None

    def rest(self, now: float, longest: float) -> None:
        """Close the connection if it has been idle for more than `longest` seconds: the server may be closing it."""
        if self.used_at is not None and now - self.used_at > longest:
            self.adapter.hang_up()


class _Answers(JsonSerializer):  # type: ignore[misc]
    """The decoding of answers: as proxmoxer does it, but the long list of guests row by row."""

    def loads(self, response: Response) -> Any:
        """Return the `data` of an answer; of the list of guests as `UndecodedRows`, unless something is odd in it."""
        asked = urlsplit(response.url)
        if asked.path.endswith(ROW_BY_ROW) and not asked.query:
            # Imported late: nothing else needs the library, and a command may not list guests at all.
            from proximity_tui.core.proxmox.decode.guest_rows import split_rows

            rows = split_rows(response.content)
            if rows is not None:
                return rows
        return super().loads(response)


def _in_a_header(text: str) -> str:
    """Return `text` so that its UTF-8 is sent: the HTTP library writes headers in Latin-1, and a user may have any
    name.
    """
    return text.encode().decode("latin-1")
