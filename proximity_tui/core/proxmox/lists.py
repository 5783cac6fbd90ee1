"""A list of Proxmox, requested and read row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from proximity_tui.core.proxmox.decode.json_values import Malformed, require_list
from proximity_tui.core.proxmox.decode.rows import Fields, read_rows
from proximity_tui.core.proxmox.paths import ApiPath
from proximity_tui.core.proxmox.transport.http import HttpSession

T = TypeVar("T")


def read_list(
    session: HttpSession,
    path: ApiPath,
    name: str,
    read: Callable[[Fields], T],
    gaps: list[str] | None = None,
    *,
    kept: bool = False,
    **parameters: str | int,
) -> tuple[T, ...]:
    """Return the readable rows of the list at `path`, which is called `name`; the others are logged, and named in
    `gaps`. A list without any readable row raises: it would be taken for an empty one (law 2). `kept` as in `get_kept`.
    """
    answer = (session.get_kept if kept else session.get)(path, **parameters)
    try:
        found = read_rows(require_list(answer, name), name, read)
        if found.bad and not found.good:
            raise Malformed(f"no row of {name} can be read: {found.bad[0].why}")
    except Malformed as error:
        raise session.malformed(path, str(error)) from None
    session.set_aside(path, found.bad, found.notes)
    if gaps is not None:
        gaps.extend(row.sentence for row in found.bad)
    return found.good
