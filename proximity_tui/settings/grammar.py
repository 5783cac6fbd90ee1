"""The grammar of single values: each function takes what TOML gave and returns it typed, or raises `Invalid`.

Knows nothing of keys or files, and does no I/O. Values that could hold a secret by mistake are never echoed.
"""

from __future__ import annotations

import ipaddress
import re
import shlex
import string
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from proximity_tui.settings.errors import Invalid

T = TypeVar("T")

PVE_PORT = 8006
SHELL_FIELDS = ("cluster", "node", "vmid")

_DURATION = re.compile(r"(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")
_PORTS = re.compile(r"(\d{1,5})-(\d{1,5})")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.?")
# As Proxmox VE writes it: the user may hold nearly anything, realm and token name start with a letter.
_TOKEN_ID = re.compile(r"[^\s:/!=]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+")
_CLUSTER_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_TYPE_WORDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
    datetime: "a date",
    date: "a date",
    time: "a time",
}


def typed(value: object, kind: type[T]) -> T:
    """`value` if it is exactly of type `kind`: TOML's types are taken at their word, nothing is converted."""
    if type(value) is not kind:
        raise Invalid(f"must be {_TYPE_WORDS[kind]}, not {_TYPE_WORDS.get(type(value), 'this')}")
    return value


def flag(value: object) -> bool:
    """`true` or `false`."""
    return typed(value, bool)


def text(value: object) -> str:
    """One line of text that is not blank."""
    words = typed(value, str)
    if not words.strip():
        raise Invalid("must not be empty")
    if not words.isprintable():
        raise Invalid("must be one line without control characters")
    return words


def count(value: object) -> int:
    """A whole number from 0 on."""
    number = typed(value, int)
    if number < 0:
        raise Invalid(f"must not be negative, but is {number}")
    return number


def fraction(value: object) -> float:
    """A number from 0 to 1."""
    number = float(typed(value, int)) if type(value) is int else typed(value, float)
    if not 0 <= number <= 1:
        raise Invalid(f"must be a fraction from 0.0 to 1.0, not {number:g}")
    return number


