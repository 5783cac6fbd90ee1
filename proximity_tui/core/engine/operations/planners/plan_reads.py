"""The reads of a plan: a cluster is asked only once for what several of its steps rest on (nodes, storages and what is
on them, and our rights), and the plan is refused where our token may not read what it is made from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from proximity_tui.core.model import Refusal, RefusalCode

if TYPE_CHECKING:
    from proximity_tui.core.proxmox.client import PveClient


class HasClients(Protocol):
    """What plans: it has the clients of the clusters."""

    clients: Mapping[str, PveClient]


P = TypeVar("P", bound=HasClients)
Args = ParamSpec("Args")
T = TypeVar("T")


def reads_once(plan: Callable[Concatenate[P, Args], T]) -> Callable[Concatenate[P, Args], T]:
    """Return the planning method, which asks each cluster only once for the surroundings of a guest."""

    @wraps(plan)
    def planned(planner: P, /, *args: Args.args, **kwargs: Args.kwargs) -> T:
        with ExitStack() as keeping:
            for client in planner.clients.values():
                keeping.enter_context(client.keeping())
            return plan(planner, *args, **kwargs)

    return planned


def ask_who_has_a_quorum(client: PveClient) -> None:
    """Ask a cluster with several URLs for its quorum before a plan is made, once for the whole plan: a server that was
    cut off sees offline nodes and no majority, and a refusal from it says nothing of the cluster. Where another URL
    leads to one with a quorum, that one is asked from now on.
    """
    from proximity_tui.core.proxmox.errors import ProxmoxError

    if len(client.settings.urls) > 1:
        with suppress(ProxmoxError):
            client.quorum()


def refused_where_denied(plan: Callable[Args, T | Refusal]) -> Callable[Args, T | Refusal]:
    """Return the planning function, with a refusal where Proxmox denies it what it reads: that is no silence."""

    @wraps(plan)
    def planned(*args: Args.args, **kwargs: Args.kwargs) -> T | Refusal:
        # Most processes only look.
        from proximity_tui.core.proxmox.errors import Denied

        try:
            return plan(*args, **kwargs)
        except Denied as denied:
            return Refusal(RefusalCode.DENIED, f"{denied.sentence}; nothing was sent to Proxmox")

    return planned
