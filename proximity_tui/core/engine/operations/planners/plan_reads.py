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


def asks_who_has_a_quorum(
    plan: Callable[Concatenate[P, Args], T | Refusal],
) -> Callable[Concatenate[P, Args], T | Refusal]:
    """Return the planning method, which plans once more where a server was asked that was cut off and another URL leads
    to one with a quorum: the first one sees offline nodes and no majority, and its refusal says nothing of the cluster.
    """

    @wraps(plan)
    def planned(planner: P, /, *args: Args.args, **kwargs: Args.kwargs) -> T | Refusal:
        before = [(client, client.requests_sent, client.url) for client in planner.clients.values()]
        first = plan(planner, *args, **kwargs)
        asked = [(client, url) for client, sent, url in before if client.requests_sent > sent]
        if isinstance(first, Refusal) and any(_goes_elsewhere(client, url) for client, url in asked):
            return plan(planner, *args, **kwargs)
        return first

    return planned


def _goes_elsewhere(client: PveClient, url: str) -> bool:
    """Return whether the next request goes to another server than `url`, because that has no quorum, or is away."""
    from proximity_tui.core.proxmox.errors import ProxmoxError

    if client.url == url and len(client.settings.urls) > 1:
        with suppress(ProxmoxError):
            client.quorum()
    return client.url != url


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
