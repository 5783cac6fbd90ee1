"""The actor: who did something, and with which API token."""

from __future__ import annotations

from proximity_tui.core.base.value_object import value_object

_VIA = " via "
"""What stands between a person and their token."""


@value_object
class Actor:
    """The actor: the OS user and host, and the API token that they use (None before it is known)."""

    user: str
    host: str
    token: str | None = None

    def __str__(self) -> str:
        who = f"{self.user}@{self.host}"
        return f"{who}{_VIA}{self.token}" if self.token else who


def without_token(actor: str) -> str:
    """Return an actor, as the store keeps one in words, without the token that they used: `anna@jump1`."""
    return actor.partition(_VIA)[0]
