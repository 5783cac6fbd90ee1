"""The reading of one HTTP request from a socket. Knows framing, encodings and the limits of pveproxy, not the meaning
of requests.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

_LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 512 * 1024


class Malformed(Exception):
    """A request that is answered with 501 and this reason before anybody looks at it."""


class BadBody(Exception):
    """A body that does not parse; it becomes a 500 with the parser's words."""


@dataclass(frozen=True)
class Message:
    """One request as it came in. `headers` has lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def keep_alive(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"

    @property
    def accepts_gzip(self) -> bool:
        return "gzip" in self.headers.get("accept-encoding", "").lower()

    @property
    def path(self) -> str:
        return unquote(self.target.partition("?")[0])

    def parameters(self) -> dict[str, Any]:
        """Return query and body together; JSON keeps its types except that booleans are 1 and 0."""
        values = _form(self.target.partition("?")[2])
        if not self.body:
            return values
        if "json" in self.headers.get("content-type", ""):
            return values | _json(self.body)
        return _form(self.body.decode("utf-8", "replace")) | values


def read_message(connection: socket.socket) -> Message | None:
    """Return the next request, or None when the peer is gone or idle for longer than the socket's timeout."""
    data = _read_head(connection)
    if data is None:
        return None
    head, _, body = data.partition(b"\r\n\r\n")
    method, target, headers = _parse_head(head)
    length = int(headers.get("content-length") or 0)
    whole = _read_body(connection, body, length)
    if whole is None:
        return None
    if length and method in ("GET", "DELETE"):
        raise Malformed(f"Unexpected content for method '{method}'")
    if length > LONGEST_BODY:
        raise Malformed("for data too large")
    return Message(method, target, headers, whole)


def _read_head(connection: socket.socket) -> bytes | None:
    """Return what came up to the end of the head, and maybe more; None when the peer is gone or idle."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = connection.recv(65_536)
        except TimeoutError:
            return None
        if not chunk:
            return None
        data += chunk
        if len(data) > _LONGEST_HEAD + LONGEST_BODY:
            raise Malformed("header too large")
    return data


def _parse_head(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Return method, target and headers. Raises Malformed for what pveproxy does not take."""
    first, *rest = head.decode("latin-1").split("\r\n")
    match = re.match(r"([A-Z]+) (\S+) HTTP/1\.[01]\Z", first)
    if match is None:
        raise Malformed("unable to parse request")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    method, target = match[1], match[2]
    if method not in ("GET", "POST", "PUT", "DELETE"):
        raise Malformed(f"method '{method}' not available")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        raise Malformed("chunked transfer encoding not supported")
    return method, target, headers


def _read_body(connection: socket.socket, begun: bytes, length: int) -> bytes | None:
    """Return the body of which `begun` came already; None when the peer is gone. One that is too long is not kept."""
    chunks, received = [begun], len(begun)
    while received < length:
        chunk = connection.recv(65_536)
        if not chunk:
            return None
        received += len(chunk)
        if length <= LONGEST_BODY:
            chunks.append(chunk)
    return b"".join(chunks)[:length]


def _form(text: str) -> dict[str, Any]:
    """Return form or query parameters. An unescaped `;` separates like `&`, and a repeated name makes a list."""
    values: dict[str, Any] = {}
    for part in re.split(r"[&;]", text):
        if not part:
            continue
        name, _, raw = part.partition("=")
        key, value = unquote_plus(name), unquote_plus(raw)
        if key in values:
            known = values[key]
            values[key] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            values[key] = value
    return values


def _json(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        text = body.decode("utf-8", "replace")
        rest = text.removeprefix("{")
        where = f'at character offset {len(text) - len(rest)} (before "{rest[:40]}")'
        raise BadBody(f"'\"' expected, {where} at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.") from None
    if not isinstance(parsed, dict):
        raise BadBody("content is not a JSON object")
    return {key: int(value) if isinstance(value, bool) else value for key, value in parsed.items()}
