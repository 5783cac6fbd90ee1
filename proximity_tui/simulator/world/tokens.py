"""Tokens and their privileges by path. An entry on a deeper path replaces the inherited ones, and the privileges on a
pool count for the pool's members, both as in Proxmox.
"""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from proximity_tui.simulator.vocabulary import PRIVILEGES

_STANDARD_PATHS = ("/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms")

PoolOf = Callable[[int], str | None]


@dataclass
class Token:
    """An API token; `acl` holds its own privileges by path, all of them propagated."""

    id: str
    secret: str = field(repr=False)
    acl: dict[str, frozenset[str]]
    cache: dict[tuple[str, str | None], frozenset[str]] = field(default_factory=dict, repr=False)


class Access:
    """All tokens. Privileges are computed when needed, so a change of an ACL holds at the next request."""

    def __init__(self, pool_of: PoolOf) -> None:
        self._pool_of = pool_of
        self.tokens: dict[str, Token] = {}

    def add(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> str:
        """Add a token (or a new secret for a known one); return the secret, random every time."""
        secret = str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
        self.tokens[token_id] = Token(token_id, secret, {})
        self.set_acl(token_id, acl)
        return secret

    def set_acl(self, token_id: str, acl: Mapping[str, Iterable[str]]) -> None:
        rules = {path: frozenset(privileges) for path, privileges in acl.items()}
        unknown = frozenset().union(*rules.values()) - PRIVILEGES
        if unknown:
            raise ValueError(f"invalid privilege '{min(unknown)}'")
        token = self.tokens[token_id]
        token.acl = rules
        token.cache.clear()

    def authenticate(self, header: str) -> Token | None:
        """Return the token of a header `PVEAPIToken=USER@REALM!NAME=SECRET`, or None."""
        scheme, _, rest = header.partition("=")
        # A user may hold "=", and a header is bytes: names in it are UTF-8, read as Latin-1.
        token_id, _, secret = rest.encode("latin-1", "replace").decode("utf-8", "replace").rpartition("=")
        token = self.tokens.get(token_id)
        if scheme == "PVEAPIToken" and token and hmac.compare_digest(token.secret.encode(), secret.encode()):
            return token
        return None

    def privileges(self, token: Token, path: str) -> frozenset[str]:
        """Return the effective privileges of a token on one path."""
        pool = self._pool_of(int(path[5:])) if path.startswith("/vms/") and path[5:].isdigit() else None
        key = (path, pool)
        found = token.cache.get(key)
        if found is None:
            found = _nearest(token.acl, path)
            if pool is not None:
                found |= _nearest(token.acl, f"/pool/{pool}")
            token.cache[key] = found
        return found

    def allows(self, token: Token, path: str, *any_of: str) -> bool:
        held = self.privileges(token, path)
        return any(privilege in held for privilege in any_of)

    def overview(self, token: Token, members: Iterable[int]) -> dict[str, dict[str, int]]:
        """Return the answer of `access/permissions` to a token: every path it has any privilege on."""
        entries = (path for other in self.tokens.values() for path in other.acl)
        paths = {*_STANDARD_PATHS, *entries, *(f"/vms/{vmid}" for vmid in members)}
        held = {path: self.privileges(token, path) for path in sorted(paths)}
        return {path: dict.fromkeys(sorted(privileges), 1) for path, privileges in held.items() if privileges}

    def forget_guest(self, vmid: int) -> None:
        """Drop every entry on a guest's own path, as the removal of the guest does."""
        for token in self.tokens.values():
            if token.acl.pop(f"/vms/{vmid}", None) is not None:
                token.cache.clear()


def _nearest(acl: Mapping[str, frozenset[str]], path: str) -> frozenset[str]:
    while True:
        if path in acl:
            return acl[path]
        if path == "/":
            return frozenset()
        path = path.rpartition("/")[0] or "/"
