"""Secrets that cannot be shown by accident: each registers itself, so that `masking` knows it wherever it occurs."""

from __future__ import annotations

import threading
from typing import NoReturn

from proximity_tui.core.base import masking
from proximity_tui.core.base.masking import REDACTED, masked, masked_field, masked_setting, masked_text, redact

__all__ = ["REDACTED", "Secret", "masked", "masked_field", "masked_setting", "masked_text", "redact", "register"]

_SHORTEST = 4
"""Anything shorter occurs in innocent words; replacing it would make every text unreadable."""

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
        import hmac  # OpenSSL comes with it, and hardly anybody compares secrets

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
            masking.know(tuple(sorted({*masking.known(), value}, key=len, reverse=True)))
