"""The table of privileges agrees with what the API checks, and knows every request that may be denied."""

from __future__ import annotations

import pytest

from proximity_tui.commands import COMMANDS
from proximity_tui.core.model import required_privileges
from proximity_tui.core.model.required_privileges import NEEDS
from proximity_tui.simulator.routing import ROUTES, Route, find

NEVER_SENT = {"template"}
"""Writes that the API has, and that this program has no use for."""

DECLARED = [route for route in ROUTES if route.needs and route.method != "GET"]
EXAMPLE = {"node": "pve1", "vmid": "101", "snapname": "before", "upid": "UPID", "storage": "local"}


def path_of(route: Route) -> str:
    """A path that the route answers."""
    named = dict.fromkeys(route.pattern.groupindex)
    text = route.pattern.pattern.removesuffix("\\Z")
    for name in named:
        text = text.replace(f"(?P<{name}>[^/]+)", EXAMPLE[name])
    return text


@pytest.mark.parametrize("request_", sorted({one for need in NEEDS for one in need.requests}))
def test_every_request_is_one_of_the_api(request_: str) -> None:
    method, _, path = request_.partition(" ")
    assert find(method, path.format(**EXAMPLE)) is not None


@pytest.mark.parametrize("route", DECLARED, ids=lambda route: f"{route.method} {route.pattern.pattern}")
def test_what_the_api_checks_first_is_what_the_table_names(route: Route) -> None:
    path = path_of(route)
    if path.rpartition("/")[2] in NEVER_SENT:
        return
    assert route.needs
    found = [
        need
        for need in required_privileges.of_request(route.method, path)
        if need.path == "/" + route.needs.path.split("/")[1]
    ]
    assert {one for need in found for one in need.privileges} & set(route.needs.any_of)


def test_every_command_of_the_table_is_a_command() -> None:
    assert {command.split()[0] for need in NEEDS for command in need.commands} <= set(COMMANDS)
