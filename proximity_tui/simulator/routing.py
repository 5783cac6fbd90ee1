"""The routes from a path to its handler. A route defines its parameters, its privilege and whether the request is
forwarded to the node in its path; the rules themselves are in `api.py`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from proximity_tui.simulator import parameters
from proximity_tui.simulator.api_errors import denied
from proximity_tui.simulator.parameters import Field, Params, Schema
from proximity_tui.simulator.world.simulated_cluster import Cluster
from proximity_tui.simulator.world.tokens import Token

if TYPE_CHECKING:
    from proximity_tui.simulator.tls.certificate import Certificate


ITSELF = "localhost"
"""What every server takes for the name of its own node (`PVE::HTTPServer`)."""


@dataclass(frozen=True)
class Listing:
    """An answer whose envelope also says how many there are in all."""

    data: list[Any]
    total: int


class Encoded(str):
    """JSON text that is ready to be sent, for answers too long to build twice."""


class Busy(Exception):
    """Raised by a handler that has to wait for the configuration lock of a container."""

    def __init__(self, vmid: int) -> None:
        super().__init__(vmid)
        self.vmid = vmid


@dataclass(frozen=True)
class Call:
    """One request as a handler sees it: the token and the call, with parameters already checked."""

    cluster: Cluster
    token: Token
    params: Params
    certificates: tuple[Certificate, Certificate]
    stopping: threading.Event

    @property
    def node(self) -> str:
        return self.cluster.local.name if self.asks_server_itself else str(self.params["node"])

    @property
    def asks_server_itself(self) -> bool:
        return bool(self.params["node"] == ITSELF)

    @property
    def vmid(self) -> int:
        return int(self.params["vmid"])

    def may(self, path: str, *any_of: str) -> bool:
        return self.cluster.access.allows(self.token, path, *any_of)

    def need(self, path: str, *any_of: str) -> None:
        """Refuse with 403 unless the token has one of the privileges on the path."""
        if not self.may(path, *any_of):
            raise denied(path, "|".join(any_of))

    @property
    def options(self) -> Params:
        """The parameters that did not come from the path."""
        return {key: value for key, value in self.params.items() if key not in ("node", "vmid", "snapname", "upid")}


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Needs:
    """The privilege that is checked before anything else, on a path with `{vmid}` and the like in it."""

    path: str
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    schema: Schema
    handler: Handler
    needs: Needs | None
    remote: bool


_PATH_FIELDS: Schema = {
    "node": parameters.STRING,
    "vmid": parameters.VMID,
    "upid": parameters.STRING,
    "storage": parameters.STRING,
    "snapname": parameters.CONFIG_ID,
    "poolid": parameters.STRING,
    "volume": parameters.STRING,
}

ROUTES: list[Route] = []


def needs(path: str, *any_of: str) -> Needs:
    return Needs(path, any_of)


def route(
    method: str,
    template: str,
    params: Schema | None = None,
    needs: Needs | None = None,
    *,
    local: bool = False,
) -> Callable[[Handler], Handler]:
    """Register a handler. With `local` the node that was asked answers, whatever node is in the path."""
    names = re.findall(r"{(\w+)}", template)
    # A volume id has a slash of its own.
    pieces = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template).replace("(?P<volume>[^/]+)", "(?P<volume>.+)")
    pattern = re.compile(pieces + r"\Z")
    fields: dict[str, Field] = {**{name: _PATH_FIELDS[name] for name in names}, **(params or {})}

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, pattern, fields, handler, needs, "node" in names and not local))
        return handler

    return register


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path without trailing or doubled slashes, and the parameters in the path."""
    for candidate in ROUTES:
        if candidate.method == method and (match := candidate.pattern.match(path)):
            return candidate, match.groupdict()
    return None
