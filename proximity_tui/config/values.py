"""The grammar of single values: each function takes a TOML value and returns it typed, or raises `Invalid`.

Knows nothing of keys or files, and does no I/O. Values that could hold a secret by mistake are never echoed.
"""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from proximity_tui.config.config_errors import Invalid
from proximity_tui.config.theme_setting import ThemeSetting
from proximity_tui.config.user_paths import expanded
from proximity_tui.core.base.text import did_you_mean, quoted
from proximity_tui.core.model import names

T = TypeVar("T")

SHELL_FIELDS = ("cluster", "node", "vmid", "address", "user", "jump")

LARGEST_COUNT = 1_000_000
LONGEST_DURATION = timedelta(days=366)
"""More of either is a slip of the keyboard, and somewhere below there is a clock or a column that cannot hold it."""

_DURATION = re.compile(r"(?=[0-9])(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?")
_DIGITS = len(str(int(LONGEST_DURATION.total_seconds())))
"""No number of a duration that is allowed has more."""
_PORTS = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
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
    """Return `value` if it is exactly of type `kind`: TOML's types count as they are, nothing is converted. Raises
    Invalid.
    """
    if type(value) is not kind:
        raise Invalid(f"must be {_TYPE_WORDS[kind]}, not {_TYPE_WORDS.get(type(value), 'this')}")
    return value


def flag(value: object) -> bool:
    """Return `true` or `false`. Raises Invalid for anything else."""
    return typed(value, bool)


def text(value: object) -> str:
    """Return one line of text that is not blank. Raises Invalid."""
    words = typed(value, str)
    if not words.strip():
        raise Invalid("must not be empty")
    if not words.isprintable():
        raise Invalid("must be one line without control characters")
    return words


def theme(value: object) -> ThemeSetting:
    """Return a theme by its name. Raises Invalid, with the nearest name, for one that there is not."""
    words = typed(value, str)
    known = [one.value for one in ThemeSetting]
    if words not in known:
        advice = did_you_mean(words, known, shown=repr)
        raise Invalid("; ".join(filter(None, (f"must be one of {', '.join(known)}, not {quoted(words)}", advice))))
    return ThemeSetting(words)


def count(value: object) -> int:
    """Return a whole number from 0 to `LARGEST_COUNT`. Raises Invalid."""
    number = typed(value, int)
    if number < 0:
        raise Invalid(f"must not be negative, but is {_shown(number)}")
    if number > LARGEST_COUNT:
        raise Invalid(f"must be at most {LARGEST_COUNT}, but is {_shown(number)}")
    return number


def fraction(value: object) -> float:
    """Return a number from 0 to 1. Raises Invalid."""
    number = typed(value, int) if type(value) is int else typed(value, float)
    if not 0 <= number <= 1:
        raise Invalid(f"must be a fraction from 0.0 to 1.0, not {_shown(number)}")
    return float(number)


def duration(value: object) -> timedelta:
    """Return a duration from `"10s"`, `"5m"`, `"1h30m"`, `"2d"`: a time with its unit. Raises Invalid, for a bare
    number, too, and for more than `LONGEST_DURATION`.
    """
    example = 'such as "10s", "5m" or "1h30m"'
    if type(value) in (int, float):
        raise Invalid(f"needs a unit, {example}")
    words = typed(value, str)
    found = _DURATION.fullmatch(words)
    if found is None:
        raise Invalid(f"must be a duration {example}, not {quoted(words)}")
    numbers = [(part or "").lstrip("0") or "0" for part in found.groups()]
    if all(len(number) <= _DIGITS for number in numbers):
        days, hours, minutes, seconds = map(int, numbers)
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if span <= LONGEST_DURATION:
            return span
    raise Invalid(f"must be at most {LONGEST_DURATION.days}d, not {quoted(words)}")


def interval(value: object) -> timedelta:
    """Return a duration greater than zero, for intervals and expiry. Raises Invalid."""
    span = duration(value)
    if not span:
        raise Invalid('must be more than zero; the shortest is "1s"')
    return span


