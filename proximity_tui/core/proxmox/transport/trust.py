"""The trust in a server, and the transport that refuses every untrusted one before HTTP begins.

Trust is a set of pinned certificates or a CA file, never nothing (`insecure` has to be chosen). The checks are in the
connection itself: an untrusted server gets a TLS handshake and not one byte of a request, so never the token.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from proximity_tui.core.base.clock import Clock
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.proxmox.transport.deadline import Deadline, DeadlineSocket

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes. 5000 guests are 2 MB; what is larger than this is not an inventory."""

_HEX = re.compile(r"[0-9A-F]{64}")


@value_object
class Trust:
    """Exactly one of: SHA-256 `fingerprints` of server certificates (one per node, as the node's own page shows them),
    a `ca_file` (PEM, for instance `/etc/pve/pve-root-ca.pem`), or `insecure`. Raises ValueError otherwise.
    """

    fingerprints: tuple[str, ...] = ()
    ca_file: Path | None = None
    insecure: bool = False

    def __post_init__(self) -> None:
        if [bool(self.fingerprints), self.ca_file is not None, self.insecure].count(True) != 1:
            raise ValueError("trust needs a fingerprint, a CA file or insecure, and only one of them")
        object.__setattr__(self, "fingerprints", tuple(map(normal_fingerprint, self.fingerprints)))

    def ssl_context(self) -> ssl.SSLContext:
        """Return the TLS context for this trust. Raises OSError if the CA file cannot be used."""
        if self.ca_file is not None:
            context = ssl.create_default_context(cafile=str(self.ca_file))
            # Python 3.13 began to demand a key usage that the CA of every cluster older than 2026 does not carry.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            return context
        return _unverified_context()


class UnpinnedCertificateError(ssl.SSLError):
    """Raised when the server's certificate is not a pinned one; `seen` is its fingerprint."""

    def __init__(self, seen: str) -> None:
        super().__init__(f"certificate {seen} is not trusted")
        self.seen = seen


class ConnectedTooLateError(ConnectTimeoutError):
    """Raised where connecting took so long that a write is not sent: what was read before may not be true any more."""


class RedirectedError(requests.exceptions.InvalidSchema):
    """Raised for a redirect. Proxmox never redirects; following one could carry a write elsewhere."""


class TooLargeError(requests.exceptions.ContentDecodingError):
    """Raised for an answer larger than anything Proxmox sends."""


def normal_fingerprint(text: str) -> str:
    """Return a SHA-256 fingerprint in Proxmox's own form (`AA:BB:…`), from any case, with or without colons.

    Raises ValueError for what is none.
    """
    digits = text.replace(":", "").strip().upper()
    if not _HEX.fullmatch(digits):
        raise ValueError(f"not a SHA-256 fingerprint: {ascii(text)[:120]}")
    return ":".join(digits[index : index + 2] for index in range(0, 64, 2))


def read_fingerprint(host: str, port: int, timeout: float) -> str:
    """Return the fingerprint of the certificate a server shows, for a person to compare with the node's own page.

    Sends no HTTP. `timeout` in seconds, for connecting and for the handshake each. Raises OSError when there is none.
    """
    with (
        socket.create_connection((host, port), timeout=timeout) as plain_socket,
        _unverified_context().wrap_socket(plain_socket, server_hostname=host) as tls_socket,
    ):
        return _fingerprint_of_peer(tls_socket)


class _Body(bytes):
    """The body of an answer. proxmoxer makes its `repr` for a log that nobody reads; of a long list that takes as long
    as to decode it.
    """

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


class TrustAdapter(HTTPAdapter):
    """The only transport of our sessions: it applies `trust`, follows no redirect, and retries nothing by itself.

    `answer` is the last complete response, for the parts that proxmoxer does not pass on; an answer has to be complete
    by the `deadline`. One adapter serves one thread.
    """

    def __init__(self, trust: Trust, clock: Clock) -> None:
        self._trust = trust
        self.deadline = Deadline(clock)
        self.answer: requests.Response | None = None
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        context = self._trust.ssl_context()
        context.sslsocket_class = DeadlineSocket
        super().init_poolmanager(*args, ssl_context=context, **kwargs)
        pinned = frozenset(self._trust.fingerprints)
        own = {"pinned": pinned, "unverified": self._trust.insecure, "deadline": self.deadline}
        connection = type("PinnedConnection", (_Connection,), own)
        pool = type("PinnedPool", (HTTPSConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"https": pool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the context alone: requests would add the public CAs of its own bundle to it."""
        conn.cert_reqs = "CERT_NONE" if self._trust.ca_file is None else "CERT_REQUIRED"
        conn.ca_certs = conn.ca_cert_dir = None

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        """Return the key of one pool per host, whatever `verify` a caller passes: only our trust decides."""
        host_params, _ = super().build_connection_pool_key_attributes(request, True, None)
        return host_params, {}

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        self.answer = None
        response = super().send(request, *args, **{**kwargs, "stream": True})
        if 300 <= response.status_code < 400:
            response.close()
            raise RedirectedError(f"redirected ({response.status_code})")
        body = bytearray()
        for chunk in response.iter_content(256 * 1024):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                response.close()
                raise TooLargeError(f"an answer of more than {LARGEST_ANSWER} bytes")
        response._content = _Body(body)
        self.answer = response
        return response

    def close_connections(self) -> None:
        """Close the idle connection: the next request gets a new one."""
        pools = self.poolmanager.pools
        known = pools.keys()
        # Each by itself: what is only forgotten stays open until Python finds out that nobody has it.
        for pool in [pools.get(key) for key in known]:
            pool.close()
        pools.clear()


class _Connection(HTTPSConnection):
    """A connection whose failures up to the end of the handshake all mean that nothing was sent."""

    pinned: frozenset[str] = frozenset()
    unverified = False
    deadline: Deadline

    def request(self, *args: Any, **kwargs: Any) -> None:
        # Only now: connecting has a timeout of its own, and ends with "nothing was sent".
        if self.deadline.is_too_late_to_send:
            self.close()
            raise ConnectedTooLateError(self, "connecting took too long")
        self.deadline.begin()
        super().request(*args, **kwargs)

    def connect(self) -> None:
        try:
            super().connect()
            self._check_peer()
            if isinstance(self.sock, DeadlineSocket):
                self.sock.deadline = self.deadline
        except (ConnectTimeoutError, NewConnectionError):
            raise
        except Exception as error:
            # Above all a handshake that times out, which urllib3 would call a read timeout, as after a request.
            self.close()
            raise NewConnectionError(self, str(error)) from error

    def _check_peer(self) -> None:
        if self.pinned:
            seen = _fingerprint_of_peer(self.sock)
            if seen not in self.pinned:
                raise UnpinnedCertificateError(seen)
        if self.pinned or self.unverified:
            # Keeps urllib3 from warning on every request; `insecure` is warned about on the screen instead.
            self.is_verified = True


def _unverified_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _fingerprint_of_peer(tls_socket: Any) -> str:
    der = tls_socket.getpeercert(binary_form=True)
    return normal_fingerprint(hashlib.sha256(der).hexdigest())
