"""The grammar of addresses: clusters, databases, and metrics endpoints. As `values`, but for URLs.

Does no I/O and resolves no name. An address may hold a secret by mistake, so none is ever echoed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.user_paths import expanded
from proximity_tui.config.values import text, typed
from proximity_tui.core.model.names import is_port

PVE_PORT = 8006

# /etc/hosts may name a host as DNS never would, with a part that begins or ends with - or _. Python looks up no name
# with an empty part, or with one of more than 63 characters.
_HOST = re.compile(r"(?!.{254})(?=[A-Za-z0-9])(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{0,62}[A-Za-z0-9]\.?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


def cluster_url(value: object) -> str:
    """Return the URL of a node as `https://host:port`, behind a gateway with its path; the port defaults to 8006.

    An internationalised name becomes its DNS form (IDNA). Raises Invalid. Never echoed: see module.
    """
    parts = _split(text(value))
    if parts.scheme != "https":
        raise Invalid('must start with "https://"; Proxmox VE accepts nothing else')
    if "@" in parts.netloc:
        raise Invalid("must not hold credentials; they belong in token_id and token_secret")
    if parts.query or parts.fragment:
        raise Invalid('must end after the host, the port and the path of a gateway, as in "https://pve1.example:8006"')
    prefix = parts.path.rstrip("/")
    steps = prefix.split("/")
    if not _PREFIX.fullmatch(prefix) or ".." in steps or "." in steps:
        raise Invalid("has a path that cannot be that of a gateway: letters, digits and -._~ between slashes")
    if "api2" in steps:
        raise Invalid('must end before "/api2": that part is added automatically')
    try:
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        port, host = 0, ""
    if port == 0 or not _is_host(host):
        raise Invalid('must name a host and a valid port, as in "https://pve1.example:8006"')
    return f"https://{f'[{host}]' if ':' in host else host}:{port or PVE_PORT}{prefix}"


def cluster_urls(value: object) -> tuple[str, ...]:
    """Return several addresses of one cluster, in the order in which they are tried, each only once. Raises Invalid."""
    urls = tuple(cluster_url(item) for item in typed(value, list))
    if not urls:
        raise Invalid("must name at least one address")
    if len(set(urls)) < len(urls):
        raise Invalid("names the same address twice")
    return urls


def database_url_from(base: Path) -> Callable[[object], str]:
    """Return the grammar of `database_url` for a file in the folder `base`, where a relative path begins."""
    return lambda value: database_url(value, base)


def database_url(value: object, base: Path | None = None) -> str:
    """Return `sqlite:////path` or `postgresql://user@host/name`; a relative path begins at `base`, if there is one.
    Raises Invalid. Never echoed: it may hold a password.
    """
    words = text(value)
    if not unquote(words).isprintable():
        raise Invalid("must hold no control characters, also not written as %00")
    parts = _split(words)
    if parts.scheme == "sqlite":
        if parts.netloc or len(parts.path) < 2:
            raise Invalid('must be sqlite:/// and a path: four slashes before an absolute one, "sqlite:////var/x.db"')
        path = unquote(parts.path[1:])
        expanded(path)
        if path.startswith("~"):
            return sqlite_url(expanded(path))
        # What is no plain file stays as it is: whoever opens it refuses it.
        if base is not None and not path.startswith(("/", ":")) and not parts.query:
            return sqlite_url(base / path)
    elif parts.scheme == "postgresql":
        if len(parts.path) < 2:
            raise Invalid('must name a database, as in "postgresql://user@host/proximity"')
    else:
        raise Invalid('must be "sqlite:////path/to/file.db" or "postgresql://user@host/name"')
    return words


def sqlite_url(path: Path) -> str:
    """Return the URL of the SQLite database at an absolute path."""
    return f"sqlite:///{quote(path.as_posix())}"


def loopback_address(value: object) -> tuple[str, int]:
    """Return a loopback address and port from `"127.0.0.1:9221"` or `"[::1]:9221"`. Raises Invalid.

    Brackets may be missing: there is always a port, and it is what follows the last colon.
    """
    host, colon, port = text(value).rpartition(":")
    example = 'write an address and a port, as in "127.0.0.1:9221" or "[::1]:9221"'
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or not is_port(int(port)):
        raise Invalid(f"is not HOST:PORT; {example}")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        # A name may resolve to anything; what it means today is not what it means tomorrow.
        raise Invalid(f"must be an address, not a name; {example}") from None
    if not address.is_loopback:
        raise Invalid(f"must be a loopback address, not {address}: the endpoint has no password")
    return str(address), int(port)


def _split(words: str) -> SplitResult:
    try:
        return urlsplit(words)
    except ValueError:
        raise Invalid("is not a well-formed address") from None


def _ascii_host(host: str) -> str:
    """Return the name of a host in its DNS form. Raises ValueError for a name that has none."""
    return host if host.isascii() else host.encode("idna").decode()


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        # With a zone it is an address of one host alone; no session to one was ever opened.
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False
