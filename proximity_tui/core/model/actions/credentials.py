"""The root password and the SSH keys of a container to be created. They are used by one request and kept nowhere.

They travel beside a plan and never in it: a plan is shown, stored and logged.
"""

from __future__ import annotations

import re

from proximity_tui.core.base.secret import Secret, register
from proximity_tui.core.base.value_object import value_object

SHORTEST_PASSWORD = 5
"""Characters; Proxmox takes no shorter one."""

_IS_PUBLIC_KEY = re.compile(
    r"(?:\S.*\s)?(?:sk-)?(?:ssh-(?:dss|rsa|ed25519)|ecdsa-sha2-nistp\d+)(?:@openssh\.com)?\s+(?P<body>[A-Za-z0-9+/]{16,}={0,2})"
    r"(?:\s.*)?"
)


@value_object
class Credentials:
    """The access to a new container. It prints without what it holds."""

    password: Secret | None = None
    ssh_keys: tuple[Secret, ...] = ()


NO_CREDENTIALS = Credentials()


def read_password(text: str) -> Secret:
    """Return a root password. Raises ValueError, which does not quote it, for one that Proxmox would not take."""
    if len(text) < SHORTEST_PASSWORD:
        raise ValueError(f"the password has fewer than {SHORTEST_PASSWORD} characters")
    if not text.isprintable():
        raise ValueError("the password contains a character that cannot be printed, such as a line break")
    return Secret(text, "the request")


def read_ssh_keys(text: str) -> tuple[Secret, ...]:
    """Return the public keys in `text`, one a line; blank lines and comments are left out. Raises ValueError, which
    does not quote it, for anything else.
    """
    if "PRIVATE KEY" in text:
        raise ValueError("this is a private SSH key: give the public one, which ends in .pub")
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise ValueError("there is no SSH key in it")
    return tuple(_read_key(number, line) for number, line in enumerate(keys, 1))


def _read_key(number: int, line: str) -> Secret:
    found = _IS_PUBLIC_KEY.fullmatch(line)
    if found is None or not line.isprintable():
        raise ValueError(f"SSH key {number} is not a public key such as `ssh-ed25519 AAAA... name`")
    # A message of Proxmox might repeat the key without its comment.
    register(found["body"])
    return Secret(line, "the request")
