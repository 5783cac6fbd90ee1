"""What may leave the machine: evidence and text without the secrets that people keep in the settings of guests.

Our own secrets are the business of `secret.redact`, which is applied here as well. It masks rather too much: what is
masked can be read on the screen and in the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proximity_tui.core.secret import REDACTED, redact

_FREE_TEXT = frozenset({"comment", "description", "entrypoint", "env", "environment", "lxc", "mountoptions", "notes"})
"""Settings in which people write what they like, also passwords."""

_TELLING = re.compile(
    r"passw|passphrase|secret|token|credential|api_?key|private_?key|authorization|cookie|dsn", re.IGNORECASE
)
_DESCRIBED_BY = ("key", "setting", "option")

# Each begins with something fixed or bounded, so that a long text costs time in proportion to its length.
_IN_TEXT = (
    # A password in an address, a header, or an option of a mount.
    re.compile(r"(?P<kept>\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@]+(?=@)", re.IGNORECASE),
    re.compile(r"(?P<kept>\b(?:Bearer|Authorization:\s{0,3}\w{1,20})\s{1,3})[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(?P<kept>\bmountoptions=)[^,\s]+", re.IGNORECASE),
    re.compile(
        r"(?P<kept>(?:passw(?:or)?d|passphrase|secret|token|credential|api_?key|private_?key)[\w-]{0,40}"
        r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)[^\s,;\"'&]+",
        re.IGNORECASE,
    ),
    # The secret of an API token looks like this, and so does little else that anybody needs to read elsewhere.
    re.compile(r"(?P<kept>)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE),
)


def masked(value: Any) -> Any:
    """The same JSON data with every secret replaced: by the name of the setting it is in, or by its shape."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        # A change is written as {"key": "description", "old": …}: then the name of the setting is a value.
        whole = any(_is_private(value.get(word)) for word in _DESCRIBED_BY)
        return {
            masked_text(str(key)): REDACTED
            if _holds_something(item) and (_is_private(key) or (whole and key not in _DESCRIBED_BY))
            else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        if len(value) == 2 and _is_private(value[0]):
            return [value[0], REDACTED]
        return [masked(item) for item in value]
    return value


def masked_text(text: str) -> str:
    """A text without our secrets, and without what looks like anybody else's."""
    text = redact(text)
    for pattern in _IN_TEXT:
        text = pattern.sub(rf"\g<kept>{REDACTED}", text)
    return text


def _is_private(name: object) -> bool:
    if not isinstance(name, str):
        return False
    short = name.lower()
    return short in _FREE_TEXT or short.startswith("lxc.") or bool(_TELLING.search(short))


def _holds_something(value: Any) -> bool:
    return value is not None and value != "" and not isinstance(value, bool)
