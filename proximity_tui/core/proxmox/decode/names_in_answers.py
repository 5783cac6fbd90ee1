"""The names in answers by which Proxmox is asked again: one that cannot be part of a request is of no use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from proximity_tui.core.proxmox import paths
from proximity_tui.core.proxmox.decode.json_values import Malformed
from proximity_tui.core.proxmox.errors import InvalidName

T = TypeVar("T")


def _named_as(check: Callable[[object], T]) -> Callable[[object, str], T]:
    """Return the reading of a name that `check` accepts. It raises Malformed for every other one: what a request may
    not hold is a fault of the caller (InvalidName), and what an answer holds is one of the answer.
    """

    def read(value: object, name: str) -> T:
        try:
            return check(value)
        except InvalidName as error:
            raise Malformed(f"{name} is {error.reason}") from None

    return read


as_node_name = _named_as(paths.node_name)
as_storage_name = _named_as(paths.storage_name)
as_task_id = _named_as(paths.upid)
as_vmid = _named_as(paths.vmid)
"""Read a value, named `name` in the error, as that name. Raise Malformed for what cannot be one."""
