"""The masking of secrets in text and data before it is printed, exported, kept in a trail or sent.

`redact` removes our own secrets from any text. `masked` also removes what looks like a secret in the settings of
guests, and rather too much: the unmasked values are in the database, on the screen, and behind `--reveal`. Every output
goes through here: of commands, of exports from the screens, of Sentry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proximity_tui.core.base.late_pattern import late_pattern

REDACTED = "[redacted]"

# Bounded repeats: unbounded ones backtrack for minutes over a long text without blanks, such as a task's log.
_TOKEN = late_pattern(r"((?:PVEAPIToken=)?[^\s=!@\"',;]{1,64}@[^\s=!@\"',;]{1,64}![^\s=\"',;]{1,128}=)[^\s\"',;}\])]+")
_BARE_TOKEN = late_pattern(r"(PVEAPIToken=)[^\s!\"',;]{1,256}(?=[\s\"',;]|$)")
_TICKET = late_pattern(r"(PVEAuthCookie=|CSRFPreventionToken[\"']?[:=]\s*[\"']?)[^\s\"',;]+")

_known: tuple[str, ...] = ()
"""The registered secrets, the longest first: one that contains another one must go as a whole."""

_FREE_TEXT = frozenset({"comment", "description", "entrypoint", "env", "environment", "lxc", "mountoptions", "notes"})
"""Settings in which people write what they like, also passwords."""
_READABLE = frozenset({"description"})
"""Free text that a person needs to read; only what looks like a secret is masked in it."""
_READABLE_HERE = frozenset({"notes"})
"""The same as long as it stays on this machine: what a backup is for says its note."""

_SECRET_NAME = late_pattern(
    r"passw|passphrase|pwd|secret|token(?!_?id)|credential|authorization|cookie|dsn"
    r"|(?:api|private|access|account|encryption|signing|shared)[_-]?key|connection[_-]?string",
    re.IGNORECASE,
)
_TOKEN_ID = late_pattern(r"[^\s@!=]+@[^\s!=]+![\w.-]+\Z")
"""The name of an API token, which is public."""
_DESCRIBED_BY = ("key", "setting", "option")

# Each begins with something fixed or bounded, so that a long text costs time in proportion to its length.
_IN_TEXT = (
    # A password in an address, a header, or an option of a mount.
    # The last @ before the path ends the password: people forget to write one inside it as %40.
    late_pattern(r"(?P<kept>\b[a-z][a-z0-9+.-]{0,20}://[^\s/@:]{0,64}:)[^\s/]+(?=@)", re.IGNORECASE),
    late_pattern(r"(?P<kept>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)(?:(?!-----END ).)+", re.DOTALL),
    late_pattern(r"(?P<kept>\b(?:Bearer|Authorization:\s{0,3}\w{1,20})\s{1,3})[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
    late_pattern(r"(?P<kept>\bmountoptions=)[^,\s]+", re.IGNORECASE),
    late_pattern(
        r"(?P<kept>(?:passw(?:or)?d|passphrase|\bpass(?=[\"']?\s{0,3}[=:])|\bpwd|secret|token|credential"
        r"|(?:api|private|access|account|encryption|signing|shared)[_-]?key)[\w-]{0,40}"
        r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)(?!…)"
        # What stands in quotes may hold blanks, and ends with its quote.
        r"(?:(?<=\")(?:\\.|[^\"\\\n])+(?=\")|(?<=')(?:\\.|[^'\\\n])+(?=')|[^\s,;\"'&]+)",
        re.IGNORECASE,
    ),
    # An option of a command that somebody noted down.
    late_pattern(
        r"(?P<kept>(?<!\S)--?(?:passw(?:or)?d|passphrase|secret|token|api-?key)\s{1,3})[^\s-]\S*", re.IGNORECASE
    ),
)
_IN_LEAVING_TEXT = (
    # Whoever is named in an address is nobody's business elsewhere.
    late_pattern(r"(?P<kept>\b[a-z][a-z0-9+.-]{0,20}://)[^\s/]+(?=@)", re.IGNORECASE),
    # The secret of an API token looks like this, and so does little else that anybody needs to read elsewhere.
    late_pattern(r"(?P<kept>)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE),
)

_ANYTHING = late_pattern(r"[\s=:]")
_ANYTHING_LEAVING = late_pattern(r"[\s=:-]")
"""What each of these patterns needs: a text without any of it, as most names and numbers, is not searched further."""


def know(values: tuple[str, ...]) -> None:
    """Mask these values everywhere from now on, and no other ones by their value: see `secret.register`."""
    global _known
    _known = values


def known() -> tuple[str, ...]:
    """Return the values that are masked wherever they occur, the longest first."""
    return _known


def redact(text: str) -> str:
    """Return `text` without any registered secret, API token, ticket or CSRF token. For logs, errors and alerts."""
    text = _without_known(text)
    for pattern in (_TOKEN, _BARE_TOKEN, _TICKET):
        text = pattern().sub(rf"\1{REDACTED}", text)
    return text


def masked(value: Any, *, leaving: bool = True) -> Any:
    """Return the same JSON data with every secret masked, by the name of its setting or by its shape.

    Data that stays on this machine (`leaving` False) keeps values that only look like a secret by their shape: a name
    may, too.
    """
    return _Masking(leaving).data(value)


def masked_text(text: str, *, leaving: bool = True) -> str:
    """Return a text without our secrets, and without anything that looks like other secrets."""
    text = _without_known(text)
    if not (_ANYTHING_LEAVING if leaving else _ANYTHING)().search(text):
        return text
    text = redact(text)
    for pattern in (*_IN_TEXT, *_IN_LEAVING_TEXT) if leaving else _IN_TEXT:
        text = pattern().sub(rf"\g<kept>{REDACTED}", text)
    return text


def masked_setting(key: str, value: Any) -> Any:
    """Return the value of one setting for people: free text stays readable except for its secrets."""
    return masked_text(str(value)) if key in _READABLE else masked({key: value})[key]


def masked_field(setting: str, field: str | None, value: str) -> str:
    """Return the value of one field of a setting for people, as `masked_setting` does: of a private setting none."""
    whole = masked_setting(setting, value)
    return str(whole if field is None or whole == REDACTED else masked_setting(field, value))


class _Masking:
    """One masking of data. What it saw it remembers: in long lists most texts come again in every row."""

    def __init__(self, leaving: bool) -> None:
        self._leaving = leaving
        self._texts: dict[str, str] = {}
        self._private: dict[str, bool] = {}

    def data(self, value: Any) -> Any:
        """Return the same data, masked."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            # A change is written as {"key": "description", "old": …}: then the name of the setting is a value.
            whole = any(self._is_private(value[word]) for word in _DESCRIBED_BY if word in value)
            return {
                self._text(str(key)): REDACTED
                if (self._is_private(key) or (whole and key not in _DESCRIBED_BY)) and _holds_something(item)
                else self.data(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._pair(item) or self.data(item) for item in value]
        return value

    def _text(self, text: str) -> str:
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = masked_text(text, leaving=self._leaving)
        return known

    def _pair(self, item: object) -> list[object] | None:
        """Return a raw setting as Proxmox lists it, `["lxc.environment", "A=b"]`, masked; None for anything else."""
        if isinstance(item, list | tuple) and len(item) == 2 and self._is_private(item[0]):
            return [item[0], REDACTED]
        return None

    def _is_private(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        known = self._private.get(name)
        if known is None:
            here = not self._leaving and name in _READABLE_HERE
            known = self._private[name] = not here and _is_private(name)
        return known


def _without_known(text: str) -> str:
    for value in _known:
        text = text.replace(value, REDACTED)
    return text


def _is_private(name: str) -> bool:
    short = name.lower()
    return short in _FREE_TEXT or short.startswith("lxc.") or bool(_SECRET_NAME().search(short))


def _holds_something(value: Any) -> bool:
    if isinstance(value, str):
        return value != "" and not _TOKEN_ID().match(value)
    return value is not None and not isinstance(value, bool)
