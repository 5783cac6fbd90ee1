"""The settings to reach one cluster. It does not know where they come from."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from proximity_tui.core.base.secret import Secret
from proximity_tui.core.base.value_object import value_object
from proximity_tui.core.model import names
from proximity_tui.core.proxmox.transport.trust import Trust

DEFAULT_PORT = 8006

_SECRET = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9.:_-]+")
_PREFIX = re.compile(r"(?:[A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]+")


@value_object
class Address:
    """The address of one node: `host`, `port`, and the path before `/api2` if a reverse proxy adds one."""

    host: str
    port: int
    prefix: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{host}:{self.port}" + (f"/{self.prefix}" if self.prefix else "")


@value_object
class ClusterSettings:
    """One cluster. `urls` are tried in order; timeouts are in seconds. ValueError if anything cannot be used.

    `token_id` is `user@realm!name`. Passwords are not supported: a ticket would be fetched outside our trust.
    """

    name: str
    urls: tuple[str, ...]
    token_id: str
    token_secret: Secret
    trust: Trust
    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    write_timeout: float = 40.0
    unusable: str | None = None
    """Why nothing can be sent to it, as where the secret of the token cannot be read; None where all is well."""

    def __post_init__(self) -> None:
        if not self.urls:
            raise ValueError(f"cluster {self.name} has no URL")
        for url in self.urls:
            address_of(url)
        if names.token_id(self.token_id) is None:
            raise ValueError(f"cluster {self.name}: a token is written user@realm!name, not {self.token_id!r}")
        # Anything else would end up, secret and all, in the text of an error about invalid headers.
        if not _SECRET.fullmatch(self.token_secret.reveal()):
            raise ValueError(f"cluster {self.name}: the token secret has blanks or unusual characters in it")
        if min(self.connect_timeout, self.read_timeout, self.write_timeout) <= 0:
            raise ValueError(f"cluster {self.name}: timeouts must be more than zero seconds")

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The parsed URLs."""
        return tuple(map(address_of, self.urls))

    @property
    def token_user(self) -> str:
        """`user@realm`."""
        return self.token_id.rpartition("!")[0]

    @property
    def token_name(self) -> str:
        """The name of the token, without its user."""
        return self.token_id.rpartition("!")[2]


def address_of(url: str) -> Address:
    """Return the parsed `https://host[:port][/prefix]`; the port is 8006 if there is none. Raises ValueError for
    anything else.
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    prefix = parts.path.strip("/")
    if parts.scheme != "https":
        raise ValueError(f"{url!a}: only https is allowed, because every request carries the token")
    if parts.username or parts.password or parts.query or parts.fragment or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("a URL is written https://host[:port], without user, query or fragment")
    if prefix and (not _PREFIX.fullmatch(prefix) or ".." in prefix.split("/")):
        raise ValueError(f"{prefix!a} cannot be the path of a reverse proxy")
    return Address(parts.hostname or "", parts.port or DEFAULT_PORT, prefix or None)