def duration(value: object) -> timedelta:
    """`"10s"`, `"5m"`, `"1h30m"`, `"2d"`: a time with its unit. A bare number is refused."""
    example = 'such as "10s", "5m" or "1h30m"'
    if type(value) in (int, float):
        raise Invalid(f"needs a unit, {example}")
    words = typed(value, str)
    found = _DURATION.fullmatch(words)
    if found is None:
        raise Invalid(f"must be a duration {example}, not {words!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def interval(value: object) -> timedelta:
    """A duration that is longer than nothing, for what repeats or expires."""
    span = duration(value)
    if not span:
        raise Invalid('must be longer than nothing; the shortest is "1s"')
    return span


def port_pool(value: object) -> range:
    """`"8100-8999"` as a range that holds both ends. Public ports are 1 to 65535."""
    words = typed(value, str)
    found = _PORTS.fullmatch(words)
    if found is None:
        raise Invalid(f'must be a range of ports such as "8100-8999", not {words!r}')
    first, last = int(found[1]), int(found[2])
    if not (1 <= first <= 65535 and 1 <= last <= 65535):
        raise Invalid(f"must stay within the ports 1 to 65535, but is {words!r}")
    if first > last:
        raise Invalid(f'is empty: {first} comes after {last}; did you mean "{last}-{first}"?')
    return range(first, last + 1)


def cluster_url(value: object) -> str:
    """Where a node answers, as `https://host:port`; the port defaults to 8006. Never echoed: see module."""
    parts = _split(text(value))
    if parts.scheme != "https":
        raise Invalid('must start with "https://"; Proxmox VE answers nothing else')
    if "@" in parts.netloc:
        raise Invalid("must not hold credentials; they belong in token_id and token_secret")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Invalid('must end after the host and port, as in "https://pve1.example:8006"')
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        port, host = 0, ""
    if port == 0 or not _is_host(host):
        raise Invalid('must name a host and a valid port, as in "https://pve1.example:8006"')
    return f"https://{f'[{host}]' if ':' in host else host}:{port or PVE_PORT}"


def cluster_urls(value: object) -> tuple[str, ...]:
    """Several addresses of one cluster, in the order in which they are tried, each only once."""
    urls = tuple(cluster_url(item) for item in typed(value, list))
    if not urls:
        raise Invalid("must name at least one address")
    if len(set(urls)) < len(urls):
        raise Invalid("names the same address twice")
    return urls


def cluster_name(name: str) -> str:
    """Our name of a cluster, usable in `prod/101` and on a command line."""
    if not _CLUSTER_NAME.fullmatch(name):
        raise Invalid("must be made of a-z, 0-9, - and _, and start with a letter or digit")
    return name


def token_id(value: object) -> str:
    """The name of an API token, `user@realm!name`. Never echoed: the secret is often pasted after it."""
    words = text(value)
    if "=" in words:
        raise Invalid('must end after the token\'s name; what follows "=" is the secret, see token_secret')
    if not _TOKEN_ID.fullmatch(words):
        raise Invalid('must be user@realm!name, as in "proximity@pve!tui"')
    return words


def certificate_fingerprint(value: object) -> str:
    """The SHA-256 of a certificate as Proxmox VE shows it, `AA:BB:…`, from any case, colons or none."""
    digits = re.sub(r"[\s:]", "", text(value)).upper()
    if not re.fullmatch(r"[0-9A-F]*", digits) or len(digits) != 64:
        sha1 = "; this looks like a SHA-1" if len(digits) == 40 else ""
        raise Invalid(f"must be a SHA-256 fingerprint of 64 hexadecimal digits, not of {len(digits)}{sha1}")
    return ":".join(digits[place : place + 2] for place in range(0, 64, 2))


def database_url(value: object) -> str:
    """`sqlite:////path` or `postgresql://user@host/name`. Never echoed: it may hold a password."""
    words = text(value)
    parts = _split(words)
    if parts.scheme == "sqlite":
        if parts.netloc or len(parts.path) < 2:
            raise Invalid('must be sqlite:/// and a path: four slashes before an absolute one, "sqlite:////var/x.db"')
    elif parts.scheme == "postgresql":
        if len(parts.path) < 2:
            raise Invalid('must name a database, as in "postgresql://user@host/proximity"')
    else:
        raise Invalid('must be "sqlite:////path/to/file.db" or "postgresql://user@host/name"')
    return words


def loopback_address(value: object) -> tuple[str, int]:
    """`"127.0.0.1:9221"` or `"[::1]:9221"`: an address that only this host reaches, and a port."""
    words = text(value)
    host, colon, port = words.rpartition(":")
    example = 'write an address and a port, as in "127.0.0.1:9221"'
    if not colon or not re.fullmatch(r"\d{1,5}", port) or not 1 <= int(port) <= 65535:
        raise Invalid(f"is not HOST:PORT; {example}")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        # A name may resolve to anything; what it means today is not what it means tomorrow.
        raise Invalid(f"must be an address, not a name; {example}") from None
    if not address.is_loopback:
        raise Invalid(f"must be a loopback address, not {address}: nobody is asked for a password there")
    return str(address), int(port)


def path_from(base: Path) -> Callable[[object], Path]:
    """The grammar of a path, relative to `base`. Whether anything is there is not looked at."""

    def parse(value: object) -> Path:
        try:
            return base / Path(text(value)).expanduser()
        except RuntimeError:
            raise Invalid("begins with the home of somebody who is not known here") from None

    return parse


def shell_template(value: object) -> tuple[str, ...]:
    """A command line with `{cluster}`, `{node}`, `{vmid}`, split into arguments before they are filled in."""
    words = text(value)
    try:
        arguments = tuple(shlex.split(words))
        fields = {(name, spec, how) for part in arguments for _, name, spec, how in string.Formatter().parse(part)}
    except ValueError as error:
        raise Invalid(f"is not a command line: {str(error).lower()}") from None
    names = {name for name, _, _ in fields if name is not None}
    if unknown := sorted(names - set(SHELL_FIELDS)):
        raise Invalid(f"may use {{cluster}}, {{node}} and {{vmid}}, not {{{unknown[0]}}}")
    if any(spec or how for _, spec, how in fields):
        raise Invalid("may not format its placeholders; write just {node} and {vmid}")
    if "vmid" not in names:
        raise Invalid("must say which container it opens: {vmid} is missing")
    return arguments


def _split(words: str) -> SplitResult:
    try:
        return urlsplit(words)
    except ValueError:
        raise Invalid("is not a well-formed address") from None


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.fullmatch(host) is not None
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True
