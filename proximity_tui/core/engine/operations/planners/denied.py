"""The refusal of a plan that cannot be made because our token may not read what it is made from."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from proximity_tui.core.model import Refusal, RefusalCode

Args = ParamSpec("Args")
P = TypeVar("P")


def refused_where_denied(plan: Callable[Args, P | Refusal]) -> Callable[Args, P | Refusal]:
    """Return the planning function, with a refusal where Proxmox denies it what it reads: that is no silence."""

    @wraps(plan)
    def planned(*args: Args.args, **kwargs: Args.kwargs) -> P | Refusal:
        # Most processes only look.
        from proximity_tui.core.proxmox.errors import Denied

        try:
            return plan(*args, **kwargs)
        except Denied as denied:
            return Refusal(RefusalCode.DENIED, f"{denied.sentence}; nothing was sent to Proxmox")

    return planned
