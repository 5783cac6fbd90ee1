"""`snapshot list`: the snapshots of a container as a tree. It changes nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from proximity_tui.commands.base.command_context import context_of
from proximity_tui.commands.base.exit_codes import CommandRefused, Exit
from proximity_tui.commands.base.resolve import find
from proximity_tui.commands.base.run_plan import must_answer
from proximity_tui.commands.printed import output
from proximity_tui.commands.printed.json_documents import whose_document
from proximity_tui.core.doctrine.observation.snapshot_tree import Branch, tree
from proximity_tui.core.model import Container, GuestSnapshots, Refusal, RefusalCode

if TYPE_CHECKING:
    from proximity_tui.runtime.context import AppContext

_HEADERS = ("SNAPSHOT", "TAKEN", "STATE", "NOTE")


def run(args: Namespace) -> int:
    """List the snapshots; return the exit code. Raises CommandRefused for a refusal, and CommandEnd for whatever else
    ends it.
    """
    with context_of(args) as context:
        container = find(args.container, args.cluster)
        found = read(context, container)
    if args.json:
        output.document(_document(container, found))
    else:
        _print(found)
    return Exit.DONE


def read(context: AppContext, container: Container) -> GuestSnapshots:
    """Return the snapshots of a container. Raises CommandRefused where its guest is not seen, or the error of its
    cluster.
    """
    found = context.engine.snapshots(container)
    if not isinstance(found, Refusal):
        return found
    if found.code is RefusalCode.UNKNOWN_STATUS:
        must_answer(context, container.cluster)
    raise CommandRefused(found)


def _print(found: GuestSnapshots) -> None:
    lines = tree(found.listed)
    if len(lines) == 1 and not found.listed.gaps:
        output.note(f"CT {found.seen.vmid} has no snapshot")
    else:
        output.table(_HEADERS, [_cells(line) for line in lines])
    for gap in found.listed.gaps:
        output.note(gap)
    if found.possible is False:
        output.note("no snapshot can be taken: snapshot feature is not available on every volume")
    elif found.possible is None:
        output.note(f"whether a snapshot can be taken is not known: {found.why_unknown}")


def _cells(line: Branch) -> list[str | None]:
    indent = f"{'  ' * line.depth}{'└ ' if line.forks else ''}"
    one = line.snapshot
    if one is None:
        return [f"{indent}(now: you are here)", None, None, None]
    note = "unknown" if one.note is None else one.note
    return [f"{indent}{one.name}", output.local(one.at) or "unknown", one.state, note]


def _document(container: Container, found: GuestSnapshots) -> dict[str, Any]:
    listed = found.listed
    return {
        **whose_document(container),
        "node": found.seen.node,
        "read_at": output.utc(listed.taken_at),
        "can_snapshot": found.possible,
        "parent": listed.parent,
        "snapshots": list(_rows(tree(listed), listed.parent)),
        "gaps": list(listed.gaps),
    }


def _rows(lines: Iterable[Branch], parent: str | None) -> Iterable[dict[str, Any]]:
    for line in lines:
        one = line.snapshot
        if one is not None:
            yield {
                "name": one.name,
                "at": output.utc(one.at),
                "note": one.note,
                "parent": one.parent,
                "current": one.name == parent,
                "depth": line.depth,
                "state": one.state,
                "unknown": list(one.unknown),
            }
