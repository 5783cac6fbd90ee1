"""Secrets that cannot be shown by accident, and the register that removes them from any text.

It knows nothing of where secrets are kept; the code that reads one wraps it here, together with its origin.
"""

from __future__ import annotations

import hmac
import re
import threading
from typing import NoReturn

REDACTED = "[redacted]"

_SHORTEST = 4
"""Anything shorter occurs in innocent words; replacing it would make every text unreadable."""

# Bounded repeats: unbounded ones backtrack for minutes over a long text without blanks, such as a task's log.
_TOKEN = re.compile(r"((?:PVEAPIToken=)?[^\s=!@\"',;]{1,64}@[^\s=!@\"',;]{1,64}![^\s=\"',;]{1,128}=)[^\s\"',;}\])]+")
_BARE_TOKEN = re.compile(r"(PVEAPIToken=)[^\s!\"',;]{1,256}(?=[\s\"',;]|$)")
_TICKET = re.compile(r"(PVEAuthCookie=|CSRFPreventionToken[\"']?[:=]\s*[\"']?)[^\s\"',;]+")

_known: set[str] = set()
_lock = threading.Lock()


class Secret:
    """A secret value and its origin (`the keyring`, `PROXIMITY_TOKEN`). Only `reveal` gives the value.

    It registers itself for `redact`, cannot be pickled, and a copy of it is itself.
    """

    __slots__ = ("_value", "origin")

    def __init__(self, value: str, origin: str) -> None:
        self._value = value
        self.origin = origin
        register(value)

    def reveal(self) -> str:
        """Return the value itself. Never put it into a message, a record or an attribute of something printable."""
        return self._value

    def __repr__(self) -> str:
        return f"<secret from {self.origin}>"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


def register(value: str) -> None:
    """Register a value for `redact`, for the life of the process."""
    if len(value) >= _SHORTEST:
        with _lock:
            _known.add(value)


def redact(text: str) -> str:
    """Return `text` without any registered secret, API token, ticket or CSRF token. For logs, errors and alerts."""
    with _lock:
        # Longest first: a secret that contains another one must go as a whole.
        known = sorted(_known, key=len, reverse=True)
    for value in known:
        text = text.replace(value, REDACTED)
    for pattern in (_TOKEN, _BARE_TOKEN, _TICKET):
        text = pattern.sub(rf"\1{REDACTED}", text)
    return text