def port_pool(value: object) -> range:
    """Return `"8100-8999"` as a range that holds both ends. Raises Invalid."""
    words = typed(value, str)
    found = _PORTS.fullmatch(words)
    if found is None:
        raise Invalid(f'must be a range of ports such as "8100-8999", not {quoted(words)}')
    first, last = port(int(found[1])), port(int(found[2]))
    if first > last:
        raise Invalid(f'is empty: {first} comes after {last}; did you mean "{last}-{first}"?')
    return range(first, last + 1)


def port(number: int) -> int:
    """Return the port itself. Raises Invalid unless there is one of that number."""
    if not names.is_port(number):
        raise Invalid(f"must hold ports from 1 to {names.LARGEST_PORT}, not {number}")
    return number


def cluster_name(name: str) -> str:
    """Return our name of a cluster, usable in `prod/101` and on a command line. Raises Invalid."""
    if not _CLUSTER_NAME.fullmatch(name):
        raise Invalid("must be made of a-z, 0-9, - and _, and start with a letter or digit")
    return name


def token_id(value: object) -> str:
    """Return the name of an API token, `user@realm!name`. Raises Invalid. Never echoed: the secret is often pasted
    after it.
    """
    words = text(value)
    if "=" in words.rpartition("!")[2]:
        raise Invalid('must end after the token\'s name; what follows "=" is the secret, see token_secret')
    if words.startswith("PVEAPIToken="):
        raise Invalid('must begin with the user: leave "PVEAPIToken=" out')
    if names.token_id(words) is None:
        raise Invalid(
            'must be user@realm!name, as in "proximity@pve!tui"; the user and its realm together have at most '
            f"{names.LONGEST_USER} characters and hold no blanks, colons or slashes; realm and name begin with a letter"
            " and have two characters or more"
        )
    return words


def certificate_fingerprint(value: object) -> str:
    """Return the SHA-256 of a certificate as Proxmox VE shows it, `AA:BB:…`, from any case, with or without colons.
    Raises Invalid.
    """
    digits = re.sub(r"[\s:]", "", text(value)).upper()
    if not re.fullmatch(r"[0-9A-F]*", digits) or len(digits) != 64:
        sha1 = "; this looks like a SHA-1" if len(digits) == 40 else ""
        raise Invalid(f"must be a SHA-256 fingerprint of 64 hexadecimal digits, not of {len(digits)}{sha1}")
    return ":".join(digits[place : place + 2] for place in range(0, 64, 2))


def path_from(base: Path) -> Callable[[object], Path]:
    """Return the grammar of a path, relative to `base`. It raises Invalid, but not where nothing is there."""

    def parse(value: object) -> Path:
        return base / expanded(text(value))

    return parse


def shell_template(value: object) -> tuple[str, ...]:
    """Return a command line with `{cluster}`, `{node}`, `{vmid}`, split into arguments before they are filled in.
    Raises Invalid.
    """
    words = text(value)
    try:
        arguments = tuple(shlex.split(words))
        fields = {(name, spec, how) for part in arguments for _, name, spec, how in string.Formatter().parse(part)}
    except ValueError as error:
        raise Invalid(f"is not a command line: {str(error).lower()}") from None
    names = {name for name, _, _ in fields if name is not None}
    if unknown := sorted(names - set(SHELL_FIELDS)):
        raise Invalid(f"may use {{node}}, {{vmid}}, {{cluster}}, {{address}}, {{user}}, {{jump}}, not {{{unknown[0]}}}")
    if any(spec or how for _, spec, how in fields):
        raise Invalid("may not format its placeholders; write just {node} and {vmid}")
    if "vmid" not in names:
        raise Invalid("must say which container it opens: {vmid} is missing")
    return arguments


def _shown(number: float) -> str:
    """Return a number, however large, in a few characters."""
    return f"{number:g}" if isinstance(number, float) else str(number) if abs(number) < 10**12 else "a larger one"


def pinned(fingerprints: Sequence[str]) -> str | list[str]:
    """Return pins as they are written in a configuration: one is a text, several are a list."""
    return fingerprints[0] if len(fingerprints) == 1 else list(fingerprints)
